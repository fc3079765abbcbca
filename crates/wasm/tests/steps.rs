//! The steps of the npm package's core, run in process against the emulator's core with a manual clock.

use std::collections::{BTreeMap, VecDeque};

use ajo_auth::Timestamp;
use ajo_emulator::{EmulatorSettings, EmulatorState};
use bytes::Bytes;
use serde_json::{Value, json};

const NOW_MILLIS: u64 = 1_800_000_000_000;
/// The same time as a JavaScript number.
const NOW: f64 = 1_800_000_000_000.0;
const DEFINITION: &str = r#"{"url": "https://api.example.org/data/*", "methods": ["GET"],
    "services": {"action": {"rating": {"maxCallsCount": 500, "periodInMs": 1000}}}}"#;

/// Plays the JS wrapper: it performs the steps, with the emulator as the network.
struct JsWrapper {
    emulator: EmulatorState,
    client: u32,
    elapsed: f64,
    store: BTreeMap<String, String>,
    events: Vec<Value>,
    /// Problems to report for the next requests to the service, instead of sending them.
    problems: VecDeque<&'static str>,
}

impl JsWrapper {
    fn with(options: &Value) -> Self {
        let emulator = EmulatorState::new(EmulatorSettings::default());
        let environment: BTreeMap<_, _> = emulator.environment("http://127.0.0.1:4010").into_iter().collect();
        let mut all = json!({
            "clientId": environment["AJO_CLIENT_ID"], "clientSecrets": [environment["AJO_CLIENT_SECRET"]],
            "orgId": environment["AJO_ORG_ID"], "scopes": environment["AJO_SCOPES"],
            "sandbox": environment["AJO_SANDBOX"], "baseUrl": environment["AJO_BASE_URL"],
            "imsUrl": environment["AJO_IMS_URL"],
        });
        for (name, value) in options.as_object().expect("options") {
            all[name] = value.clone();
        }
        let opened: Value = serde_json::from_str(&ajo_wasm::open(&all.to_string())).expect("JSON");
        let client = opened["client"].as_u64().unwrap_or_else(|| panic!("{opened}"));
        let client = u32::try_from(client).expect("a small number");
        Self { emulator, client, elapsed: 0.0, store: BTreeMap::new(), events: vec![], problems: VecDeque::new() }
    }

    fn new() -> Self {
        Self::with(&json!({}))
    }

    fn start(&mut self, operation: &str, uid: Option<&str>, definition: &str) -> Value {
        let input = json!({"operation": operation, "uid": uid}).to_string();
        let step = ajo_wasm::start(self.client, &input, definition, NOW, self.elapsed, 1, 2);
        self.record_events(&step)
    }

    fn record_events(&mut self, step: &str) -> Value {
        let mut step: Value = serde_json::from_str(step).unwrap_or_else(|_| panic!("invalid JSON: {step}"));
        self.events.extend(step["events"].take().as_array().cloned().unwrap_or_default());
        step
    }

    fn resume(&mut self, step: &Value, result: &Value, body: &str) -> Value {
        let call = u32::try_from(step["call"].as_u64().expect("a call")).expect("a small number");
        self.elapsed += 1.0;
        let step = ajo_wasm::resume(call, result.to_string(), body.to_owned(), NOW, self.elapsed);
        self.record_events(&step)
    }

    /// Performs one step. Stores the body of a response in `last_body`, from which a finished call takes its value.
    fn perform(&mut self, step: &Value, last_body: &mut String) -> Value {
        if let Some(ms) = step["wait"].as_f64() {
            self.elapsed += ms;
            return self.resume(step, &json!({}), "");
        }
        if step["storeGet"].is_object() {
            let value = self.store.get(step["storeGet"]["key"].as_str().expect("a key")).cloned();
            return self.resume(step, &json!({"value": value}), "");
        }
        if let Some(set) = step["storeSet"].as_object() {
            assert!(set["ttlSeconds"].as_u64().is_some_and(|ttl| ttl > 0), "{set:?}");
            let string = |name: &str| set[name].as_str().expect("a string").to_owned();
            self.store.insert(string("key"), string("value"));
            return self.resume(step, &json!({}), "");
        }
        let send = &step["send"];
        if !send["url"].as_str().expect("a URL").contains("/ims/")
            && let Some(problem) = self.problems.pop_front()
        {
            return self.resume(step, &json!({"problem": problem, "detail": "injected by the test"}), "");
        }
        let (result, body) = self.send(send);
        last_body.clone_from(&body);
        self.resume(step, &result, &body)
    }

    fn send(&mut self, send: &Value) -> (Value, String) {
        let mut request = http::Request::builder()
            .method(send["method"].as_str().expect("a method"))
            .uri(send["url"].as_str().expect("a URL"));
        for header in send["headers"].as_array().expect("headers") {
            request = request.header(header[0].as_str().expect("a name"), header[1].as_str().expect("a value"));
        }
        let body = Bytes::from(send["body"].as_str().unwrap_or_default().to_owned());
        let request = request.body(body).expect("a request");
        let response = self.emulator.handle(&request, Timestamp::from_millis(NOW_MILLIS));
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let headers = json!({"x-request-id": header("x-request-id"), "retry-after": header("retry-after")});
        let body = String::from_utf8(response.body().to_vec()).expect("UTF-8");
        (json!({"status": response.status().as_u16(), "headers": headers}), body)
    }

    /// Runs a call to its end. Returns its value or its error.
    fn call(&mut self, operation: &str, uid: Option<&str>, definition: &str) -> Result<Value, Value> {
        let mut last_body = String::new();
        let mut step = self.start(operation, uid, definition);
        for _ in 0..500 {
            if !step["failed"].is_null() {
                return Err(step["failed"].take());
            }
            if let Some(done) = step.get("done") {
                let body: Value = serde_json::from_str(&last_body).unwrap_or_default();
                return Ok(match done.as_str() {
                    None => Value::Null,
                    Some("") => body,
                    Some(field) => body[field].clone(),
                });
            }
            step = self.perform(&step, &mut last_body);
        }
        panic!("the call does not end: {step}");
    }

    fn create_config(&mut self) -> String {
        let created = self.call("capping.create", None, DEFINITION).expect("a configuration");
        created["uid"].as_str().expect("a uid").to_owned()
    }

    fn operations(&self) -> Vec<String> {
        self.emulator.calls().iter().filter_map(|call| call.operation.clone()).collect()
    }
}

#[test]
fn definition_of_config_is_sent_back() {
    let mut wrapper = JsWrapper::with(&json!({}));
    let definition =
        DEFINITION.replace("\"services\"", "\"extra\": {\"services\": {\"action\": {\"weight\": 2.50}}}, \"services\"");
    let created = wrapper.call("capping.create", None, &definition).expect("created");
    let uid = created["uid"].as_str().expect("a uid").to_owned();
    let config = wrapper.call("capping.get", Some(&uid), "").expect("a configuration");
    assert_eq!(config["services"]["action"]["weight"], 2.5);
    let definition = ajo_wasm::definition_of(&config.to_string());
    let updated = wrapper.call("capping.update", Some(&uid), &definition).expect("updated");
    for field in ["url", "methods", "services", "orgId"] {
        assert_eq!(updated["updatedElement"][field], config[field], "{field}");
    }
    assert!(!definition.contains("orgId") && !definition.contains("uid"), "{definition}");
    let throttling = ajo_wasm::definition_of(r#"{"uid": "u-1", "urlPattern": "u", "version": "1.0", "services": 1}"#);
    assert_eq!(throttling, r#"{"urlPattern":"u","extra":{"services":1}}"#);
    assert_eq!(ajo_wasm::definition_of("[]"), "null");
}

#[test]
fn all_eight_operations_succeed() {
    let mut wrapper = JsWrapper::new();
    let uid = &wrapper.create_config();
    assert_eq!(wrapper.call("capping.canDeploy", Some(uid), "").expect("a verdict")["validationStatus"], "ok");
    assert_eq!(wrapper.call("capping.deploy", Some(uid), ""), Ok(Value::Null));
    assert_eq!(wrapper.call("capping.get", Some(uid), "").expect("it")["state"], "deployed");
    wrapper.call("capping.update", Some(uid), &DEFINITION.replace("500", "400")).expect("updated");
    let list = wrapper.call("capping.list", None, "").expect("a list");
    assert_eq!(list[0]["services"]["action"]["rating"]["maxCallsCount"], 400);
    wrapper.call("capping.undeploy", Some(uid), "").expect("undeployed");
    wrapper.call("capping.delete", Some(uid), "").expect("deleted");
    assert_eq!(wrapper.call("capping.list", None, ""), Ok(json!([])));
}

#[test]
fn concurrent_calls_share_token_request() {
    let mut wrapper = JsWrapper::new();
    let mut steps: Vec<(Value, String)> =
        (0..100).map(|_| (wrapper.start("capping.list", None, ""), String::new())).collect();
    let waiting = steps.iter().filter(|(step, _)| step["wait"].is_number()).count();
    assert_eq!(waiting, 99, "one call requests the token, the others wait");
    while steps.iter().any(|(step, _)| step.get("done").is_none()) {
        for (step, last_body) in &mut steps {
            if step.get("done").is_none() {
                assert!(step["failed"].is_null(), "{step}");
                *step = wrapper.perform(step, last_body);
            }
        }
    }
    let tokens = wrapper.events.iter().filter(|event| event["type"] == "token").count();
    assert_eq!(tokens, 1);
}

#[test]
fn lost_token_request_blocks_others_briefly() {
    let mut wrapper = JsWrapper::new();
    let lost = wrapper.start("capping.list", None, "");
    assert!(lost["send"].is_object());
    wrapper.call("capping.list", None, "").expect("a list, with a token of its own");
    assert!(wrapper.elapsed > 2900.0 && wrapper.elapsed < 3300.0, "{} ms", wrapper.elapsed);
    let before = wrapper.elapsed;
    wrapper.call("capping.list", None, "").expect("a list");
    assert!(wrapper.elapsed - before < 10.0);
}

#[test]
fn abandoned_call_is_dropped() {
    let mut wrapper = JsWrapper::new();
    let [late, abandoned] = [(); 2].map(|()| {
        let lost = wrapper.start("capping.list", None, "");
        // Otherwise the next call would wait for its token.
        wrapper.elapsed += 3000.0;
        assert!(lost["send"]["timeoutMs"].as_f64().is_some_and(|limit| limit <= 10_000.0), "{lost}");
        lost
    });
    let timeout = json!({"problem": "timeout", "detail": "no response within the time limit"});
    // A timer may be a minute late, as in a page in the background.
    wrapper.elapsed += 70_000.0;
    wrapper.call("capping.list", None, "").expect("a list");
    let step = wrapper.resume(&late, &timeout, "");
    assert_eq!(step["failed"]["operation"], "capping.list", "still pending, but past its own deadline: {step}");

    wrapper.elapsed += 100_000.0;
    wrapper.call("capping.list", None, "").expect("a list");
    let step = wrapper.resume(&abandoned, &timeout, "");
    assert_eq!((&step["failed"]["kind"], &step["failed"]["code"]), (&json!("timeout"), &json!("TIMEOUT")), "{step}");
    assert_eq!(step["call"], abandoned["call"]);
    let hint = step["failed"]["hint"].as_str().expect("a hint");
    assert!(hint.contains("read the configuration back"), "{hint}");
    wrapper.call("capping.list", None, "").expect("other calls are not affected");
}

#[test]
fn resuming_unknown_call_panics() {
    let wrapper = JsWrapper::new();
    assert!(
        std::panic::catch_unwind(|| ajo_wasm::resume(4_000_000, "{}".to_owned(), String::new(), NOW, 0.0)).is_err()
    );
    drop(wrapper);
}

#[test]
fn cancelled_call_releases_token_lease() {
    let mut wrapper = JsWrapper::new();
    let cancelled = wrapper.start("capping.list", None, "");
    ajo_wasm::cancel(u32::try_from(cancelled["call"].as_u64().expect("a call")).expect("small"), NOW, 0.0);
    wrapper.call("capping.list", None, "").expect("a list");
    assert!(wrapper.elapsed < 10.0, "{} ms", wrapper.elapsed);
}

#[test]
fn lost_read_is_retried_but_create_is_not() {
    let mut wrapper = JsWrapper::new();
    wrapper.problems.push_back("disconnected");
    let error = wrapper.call("capping.create", None, DEFINITION).expect_err("lost");
    assert_eq!(
        (&error["kind"], &error["code"], &error["attempts"]),
        (&json!("disconnected"), &json!("DISCONNECTED"), &json!(1))
    );
    assert_eq!(error["operation"], "capping.create");
    wrapper.problems.extend(["disconnected", "timeout"]);
    wrapper.call("capping.list", None, "").expect("the third attempt");
    let retries: Vec<_> = wrapper.events.iter().filter(|event| event["type"] == "retry").collect();
    assert_eq!(retries.len(), 2, "{retries:?}");
    wrapper.problems.push_back("connect");
    wrapper.call("capping.create", None, DEFINITION).expect("nothing was sent before");
    assert_eq!(wrapper.operations().iter().filter(|operation| *operation == "capping.create").count(), 1);
}

#[test]
fn rejected_token_is_replaced_once() {
    let mut wrapper = JsWrapper::new();
    wrapper.call("capping.list", None, "").expect("a list");
    wrapper.emulator.revoke_tokens();
    wrapper.call("capping.list", None, "").expect("a list with the next token");
    let tokens = wrapper.events.iter().filter(|event| event["type"] == "token").count();
    assert_eq!(tokens, 2);
}

#[test]
fn token_is_shared_through_the_store() {
    let mut first = JsWrapper::with(&json!({"tokenStore": true}));
    first.call("capping.list", None, "").expect("a list");
    assert_eq!(first.store.len(), 1);
    let mut second = JsWrapper::with(&json!({"tokenStore": true}));
    second.store = first.store;
    second.emulator = first.emulator;
    second.call("capping.list", None, "").expect("a list");
    assert_eq!(second.events[1]["source"], "store", "{:?}", second.events);
}

#[test]
fn callback_runs_again_after_401() {
    let mut wrapper = JsWrapper::with(&json!({"accessToken": true, "clientSecrets": []}));
    let step = wrapper.start("capping.list", None, "");
    assert!(step["token"]["timeoutMs"].is_number(), "{step}");
    let step = wrapper.resume(&step, &json!({"token": "no-good"}), "");
    let mut last_body = String::new();
    let mut step = wrapper.perform(&step, &mut last_body);
    assert!(step["token"].is_object(), "called again after the 401: {step}");
    while step.get("failed").is_none() {
        step = if step["token"].is_object() {
            wrapper.resume(&step, &json!({"problem": "disconnected", "detail": "it threw"}), "")
        } else {
            wrapper.perform(&step, &mut last_body)
        };
    }
    assert_eq!(step["failed"]["kind"], "auth", "{step}");
    assert!(step["failed"]["message"].as_str().expect("a message").contains("it threw"));
}

#[test]
fn callback_failure_is_not_retryable() {
    let mut wrapper = JsWrapper::with(&json!({"accessToken": true, "clientSecrets": []}));
    let step = wrapper.start("capping.list", None, "");
    let step = wrapper.resume(&step, &json!({"problem": "disconnected", "detail": "TypeError: no session"}), "");
    let failed = &step["failed"];
    assert_eq!((&failed["kind"], &failed["code"]), (&json!("auth"), &json!("AUTH")), "{step}");
    assert_eq!((&failed["retryable"], &failed["attempts"]), (&json!(false), &json!(1)), "{step}");
    let message = "capping.list failed: no access token: the access token function failed: TypeError: no session";
    assert_eq!(failed["message"], message);
    let hint = failed["hint"].as_str().expect("a hint");
    assert!(hint.contains("function") && !hint.contains("token endpoint"), "{hint}");
}

#[test]
fn late_token_is_a_timeout() {
    let timeout = json!({"problem": "timeout", "detail": "no response within the time limit"});
    for (options, source) in [
        (json!({}), "the token endpoint"),
        (json!({"accessToken": true, "clientSecrets": []}), "the access token function"),
    ] {
        let mut wrapper = JsWrapper::with(&options);
        let mut step = wrapper.start("capping.list", None, "");
        let mut last_body = String::new();
        while step["failed"].is_null() {
            step = if step["wait"].is_number() {
                wrapper.perform(&step, &mut last_body)
            } else {
                assert!(step["token"].is_object() || step["send"]["url"].to_string().contains("/ims/"), "{step}");
                wrapper.resume(&step, &timeout, "")
            };
        }
        let failed = &step["failed"];
        assert_eq!((&failed["kind"], &failed["code"]), (&json!("timeout"), &json!("TIMEOUT")), "{step}");
        assert!(failed["message"].as_str().expect("a message").contains(source), "{step}");
        assert_eq!(failed["retryable"], true, "{step}");
    }
}

#[test]
fn token_endpoint_error_has_status() {
    let mut wrapper = JsWrapper::with(&json!({"clientSecrets": ["wrong"]}));
    let failed = wrapper.call("capping.list", None, "").expect_err("rejected");
    assert_eq!((&failed["kind"], &failed["code"]), (&json!("auth"), &json!("invalid_client")), "{failed}");
    assert!(matches!(failed["status"].as_u64(), Some(400 | 401)), "{failed}");
}

#[test]
fn invalid_access_token_fails_on_open() {
    let options = json!({"clientId": "c", "orgId": "A1@AdobeOrg", "sandbox": "prod"});
    for token in ["", " ", "\n", "s3c\nr3t", "s3c\u{0}r3t", "s3c r3t", "s3cr3té"] {
        let mut options = options.clone();
        options["accessToken"] = json!(token);
        let opened = ajo_wasm::open(&options.to_string());
        let failed = &serde_json::from_str::<Value>(&opened).expect("JSON")["failed"];
        assert_eq!((&failed["kind"], &failed["code"]), (&json!("config"), &json!("CONFIG")), "{token:?}: {failed}");
        let message = failed["message"].as_str().expect("a message");
        assert!(message.starts_with("`accessToken`") && !opened.contains("s3c"), "{token:?}: {opened}");
        assert!(failed["hint"].is_string(), "{opened}");
    }
}

#[test]
fn invalid_input_sends_nothing() {
    let mut wrapper = JsWrapper::new();
    for (operation, uid, definition, expected) in [
        ("capping.create", None, r#"{"url": "u", "methods": [], "servces": {}}"#, "unknown field `servces`"),
        ("capping.create", None, "", "it is not JSON"),
        ("capping.get", None, "", "the operation needs a uid"),
        ("capping.get", Some("../admin"), "", "is not a valid configuration uid"),
        ("capping.destroy", None, "", "unknown operation `capping.destroy`"),
    ] {
        let error = wrapper.call(operation, uid, definition).expect_err(operation);
        assert!(error["message"].as_str().expect("a message").contains(expected), "{error}");
        assert!(matches!(error["kind"].as_str(), Some("buildRequest" | "invalid")), "{error}");
    }
    assert!(wrapper.operations().is_empty());
}

#[test]
fn invalid_options_fail_without_secrets() {
    let complete = json!({"clientId": "c", "clientSecrets": ["s3cr3t"], "orgId": "A1@AdobeOrg", "scopes": ["openid"], "sandbox": "prod"});
    for (name, value, expected) in [
        ("sandbox", json!(null), "no sandbox is set"),
        ("sandbox", json!("Prod"), "lower case"),
        ("clientSecrets", json!([]), "the client secret is empty"),
        ("orgId", json!("A1"), "AdobeOrg"),
        ("baseUrl", json!("http://example.org"), "loopback"),
        ("headers", json!([["authorization", "s3cr3t"]]), "reserved for the client"),
        ("clientid", json!("c"), "unknown field `clientid`"),
    ] {
        let mut options = complete.clone();
        options[name] = value;
        let opened = ajo_wasm::open(&options.to_string());
        assert!(opened.contains(expected), "{name}: {opened}");
        assert!(!opened.contains("s3cr3t"), "{opened}");
    }
}

#[test]
fn validate_returns_diagnostics() {
    let diagnostics: Value = serde_json::from_str(&ajo_wasm::validate("capping", r#"{"url": ""}"#)).expect("JSON");
    assert_eq!(diagnostics[0]["code"], "ERR_ENDPOINTCONFIG_100");
    assert_eq!(diagnostics[0]["pointer"], "/url");
    let warning = ajo_wasm::validate("capping", DEFINITION);
    assert!(warning.contains("ERR_ENDPOINTCONFIG_106") && !warning.contains("error"), "{warning}");
    let diagnostics: Value = serde_json::from_str(&ajo_wasm::validate("throttling", "no JSON")).expect("JSON");
    assert_eq!(diagnostics[0]["severity"], "error");
}
