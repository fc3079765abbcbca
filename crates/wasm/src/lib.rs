//! The core of the npm package `ajo-limits`: the client of `ajo-core`, without any I/O, behind synchronous calls.
//!
//! A call is begun with [`start`] and answers a step as JSON: what is to be done outside. Whoever did it says how it went with
//! [`resume`], and gets the next step, until one says `done` or `failed`. So nothing here waits, and a panic is an exception of a
//! plain call, which JavaScript can catch.
//!
//! | step | what is to be done | what [`resume`] is told |
//! |---|---|---|
//! | `{"send": {method, url, headers, body?, timeoutMs, maxBytes, maxFailureBytes}}` | send a request, follow no redirect | `{status, headers, tooLong?}` and the body, or a problem |
//! | `{"wait": ms}` | wait | `{}` |
//! | `{"token": {timeoutMs}}` | ask the user's function for an access token | `{token}` or a problem |
//! | `{"storeGet": {key, timeoutMs}}` | read the token store | `{value}` or a problem |
//! | `{"storeSet": {key, value, ttlSeconds, timeoutMs}}` | write the token store | `{}` or a problem |
//! | `{"done": field}` | the call is over; its value is that field of the last body, all of it for `""`, none for `null` | nothing |
//! | `{"failed": error}` | the call is over | nothing |
//!
//! A problem is `{problem, detail}`, of the problems `connect`, `timeout`, `broken` and `request`. Each step names its `call`, and
//! may bring `events` for whoever watches. Times are milliseconds: `now` since the Unix epoch, `elapsed` since any fixed point,
//! never going back. A call whose step is not answered long after its time limit is dropped when another begins.

mod answer;
mod call;
mod client;
mod failure;
mod host;
mod input;
mod json_reader;
mod json_writer;
mod note;
mod operation_name;
mod options;
mod session;
mod step;
mod table;
mod validate;

use wasm_bindgen::prelude::wasm_bindgen;

/// Makes a client of these options (JSON). Answers `{"client": n}` or `{"failed": error}`.
#[wasm_bindgen]
pub fn open(options: &str) -> String {
    session::open(options)
}

/// Forgets a client. Its calls that are on their way go on.
#[wasm_bindgen]
pub fn close(client: u32) {
    session::close(client);
}

/// Begins a call and answers its first step. The input is `{operation, uid?, force?, timeoutMs?, maxAttempts?,
/// headers?}`, with an operation such as `capping.create`; the definition is a text of its own, JSON, and empty where there is none. The seed is for delays and request ids.
#[wasm_bindgen]
pub fn start(
    client: u32,
    input: &str,
    definition: &str,
    now: f64,
    elapsed: f64,
    seed_high: u32,
    seed_low: u32,
) -> String {
    host::set_time(now, elapsed);
    host::stir(seed_high, seed_low);
    session::start(client, input, definition)
}

/// Says how the step of a call went, and answers the next one.
#[wasm_bindgen]
pub fn resume(call: u32, answer: String, body: String, now: f64, elapsed: f64) -> String {
    host::set_time(now, elapsed);
    session::resume(call, answer, body)
}

/// Ends a call that is not wanted any more. What its requests did is not known.
#[wasm_bindgen]
pub fn cancel(call: u32, now: f64, elapsed: f64) {
    host::set_time(now, elapsed);
    session::cancel(call);
}

/// What the service would say about a definition, without asking it: a list of findings, as JSON.
#[wasm_bindgen]
pub fn validate(api: &str, definition: &str) -> String {
    validate::validate(api, definition)
}
