//! The open clients and pending calls, which JavaScript refers to by number.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::client::Client;
use crate::error_json;
use crate::host_runtime;
use crate::id_map::IdMap;
use crate::json_writer::json_array;
use crate::pending_call::{NextStep, PendingCall, RawHostResponse};

/// A call that waits for JavaScript to resume it.
struct SuspendedCall {
    call: PendingCall,
    /// When the call is abandoned, on the monotonic clock.
    expires_at: Duration,
}

/// How long a call survives the time limit of its step. JavaScript may never resume it: when a request to a Worker ends, its timers
/// are gone. Timers of background pages may be a minute late, and this is twice as long.
const GRACE_PERIOD: Duration = Duration::from_secs(120);

struct HandleRegistry {
    clients: IdMap<Rc<Client>>,
    calls: IdMap<SuspendedCall>,
}

thread_local! {
    static REGISTRY: RefCell<HandleRegistry> = const {
        RefCell::new(HandleRegistry { clients: IdMap::new(), calls: IdMap::new() })
    };
}

pub(crate) fn open(options: &str) -> String {
    match Client::open(options) {
        Ok(client) => {
            let id = REGISTRY.with_borrow_mut(|registry| registry.clients.insert(Rc::new(client)));
            format!(r#"{{"client":{id}}}"#)
        }
        Err(error) => format!(r#"{{"failed":{error}}}"#),
    }
}

pub(crate) fn close(client: u32) {
    REGISTRY.with_borrow_mut(|registry| registry.clients.remove(client));
}

pub(crate) fn start(client: u32, input: &str, definition: &str) -> String {
    let client = REGISTRY.with_borrow(|registry| registry.clients.get(client).cloned());
    let client = client.expect("an open client");
    cancel_abandoned_calls();
    let id = REGISTRY.with_borrow_mut(|registry| registry.calls.reserve_id());
    match PendingCall::new(client, input, definition) {
        Ok(call) => advance(id, call, None),
        Err(error) => {
            REGISTRY.with_borrow_mut(|registry| registry.calls.remove(id));
            format!(r#"{{"call":{id},"failed":{error}}}"#)
        }
    }
}

pub(crate) fn resume(id: u32, result: String, body: String) -> String {
    let suspended = REGISTRY.with_borrow_mut(|registry| registry.calls.check_out(id));
    if let Some(SuspendedCall { call, .. }) = suspended {
        return advance(id, call, Some(RawHostResponse { json: result, body }));
    }
    // JavaScript may resume a dropped call, for example after the machine was suspended.
    assert!(REGISTRY.with_borrow(|registry| id <= registry.calls.last_id), "a call that was started");
    format!(r#"{{"call":{id},"failed":{}}}"#, error_json::abandoned_call())
}

pub(crate) fn cancel(id: u32) {
    let suspended = REGISTRY.with_borrow_mut(|registry| registry.calls.remove(id));
    if let Some(SuspendedCall { call, .. }) = suspended {
        call.cancel();
    }
}

/// Drops the calls that JavaScript did not resume in time. It runs at the start of each call, so their number is bounded.
fn cancel_abandoned_calls() {
    let now = host_runtime::elapsed();
    let abandoned =
        REGISTRY.with_borrow_mut(|registry| registry.calls.remove_if(|suspended| suspended.expires_at < now));
    for SuspendedCall { call, .. } in abandoned {
        call.cancel();
    }
}

/// Advances a call to its next step.
fn advance(id: u32, mut call: PendingCall, response: Option<RawHostResponse>) -> String {
    let next = call.advance(response);
    let events = call.take_events();
    let rest = match next {
        NextStep::Step(step, limit) => {
            let expires_at = host_runtime::elapsed().saturating_add(limit).saturating_add(GRACE_PERIOD);
            REGISTRY.with_borrow_mut(|registry| registry.calls.check_in(id, SuspendedCall { call, expires_at }));
            step[1..].to_owned()
        }
        NextStep::Done(value) => {
            REGISTRY.with_borrow_mut(|registry| registry.calls.remove(id));
            format!(r#""done":{value}}}"#)
        }
        NextStep::Failed(error) => {
            REGISTRY.with_borrow_mut(|registry| registry.calls.remove(id));
            format!(r#""failed":{error}}}"#)
        }
    };
    let events = if events.is_empty() { String::new() } else { format!(r#""events":{},"#, json_array(events)) };
    format!(r#"{{"call":{id},{events}{rest}"#)
}
