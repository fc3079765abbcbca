//! The suite of cases that every driver runs.

use std::sync::Arc;

use ajo_auth::Simulated;
use ajo_core::fetch::Client;
use ajo_core::{CallOptions, Credentials, DeleteOptions, Secret, Uid};
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
    let result = call(&built(client, case), &case["call"]).await;
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

fn built(client: &Value, case: &Value) -> Client {
    let text = |name: &str| client[name].as_str().expect("a text");
    let root = "http://127.0.0.1:1";
    let builder = Client::builder()
        .sandbox(text("sandbox"))
        .base_url(&format!("{root}/journey/orchestration"))
        .ims_url(root)
        .surroundings(Arc::new(Simulated::new(1)));
    let builder = if case["caller"] == "credentials" {
        let credentials = Credentials::new(text("clientId"), text("clientSecret"), text("orgId"), text("scopes"));
        builder.credentials(credentials.expect("credentials"))
    } else {
        builder.access_token(Secret::new(text("accessToken")), text("clientId"), text("orgId"))
    };
    builder.build().expect("a client")
}

async fn call(client: &Client, call: &Value) -> Result<Value, Value> {
    let operation = suite::operation(call);
    let uid: Option<Uid> = call["uid"].as_str().map(|uid| uid.parse().expect("a uid"));
    let mut options = CallOptions::default();
    if let Some(attempts) = call["maxAttempts"].as_u64() {
        options = options.attempts(u32::try_from(attempts).expect("few"));
    }
    for (name, value) in call["headers"].as_object().into_iter().flatten() {
        options = options.header(name, value.as_str().expect("a text")).expect("a header");
    }
    let delete = DeleteOptions { force: call["force"] == true };
    let definition = call["definition"].to_string();
    let answer = client.with_options(options).raw(operation, uid.as_ref(), delete, &definition).await;
    answer.map(|answer| suite::value(operation, &answer.body)).map_err(|error| suite::failed(&error))
}
