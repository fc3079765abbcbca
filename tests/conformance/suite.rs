//! Loads the cases of `cases.json` and compares results with them. It does no I/O, because it also runs on WebAssembly.

use std::sync::Arc;

use ajo_auth::ManualRuntime;
use ajo_core::{
    CallError, CallOptions, Credentials, DeleteOptions, ErrorKind, GenericClientBuilder, OPERATIONS, Operation, Secret,
    ServiceCode, Uid,
};
use serde_json::{Value, json};

/// Loads the suite. The field `about` of the file describes its format.
pub(crate) fn load_suite() -> Value {
    serde_json::from_str(include_str!("cases.json")).expect("JSON")
}

/// A request that a client sent. The header names are in lower case.
pub(crate) struct RecordedRequest {
    pub(crate) method: String,
    /// The path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Finds the operation of a call.
pub(crate) fn find_operation(call: &Value) -> &'static Operation {
    let name = call["operation"].as_str().expect("an operation").replace("canDeploy", "can_deploy");
    let matches = |operation: &&Operation| format!("{}.{}", operation.api, operation.verb) == name;
    OPERATIONS.iter().find(matches).unwrap_or_else(|| panic!("unknown operation {name}"))
}

/// Configures the client of a case. The service and the token endpoint have the same root.
pub(crate) fn configure_client<L>(
    builder: GenericClientBuilder<L>,
    client: &Value,
    case: &Value,
    root: &str,
) -> GenericClientBuilder<L> {
    let string = |name: &str| client[name].as_str().expect("a string");
    let builder = builder
        .sandbox(string("sandbox"))
        .base_url(&format!("{root}/journey/orchestration"))
        .ims_url(root)
        .runtime(Arc::new(ManualRuntime::new(1)));
    if case["caller"] == "credentials" {
        let credentials =
            Credentials::new(string("clientId"), string("clientSecret"), string("orgId"), string("scopes"));
        builder.credentials(credentials.expect("credentials"))
    } else {
        builder.access_token(Secret::new(string("accessToken")), string("clientId"), string("orgId"))
    }
}

/// The options of a call.
pub(crate) fn call_options(call: &Value) -> CallOptions {
    let mut options = CallOptions::default();
    if let Some(attempts) = call["maxAttempts"].as_u64() {
        options = options.attempts(u32::try_from(attempts).expect("a small number"));
    }
    for (name, value) in call["headers"].as_object().into_iter().flatten() {
        options = options.header(name, value.as_str().expect("a string")).expect("a header");
    }
    options
}

/// The uid of a call.
pub(crate) fn call_uid(call: &Value) -> Option<Uid> {
    call["uid"].as_str().map(|uid| uid.parse().expect("a uid"))
}

/// The delete options of a call.
pub(crate) fn delete_options(call: &Value) -> DeleteOptions {
    DeleteOptions { force: call["force"] == true }
}

/// The body of a response as it is sent.
pub(crate) fn response_body(response: &Value) -> String {
    match &response["body"] {
        Value::Null => String::new(),
        Value::String(string) => string.clone(),
        json => json.to_string(),
    }
}

/// The headers of a response.
pub(crate) fn response_headers(response: &Value) -> Vec<(String, String)> {
    let headers = response["headers"].as_object().into_iter().flatten();
    headers.map(|(name, value)| (name.clone(), value.as_str().expect("a string").to_owned())).collect()
}

/// The value of a call, taken from the body of its last response.
pub(crate) fn call_value(operation: &Operation, body: &[u8]) -> Value {
    let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
    match operation.verb.as_str() {
        "list" => body["results"].take(),
        "get" => body["result"].take(),
        "can_deploy" => body["canDeploy"].take(),
        "create" | "update" => body,
        _ => Value::Null,
    }
}

/// Converts an error into the format of the cases.
pub(crate) fn error_json(error: &CallError) -> Value {
    let (kind, default_code) = match error.kind() {
        ErrorKind::Config(_) => ("config", "CONFIG"),
        ErrorKind::Auth(error) if error.is_timeout() => ("timeout", "TIMEOUT"),
        ErrorKind::Auth(_) => ("auth", "AUTH"),
        ErrorKind::Api(_) => ("api", "API"),
        ErrorKind::DeadlineExceeded(_) => ("deadlineExceeded", "DEADLINE_EXCEEDED"),
        ErrorKind::Connect(_)
        | ErrorKind::NameResolution(_)
        | ErrorKind::Certificate(_)
        | ErrorKind::Proxy(_)
        | ErrorKind::ProxyAuthentication(_)
        | ErrorKind::ProxyUnreachable(_) => ("connect", "CONNECT"),
        ErrorKind::Timeout(_) => ("timeout", "TIMEOUT"),
        ErrorKind::Disconnected(_) => ("disconnected", "DISCONNECTED"),
        ErrorKind::Decode { .. } => ("decode", "DECODE"),
        _ => ("buildRequest", "BUILD_REQUEST"),
    };
    let oauth_code = match error.kind() {
        ErrorKind::Auth(ajo_auth::AuthError::Ims(error)) => error.code.as_deref(),
        _ => None,
    };
    json!({
        "kind": kind,
        "code": error.code().map(ServiceCode::as_str).or(oauth_code).unwrap_or(default_code),
        "status": error.status(),
        "attempts": error.attempts(),
        "requestId": error.request_id(),
        "retryAfterMs": error.retry_after().map(|wait| u64::try_from(wait.as_millis()).expect("a wait")),
        "hint": error.hint(),
        "message": npm_error_message(error),
        "body": String::from_utf8_lossy(error.body()),
    })
}

/// The message of an error, with the operation named as in the npm package.
fn npm_error_message(error: &CallError) -> String {
    let message = error.to_string();
    let Some(name) = error.operation().map(ToString::to_string) else { return message };
    match message.strip_prefix(&name) {
        Some(rest) => format!("{}{rest}", name.replace(' ', ".").replace("can_deploy", "canDeploy")),
        None => message,
    }
}

/// Compares requests and result with a case. Returns one message per difference.
pub(crate) fn find_differences(
    case: &Value,
    secrets: &Value,
    requests: &[RecordedRequest],
    result: &Result<Value, Value>,
) -> Vec<String> {
    let mut differences = Vec::new();
    let expected = case["exchanges"].as_array().expect("exchanges");
    if expected.len() != requests.len() {
        let requests: Vec<_> =
            requests.iter().map(|request| format!("{} {}", request.method, request.target)).collect();
        differences.push(format!("expected {} requests, but got {requests:?}", expected.len()));
    }
    for (exchange, request) in expected.iter().zip(requests) {
        compare_request(&exchange["request"], request, &mut differences);
    }
    match (case["result"].get("error"), result) {
        (None, Ok(value)) if *value == case["result"]["value"] => {}
        (Some(expected_error), Err(error)) => {
            for (name, expected) in expected_error.as_object().expect("an error") {
                if error.get(name).unwrap_or(&Value::Null) != expected {
                    differences
                        .push(format!("field {name} of the error: expected {expected}, but got {}", error[name]));
                }
            }
            let json = error.to_string();
            let secrets = secrets.as_array().expect("secrets").iter().filter_map(Value::as_str);
            differences.extend(
                secrets.filter(|secret| json.contains(secret)).map(|_| format!("the error contains a secret: {json}")),
            );
        }
        _ => differences.push(format!("result: expected {}, but got {result:?}", case["result"])),
    }
    differences
}

fn compare_request(expected: &Value, request: &RecordedRequest, differences: &mut Vec<String>) {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    for (name, actual) in [("method", request.method.as_str()), ("path", path), ("query", query)] {
        if expected[name].as_str().is_some_and(|expected| expected != actual) {
            differences.push(format!("{name}: expected {}, but got {actual}", expected[name]));
        }
    }
    for (name, value) in expected["headers"].as_object().into_iter().flatten() {
        let actual = request.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str());
        if actual != value.as_str() {
            differences.push(format!("header {name}: expected {value}, but got {actual:?}"));
        }
    }
    let is_equal = match expected.get("body") {
        None => true,
        Some(Value::Null) => request.body.is_empty(),
        Some(Value::String(string)) => *string == request.body,
        Some(json) => serde_json::from_str::<Value>(&request.body).is_ok_and(|body| body == *json),
    };
    if !is_equal {
        differences.push(format!("body: expected {}, but got {}", expected["body"], request.body));
    }
}
