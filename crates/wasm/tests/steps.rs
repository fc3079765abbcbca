//! The npm package's core, step by step: against the emulator's core, in this process, with time that stands still.

use std::collections::{BTreeMap, VecDeque};

use ajo_auth::Timestamp;
use ajo_emulator::{Settings, World};
use bytes::Bytes;
use serde_json::{Value, json};

const NOW_MILLIS: u64 = 1_800_000_000_000;
/// The same, as JavaScript has it.
const NOW: f64 = 1_800_000_000_000.0;
const DEFINITION: &str = r#"{"url": "https://api.example.org/data/*", "methods": ["GET"],
    "services": {"dataSource": {"rating": {"maxCallsCount": 500, "periodInMs": 1000}}}}"#;

/// JavaScript's part: it does what the steps say, with the emulator for a network.
struct Shell {
    world: World,
    client: u32,
    elapsed: f64,
    store: BTreeMap<String, String>,
    events: Vec<Value>,
    /// Requests to the service that get no answer but this problem.
    broken: VecDeque<&'static str>,
}

impl Shell {
    fn with(options: &Value) -> Self {
        let world = World::new(Settings::default());
        let environment: BTreeMap<_, _> = world.environment("http://127.0.0.1:4010").into_iter().collect();
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
        Self { world, client, elapsed: 0.0, store: BTreeMap::new(), events: vec![], broken: VecDeque::new() }
    }

    fn new() -> Self {
        Self::with(&json!({}))
    }

    fn start(&mut self, operation: &str, uid: Option<&str>, definition: &str) -> Value {
        let input = json!({"operation": operation, "uid": uid}).to_string();
        let step = ajo_wasm::start(self.client, &input, definition, NOW, self.elapsed, 1, 2);
        self.noted(&step)
    }

    fn noted(&mut self, step: &str) -> Value {
        let mut step: Value = serde_json::from_str(step).unwrap_or_else(|_| panic!("no JSON: {step}"));
        self.events.extend(step["events"].take().as_array().cloned().unwrap_or_default());
        step
    }

    fn resume(&mut self, step: &Value, answer: &Value, body: &str) -> Value {
        let call = u32::try_from(step["call"].as_u64().expect("a call")).expect("a small number");
        self.elapsed += 1.0;
        let step = ajo_wasm::resume(call, answer.to_string(), body.to_owned(), NOW, self.elapsed);
        self.noted(&step)
    }

    /// Does one step. The last body is what a call that is done has its value from.
    fn carry_out(&mut self, step: &Value, last: &mut String) -> Value {
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
            let text = |name: &str| set[name].as_str().expect("a text").to_owned();
            self.store.insert(text("key"), text("value"));
            return self.resume(step, &json!({}), "");
        }
        let send = &step["send"];
        if !send["url"].as_str().expect("a URL").contains("/ims/")
            && let Some(problem) = self.broken.pop_front()
        {
            return self.resume(step, &json!({"problem": problem, "detail": "told by the test"}), "");
        }
        let (answer, body) = self.send(send);
        last.clone_from(&body);
        self.resume(step, &answer, &body)
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
        let response = self.world.handle(&request, Timestamp::from_millis(NOW_MILLIS));
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let headers = json!({"x-request-id": header("x-request-id"), "retry-after": header("retry-after")});
        let body = String::from_utf8(response.body().to_vec()).expect("text");
        (json!({"status": response.status().as_u16(), "headers": headers}), body)
    }

    /// A whole call: its value, or its error.
    fn call(&mut self, operation: &str, uid: Option<&str>, definition: &str) -> Result<Value, Value> {
        let mut last = String::new();
        let mut step = self.start(operation, uid, definition);
        for _ in 0..500 {
            if !step["failed"].is_null() {
                return Err(step["failed"].take());
            }
            if let Some(done) = step.get("done") {
                let body: Value = serde_json::from_str(&last).unwrap_or_default();
                return Ok(match done.as_str() {
                    None => Value::Null,
                    Some("") => body,
                    Some(field) => body[field].clone(),
                });
            }
            step = self.carry_out(&step, &mut last);
        }
        panic!("the call does not end: {step}");
    }

    fn created(&mut self) -> String {
        let created = self.call("capping.create", None, DEFINITION).expect("a configuration");
        created["uid"].as_str().expect("a uid").to_owned()
    }

    fn operations(&self) -> Vec<String> {
        self.world.calls().iter().filter_map(|call| call.operation.clone()).collect()
    }
}

#[test]
fn a_configuration_lives_through_all_eight_operations() {
    let mut shell = Shell::new();
    let uid = &shell.created();
    assert_eq!(shell.call("capping.canDeploy", Some(uid), "").expect("a verdict")["validationStatus"], "ok");
    assert_eq!(shell.call("capping.deploy", Some(uid), ""), Ok(Value::Null));
    assert_eq!(shell.call("capping.get", Some(uid), "").expect("it")["state"], "deployed");
    shell.call("capping.update", Some(uid), &DEFINITION.replace("500", "400")).expect("updated");
    let list = shell.call("capping.list", None, "").expect("a list");
    assert_eq!(list[0]["services"]["dataSource"]["rating"]["maxCallsCount"], 400);
    shell.call("capping.undeploy", Some(uid), "").expect("undeployed");
    shell.call("capping.delete", Some(uid), "").expect("deleted");
    assert_eq!(shell.call("capping.list", None, ""), Ok(json!([])));
}

#[test]
fn callers_who_come_together_make_one_token_request() {
    let mut shell = Shell::new();
    let mut steps: Vec<(Value, String)> =
        (0..100).map(|_| (shell.start("capping.list", None, ""), String::new())).collect();
    let waiting = steps.iter().filter(|(step, _)| step["wait"].is_number()).count();
    assert_eq!(waiting, 99, "one fetches, the others wait");
    while steps.iter().any(|(step, _)| step.get("done").is_none()) {
        for (step, last) in &mut steps {
            if step.get("done").is_none() {
                assert!(step["failed"].is_null(), "{step}");
                *step = shell.carry_out(step, last);
            }
        }
    }
    let tokens = shell.events.iter().filter(|event| event["type"] == "token").count();
    assert_eq!(tokens, 1);
}

#[test]
fn one_that_fetches_and_never_comes_back_keeps_nobody_waiting_for_long() {
    let mut shell = Shell::new();
    let lost = shell.start("capping.list", None, "");
    assert!(lost["send"].is_object());
    shell.call("capping.list", None, "").expect("a list, with a token of its own");
    assert!(shell.elapsed > 2900.0 && shell.elapsed < 3300.0, "{} ms", shell.elapsed);
    let before = shell.elapsed;
    shell.call("capping.list", None, "").expect("a list");
    assert!(shell.elapsed - before < 10.0);
}

#[test]
fn a_call_that_nobody_comes_back_to_is_dropped_well_after_the_limit_of_its_step() {
    let mut shell = Shell::new();
    let [late, stranded] = [(); 2].map(|()| {
        let lost = shell.start("capping.list", None, "");
        // Else the next one would wait for its token.
        shell.elapsed += 3000.0;
        assert!(lost["send"]["timeoutMs"].as_f64().is_some_and(|limit| limit <= 10_000.0), "{lost}");
        lost
    });
    let timeout = json!({"problem": "timeout", "detail": "no answer within the time limit"});
    // A timer may be a minute late, as in a page in the background.
    shell.elapsed += 70_000.0;
    shell.call("capping.list", None, "").expect("a list");
    let step = shell.resume(&late, &timeout, "");
    assert_eq!(step["failed"]["operation"], "capping.list", "it is still there, and its own time is over: {step}");

    shell.elapsed += 100_000.0;
    shell.call("capping.list", None, "").expect("a list");
    let step = shell.resume(&stranded, &timeout, "");
    assert_eq!((&step["failed"]["kind"], &step["failed"]["code"]), (&json!("timeout"), &json!("TIMEOUT")), "{step}");
    assert_eq!(step["call"], stranded["call"]);
    let hint = step["failed"]["hint"].as_str().expect("a hint");
    assert!(hint.contains("read the configuration back"), "{hint}");
    shell.call("capping.list", None, "").expect("others are not touched by that");
}

#[test]
fn a_step_of_a_call_that_never_began_is_a_panic() {
    let shell = Shell::new();
    assert!(
        std::panic::catch_unwind(|| ajo_wasm::resume(4_000_000, "{}".to_owned(), String::new(), NOW, 0.0)).is_err()
    );
    drop(shell);
}

#[test]
fn a_call_that_is_cancelled_lets_the_next_one_fetch_at_once() {
    let mut shell = Shell::new();
    let cancelled = shell.start("capping.list", None, "");
    ajo_wasm::cancel(u32::try_from(cancelled["call"].as_u64().expect("a call")).expect("small"), NOW, 0.0);
    shell.call("capping.list", None, "").expect("a list");
    assert!(shell.elapsed < 10.0, "{} ms", shell.elapsed);
}

#[test]
fn a_create_whose_answer_is_lost_is_not_made_again_and_a_read_is() {
    let mut shell = Shell::new();
    shell.broken.push_back("broken");
    let error = shell.call("capping.create", None, DEFINITION).expect_err("lost");
    assert_eq!((&error["kind"], &error["code"], &error["attempts"]), (&json!("broken"), &json!("BROKEN"), &json!(1)));
    assert_eq!(error["operation"], "capping.create");
    shell.broken.extend(["broken", "timeout"]);
    shell.call("capping.list", None, "").expect("the third attempt");
    let retries: Vec<_> = shell.events.iter().filter(|event| event["type"] == "retry").collect();
    assert_eq!(retries.len(), 2, "{retries:?}");
    shell.broken.push_back("connect");
    shell.call("capping.create", None, DEFINITION).expect("nothing had been sent");
    assert_eq!(shell.operations().iter().filter(|operation| *operation == "capping.create").count(), 1);
}

#[test]
fn a_token_that_is_refused_is_replaced_once() {
    let mut shell = Shell::new();
    shell.call("capping.list", None, "").expect("a list");
    shell.world.revoke_tokens();
    shell.call("capping.list", None, "").expect("a list with the next token");
    let tokens = shell.events.iter().filter(|event| event["type"] == "token").count();
    assert_eq!(tokens, 2);
}

#[test]
fn a_token_is_kept_in_the_store_and_taken_from_there() {
    let mut first = Shell::with(&json!({"tokenStore": true}));
    first.call("capping.list", None, "").expect("a list");
    assert_eq!(first.store.len(), 1);
    let mut second = Shell::with(&json!({"tokenStore": true}));
    second.store = first.store;
    second.world = first.world;
    second.call("capping.list", None, "").expect("a list");
    assert_eq!(second.events[1]["source"], "store", "{:?}", second.events);
}

#[test]
fn a_function_is_asked_for_tokens_and_once_more_when_one_is_refused() {
    let mut shell = Shell::with(&json!({"accessToken": true, "clientSecrets": []}));
    let step = shell.start("capping.list", None, "");
    assert!(step["token"]["timeoutMs"].is_number(), "{step}");
    let step = shell.resume(&step, &json!({"token": "no-good"}), "");
    let mut last = String::new();
    let step = shell.carry_out(&step, &mut last);
    assert!(step["token"].is_object(), "asked again after the 401: {step}");
    let mut step = step;
    while step.get("failed").is_none() {
        step = if step["token"].is_object() {
            shell.resume(&step, &json!({"problem": "broken", "detail": "it threw"}), "")
        } else {
            shell.carry_out(&step, &mut last)
        };
    }
    assert_eq!(step["failed"]["kind"], "auth", "{step}");
    assert!(step["failed"]["message"].as_str().expect("a message").contains("it threw"));
}

#[test]
fn a_function_for_tokens_that_fails_is_not_taken_for_the_token_host() {
    let mut shell = Shell::with(&json!({"accessToken": true, "clientSecrets": []}));
    let step = shell.start("capping.list", None, "");
    let step = shell.resume(&step, &json!({"problem": "broken", "detail": "TypeError: no session"}), "");
    let failed = &step["failed"];
    assert_eq!((&failed["kind"], &failed["code"]), (&json!("auth"), &json!("AUTH")), "{step}");
    assert_eq!((&failed["retryable"], &failed["attempts"]), (&json!(false), &json!(1)), "{step}");
    let message = "capping.list failed: no access token: the function for access tokens failed: TypeError: no session";
    assert_eq!(failed["message"], message);
    let hint = failed["hint"].as_str().expect("a hint");
    assert!(hint.contains("function") && !hint.contains("token host"), "{hint}");
}

#[test]
fn no_token_in_time_is_a_time_out_whoever_was_asked_for_it() {
    let timeout = json!({"problem": "timeout", "detail": "no answer within the time limit"});
    for (options, by) in
        [(json!({}), "the token host"), (json!({"accessToken": true, "clientSecrets": []}), "the function")]
    {
        let mut shell = Shell::with(&options);
        let mut step = shell.start("capping.list", None, "");
        let mut last = String::new();
        while step["failed"].is_null() {
            step = if step["wait"].is_number() {
                shell.carry_out(&step, &mut last)
            } else {
                assert!(step["token"].is_object() || step["send"]["url"].to_string().contains("/ims/"), "{step}");
                shell.resume(&step, &timeout, "")
            };
        }
        let failed = &step["failed"];
        assert_eq!((&failed["kind"], &failed["code"]), (&json!("timeout"), &json!("TIMEOUT")), "{step}");
        assert!(failed["message"].as_str().expect("a message").contains(by), "{step}");
        assert_eq!(failed["retryable"], true, "{step}");
    }
}

#[test]
fn a_refusal_of_the_token_host_has_its_status() {
    let mut shell = Shell::with(&json!({"clientSecrets": ["wrong"]}));
    let failed = shell.call("capping.list", None, "").expect_err("refused");
    assert_eq!((&failed["kind"], &failed["code"]), (&json!("auth"), &json!("invalid_client")), "{failed}");
    assert!(matches!(failed["status"].as_u64(), Some(400 | 401)), "{failed}");
}

#[test]
fn a_ready_made_token_that_cannot_be_sent_is_refused_at_once_and_not_shown() {
    let options = json!({"clientId": "c", "orgId": "A1@AdobeOrg", "sandbox": "prod"});
    for token in ["", " ", "\n", "s3c\nr3t", "s3c\u{0}r3t", "s3c r3t", "s3cr3té"] {
        let mut options = options.clone();
        options["accessToken"] = json!(token);
        let refused = ajo_wasm::open(&options.to_string());
        let failed = &serde_json::from_str::<Value>(&refused).expect("JSON")["failed"];
        assert_eq!((&failed["kind"], &failed["code"]), (&json!("settings"), &json!("SETTINGS")), "{token:?}: {failed}");
        let message = failed["message"].as_str().expect("a message");
        assert!(message.starts_with("`accessToken`") && !refused.contains("s3c"), "{token:?}: {refused}");
        assert!(failed["hint"].is_string(), "{refused}");
    }
}

#[test]
fn wrong_input_is_refused_before_anything_is_sent() {
    let mut shell = Shell::new();
    for (operation, uid, definition, expected) in [
        ("capping.create", None, r#"{"url": "u", "methods": [], "servces": {}}"#, "unknown field `servces`"),
        ("capping.create", None, "", "it is not JSON"),
        ("capping.get", None, "", "it needs the uid of a configuration"),
        ("capping.get", Some("../admin"), "", "is not an identifier"),
        ("capping.destroy", None, "", "there is no operation `capping.destroy`"),
    ] {
        let error = shell.call(operation, uid, definition).expect_err(operation);
        assert!(error["message"].as_str().expect("a message").contains(expected), "{error}");
        assert!(matches!(error["kind"].as_str(), Some("request" | "invalid")), "{error}");
    }
    assert!(shell.operations().is_empty());
}

#[test]
fn options_that_cannot_be_used_are_refused_and_no_secret_is_shown() {
    let complete = json!({"clientId": "c", "clientSecrets": ["s3cr3t"], "orgId": "A1@AdobeOrg", "scopes": ["openid"], "sandbox": "prod"});
    for (name, value, expected) in [
        ("sandbox", json!(null), "no sandbox is named"),
        ("sandbox", json!("Prod"), "lower case"),
        ("clientSecrets", json!([]), "the client secret is empty"),
        ("orgId", json!("A1"), "AdobeOrg"),
        ("baseUrl", json!("http://example.org"), "loopback"),
        ("headers", json!([["authorization", "s3cr3t"]]), "it is the client that sets it"),
        ("clientid", json!("c"), "unknown field `clientid`"),
    ] {
        let mut options = complete.clone();
        options[name] = value;
        let refused = ajo_wasm::open(&options.to_string());
        assert!(refused.contains(expected), "{name}: {refused}");
        assert!(!refused.contains("s3cr3t"), "{refused}");
    }
}

#[test]
fn the_rules_say_what_the_service_would_say() {
    let findings: Value = serde_json::from_str(&ajo_wasm::validate("capping", r#"{"url": ""}"#)).expect("JSON");
    assert_eq!(findings[0]["code"], "ERR_ENDPOINTCONFIG_100");
    assert_eq!(findings[0]["pointer"], "/url");
    let warned = ajo_wasm::validate("capping", DEFINITION);
    assert!(warned.contains("ERR_ENDPOINTCONFIG_106") && !warned.contains("error"), "{warned}");
    let findings: Value = serde_json::from_str(&ajo_wasm::validate("throttling", "no JSON")).expect("JSON");
    assert_eq!(findings[0]["severity"], "error");
}
