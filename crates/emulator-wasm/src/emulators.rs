//! The emulators that JavaScript has made.

use ajo_emulator::World;
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::response_head::Head;
use crate::settings::Wanted;

/// Most emulators at a time. Chosen here: a test that forgets to close its own is told, before the memory is full.
const MOST: usize = 10_000;

/// Emulators by their number, and the body that has not been fetched yet.
#[derive(Default)]
pub(crate) struct Worlds {
    /// In the order of their numbers.
    made: Vec<(u32, World)>,
    last: u32,
    body: Bytes,
}

impl Worlds {
    pub(crate) fn create(&mut self, settings: &str) -> String {
        if self.made.len() >= MOST {
            return failed(&format!("there are {MOST} emulators already; close those that are not needed"));
        }
        match Wanted::read(settings) {
            Err(problem) => failed(&problem),
            Ok(settings) => {
                self.last += 1;
                self.made.push((self.last, World::new(settings)));
                text(&json!({"id": self.last}))
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
        let Some(place) = self.place(id) else { return failed("there is no such emulator") };
        let (_, world) = &mut self.made[place];
        let answer = match request(method, path, headers, body) {
            // What the server's HTTP answers to what is none.
            Err(NoRequest) => bad_request(),
            Ok(request) => world.handle(&request, time(now_ms)),
        };
        let (head, body) = Head::of(answer);
        self.body = body;
        text(&head)
    }

    pub(crate) fn take_body(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.body).into()
    }

    pub(crate) fn close(&mut self, id: u32) {
        if let Some(place) = self.place(id) {
            self.made.remove(place);
        }
    }

    fn place(&self, id: u32) -> Option<usize> {
        self.made.binary_search_by_key(&id, |(number, _)| *number).ok()
    }
}

/// Texts and numbers, which always encode. Not by a value's `Display`, which is the writing a second time.
fn text(json: &impl Serialize) -> String {
    serde_json::to_string(json).unwrap_or_default()
}

fn failed(problem: &str) -> String {
    text(&json!({"failed": problem}))
}

/// A moment before 1970 is its beginning, and so is none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates, and what is no number becomes 0"
)]
fn time(now_ms: f64) -> Timestamp {
    Timestamp::from_millis(now_ms as u64)
}

/// What cannot be a request of HTTP.
struct NoRequest;

fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Result<Request<Bytes>, NoRequest> {
    let mut request = Request::new(Bytes::copy_from_slice(body));
    *request.method_mut() = method.parse().map_err(|_| NoRequest)?;
    *request.uri_mut() = path.parse().map_err(|_| NoRequest)?;
    let headers: Vec<(String, String)> = serde_json::from_str(headers).map_err(|_| NoRequest)?;
    for (name, value) in headers {
        let name: HeaderName = name.parse().map_err(|_| NoRequest)?;
        let value = value.chars().map(u8::try_from).collect::<Result<Vec<u8>, _>>().map_err(|_| NoRequest)?;
        request.headers_mut().append(name, HeaderValue::from_bytes(&value).map_err(|_| NoRequest)?);
    }
    Ok(request)
}

fn bad_request() -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    answer
}
