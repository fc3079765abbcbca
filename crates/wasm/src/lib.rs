//! The core of the npm package `ajo-limits`: the client of `ajo-core`, without any I/O, behind synchronous calls.
//!
//! [`start`] begins a call and returns a step as JSON, which JavaScript performs. JavaScript passes the result to [`resume`], which
//! returns the next step, until a step is `done` or `failed`. Nothing here blocks, and JavaScript can catch a panic as an exception
//! of a synchronous call.
//!
//! | step | what JavaScript does | argument of [`resume`] |
//! |---|---|---|
//! | `{"send": {method, url, headers, body?, timeoutMs, maxBytes, maxFailureBytes}}` | send a request without following redirects | `{status, headers, tooLong?}` and the body, or a problem |
//! | `{"wait": ms}` | wait | `{}` |
//! | `{"token": {timeoutMs}}` | call the user's function for access tokens | `{token}` or a problem |
//! | `{"storeGet": {key, timeoutMs}}` | read the token store | `{value}` or a problem |
//! | `{"storeSet": {key, value, ttlSeconds, timeoutMs}}` | write the token store | `{}` or a problem |
//! | `{"done": field}` | return this field of the last body (`""`: the whole body, `null`: no value) | |
//! | `{"failed": error}` | throw the error | |
//!
//! A problem is `{problem, detail}`, where `problem` is `connect`, `certificate`, `timeout`, `disconnected`, or `buildRequest`. Each
//! step names its `call` and may contain `events` for `onEvent`. Times are in milliseconds: `now` since the Unix epoch, `elapsed` on
//! a monotonic clock. If JavaScript does not resume a call long after the time limit of its step, the next [`start`] drops that call.
//!
//! Limits in this crate are ours unless a source is given.

mod call_arguments;
mod client;
mod client_options;
mod config_definition;
mod error_json;
mod event;
mod handle_registry;
mod host_response;
mod host_runtime;
mod host_step;
mod id_map;
mod json_reader;
mod json_writer;
mod operation_name;
mod pending_call;
mod redeploy;
mod validate;

use wasm_bindgen::prelude::wasm_bindgen;

/// Creates a client from its options (JSON). Returns `{"client": n}` or `{"failed": error}`.
#[wasm_bindgen]
pub fn open(options: &str) -> String {
    handle_registry::open(options)
}

/// Drops a client. Its pending calls continue.
#[wasm_bindgen]
pub fn close(client: u32) {
    handle_registry::close(client);
}

/// Begins a call and returns its first step.
///
/// The input is `{operation, uid?, force?, timeoutMs?, maxAttempts?, headers?}`, with an operation such as `capping.create`. The
/// definition is a separate JSON string, empty if the operation takes none. The seed randomizes delays and request ids.
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
    host_runtime::set_time(now, elapsed);
    host_runtime::add_entropy(seed_high, seed_low);
    handle_registry::start(client, input, definition)
}

/// Reports the result of a call's step and returns the next step.
#[wasm_bindgen]
pub fn resume(call: u32, result: String, body: String, now: f64, elapsed: f64) -> String {
    host_runtime::set_time(now, elapsed);
    handle_registry::resume(call, result, body)
}

/// Cancels a call. The outcome of its requests is unknown.
#[wasm_bindgen]
pub fn cancel(call: u32, now: f64, elapsed: f64) {
    host_runtime::set_time(now, elapsed);
    handle_registry::cancel(call);
}

/// Decides the next step of a redeploy from the results of its calls so far, separated by commas.
///
/// Results are `old`, `new`, `none`, `hidden` for the limit that `get` shows as live, and `done`, `refused`, `failed`, `unknown` for
/// calls. Returns `{"call": "deploy"}`, or at the end `{live, message, hint?}`.
#[wasm_bindgen]
pub fn redeploy(results: &str) -> String {
    redeploy::next_step(results)
}

/// Validates a definition offline. Returns a list of diagnostics as JSON.
#[wasm_bindgen]
pub fn validate(api: &str, definition: &str) -> String {
    validate::validate(api, definition)
}

/// The definition in a configuration, as JSON; `null` if it is not an object.
#[wasm_bindgen(js_name = definitionOf)]
pub fn definition_of(config: &str) -> String {
    config_definition::definition_of(config)
}
