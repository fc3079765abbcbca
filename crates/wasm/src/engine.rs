//! Clients and the calls on their way.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ajo_auth::TokenProvider;
use ajo_core::{Caller, Client, Error, Settings};

use crate::host::{self, Asked, Told};
use crate::host_transport::Steps;
use crate::json_writer::list;
use crate::options::Options;
use crate::{dispatch, failure};

/// A call that has not ended. Its value or its error is JSON.
type Calling = Pin<Box<dyn Future<Output = Result<String, String>>>>;

/// A call that waits for its step.
struct Waiting {
    calling: Calling,
    /// When it is given up, on the clock that never goes back.
    until: Duration,
}

/// How long after the limit of its step a call is kept that nobody comes back to. JavaScript may be gone: the request of a Worker
/// that has ended takes its timers with it. Chosen here: twice the minute that timers of a page in the background may be late.
const GRACE: Duration = Duration::from_secs(120);

struct Engine {
    clients: Table<Client<Steps>>,
    calls: Table<Waiting>,
}

thread_local! {
    static ENGINE: RefCell<Engine> = const {
        RefCell::new(Engine { clients: Table::new(), calls: Table::new() })
    };
}

pub(crate) fn open(options: &str) -> String {
    match client(options) {
        Ok(client) => {
            let id = ENGINE.with_borrow_mut(|engine| engine.clients.put(client));
            format!(r#"{{"client":{id}}}"#)
        }
        Err(error) => format!(r#"{{"failed":{error}}}"#),
    }
}

fn client(options: &str) -> Result<Client<Steps>, String> {
    let Options { wanted, token_store: has_store } = Options::read(options)?;
    let built = wanted.check().and_then(|settings| {
        let tokens = tokens(&settings, has_store)?;
        Ok(Client::new(settings, Steps { has_store }, tokens))
    });
    built.map_err(|error| failure::of(&error))
}

fn tokens(settings: &Settings, has_store: bool) -> Result<TokenProvider, Error> {
    let driver = || Arc::new(Steps { has_store });
    Ok(match &settings.caller {
        Caller::Credentials(credentials) => TokenProvider::driven(credentials.clone(), &settings.ims_url, driver()),
        Caller::Token { token: Some(token), .. } => TokenProvider::fixed(token)?,
        Caller::Token { token: None, .. } => TokenProvider::asked(driver()),
    })
}

pub(crate) fn close(client: u32) {
    ENGINE.with_borrow_mut(|engine| engine.clients.take(client));
}

pub(crate) fn start(client: u32, input: String, definition: String) -> String {
    let client = ENGINE.with_borrow(|engine| engine.clients.get(client).cloned());
    let client = client.expect("a client that is open");
    drop_stranded();
    let calling = Box::pin(dispatch::run(client, input, definition));
    let call = ENGINE.with_borrow_mut(|engine| engine.calls.reserve());
    advance(call, calling, None)
}

pub(crate) fn resume(call: u32, answer: String, body: String) -> String {
    let waiting = ENGINE.with_borrow_mut(|engine| engine.calls.lend(call));
    if let Some(Waiting { calling, .. }) = waiting {
        return advance(call, calling, Some(Told { answer, body }));
    }
    // It may have been dropped: somebody comes back after all, as after a night's sleep of the machine.
    assert!(ENGINE.with_borrow(|engine| call <= engine.calls.last), "a call that was begun");
    format!(r#"{{"call":{call},"failed":{}}}"#, failure::given_up())
}

pub(crate) fn cancel(call: u32) {
    // Dropped outside of the borrow: that ends its turn to fetch a token.
    let dropped = ENGINE.with_borrow_mut(|engine| engine.calls.take(call));
    drop(dropped);
}

/// Drops the calls that nobody has come back to. Done where one begins: only then there can be more of them.
fn drop_stranded() {
    let now = host::elapsed();
    // Outside of the borrow, as in `cancel`.
    let dropped = ENGINE.with_borrow_mut(|engine| engine.calls.take_if(|waiting| waiting.until < now));
    drop(dropped);
}

/// Lets a call go on until it waits for something outside, or is over.
fn advance(call: u32, mut calling: Calling, told: Option<Told>) -> String {
    host::tell(told);
    let polled = calling.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let (asked, events) = host::take();
    let step = match polled {
        Poll::Pending => {
            let Asked { mut step, limit } = asked.expect("a call waits for nothing but its step");
            let until = host::elapsed().saturating_add(limit).saturating_add(GRACE);
            ENGINE.with_borrow_mut(|engine| engine.calls.give_back(call, Waiting { calling, until }));
            step.split_off(1)
        }
        Poll::Ready(result) => {
            ENGINE.with_borrow_mut(|engine| engine.calls.take(call));
            match result {
                Ok(pick) => format!(r#""done":{pick}}}"#),
                Err(error) => format!(r#""failed":{error}}}"#),
            }
        }
    };
    let events = if events.is_empty() { String::new() } else { format!(r#""events":{},"#, list(events)) };
    format!(r#"{{"call":{call},{events}{step}"#)
}

/// Things by number. A number is never used twice, as far as 32 bits go.
struct Table<T> {
    entries: Vec<(u32, Option<T>)>,
    last: u32,
}

impl<T> Table<T> {
    const fn new() -> Self {
        Self { entries: Vec::new(), last: 0 }
    }

    fn put(&mut self, value: T) -> u32 {
        let id = self.reserve();
        self.give_back(id, value);
        id
    }

    fn reserve(&mut self) -> u32 {
        self.last = self.last.wrapping_add(1);
        self.entries.push((self.last, None));
        self.last
    }

    fn place(&self, id: u32) -> Option<usize> {
        // The newest is usually the one that is looked for.
        self.entries.iter().rposition(|(other, _)| *other == id)
    }

    fn get(&self, id: u32) -> Option<&T> {
        self.entries[self.place(id)?].1.as_ref()
    }

    fn lend(&mut self, id: u32) -> Option<T> {
        let place = self.place(id)?;
        self.entries[place].1.take()
    }

    fn give_back(&mut self, id: u32, value: T) {
        if let Some(place) = self.place(id) {
            self.entries[place].1 = Some(value);
        }
    }

    fn take(&mut self, id: u32) -> Option<T> {
        let place = self.place(id)?;
        self.entries.swap_remove(place).1
    }

    fn take_if(&mut self, is: impl Fn(&T) -> bool) -> Vec<T> {
        let taken = self.entries.iter_mut().filter_map(|(_, entry)| entry.take_if(|value| is(value))).collect();
        // Only one call moves at a time, and it is not among those that are lent when another begins.
        self.entries.retain(|(_, entry)| entry.is_some());
        taken
    }
}
