//! Sends one request and reads its response, within a timeout and a size limit.

use std::time::Duration;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use super::abort::Abort;
use super::body;
use super::js_env::clock_millis;
use super::js_error::{Thrown, masked, proves_unsent, tell};
use super::request::Outgoing;
use super::script;
use super::timer::Timer;

/// What was answered.
#[derive(Clone, Default)]
pub struct Incoming {
    /// The HTTP status. A browser does not tell that of a redirect; then it is 302.
    pub status: u16,
    /// The header `x-request-id`.
    pub request_id: Option<String>,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The header `x-debug-id`.
    pub debug_id: Option<String>,
    /// The body, which `fetch` has inflated where it came compressed; nothing where it is too long.
    pub body: Option<Vec<u8>>,
}

/// Why there is no whole answer.
#[derive(Debug)]
pub struct Fault {
    /// What happened.
    pub kind: FaultKind,
    /// All causes in one line, without a secret.
    pub causes: String,
    /// What JavaScript threw, if it did and that shows no secret.
    pub thrown: Option<Thrown>,
}

/// How a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It cannot be sent.
    Request,
    /// The runtime proves that no connection was made. Browsers and workerd never do.
    Connect,
    /// There was no whole answer in time.
    Timeout,
    /// There is no whole answer, or none at all; whether the request was sent is not known.
    Broken,
}

/// Sends a request and reads its answer: all of it within `timeout`, and of the body no more bytes than `most` says for a status.
/// Dropped before its end, it aborts the request. The future holds JavaScript values, so it is not `Send`.
pub async fn send(request: Outgoing<'_>, timeout: Duration, most: fn(u16) -> usize) -> Result<Incoming, Fault> {
    let unsent =
        |problem: &str| Fault { kind: FaultKind::Request, causes: masked(problem, request.secrets), thrown: None };
    let built = request.build().map_err(|problem| unsent(&problem))?;
    // Looked up for each request, so that a test may replace it.
    let fetch: Option<Function> = script::global("fetch").and_then(|fetch| fetch.dyn_into().ok());
    let fetch = fetch.ok_or_else(|| unsent("this runtime has no `fetch`"))?;
    let timer = Timer::new(timeout).ok_or_else(|| unsent("this runtime has no timers here"))?;
    let until = clock_millis() + timeout.as_secs_f64() * 1000.0;
    let abort = Abort::new();
    let answer = timer.limit(answer(&fetch, &built, &abort, most, until)).await;
    let late =
        || Fault { kind: FaultKind::Timeout, causes: "no answer within the time limit".to_owned(), thrown: None };
    match answer {
        None => Err(late()),
        Some(Ok(incoming)) => {
            if incoming.body.is_some() {
                abort.done();
            }
            Ok(incoming)
        }
        Some(Err(_)) if clock_millis() > until => Err(late()),
        Some(Err(Failed { thrown, unsent })) => {
            let (causes, thrown) = tell(thrown, request.secrets);
            Err(Fault { kind: if unsent { FaultKind::Connect } else { FaultKind::Broken }, causes, thrown })
        }
    }
}

/// What JavaScript threw, and whether that proves that nothing was sent.
struct Failed {
    thrown: JsValue,
    unsent: bool,
}

impl From<JsValue> for Failed {
    fn from(thrown: JsValue) -> Self {
        Self { thrown, unsent: false }
    }
}

async fn answer(
    fetch: &Function,
    request: &JsValue,
    abort: &Abort,
    most: fn(u16) -> usize,
    until: f64,
) -> Result<Incoming, Failed> {
    // The signal is given here and not to the request: one of another realm makes that throw, and gloo-net panic.
    let init = Object::new();
    if let Some(signal) = abort.signal() {
        let _ = Reflect::set(&init, &JsValue::from_str("signal"), &signal);
    }
    // With the global object for `this`, which browsers and workerd insist on.
    let sent = Reflect::apply(fetch, &js_sys::global(), &Array::of2(request, &init))?;
    let response = script::settled(&sent).await.map_err(|thrown| {
        let unsent = proves_unsent(&thrown);
        Failed { thrown, unsent }
    })?;
    let status = status(&response)?;
    let header = |name: &str| {
        let headers = script::get(&response, "headers")?;
        script::call(&headers, "get", &Array::of1(&JsValue::from_str(name)))?.ok()?.as_string()
    };
    Ok(Incoming {
        status,
        request_id: header("x-request-id"),
        retry_after: header("retry-after"),
        debug_id: header("x-debug-id"),
        body: body::read(&response, most(status), until).await?,
    })
}

/// The status, of whatever `fetch` gave.
fn status(response: &JsValue) -> Result<u16, JsValue> {
    let problem = |text: &str| JsValue::from(js_sys::Error::new(text));
    if !response.is_object() {
        return Err(problem("fetch gave no response"));
    }
    let status = script::get(response, "status").and_then(|status| status.as_f64());
    let status = status.ok_or_else(|| problem("the response has no status"))?;
    if status.fract() != 0.0 || !(0.0..1000.0).contains(&status) {
        return Err(problem("the response has no status"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was looked at before")]
    let whole = status as u16;
    if whole > 0 {
        return Ok(whole);
    }
    // A redirect that is not followed: a browser does not even tell its status.
    let is_error = script::text(response, "type").as_deref() == Some("error");
    if is_error { Err(problem("fetch gave a network error")) } else { Ok(302) }
}
