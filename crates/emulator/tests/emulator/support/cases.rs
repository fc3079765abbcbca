//! The cases of the conformance suite and the expected responses, as data for suites in other languages.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// The contents of `conformance/cases.json`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConformanceSuite {
    pub(crate) now_millis: u64,
    caller_headers: BTreeMap<String, String>,
    pub(crate) cases: Vec<ConformanceCase>,
}

/// A request. `{token}` and `{uid}` are replaced by the values in the last response that had them.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct ConformanceCase {
    method: String,
    path: String,
    caller: bool,
    without: Vec<String>,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Values from responses, for later requests.
pub(crate) struct LastResponse {
    token: String,
    uid: String,
}

impl Default for LastResponse {
    fn default() -> Self {
        Self { token: "none".to_owned(), uid: "u-0".to_owned() }
    }
}

impl LastResponse {
    /// Records the values that later requests need.
    pub(crate) fn record(&mut self, body: &[u8]) {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        for (name, slot) in [("access_token", &mut self.token), ("uid", &mut self.uid)] {
            if let Some(text) = body[name].as_str() {
                text.clone_into(slot);
            }
        }
    }

    fn substitute(&self, text: &str) -> String {
        text.replace("{token}", &self.token).replace("{uid}", &self.uid)
    }
}

impl ConformanceSuite {
    pub(crate) fn load() -> Self {
        serde_json::from_str(&read_file("cases.json")).expect("cases")
    }

    pub(crate) fn request(&self, case: &ConformanceCase, known: &LastResponse) -> Request<Bytes> {
        let client_headers = self.caller_headers.iter().filter(|_| case.caller);
        let headers = client_headers.filter(|(name, _)| !case.without.contains(name)).chain(&case.headers);
        let mut request = Request::builder().method(case.method.as_str()).uri(known.substitute(&case.path));
        for (name, value) in headers {
            request = request.header(name, known.substitute(value));
        }
        request.body(Bytes::from(case.body.clone())).expect("a request")
    }
}

/// The responses of the file.
pub(crate) fn expected_responses() -> Vec<Value> {
    serde_json::from_str(&read_file("responses.json")).expect("responses")
}

/// Replaces the responses of the file if the environment variable `UPDATE` is set.
pub(crate) fn update_responses(responses: &[Value]) {
    if std::env::var_os("UPDATE").is_some() {
        let lines: Vec<String> = responses.iter().map(|response| format!("  {response}")).collect();
        std::fs::write(file_path("responses.json"), format!("[\n{}\n]\n", lines.join(",\n"))).expect("written");
    }
}

/// A response in the format of the file: sorted headers, and base64 for a body that is not UTF-8.
pub(crate) fn response_to_json(response: &Response<Bytes>) -> Value {
    let text = |value: &http::HeaderValue| value.to_str().expect("text").to_owned();
    let headers: BTreeMap<&str, String> =
        response.headers().iter().map(|(name, value)| (name.as_str(), text(value))).collect();
    let status = response.status().as_u16();
    match std::str::from_utf8(response.body()) {
        Ok(body) => json!({"status": status, "headers": headers, "body": body}),
        Err(_) => json!({"status": status, "headers": headers, "bodyBase64": STANDARD.encode(response.body())}),
    }
}

fn read_file(name: &str) -> String {
    std::fs::read_to_string(file_path(name)).expect(name)
}

fn file_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../emulator/tests/conformance").join(name)
}
