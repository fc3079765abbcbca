//! The exported functions.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use ajo_engine::untrusted_text::excerpt;
use ajo_engine::{LimitChange, SandboxName, Uid, check_api_path, check_custom_header};
use spin::Mutex;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::core_state::CoreState;
use crate::definition;
use crate::input::Report;
use crate::redeploy::{next_step, parse_live_limit};
use crate::time::Moment;

/// JavaScript has one thread, so nobody ever waits for this.
static CORE: Mutex<CoreState> = Mutex::new(CoreState::new());

/// Creates a client from its options (JSON). Returns `{client, baseUrl, origin, clientId, orgId, sandbox?, tokenUrl?, source}` or
/// `{failed: error}`.
#[wasm_bindgen]
pub fn open(options: &str) -> String {
    CORE.lock().open(options)
}

/// Drops a client. Its pending calls continue.
#[wasm_bindgen]
pub fn close(client: u32) {
    CORE.lock().close(client);
}

/// The token of the client's last action that sends a request, or of its last call that got a token.
#[wasm_bindgen(js_name = accessToken)]
pub fn access_token(client: u32) -> String {
    CORE.lock().access_token(client)
}

/// The service rejected the token of this generation. Returns whether to try again with another one.
#[wasm_bindgen]
pub fn invalidate(client: u32, generation: f64, now: f64) -> bool {
    CORE.lock().invalidate(client, generation, now)
}

/// The service also rejected the replacement of a rejected token. For 30 seconds, further rejections lead to no token requests.
#[wasm_bindgen(js_name = markRejected)]
pub fn mark_rejected(client: u32, generation: f64, now: f64) {
    CORE.lock().mark_rejected(client, generation, now);
}

/// Begins a call and returns its number; zero if there is no such client or operation.
///
/// The operation is an index of the operation table, -1, -2, or -3 for other requests that are safe, idempotent, or neither, or -4
/// for getting a token. Limits that are not positive are the defaults.
#[wasm_bindgen]
#[expect(clippy::too_many_arguments, reason = "JavaScript passes numbers")]
pub fn begin(
    client: u32,
    operation: i32,
    attempt_timeout: f64,
    deadline: f64,
    max_attempts: u32,
    now: f64,
    elapsed: f64,
    random: f64,
) -> u32 {
    CORE.lock().begin(client, operation, attempt_timeout, deadline, max_attempts, Moment { now, elapsed, random })
}

/// Reports the result of the last action, and returns the next action with its flags.
#[wasm_bindgen]
pub fn step(call: u32, input: u32, value: f64, now: f64, elapsed: f64, random: f64) -> u32 {
    CORE.lock().step(call, input, value, Moment { now, elapsed, random })
}

/// Cancels a call. The outcome of its requests is unknown.
#[wasm_bindgen]
pub fn cancel(call: u32, now: f64, elapsed: f64, random: f64) {
    CORE.lock().cancel(call, Moment { now, elapsed, random });
}

/// The time limit or the wait of the last action.
#[wasm_bindgen]
pub fn millis() -> f64 {
    CORE.lock().millis()
}

/// The detail of the last action.
#[wasm_bindgen]
pub fn extra() -> f64 {
    CORE.lock().extra()
}

/// Reports an error response of the service, or any response of the token endpoint. The body is undefined if it is too long.
#[wasm_bindgen]
#[expect(clippy::too_many_arguments, clippy::needless_pass_by_value, reason = "JavaScript passes numbers and strings")]
pub fn respond(
    call: u32,
    status: u32,
    request_id: Option<String>,
    retry_after: Option<String>,
    debug_id: Option<String>,
    body: Option<String>,
    now: f64,
    elapsed: f64,
    random: f64,
) -> u32 {
    let report = Report::Response {
        status,
        request_id: request_id.as_deref(),
        retry_after: retry_after.as_deref(),
        debug_id: debug_id.as_deref(),
        body: body.as_deref(),
    };
    CORE.lock().report(call, Some(report), Moment { now, elapsed, random })
}

/// Reports a request without a complete response. Problems: 0 no connection, 1 rejected certificate, 2 timeout, 3 lost connection,
/// 4 refused before anything was sent, 5 invalid URL or header.
#[wasm_bindgen(js_name = sendFailed)]
pub fn send_failed(call: u32, problem: u32, detail: String, now: f64, elapsed: f64, random: f64) -> u32 {
    CORE.lock().report(call, Some(Report::send_failed(problem, detail)), Moment { now, elapsed, random })
}

/// Reports a success response with an invalid body.
#[wasm_bindgen(js_name = invalidBody)]
#[expect(clippy::needless_pass_by_value, reason = "JavaScript passes strings")]
pub fn invalid_body(
    call: u32,
    status: u32,
    request_id: Option<String>,
    detail: String,
    now: f64,
    elapsed: f64,
    random: f64,
) -> u32 {
    let report = Report::InvalidBody { status, request_id: request_id.as_deref(), detail };
    CORE.lock().report(call, Some(report), Moment { now, elapsed, random })
}

/// Reports the entry of the token store.
#[wasm_bindgen]
pub fn stored(call: u32, entry: Option<String>, now: f64, elapsed: f64, random: f64) -> u32 {
    CORE.lock().report(call, Some(Report::Stored(entry)), Moment { now, elapsed, random })
}

/// Reports the token that the user's function returned.
#[wasm_bindgen(js_name = tokenReturned)]
pub fn token_returned(call: u32, token: String, now: f64, elapsed: f64, random: f64) -> u32 {
    CORE.lock().report(call, Some(Report::TokenReturned(token)), Moment { now, elapsed, random })
}

/// Reports that the user's function returned no token.
#[wasm_bindgen(js_name = callbackFailed)]
pub fn callback_failed(call: u32, timed_out: bool, detail: String, now: f64, elapsed: f64, random: f64) -> u32 {
    CORE.lock().report(call, Some(Report::CallbackFailed { timed_out, detail }), Moment { now, elapsed, random })
}

/// The form of the token request. It contains a secret.
#[wasm_bindgen(js_name = tokenRequestBody)]
pub fn token_request_body(call: u32) -> String {
    CORE.lock().token_request_body(call)
}

/// The key in the token store.
#[wasm_bindgen(js_name = storeKey)]
pub fn store_key(call: u32) -> String {
    CORE.lock().store_key(call)
}

/// The entry to write to the token store. It contains the token.
#[wasm_bindgen(js_name = storeEntry)]
pub fn store_entry(call: u32) -> String {
    CORE.lock().store_entry(call)
}

/// The error of a call that failed, as JSON. Forgets the call.
///
/// `operation` is the name of the operation in JavaScript, and `request_id` the id that was sent; both may be empty.
#[wasm_bindgen(js_name = takeError)]
pub fn take_error(call: u32, operation: &str, request_id: &str) -> String {
    CORE.lock().take_error(call, operation, request_id)
}

/// The error of the last function that returned nothing, or of an invalid store entry, as JSON.
#[wasm_bindgen(js_name = takeProblem)]
pub fn take_problem(operation: &str) -> String {
    CORE.lock().take_problem(operation)
}

/// Encodes the definition of an operation as it is sent; undefined after a problem.
#[wasm_bindgen(js_name = encodeDefinition)]
pub fn encode_definition(operation: u32, definition: &str, org_id: &str) -> Option<String> {
    CORE.lock().encode_definition(operation, definition, org_id)
}

/// The definition in a configuration, as JSON; undefined after a problem.
#[wasm_bindgen(js_name = definitionOf)]
pub fn definition_of(api: &str, config: &str) -> Option<String> {
    CORE.lock().definition_of(api, config)
}

/// Validates a definition offline. Returns a list of diagnostics as JSON.
#[wasm_bindgen]
pub fn validate(api: &str, definition: &str) -> String {
    definition::validate(api, definition)
}

/// What is wrong with a uid; undefined if it is valid.
#[wasm_bindgen(js_name = checkUid)]
pub fn check_uid(uid: &str) -> Option<String> {
    uid.parse::<Uid>().err().map(|error| error.message())
}

/// What is wrong with a header that a caller adds; undefined if it is valid.
#[wasm_bindgen(js_name = checkHeader)]
pub fn check_header(name: &str, value: &str) -> Option<String> {
    let problem = check_custom_header(name, value).err()?;
    Some("header `".to_owned() + &excerpt(name, 60) + "`: " + problem)
}

/// Why a token of the client must not be sent to a URL; undefined if it may.
#[wasm_bindgen(js_name = checkUrl)]
pub fn check_url(client: u32, url: &str) -> Option<String> {
    CORE.lock().check_url(client, url)
}

/// What is wrong with the path of a request; undefined if it is valid.
#[wasm_bindgen(js_name = checkPath)]
pub fn check_path(path: &str) -> Option<String> {
    let problem = check_api_path(path).err()?;
    Some(["`", &excerpt(path, 80), "` cannot be used: ", problem].concat())
}

/// What is wrong with the name of a sandbox; undefined if it is valid.
#[wasm_bindgen(js_name = checkSandbox)]
pub fn check_sandbox(name: &str) -> Option<String> {
    name.parse::<SandboxName>().err().map(|error| error.message().to_owned())
}

/// Decides the next step of a redeploy from the results of its calls so far, separated by commas.
///
/// Results are `old`, `new`, `none`, `hidden` for the limit that `get` shows as live, and `done`, `refused`, `failed`, `unknown` for
/// calls. Returns `{"call": "deploy"}`, or at the end `{live, message, hint?}`.
#[wasm_bindgen]
pub fn redeploy(results: &str) -> String {
    next_step(results)
}

/// The service whose limit changes: the wanted one, or the only one in `present`, whose items are separated by commas; undefined after
/// a problem.
#[wasm_bindgen(js_name = selectService)]
#[expect(clippy::needless_pass_by_value, reason = "JavaScript passes strings")]
pub fn select_service(wanted: Option<String>, present: &str) -> Option<String> {
    CORE.lock().select_service(wanted.as_deref(), present)
}

/// The calls of a change: 1 for `update`, plus 2 for a redeploy. `live` is a result of a redeploy's `get`.
#[wasm_bindgen(js_name = limitChange)]
pub fn limit_change(is_changed: bool, live: &str) -> u32 {
    let LimitChange { update, redeploy } = LimitChange::new(is_changed, parse_live_limit(live));
    u32::from(update) + 2 * u32::from(redeploy)
}
