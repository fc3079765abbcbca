//! The emulators that JavaScript has created.

use ajo_emulator::EmulatorState;
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::emulator_options::EmulatorOptions;
use crate::response_head::ResponseHead;

/// Maximum number of open emulators: a test that forgets to close them fails before memory is exhausted.
const MAX_EMULATORS: usize = 10_000;

/// Emulators by id, and the response body that has not been fetched yet.
#[derive(Default)]
pub(crate) struct EmulatorRegistry {
    /// Sorted by id.
    emulators: Vec<(u32, EmulatorState)>,
    last_id: u32,
    body: Bytes,
}

impl EmulatorRegistry {
    pub(crate) fn create(&mut self, settings: &str) -> String {
        if self.emulators.len() >= MAX_EMULATORS {
            return error_json(&format!(
                "too many emulators: {MAX_EMULATORS} are open; close those that are not needed"
            ));
        }
        match EmulatorOptions::parse_settings(settings) {
            Err(problem) => error_json(&problem),
            Ok(settings) => {
                self.last_id += 1;
                self.emulators.push((self.last_id, EmulatorState::new(settings)));
                to_json_string(&json!({"id": self.last_id}))
            }
        }
    }

    pub(crate) fn handle(
        &mut self,
        id: u32,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
        now_ms: f64,
    ) -> String {
        let Some(index) = self.position(id) else { return error_json("no such emulator") };
        let (_, state) = &mut self.emulators[index];
        let response = match build_request(method, path, headers, body) {
            // The HTTP server sends the same response.
            Err(InvalidRequest) => bad_request(),
            Ok(request) => state.handle(&request, timestamp_from_ms(now_ms)),
        };
        let (head, body) = ResponseHead::split(response);
        self.body = body;
        to_json_string(&head)
    }

    pub(crate) fn take_body(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.body).into()
    }

    pub(crate) fn close(&mut self, id: u32) {
        if let Some(index) = self.position(id) {
            self.emulators.remove(index);
        }
    }

    fn position(&self, id: u32) -> Option<usize> {
        self.emulators.binary_search_by_key(&id, |(number, _)| *number).ok()
    }
}

/// Serializes without `Display`, which would compile a second copy of the JSON writer.
fn to_json_string(json: &impl Serialize) -> String {
    serde_json::to_string(json).unwrap_or_default()
}

fn error_json(problem: &str) -> String {
    to_json_string(&json!({"failed": problem}))
}

/// Converts to a timestamp; negative times and NaN become 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates, and NaN becomes 0"
)]
fn timestamp_from_ms(now_ms: f64) -> Timestamp {
    Timestamp::from_millis(now_ms as u64)
}

/// Not a valid HTTP request.
struct InvalidRequest;

fn build_request(method: &str, path: &str, headers: &str, body: &[u8]) -> Result<Request<Bytes>, InvalidRequest> {
    let mut request = Request::new(Bytes::copy_from_slice(body));
    *request.method_mut() = method.parse().map_err(|_| InvalidRequest)?;
    *request.uri_mut() = path.parse().map_err(|_| InvalidRequest)?;
    let headers: Vec<(String, String)> = serde_json::from_str(headers).map_err(|_| InvalidRequest)?;
    for (name, value) in headers {
        let name: HeaderName = name.parse().map_err(|_| InvalidRequest)?;
        let value = value.chars().map(u8::try_from).collect::<Result<Vec<u8>, _>>().map_err(|_| InvalidRequest)?;
        request.headers_mut().append(name, HeaderValue::from_bytes(&value).map_err(|_| InvalidRequest)?);
    }
    Ok(request)
}

fn bad_request() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}
