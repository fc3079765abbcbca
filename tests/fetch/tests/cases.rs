//! The suite of cases that every driver runs.

use ajo_core::fetch::Client;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::script::{Fetch, run, set, text};
use crate::suite::{self, Made};

/// Answers as `answers` says, in order, and notes what it is given.
const SCRIPTED: &str = r#"async (request, init) => {
    const url = new URL(request.url);
    log.push({ method: request.method, target: url.pathname + url.search, headers: [...request.headers], body: await request.text() });
    const answer = answers.shift() ?? { problem: "broken" };
    if (answer.problem) throw new TypeError("Failed to fetch");
    if (answer.status >= 300 && answer.status < 400) return { type: "opaqueredirect", status: 0, headers: new Headers(), body: null };
    const empty = answer.status === 204;
    return new Response(empty ? null : answer.body, { status: answer.status, headers: answer.headers });
}"#;

#[wasm_bindgen_test]
async fn the_driver_does_what_the_cases_say() {
    let suite = suite::suite();
    let cases = suite["cases"].as_array().expect("cases");
    let mut found = Vec::new();
    for case in cases {
        let (made, result) = perform(&suite["client"], case).await;
        let differences = suite::differences(case, &suite["secrets"], &made, &result);
        if !differences.is_empty() {
            found.push((case["name"].clone(), differences));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    assert!(cases.len() > 50);
}

async fn perform(client: &Value, case: &Value) -> (Vec<Made>, Result<Value, Value>) {
    let answers = case["exchange"].as_array().expect("an exchange").iter().map(|exchange| &exchange["answer"]);
    let answers = answers.map(|answer| {
        let headers: serde_json::Map<_, _> = suite::headers(answer).into_iter().map(|(n, v)| (n, v.into())).collect();
        json!({"problem": answer["problem"], "status": answer["status"], "headers": headers, "body": suite::body(answer)})
    });
    let answers: Vec<Value> = answers.collect();
    let fetch = Fetch::new(SCRIPTED);
    set("answers", &run(&format!("({})", Value::from(answers))));
    let client = suite::built(Client::builder(), client, case, "http://127.0.0.1:1").build().expect("a client");
    let result = call(&client, &case["call"]).await;
    drop(fetch);
    let made: Vec<Value> = serde_json::from_str(&text("JSON.stringify(log)")).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let pair = |pair: &Value| (text(&pair[0]), text(&pair[1]));
    let made = made.iter().map(|made| Made {
        method: text(&made["method"]),
        target: text(&made["target"]),
        headers: made["headers"].as_array().expect("headers").iter().map(pair).collect(),
        body: text(&made["body"]),
    });
    (made.collect(), result)
}

async fn call(client: &Client, call: &Value) -> Result<Value, Value> {
    let operation = suite::operation(call);
    let (uid, definition) = (suite::uid(call), call["definition"].to_string());
    let client = client.with_options(suite::options(call));
    let options: &[_] = if suite::delete(call).force { &[("force", "true")] } else { &[] };
    let response = match client.raw(operation, uid.as_ref(), options, &definition) {
        Ok(call) => call.response().await,
        Err(error) => Err(error),
    };
    response.map(|response| suite::value(operation, &response.body)).map_err(|error| suite::failed(&error))
}
