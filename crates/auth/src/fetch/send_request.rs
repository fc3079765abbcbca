//! Sends one request and reads its response, within a timeout and a size limit.

use std::time::Duration;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use super::abort_guard::AbortGuard;
use super::fetch_error_kind::FetchErrorKind;
use super::fetch_request::FetchRequest;
use super::js_error::{JsError, classify, redacted_excerpt, to_js_error};
use super::js_runtime::clock_millis;
use super::js_timer::JsTimer;
use super::js_value;
use super::response_body;

/// The response to a request.
#[derive(Clone, Default)]
pub struct FetchResponse {
    /// The HTTP status; 302 for a redirect in a browser, which hides the actual status.
    pub status: u16,
    /// The header `x-request-id`.
    pub request_id: Option<String>,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The header `Location` of a redirect. Browsers hide it.
    pub location: Option<String>,
    /// The headers with lower-case names, if [`FetchRequest::wants_headers`].
    pub headers: Vec<(String, String)>,
    /// The header `x-debug-id`.
    pub debug_id: Option<String>,
    /// The decompressed body; `None` if it is too long.
    pub body: Option<Vec<u8>>,
}

/// A request without a complete response.
#[derive(Debug)]
pub struct FetchError {
    pub kind: FetchErrorKind,
    /// The error and its causes on one line, with redacted secrets.
    pub detail: String,
    /// The value that JavaScript threw, if its text contains no secret.
    pub js_error: Option<JsError>,
}

/// Sends a request and reads its response. `timeout` covers both, and `max_bytes` returns the size limit of the body
/// for a status. Dropping the future aborts the request. It contains JavaScript values, so it is not `Send`.
pub async fn send_request(
    request: FetchRequest<'_>,
    timeout: Duration,
    max_bytes: fn(u16) -> usize,
) -> Result<FetchResponse, FetchError> {
    let unsent =
        |kind, reason: &str| FetchError { kind, detail: redacted_excerpt(reason, request.secrets), js_error: None };
    let refused = |reason| unsent(FetchErrorKind::Refused, reason);
    let built = request.to_js_request().map_err(|(kind, reason)| unsent(kind, &reason))?;
    // Looked up for each request, so that tests can replace it.
    let fetch: Option<Function> = js_value::get_global("fetch").and_then(|fetch| fetch.dyn_into().ok());
    let fetch = fetch.ok_or_else(|| refused("this runtime has no `fetch`"))?;
    let timer = JsTimer::new(timeout).ok_or_else(|| refused("this runtime has no timers"))?;
    let deadline = clock_millis() + timeout.as_secs_f64() * 1000.0;
    let abort = AbortGuard::new();
    let result =
        timer.with_timeout(receive_response(&fetch, &built, &abort, max_bytes, request.wants_headers, deadline)).await;
    let timed_out = || FetchError {
        kind: FetchErrorKind::Timeout,
        detail: "no response within the time limit".to_owned(),
        js_error: None,
    };
    match result {
        None => Err(timed_out()),
        Some(Ok(response)) => {
            if response.body.is_some() {
                abort.disarm();
            }
            Ok(response)
        }
        Some(Err(_)) if clock_millis() > deadline => Err(timed_out()),
        Some(Err(RawFetchError { thrown, kind })) => {
            let (detail, js_error) = to_js_error(thrown, request.secrets);
            Err(FetchError { kind, detail, js_error })
        }
    }
}

/// A thrown JavaScript value, before redaction.
struct RawFetchError {
    thrown: JsValue,
    kind: FetchErrorKind,
}

impl From<JsValue> for RawFetchError {
    fn from(thrown: JsValue) -> Self {
        Self { thrown, kind: FetchErrorKind::Disconnected }
    }
}

async fn receive_response(
    fetch: &Function,
    request: &JsValue,
    abort: &AbortGuard,
    max_bytes: fn(u16) -> usize,
    wants_headers: bool,
    deadline: f64,
) -> Result<FetchResponse, RawFetchError> {
    // The signal is passed to `fetch` and not to the request: a signal of another realm makes `Request` throw and
    // gloo-net panic.
    let init = Object::new();
    if let Some(signal) = abort.signal() {
        let _ = Reflect::set(&init, &JsValue::from_str("signal"), &signal);
    }
    // Browsers and workerd require the global object as `this`.
    let failed = |thrown| {
        let kind = classify(&thrown);
        RawFetchError { thrown, kind }
    };
    let sent = Reflect::apply(fetch, &js_sys::global(), &Array::of2(request, &init)).map_err(failed)?;
    let response = js_value::await_promise(&sent).await.map_err(failed)?;
    let status = response_status(&response)?;
    let header = |name: &str| {
        let headers = js_value::get_property(&response, "headers")?;
        js_value::call_method(&headers, "get", &Array::of1(&JsValue::from_str(name)))?.ok()?.as_string()
    };
    Ok(FetchResponse {
        status,
        request_id: header("x-request-id"),
        retry_after: header("retry-after"),
        debug_id: header("x-debug-id"),
        location: header("location").filter(|_| (300..400).contains(&status)),
        headers: if wants_headers { all_headers(&response) } else { Vec::new() },
        body: response_body::read_body(&response, max_bytes(status), deadline).await?,
    })
}

/// Reads the headers of the value that `fetch` returned.
fn all_headers(response: &JsValue) -> Vec<(String, String)> {
    let entries = js_value::get_property(response, "headers").map(|headers| Array::from(&headers));
    let entries = entries.into_iter().flat_map(|entries| entries.iter().collect::<Vec<_>>());
    let entries = entries.map(|entry| Array::from(&entry));
    entries.filter_map(|entry| Some((entry.get(0).as_string()?, entry.get(1).as_string()?))).collect()
}

/// Reads the status of the value that `fetch` returned.
fn response_status(response: &JsValue) -> Result<u16, JsValue> {
    let error = |text: &str| JsValue::from(js_sys::Error::new(text));
    if !response.is_object() {
        return Err(error("fetch returned no response"));
    }
    let status = js_value::get_property(response, "status").and_then(|status| status.as_f64());
    let status = status.ok_or_else(|| error("the response has no valid status"))?;
    if status.fract() != 0.0 || !(0.0..1000.0).contains(&status) {
        return Err(error("the response has no valid status"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked above")]
    let whole = status as u16;
    if whole > 0 {
        return Ok(whole);
    }
    // An unfollowed redirect: browsers hide its status.
    let is_error = js_value::get_string(response, "type").as_deref() == Some("error");
    if is_error { Err(error("fetch returned a network error")) } else { Ok(302) }
}
