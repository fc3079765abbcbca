//! The cases of the conformance suite, and what is answered to them: data, so that a suite in another language has the same.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// The suite, as `conformance/cases.json` has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Suite {
    pub(crate) now_millis: u64,
    caller_headers: BTreeMap<String, String>,
    pub(crate) cases: Vec<Case>,
}

/// A request, in which `{token}` and `{uid}` are what was answered last.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Case {
    method: String,
    path: String,
    caller: bool,
    without: Vec<String>,
    headers: BTreeMap<String, String>,
    body: String,
}

/// What has been answered so far, where a later request needs it.
pub(crate) struct Known {
    token: String,
    uid: String,
}

impl Default for Known {
    fn default() -> Self {
        Self { token: "none".to_owned(), uid: "u-0".to_owned() }
    }
}

impl Known {
    /// Takes from an answer what is needed later.
    pub(crate) fn learn(&mut self, body: &[u8]) {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        for (name, place) in [("access_token", &mut self.token), ("uid", &mut self.uid)] {
            if let Some(text) = body[name].as_str() {
                text.clone_into(place);
            }
        }
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{token}", &self.token).replace("{uid}", &self.uid)
    }
}

impl Suite {
    pub(crate) fn read() -> Self {
        serde_json::from_str(&text("cases.json")).expect("cases")
    }

    /// The request of a case.
    pub(crate) fn request(&self, case: &Case, known: &Known) -> Request<Bytes> {
        let of_caller = self.caller_headers.iter().filter(|_| case.caller);
        let headers = of_caller.filter(|(name, _)| !case.without.contains(name)).chain(&case.headers);
        let mut request = Request::builder().method(case.method.as_str()).uri(known.fill(&case.path));
        for (name, value) in headers {
            request = request.header(name, known.fill(value));
        }
        request.body(Bytes::from(case.body.clone())).expect("a request")
    }
}

/// What is answered to the cases, by the core; with `UPDATE=1` in the environment, `answered` is written down first.
pub(crate) fn answers(answered: &[Value]) -> Vec<Value> {
    if std::env::var_os("UPDATE").is_some() {
        let lines: Vec<String> = answered.iter().map(|answer| format!("  {answer}")).collect();
        std::fs::write(place("answers.json"), format!("[\n{}\n]\n", lines.join(",\n"))).expect("written");
    }
    serde_json::from_str(&text("answers.json")).expect("answers")
}

/// An answer as the file has it: its headers in alphabetical order, and what is no text in base64.
pub(crate) fn written(answer: &Response<Bytes>) -> Value {
    let text = |value: &http::HeaderValue| value.to_str().expect("text").to_owned();
    let headers: BTreeMap<&str, String> =
        answer.headers().iter().map(|(name, value)| (name.as_str(), text(value))).collect();
    let status = answer.status().as_u16();
    match std::str::from_utf8(answer.body()) {
        Ok(body) => json!({"status": status, "headers": headers, "body": body}),
        Err(_) => json!({"status": status, "headers": headers, "bodyBase64": STANDARD.encode(answer.body())}),
    }
}

fn text(name: &str) -> String {
    std::fs::read_to_string(place(name)).expect(name)
}

fn place(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../emulator/tests/conformance").join(name)
}
