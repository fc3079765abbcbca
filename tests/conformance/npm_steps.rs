//! Runs a case through the steps of the npm package's core. This module plays the JS wrapper.

use serde_json::{Value, json};

use crate::conformance::suite::{self, RecordedRequest};

/// A time in 2027, in milliseconds since the epoch.
const NOW: f64 = 1_800_000_000_000.0;

/// Runs a case. Returns the recorded requests and the result.
pub(crate) fn run_case(client: &Value, case: &Value) -> (Vec<RecordedRequest>, Result<Value, Value>) {
    let mut responses = case["exchanges"].as_array().expect("exchanges").iter().map(|exchange| &exchange["response"]);
    let respond = |_: &Value| match responses.next() {
        None => (json!({"problem": "disconnected", "detail": "no scripted response is left"}), String::new()),
        Some(response) if response.get("problem").is_some() => {
            (json!({"problem": response["problem"], "detail": "injected by the case"}), String::new())
        }
        Some(response) => {
            let headers: serde_json::Map<String, Value> =
                suite::response_headers(response).into_iter().map(|(name, value)| (name, value.into())).collect();
            (json!({"status": response["status"], "headers": headers}), suite::response_body(response))
        }
    };
    let root = "http://127.0.0.1:1";
    let mut options = json!({
        "clientId": client["clientId"], "orgId": client["orgId"], "sandbox": client["sandbox"],
        "baseUrl": format!("{root}/journey/orchestration"), "imsUrl": root,
    });
    if case["caller"] == "credentials" {
        options["clientSecrets"] = json!([client["clientSecret"]]);
        options["scopes"] = client["scopes"].clone();
    } else {
        options["accessToken"] = client["accessToken"].clone();
    }
    let client = open_client(&options);
    let call = &case["call"];
    let headers = call["headers"].as_object().into_iter().flatten();
    let mut input = json!({
        "operation": call["operation"], "uid": call["uid"], "maxAttempts": call["maxAttempts"],
        "headers": headers.map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
    });
    input["force"] = json!(call["force"] == true);
    run_call(client, &input, &call["definition"], respond)
}

/// Opens a client and returns its number.
pub(crate) fn open_client(options: &Value) -> u32 {
    let opened: Value = serde_json::from_str(&ajo_wasm::open(&options.to_string())).expect("JSON");
    let client = opened["client"].as_u64().unwrap_or_else(|| panic!("{opened}"));
    u32::try_from(client).expect("a small number")
}

/// Runs a call. `respond` returns the result of a request and the body.
pub(crate) fn run_call(
    client: u32,
    input: &Value,
    definition: &Value,
    mut respond: impl FnMut(&Value) -> (Value, String),
) -> (Vec<RecordedRequest>, Result<Value, Value>) {
    let definition = if definition.is_null() { String::new() } else { definition.to_string() };
    let (mut requests, mut last_body, mut elapsed) = (Vec::new(), String::new(), 0.0);
    let mut step = ajo_wasm::start(client, &input.to_string(), &definition, NOW, elapsed, 1, 2);
    for _ in 0..100 {
        let mut current: Value = serde_json::from_str(&step).expect("JSON");
        if current.get("failed").is_some() {
            return (requests, Err(current["failed"].take()));
        }
        if let Some(done) = current.get("done") {
            let body: Value = serde_json::from_str(&last_body).unwrap_or_default();
            let value = match done.as_str() {
                None => Value::Null,
                Some("") => body,
                Some(field) => body[field].clone(),
            };
            return (requests, Ok(value));
        }
        let (result, body) = if let Some(wait) = current["wait"].as_f64() {
            elapsed += wait;
            (json!({}), String::new())
        } else {
            let send = &current["send"];
            requests.push(recorded_request(send));
            respond(send)
        };
        elapsed += 1.0;
        last_body.clone_from(&body);
        let call = u32::try_from(current["call"].as_u64().expect("a call")).expect("a small number");
        step = ajo_wasm::resume(call, result.to_string(), body, NOW, elapsed);
    }
    panic!("the call does not end: {step}");
}

fn recorded_request(send: &Value) -> RecordedRequest {
    let string = |value: &Value| value.as_str().expect("a string").to_owned();
    let url = string(&send["url"]);
    let after_host = url.splitn(4, '/').nth(3).expect("a path");
    let headers = send["headers"].as_array().expect("headers").iter();
    RecordedRequest {
        method: string(&send["method"]),
        target: format!("/{after_host}"),
        headers: headers.map(|pair| (string(&pair[0]).to_ascii_lowercase(), string(&pair[1]))).collect(),
        body: send["body"].as_str().unwrap_or_default().to_owned(),
    }
}
