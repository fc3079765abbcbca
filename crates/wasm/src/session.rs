//! The clients and the calls in progress, by number.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::call::{Call, Next, Told};
use crate::client::Client;
use crate::failure;
use crate::host;
use crate::json_writer::list;
use crate::table::Table;

/// A call that waits for the result of its step.
struct Waiting {
    call: Call,
    /// When it is given up, on the clock that never goes back.
    until: Duration,
}

/// How long after the limit of its step a call is kept that nobody comes back to. JavaScript may be gone: the request of a Worker
/// that has ended takes its timers with it. Twice the minute that timers of a page in the background may be late.
const GRACE: Duration = Duration::from_secs(120);

struct Session {
    clients: Table<Rc<Client>>,
    calls: Table<Waiting>,
}

thread_local! {
    static SESSION: RefCell<Session> = const {
        RefCell::new(Session { clients: Table::new(), calls: Table::new() })
    };
}

pub(crate) fn open(options: &str) -> String {
    match Client::open(options) {
        Ok(client) => {
            let id = SESSION.with_borrow_mut(|session| session.clients.put(Rc::new(client)));
            format!(r#"{{"client":{id}}}"#)
        }
        Err(error) => format!(r#"{{"failed":{error}}}"#),
    }
}

pub(crate) fn close(client: u32) {
    SESSION.with_borrow_mut(|session| session.clients.take(client));
}

pub(crate) fn start(client: u32, input: &str, definition: &str) -> String {
    let client = SESSION.with_borrow(|session| session.clients.get(client).cloned());
    let client = client.expect("a client that is open");
    drop_stranded();
    let id = SESSION.with_borrow_mut(|session| session.calls.reserve());
    match Call::new(client, input, definition) {
        Ok(call) => advance(id, call, None),
        Err(error) => {
            SESSION.with_borrow_mut(|session| session.calls.take(id));
            format!(r#"{{"call":{id},"failed":{error}}}"#)
        }
    }
}

pub(crate) fn resume(id: u32, answer: String, body: String) -> String {
    let waiting = SESSION.with_borrow_mut(|session| session.calls.lend(id));
    if let Some(Waiting { call, .. }) = waiting {
        return advance(id, call, Some(Told { answer, body }));
    }
    // It may have been dropped: somebody comes back after all, as after a night's sleep of the machine.
    assert!(SESSION.with_borrow(|session| id <= session.calls.last), "a call that was begun");
    format!(r#"{{"call":{id},"failed":{}}}"#, failure::given_up())
}

pub(crate) fn cancel(id: u32) {
    let waiting = SESSION.with_borrow_mut(|session| session.calls.take(id));
    if let Some(Waiting { call, .. }) = waiting {
        call.cancel();
    }
}

/// Drops the calls that nobody has come back to. Done where one begins: only then there can be more of them.
fn drop_stranded() {
    let now = host::elapsed();
    let stranded = SESSION.with_borrow_mut(|session| session.calls.take_if(|waiting| waiting.until < now));
    for Waiting { call, .. } in stranded {
        call.cancel();
    }
}

/// Lets a call go on until its next step.
fn advance(id: u32, mut call: Call, told: Option<Told>) -> String {
    let next = call.advance(told);
    let events = call.take_events();
    let rest = match next {
        Next::Step(step, limit) => {
            let until = host::elapsed().saturating_add(limit).saturating_add(GRACE);
            SESSION.with_borrow_mut(|session| session.calls.give_back(id, Waiting { call, until }));
            step[1..].to_owned()
        }
        Next::Done(value) => {
            SESSION.with_borrow_mut(|session| session.calls.take(id));
            format!(r#""done":{value}}}"#)
        }
        Next::Failed(error) => {
            SESSION.with_borrow_mut(|session| session.calls.take(id));
            format!(r#""failed":{error}}}"#)
        }
    };
    let events = if events.is_empty() { String::new() } else { format!(r#""events":{},"#, list(events)) };
    format!(r#"{{"call":{id},{events}{rest}"#)
}
