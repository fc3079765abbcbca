//! The third driver's core, by its steps: this is JavaScript's part.

use serde_json::{Value, json};

use crate::conformance::suite::{self, Made};

/// 2027, in milliseconds since the epoch.
const NOW: f64 = 1_800_000_000_000.0;

/// Runs a case.
pub(crate) fn run(client: &Value, case: &Value) -> (Vec<Made>, Result<Value, Value>) {
    let mut answers = case["exchange"].as_array().expect("an exchange").iter().map(|exchange| &exchange["answer"]);
    let respond = |_: &Value| match answers.next() {
        None => (json!({"problem": "broken", "detail": "no answer is left"}), String::new()),
        Some(answer) if answer.get("problem").is_some() => {
            (json!({"problem": answer["problem"], "detail": "told by the case"}), String::new())
        }
        Some(answer) => {
            let headers: serde_json::Map<String, Value> =
                suite::headers(answer).into_iter().map(|(name, value)| (name, value.into())).collect();
            (json!({"status": answer["status"], "headers": headers}), suite::body(answer))
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
    let opened = open(&options);
    let call = &case["call"];
    let headers = call["headers"].as_object().into_iter().flatten();
    let mut input = json!({
        "operation": call["operation"], "uid": call["uid"], "maxAttempts": call["maxAttempts"],
        "headers": headers.map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
    });
    input["force"] = json!(call["force"] == true);
    self::call(opened, &input, &call["definition"], respond)
}

/// Makes a client.
pub(crate) fn open(options: &Value) -> u32 {
    let opened: Value = serde_json::from_str(&ajo_wasm::open(&options.to_string())).expect("JSON");
    let client = opened["client"].as_u64().unwrap_or_else(|| panic!("{opened}"));
    u32::try_from(client).expect("a small number")
}

/// Makes a call, with answers from whoever responds to a request.
pub(crate) fn call(
    client: u32,
    input: &Value,
    definition: &Value,
    mut respond: impl FnMut(&Value) -> (Value, String),
) -> (Vec<Made>, Result<Value, Value>) {
    let definition = if definition.is_null() { String::new() } else { definition.to_string() };
    let (mut made, mut last, mut elapsed) = (Vec::new(), String::new(), 0.0);
    let mut step = ajo_wasm::start(client, &input.to_string(), &definition, NOW, elapsed, 1, 2);
    for _ in 0..100 {
        let mut now: Value = serde_json::from_str(&step).expect("JSON");
        if now.get("failed").is_some() {
            return (made, Err(now["failed"].take()));
        }
        if let Some(done) = now.get("done") {
            let body: Value = serde_json::from_str(&last).unwrap_or_default();
            let value = match done.as_str() {
                None => Value::Null,
                Some("") => body,
                Some(field) => body[field].clone(),
            };
            return (made, Ok(value));
        }
        let (answer, body) = if let Some(wait) = now["wait"].as_f64() {
            elapsed += wait;
            (json!({}), String::new())
        } else {
            let send = &now["send"];
            made.push(sent(send));
            respond(send)
        };
        elapsed += 1.0;
        last.clone_from(&body);
        let call = u32::try_from(now["call"].as_u64().expect("a call")).expect("a small number");
        step = ajo_wasm::resume(call, answer.to_string(), body, NOW, elapsed);
    }
    panic!("the call does not end: {step}");
}

fn sent(send: &Value) -> Made {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let url = text(&send["url"]);
    let after_host = url.splitn(4, '/').nth(3).expect("a path");
    let headers = send["headers"].as_array().expect("headers").iter();
    Made {
        method: text(&send["method"]),
        target: format!("/{after_host}"),
        headers: headers.map(|pair| (text(&pair[0]).to_ascii_lowercase(), text(&pair[1]))).collect(),
        body: send["body"].as_str().unwrap_or_default().to_owned(),
    }
}
