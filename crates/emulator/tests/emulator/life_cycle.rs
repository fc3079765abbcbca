//! Random life cycles of configurations compared with a small model, and the rules compared with canDeploy.

use crate::support::{TestClient, capping, throttling};
use ajo_core::Api;
use ajo_core::rules::Severity;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The expected state of a configuration.
#[derive(Clone, Debug)]
struct ConfigModel {
    uid: String,
    definition: Value,
    state: &'static str,
    before: &'static str,
    deployed: Option<Value>,
}

#[derive(Clone, Copy, Debug)]
enum ModelStep {
    Create(u16),
    Update(usize, u16),
    Deploy(usize),
    Undeploy(usize),
    Delete(usize, bool),
}

fn steps() -> impl Strategy<Value = Vec<ModelStep>> {
    let one = prop_oneof![
        (1..9_u16).prop_map(ModelStep::Create),
        (0..4_usize, 1..9_u16).prop_map(|(index, count)| ModelStep::Update(index, count)),
        (0..4_usize).prop_map(ModelStep::Deploy),
        (0..4_usize).prop_map(ModelStep::Undeploy),
        (0..4_usize, any::<bool>()).prop_map(|(index, force)| ModelStep::Delete(index, force)),
    ];
    prop::collection::vec(one, 1..40)
}

fn definition(api: Api, count: u16) -> Value {
    match api {
        Api::Capping => {
            let mut definition = capping();
            definition["services"]["action"]["rating"]["maxCallsCount"] = json!(count);
            definition
        }
        Api::Throttling => {
            let mut definition = throttling();
            definition["maxThroughput"] = json!(200 + count);
            definition
        }
    }
}

struct ModelTest {
    client: TestClient,
    api: Api,
    base: &'static str,
    models: Vec<ConfigModel>,
}

impl ModelTest {
    fn new(api: Api) -> Self {
        let base = match api {
            Api::Capping => "endpointConfigs",
            Api::Throttling => "throttlingConfigs",
        };
        Self { client: TestClient::new(), api, base, models: Vec::new() }
    }

    fn call(&mut self, method: &str, uid: &str, rest: &str, body: &Value) -> (u16, Value) {
        self.client.call(method, &format!("/{}/{uid}{rest}", self.base), body)
    }

    fn apply(&mut self, step: ModelStep) {
        let throttling = self.api == Api::Throttling;
        match step {
            ModelStep::Create(count) => {
                let definition = definition(self.api, count);
                let (status, body) = self.client.call("POST", &format!("/{}", self.base), &definition);
                if throttling && !self.models.is_empty() {
                    assert_eq!(status, 400, "one per organization");
                    return;
                }
                assert_eq!(status, 200);
                let uid = body["uid"].as_str().expect("a uid").to_owned();
                self.models.push(ConfigModel { uid, definition, state: "created", before: "created", deployed: None });
            }
            ModelStep::Update(index, count) => {
                let Some(mut model) = self.models.get(index).cloned() else { return };
                model.definition = definition(self.api, count);
                assert_eq!(self.call("PUT", &model.uid, "", &model.definition).0, 200);
                model.state = "updated";
                if throttling && model.deployed.is_some() {
                    model.deployed = Some(model.definition.clone());
                }
                self.models[index] = model;
            }
            ModelStep::Deploy(index) => {
                let Some(mut model) = self.models.get(index).cloned() else { return };
                let (status, _) = self.call("POST", &model.uid, "/deploy", &Value::Null);
                if throttling && model.state == "deployed" {
                    assert_eq!(status, 500);
                    return;
                }
                assert_eq!(status, 204);
                if model.state != "deployed" {
                    model.before = model.state;
                }
                model.state = "deployed";
                model.deployed = Some(model.definition.clone());
                self.models[index] = model;
            }
            ModelStep::Undeploy(index) => {
                let Some(mut model) = self.models.get(index).cloned() else { return };
                let (status, _) = self.call("POST", &model.uid, "/undeploy", &Value::Null);
                assert_eq!(status, if throttling && model.deployed.is_none() { 500 } else { 204 });
                if model.state == "deployed" {
                    model.state = model.before;
                }
                model.deployed = None;
                self.models[index] = model;
            }
            ModelStep::Delete(index, force) => {
                let Some(model) = self.models.get(index).cloned() else { return };
                let (status, _) =
                    self.call("DELETE", &model.uid, if force { "?forceDelete=true" } else { "" }, &Value::Null);
                if model.deployed.is_some() && !force {
                    assert_eq!(status, 500);
                } else {
                    assert_eq!(status, 200);
                    self.models.remove(index);
                }
            }
        }
    }

    /// Compares the emulator's list with the model.
    fn check(&mut self) {
        let (_, list) = self.client.call("POST", &format!("/list/{}", self.base), &json!({}));
        let view = list["results"].as_array().expect("results");
        let uids: Vec<&str> = view.iter().map(|config| config["uid"].as_str().expect("a uid")).collect();
        assert_eq!(uids, self.models.iter().map(|model| model.uid.as_str()).collect::<Vec<_>>());
        for (config, model) in view.iter().zip(&self.models) {
            assert_eq!(
                (&config["state"], &config["hasBeenDeployed"]),
                (&json!(model.state), &json!(model.deployed.is_some()))
            );
            for (field, value) in model.definition.as_object().expect("an object") {
                assert_eq!(&config[field], value, "saved {field}");
            }
            if self.api == Api::Throttling {
                assert!(config.get("deployedConfig").is_none(), "not shown in any sample");
                continue;
            }
            assert_eq!(config.get("deployedConfig").is_some(), model.deployed.is_some());
            for (field, value) in model.deployed.iter().flat_map(|deployed| deployed.as_object().expect("an object")) {
                assert_eq!(&config["deployedConfig"][field], value, "deployed {field}");
            }
        }
    }
}

/// Integers around every bound, strings and null.
fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec![-1, 0, 1, 2, 199, 200, 400, 401, 5000, 5001, 30_000])
            .prop_map(|number: i64| json!(number)),
        Just(json!(1.5)),
        Just(json!("7")),
        Just(Value::Null),
    ]
}

fn url() -> impl Strategy<Value = Value> {
    let strings =
        vec!["https://a.example/*", "https://*.example/", "a.example", "", "https://a.example:*/x", "ftp://a.example"];
    prop_oneof![prop::sample::select(strings).prop_map(|text: &str| json!(text)), Just(json!(7)), Just(Value::Null)]
}

fn methods() -> impl Strategy<Value = Value> {
    let lists = vec![json!([]), json!(["GET"]), json!(["OPTIONS", "get"]), json!("GET"), json!([7]), Value::Null];
    prop::sample::select(lists)
}

fn any_capping() -> impl Strategy<Value = Value> {
    let limit = (number(), number(), number()).prop_map(|(connections, count, period)| {
        let mut limit = json!({"rating": {"maxCallsCount": count, "periodInMs": period}});
        if !connections.is_null() {
            limit["maxHttpConnections"] = connections;
        }
        limit
    });
    let name = prop::sample::select(vec!["action", "dataSource", "other"]);
    let services = prop_oneof![
        prop::collection::btree_map(name, limit, 0..3).prop_map(|services| json!(services)),
        Just(Value::Null),
        Just(json!({"action": {}}))
    ];
    (url(), methods(), services)
        .prop_map(|(url, methods, services)| json!({"url": url, "methods": methods, "services": services}))
}

fn any_throttling() -> impl Strategy<Value = Value> {
    (url(), methods(), number())
        .prop_map(|(url, methods, max)| json!({"urlPattern": url, "methods": methods, "maxThroughput": max}))
}

/// A small number of cases, unless `PROPTEST_CASES` is set.
fn sample() -> ProptestConfig {
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    if is_set { ProptestConfig::default() } else { ProptestConfig::with_cases(32) }
}

/// The service reports only its own codes.
#[test]
fn own_findings_are_not_reported() {
    let mut test = ModelTest::new(Api::Capping);
    let mut definition = capping();
    definition["url"] = json!("https://10.0.0.1:8443/a\u{200b}");
    definition["methods"] = json!(["DELETE", "POSTT"]);
    assert!(Api::Capping.validate(&definition).iter().any(|found| found.severity == Severity::Error));
    let (status, body) = test.client.call("POST", "/endpointConfigs", &definition);
    assert_eq!((status, &body["canDeploy"]), (200, &json!({"validationStatus": "ok"})), "{body}");
    let uid = body["uid"].as_str().expect("a uid").to_owned();
    assert_eq!(test.call("POST", &uid, "/deploy", &Value::Null).0, 204);
}

proptest! {
    #![proptest_config(sample())]

    #[test]
    fn capping_matches_model(steps in steps()) {
        let mut test = ModelTest::new(Api::Capping);
        for step in steps {
            test.apply(step);
            test.check();
        }
    }

    #[test]
    fn throttling_matches_model(steps in steps()) {
        let mut test = ModelTest::new(Api::Throttling);
        for step in steps {
            test.apply(step);
            test.check();
        }
    }

    /// Rejection, canDeploy and deploy all follow from `ajo_core::rules`.
    #[test]
    fn emulator_follows_the_rules(api in prop::sample::select(vec![Api::Capping, Api::Throttling]),
                                            capping in any_capping(), throttling in any_throttling()) {
        let definition = if api == Api::Capping { capping } else { throttling };
        let mut test = ModelTest::new(api);
        let mut diagnostics = api.validate(&definition);
        diagnostics.retain(ajo_core::rules::Diagnostic::is_published);
        let codes = |severity: Severity| -> Vec<&str> {
            diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).map(|diagnostic| diagnostic.code).collect()
        };
        let (status, body) = test.client.call("POST", &format!("/{}", test.base), &definition);
        if diagnostics.iter().any(|diagnostic| diagnostic.rejects_payload) {
            prop_assert_eq!(status, 500, "{}", body);
            return Ok(());
        }
        prop_assert_eq!(status, 200, "{}", body);
        let uid = body["uid"].as_str().expect("a uid").to_owned();
        let (_, result) = test.call("GET", &uid, "/canDeploy", &Value::Null);
        let reported = |list: &str, code: &str| -> Vec<String> {
            let found = result["canDeploy"][list].as_array().cloned().unwrap_or_default();
            found.iter().map(|one| one[code].as_str().expect("a code").to_owned()).collect()
        };
        prop_assert_eq!(reported("errors", "errorCode"), codes(Severity::Error));
        prop_assert_eq!(reported("warnings", "warningCode"), codes(Severity::Warning));
        prop_assert_eq!(&result["canDeploy"], &body["canDeploy"], "create reports the same");
        let (deployed, _) = test.call("POST", &uid, "/deploy", &Value::Null);
        prop_assert_eq!(deployed == 204, codes(Severity::Error).is_empty());
    }
}

/// Inferred: no validation code is about a limit that can match no call.
#[test]
fn limit_without_effect_is_deployed() {
    let mut client = TestClient::new();
    for (url, method) in [
        ("https://api.example.org/*", "DELETE"),
        ("https://api.example.org:8443/*", "POST"),
        ("https://10.0.0.1/*", "POST"),
        ("https://internal.adobe.com/*", "POST"),
    ] {
        let mut definition = capping();
        (definition["url"], definition["methods"]) = (json!(url), json!([method]));
        let (status, body) = client.call("POST", "/endpointConfigs", &definition);
        assert_eq!((status, &body["canDeploy"]["validationStatus"]), (200, &json!("ok")), "{url} {method}");
        let path = format!("/endpointConfigs/{}/deploy", body["uid"].as_str().expect("a uid"));
        assert_eq!(client.call("POST", &path, &Value::Null).0, 204, "{url} {method}");
    }
}
