//! The conformance suite, which all clients run.

use ajo_core::fetch::Client;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::mock_fetch::{MockFetch, eval, eval_string, set_global};
use crate::suite::{self, RecordedRequest};

/// Sends the responses of the global `responses` in order, and records the requests.
const SCRIPTED_FETCH: &str = r#"async (request, init) => {
    const url = new URL(request.url);
    log.push({ method: request.method, target: url.pathname + url.search, headers: [...request.headers], body: await request.text() });
    const response = responses.shift() ?? { problem: "disconnected" };
    if (response.problem) throw new TypeError("Failed to fetch");
    if (response.status >= 300 && response.status < 400) return { type: "opaqueredirect", status: 0, headers: new Headers(), body: null };
    const empty = response.status === 204;
    return new Response(empty ? null : response.body, { status: response.status, headers: response.headers });
}"#;

#[wasm_bindgen_test]
async fn fetch_client_passes_all_cases() {
    let suite = suite::load_suite();
    let cases = suite["cases"].as_array().expect("cases");
    let mut failed = Vec::new();
    for case in cases {
        let (requests, result) = run_case(&suite["client"], case).await;
        let differences = suite::find_differences(case, &suite["secrets"], &requests, &result);
        if !differences.is_empty() {
            failed.push((case["name"].clone(), differences));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(cases.len() > 50);
}

async fn run_case(client: &Value, case: &Value) -> (Vec<RecordedRequest>, Result<Value, Value>) {
    let responses = case["exchanges"].as_array().expect("exchanges").iter().map(|exchange| &exchange["response"]);
    let responses = responses.map(|response| {
        let headers: serde_json::Map<_, _> = suite::response_headers(response).into_iter().map(|(n, v)| (n, v.into())).collect();
        json!({"problem": response["problem"], "status": response["status"], "headers": headers, "body": suite::response_body(response)})
    });
    let responses: Vec<Value> = responses.collect();
    let fetch = MockFetch::new(SCRIPTED_FETCH);
    set_global("responses", &eval(&format!("({})", Value::from(responses))));
    let client =
        suite::configure_client(Client::builder(), client, case, "http://127.0.0.1:1").build().expect("a client");
    let result = run_call(&client, &case["call"]).await;
    drop(fetch);
    let requests: Vec<Value> = serde_json::from_str(&eval_string("JSON.stringify(log)")).expect("JSON");
    let string = |value: &Value| value.as_str().expect("a string").to_owned();
    let pair = |pair: &Value| (string(&pair[0]), string(&pair[1]));
    let requests = requests.iter().map(|request| RecordedRequest {
        method: string(&request["method"]),
        target: string(&request["target"]),
        headers: request["headers"].as_array().expect("headers").iter().map(pair).collect(),
        body: string(&request["body"]),
    });
    (requests.collect(), result)
}

async fn run_call(client: &Client, call: &Value) -> Result<Value, Value> {
    let operation = suite::find_operation(call);
    let (uid, definition) = (suite::call_uid(call), call["definition"].to_string());
    let client = client.with_options(suite::call_options(call));
    let options: &[_] = if suite::delete_options(call).force { &[("force", "true")] } else { &[] };
    let response = match client.raw_call(operation, uid.as_ref(), options, &definition) {
        Ok(call) => call.response().await,
        Err(error) => Err(error),
    };
    response.map(|response| suite::call_value(operation, &response.body)).map_err(|error| suite::error_json(&error))
}
