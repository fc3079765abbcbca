//! The cases of `cases.json`, and how what a driver did is compared with them. Without I/O, because it runs on WebAssembly too.

use std::sync::Arc;

use ajo_auth::Simulated;
use ajo_core::{
    Builder, CallOptions, Credentials, DeleteOptions, Error, ErrorKind, OPERATIONS, Operation, Secret, ServiceCode, Uid,
};
use serde_json::{Value, json};

/// The file, which says of itself what stands in it.
pub(crate) fn suite() -> Value {
    serde_json::from_str(include_str!("cases.json")).expect("JSON")
}

/// A request that a driver made. The names of its headers are in lower case.
pub(crate) struct Made {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// The operation that a call names.
pub(crate) fn operation(call: &Value) -> &'static Operation {
    let wanted = call["operation"].as_str().expect("an operation").replace("canDeploy", "can_deploy");
    let named = |operation: &&Operation| format!("{}.{}", operation.api, operation.verb) == wanted;
    OPERATIONS.iter().find(named).unwrap_or_else(|| panic!("no operation {wanted}"))
}

/// A client of a case, but for what only its driver has. Service and token host have one root.
pub(crate) fn built<L>(builder: Builder<L>, client: &Value, case: &Value, root: &str) -> Builder<L> {
    let text = |name: &str| client[name].as_str().expect("a text");
    let builder = builder
        .sandbox(text("sandbox"))
        .base_url(&format!("{root}/journey/orchestration"))
        .ims_url(root)
        .surroundings(Arc::new(Simulated::new(1)));
    if case["caller"] == "credentials" {
        let credentials = Credentials::new(text("clientId"), text("clientSecret"), text("orgId"), text("scopes"));
        builder.credentials(credentials.expect("credentials"))
    } else {
        builder.access_token(Secret::new(text("accessToken")), text("clientId"), text("orgId"))
    }
}

/// What is different for a call.
pub(crate) fn options(call: &Value) -> CallOptions {
    let mut options = CallOptions::default();
    if let Some(attempts) = call["maxAttempts"].as_u64() {
        options = options.attempts(u32::try_from(attempts).expect("few"));
    }
    for (name, value) in call["headers"].as_object().into_iter().flatten() {
        options = options.header(name, value.as_str().expect("a text")).expect("a header");
    }
    options
}

/// The configuration that a call names.
pub(crate) fn uid(call: &Value) -> Option<Uid> {
    call["uid"].as_str().map(|uid| uid.parse().expect("a uid"))
}

/// How a call deletes.
pub(crate) fn delete(call: &Value) -> DeleteOptions {
    DeleteOptions { force: call["force"] == true }
}

/// An answer's body as it is sent.
pub(crate) fn body(answer: &Value) -> String {
    match &answer["body"] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        json => json.to_string(),
    }
}

/// An answer's headers.
pub(crate) fn headers(answer: &Value) -> Vec<(String, String)> {
    let headers = answer["headers"].as_object().into_iter().flatten();
    headers.map(|(name, value)| (name.clone(), value.as_str().expect("a text").to_owned())).collect()
}

/// The value of a call whose last answer had this body.
pub(crate) fn value(operation: &Operation, body: &[u8]) -> Value {
    let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
    match operation.verb.as_str() {
        "list" => body["results"].take(),
        "get" => body["result"].take(),
        "can_deploy" => body["canDeploy"].take(),
        "create" | "update" => body,
        _ => Value::Null,
    }
}

/// An error, as the cases have it.
pub(crate) fn failed(error: &Error) -> Value {
    let (kind, own) = match error.kind() {
        ErrorKind::Settings(_) => ("settings", "SETTINGS"),
        ErrorKind::Auth(error) if error.is_timeout() => ("timeout", "TIMEOUT"),
        ErrorKind::Auth(_) => ("auth", "AUTH"),
        ErrorKind::Refused(_) => ("refused", "REFUSED"),
        ErrorKind::NotSent(_) => ("notSent", "NOT_SENT"),
        ErrorKind::Connect(_) | ErrorKind::Certificate(_) | ErrorKind::Proxy(_) => ("connect", "CONNECT"),
        ErrorKind::Timeout(_) => ("timeout", "TIMEOUT"),
        ErrorKind::Broken(_) => ("broken", "BROKEN"),
        ErrorKind::Unreadable { .. } => ("unreadable", "UNREADABLE"),
        _ => ("request", "REQUEST"),
    };
    let host = match error.kind() {
        ErrorKind::Auth(ajo_auth::AuthError::Ims(error)) => error.code.as_deref(),
        _ => None,
    };
    json!({
        "kind": kind,
        "code": error.code().map(ServiceCode::as_str).or(host).unwrap_or(own),
        "status": error.status(),
        "attempts": error.attempts(),
        "requestId": error.request_id(),
        "retryAfterMs": error.retry_after().map(|wait| u64::try_from(wait.as_millis()).expect("a wait")),
        "hint": error.hint(),
        "message": message(error),
        "body": String::from_utf8_lossy(error.body()),
    })
}

/// The text of an error, with its operation as the npm package writes it.
fn message(error: &Error) -> String {
    let text = error.to_string();
    let Some(ours) = error.operation().map(ToString::to_string) else { return text };
    match text.strip_prefix(&ours) {
        Some(rest) => format!("{}{rest}", ours.replace(' ', ".").replace("can_deploy", "canDeploy")),
        None => text,
    }
}

/// What is not as the case says; empty where all is.
pub(crate) fn differences(case: &Value, secrets: &Value, made: &[Made], result: &Result<Value, Value>) -> Vec<String> {
    let mut found = Vec::new();
    let expected = case["exchange"].as_array().expect("an exchange");
    if expected.len() != made.len() {
        let made: Vec<_> = made.iter().map(|made| format!("{} {}", made.method, made.target)).collect();
        found.push(format!("{} requests are expected, and made were {made:?}", expected.len()));
    }
    for (exchange, made) in expected.iter().zip(made) {
        request(&exchange["request"], made, &mut found);
    }
    match (case["result"].get("error"), result) {
        (None, Ok(value)) if *value == case["result"]["value"] => {}
        (Some(error), Err(failed)) => {
            for (name, expected) in error.as_object().expect("an error") {
                if failed.get(name).unwrap_or(&Value::Null) != expected {
                    found.push(format!("the error's {name} is {} and not {expected}", failed[name]));
                }
            }
            let shown = failed.to_string();
            let secrets = secrets.as_array().expect("secrets").iter().filter_map(Value::as_str);
            found
                .extend(secrets.filter(|secret| shown.contains(secret)).map(|_| format!("it shows a secret: {shown}")));
        }
        _ => found.push(format!("the result is {result:?} and not {}", case["result"])),
    }
    found
}

fn request(expected: &Value, made: &Made, found: &mut Vec<String>) {
    let (path, query) = made.target.split_once('?').unwrap_or((&made.target, ""));
    for (name, is) in [("method", made.method.as_str()), ("path", path), ("query", query)] {
        if expected[name].as_str().is_some_and(|expected| expected != is) {
            found.push(format!("the {name} is {is} and not {}", expected[name]));
        }
    }
    for (name, value) in expected["headers"].as_object().into_iter().flatten() {
        let is = made.headers.iter().find(|(there, _)| there == name).map(|(_, value)| value.as_str());
        if is != value.as_str() {
            found.push(format!("the header {name} is {is:?} and not {value}"));
        }
    }
    let same = match expected.get("body") {
        None => true,
        Some(Value::Null) => made.body.is_empty(),
        Some(Value::String(text)) => *text == made.body,
        Some(json) => serde_json::from_str::<Value>(&made.body).is_ok_and(|made| made == *json),
    };
    if !same {
        found.push(format!("the body is {} and not {}", made.body, expected["body"]));
    }
}
