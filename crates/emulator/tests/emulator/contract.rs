//! Contract mode: what the emulator answers is what the specifications say, and what differs in a request is told.

use crate::support::{Caller, capping, throttling};
use ajo_emulator::{AuthMode, GatewayError, ServiceError, Settings};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

fn strict() -> Caller {
    Caller::of(Settings { contract: true, ..Settings::default() })
}

/// The differences so far, as `(operation, side, pointer, problem)`.
fn differences(caller: &mut Caller) -> Vec<[String; 4]> {
    let (status, body) = caller.control("GET", "/contract", &NONE);
    assert_eq!(status, 200);
    let told = body["differences"].as_array().expect("differences").iter();
    told.map(|it| ["operation", "side", "pointer", "problem"].map(|part| it[part].as_str().expect("text").to_owned()))
        .collect()
}

fn assert_answers_as_specified(caller: &mut Caller) {
    let in_answers: Vec<_> = differences(caller).into_iter().filter(|difference| difference[1] != "request").collect();
    assert_eq!(in_answers, Vec::<[String; 4]>::new());
}

/// What is told of one request, and what its answer says of that.
fn told(caller: &mut Caller, request: &Request<Bytes>) -> (Vec<(String, String)>, String) {
    caller.control("DELETE", "/contract", &NONE);
    let response = caller.send(request);
    let header = response.headers()["x-emulator-contract"].to_str().expect("text").to_owned();
    assert_answers_as_specified(caller);
    let found = differences(caller).into_iter().map(|[_, _, pointer, problem]| (pointer, problem));
    (found.collect(), header)
}

fn one(pointer: &str, problem: &str) -> (Vec<(String, String)>, String) {
    (vec![(pointer.to_owned(), problem.to_owned())], "1 difference".to_owned())
}

#[test]
fn nothing_differs_in_the_life_of_a_configuration() {
    let mut caller = strict();
    for (base, definition) in [("endpointConfigs", capping()), ("throttlingConfigs", throttling())] {
        let (_, created) = caller.call("POST", &format!("/{base}"), &definition);
        let uid = created["uid"].as_str().expect("a uid").to_owned();
        let at = |rest: &str| format!("/{base}/{uid}{rest}");
        for (method, path, body, status) in [
            ("GET", at(""), NONE, 200),
            ("POST", format!("/list/{base}"), json!({}), 200),
            ("POST", format!("/list/{base}"), NONE, 200),
            ("GET", at("/canDeploy"), NONE, 200),
            ("POST", at("/deploy"), NONE, 204),
            ("GET", at(""), NONE, 200),
            ("PUT", at(""), definition, 200),
            ("DELETE", at(""), NONE, 500),
            ("DELETE", at("?forceDelete=false"), NONE, 500),
            ("GET", at(""), NONE, 200),
            ("POST", at("/deploy"), NONE, 204),
            ("POST", at("/undeploy"), NONE, 204),
            ("POST", format!("/list/{base}"), json!({}), 200),
            ("POST", at("/deploy"), NONE, 204),
            ("DELETE", at("?forceDelete=true"), NONE, 200),
            ("GET", at(""), NONE, 404),
            ("PUT", at(""), json!({}), 404),
            ("POST", at("/deploy"), NONE, 404),
            ("POST", at("/undeploy"), NONE, 404),
            ("GET", at("/canDeploy"), NONE, 404),
            ("DELETE", at(""), NONE, 404),
        ] {
            let (answered, body) = caller.call(method, &path, &body);
            assert_eq!(answered, status, "{method} {path}: {body}");
        }
    }
    // Only what was sent to overwrite a configuration that is gone was no definition.
    let found = differences(&mut caller);
    assert!(found.iter().all(|it| it[0].ends_with(".update") && it[3] == "is missing"), "{found:?}");
    assert_eq!(found.len(), 6);
}

#[test]
fn every_refusal_is_answered_as_specified() {
    let mut caller = strict();
    let mut refused = 0;
    for (base, definition) in [("endpointConfigs", capping()), ("throttlingConfigs", throttling())] {
        for value in [json!(null), json!(7), json!("*"), json!([]), json!([7]), json!({}), json!({"x": null})] {
            for field in ["url", "urlPattern", "methods", "services", "maxThroughput", "name", "orgId"] {
                let mut changed = definition.clone();
                changed[field] = value.clone();
                for limit in ["", "/dataSource", "/dataSource/rating", "/dataSource/rating/periodInMs"] {
                    if let Some(place) = definition.pointer(&format!("/services{limit}")) {
                        assert!(!place.is_null());
                        *changed.pointer_mut(&format!("/services{limit}")).unwrap_or(&mut Value::Null) = value.clone();
                    }
                    let (_, created) = caller.call("POST", &format!("/{base}"), &changed);
                    if let Some(uid) = created["uid"].as_str() {
                        let at = format!("/{base}/{uid}");
                        caller.call("GET", &format!("{at}/canDeploy"), &NONE);
                        refused += u32::from(caller.call("POST", &format!("{at}/deploy"), &NONE).0 == 500);
                        caller.call("POST", &format!("{at}/undeploy"), &NONE);
                        caller.call("GET", &at, &NONE);
                        caller.call("PUT", &at, &changed);
                        caller.call("POST", &format!("{at}/deploy"), &NONE);
                        caller.call("DELETE", &at, &NONE);
                        caller.call("DELETE", &format!("{at}?forceDelete=true"), &NONE);
                    } else {
                        refused += 1;
                    }
                    assert_answers_as_specified(&mut caller);
                    caller.control("DELETE", "/contract", &NONE);
                }
            }
        }
    }
    assert!(refused > 200, "{refused}");

    // A second throttling configuration, an idle one undeployed, a sandbox that is not for production, one that is not there.
    let uid = caller.create_throttling();
    assert_eq!(caller.call("POST", "/throttlingConfigs", &throttling()).0, 400);
    assert_eq!(caller.call("POST", &format!("/throttlingConfigs/{uid}/undeploy"), &NONE).0, 500);
    for sandbox in ["dev", "nowhere"] {
        sandbox.clone_into(&mut caller.sandbox);
        assert!(caller.call("GET", &format!("/throttlingConfigs/{uid}"), &NONE).0 >= 400);
        caller.call("POST", "/list/endpointConfigs", &json!({}));
    }
    assert_eq!(differences(&mut caller), Vec::<[String; 4]>::new());
}

#[test]
fn a_field_that_is_null_is_one_that_is_not_there() {
    let mut caller = strict();
    let mut definition = capping();
    definition["orgId"] = NONE;
    definition["services"]["dataSource"]["maxHttpConnections"] = NONE;
    let (status, created) = caller.call("POST", "/endpointConfigs", &definition);
    assert_eq!(status, 200, "{created}");
    let rating = json!({"rating": {"maxCallsCount": 500, "periodInMs": 1000}});
    assert_eq!(created["createdElement"]["services"]["dataSource"], rating);
    assert_eq!(created["canDeploy"]["warnings"][0]["warningCode"], "ERR_ENDPOINTCONFIG_106");
    // Where it must be there, it is refused.
    for field in ["url", "methods", "services"] {
        let mut definition = capping();
        definition[field] = NONE;
        assert_eq!(caller.call("POST", "/endpointConfigs", &definition).0, 500, "{field}");
    }
    assert_answers_as_specified(&mut caller);
}

#[test]
fn every_error_of_gateway_and_service_is_answered_as_specified() {
    let mut caller = strict();
    let gateway = GatewayError::ALL.map(|error| format!("gateway:{}", error.code));
    let service = ServiceError::ALL.map(|error| format!("service:{}", error.code));
    for effect in gateway.iter().chain(&service) {
        caller.world.clear_faults();
        caller.fault(&format!("*={effect}"));
        for base in ["endpointConfigs", "throttlingConfigs"] {
            caller.call("GET", &format!("/{base}/u-1"), &NONE);
            caller.call("POST", &format!("/{base}/u-1/deploy"), &NONE);
        }
    }
    assert_eq!(differences(&mut caller), Vec::<[String; 4]>::new());

    // Those that the gateway gives by itself.
    caller.world.clear_faults();
    for header in ["authorization", "x-api-key", "x-gw-ims-org-id", "x-sandbox-name"] {
        let mut request = caller.request("GET", "/endpointConfigs/u-1", &NONE);
        request.headers_mut().remove(header);
        assert_eq!(told(&mut caller, &request), one(&format!("/headers/{header}"), "is missing"));
    }
    caller.world.revoke_tokens();
    let request = caller.request("GET", "/endpointConfigs/u-1", &NONE);
    assert_eq!(caller.send(&request).status(), 401);
    assert_answers_as_specified(&mut caller);
}

#[test]
fn what_differs_in_a_request_is_told_with_where_it_is() {
    let mut caller = strict();
    let post = |caller: &Caller, body: &Value| caller.request("POST", "/endpointConfigs", body);

    let request = post(&caller, &capping());
    assert_eq!(told(&mut caller, &request), (vec![], "ok".to_owned()));

    let mut definition = capping();
    definition["services"]["dataSource"]["rating"]["maxCallsCount"] = json!("500");
    let request = post(&caller, &definition);
    let at = "/body/services/dataSource/rating/maxCallsCount";
    assert_eq!(told(&mut caller, &request), one(at, "is string, and the specification says integer"));

    let mut definition = capping();
    definition.as_object_mut().expect("an object").remove("methods");
    let request = post(&caller, &definition);
    assert_eq!(told(&mut caller, &request), one("/body/methods", "is missing"));

    let request = caller.request("POST", "/endpointConfigs?dry/run=secret", &capping());
    assert_eq!(told(&mut caller, &request), one("/query/dry~1run", "is not in the specification"));
    let request = caller.request("DELETE", "/endpointConfigs/u-1?forceDelete=1", &NONE);
    let problem = "is string, and the specification says boolean";
    assert_eq!(told(&mut caller, &request), one("/query/forceDelete", problem));

    let mut request = post(&caller, &capping());
    request.headers_mut().insert("content-type", "text/plain".parse().expect("a value"));
    assert_eq!(told(&mut caller, &request), one("/headers/content-type", "is not application/json"));
    request.headers_mut().remove("content-type");
    assert_eq!(told(&mut caller, &request), one("/headers/content-type", "is missing; it is application/json"));
    request.headers_mut().insert("content-type", "Application/JSON; charset=utf-8".parse().expect("a value"));
    assert_eq!(told(&mut caller, &request), (vec![], "ok".to_owned()));
    *request.body_mut() = Bytes::from_static(b"{");
    assert_eq!(told(&mut caller, &request), one("/body", "is no JSON"));
    *request.body_mut() = Bytes::new();
    assert_eq!(told(&mut caller, &request), one("/body", "is missing"));

    let request = caller.request("GET", "/endpointConfigs/u-1", &json!({}));
    assert_eq!(told(&mut caller, &request), one("/body", "is there, and the specification has none"));
    let request = caller.request("POST", "/endpointConfigs/u-1/canDeploy", &NONE);
    assert_eq!(told(&mut caller, &request), one("/method", "is POST, and the specification says GET"));
    let request = caller.request("GET", "/endpointConfigs/u%201", &NONE);
    assert_eq!(told(&mut caller, &request), one("/path/uid", "does not match ^[A-Za-z0-9_-][A-Za-z0-9._-]*$"));
}

#[test]
fn a_fault_that_breaks_the_contract_is_told_on_the_side_of_the_answer() {
    let mut caller = strict();
    caller.fault("capping.get=html:502");
    caller.call("GET", "/endpointConfigs/u-1", &NONE);
    assert_eq!(
        differences(&mut caller),
        [["capping.get", "answer", "/headers/content-type", "is not application/json"].map(str::to_owned)]
    );
}

#[test]
fn contract_mode_changes_nothing_but_its_header_and_is_silent_elsewhere() {
    let (mut with, mut without) = (strict(), Caller::new());
    for (method, path, body) in [
        ("POST", "/endpointConfigs", capping()),
        ("POST", "/endpointConfigs", json!({})),
        ("POST", "/list/endpointConfigs", NONE),
        ("GET", "/nowhere", NONE),
        ("TRACE", "/endpointConfigs", NONE),
    ] {
        let request = with.request(method, path, &body);
        let (mut told, silent) = (with.send(&request), without.send(&request));
        let told_of = told.headers_mut().remove("x-emulator-contract").is_some();
        assert_eq!(told_of, path.ends_with("endpointConfigs") && method == "POST", "{method} {path}");
        assert_eq!((told.status(), told.headers(), told.body()), (silent.status(), silent.headers(), silent.body()));
    }
    assert_eq!(differences(&mut without), Vec::<[String; 4]>::new());
}

#[test]
fn differences_are_bounded_and_hold_nothing_that_was_sent() {
    let mut caller = Caller::of(Settings { contract: true, auth: AuthMode::Off, ..Settings::default() });
    let secret = "hunter2-hunter2";
    let long = "n".repeat(5_000);
    for _ in 0..100 {
        let definition = json!({"url": [secret], "methods": [{"a": secret}], "services": secret});
        let mut request = caller.request("POST", &format!("/endpointConfigs?{long}={secret}"), &definition);
        request.headers_mut().insert("content-type", "application/json".parse().expect("a value"));
        caller.send(&request);
    }
    let (_, told) = caller.control("GET", "/contract", &NONE);
    assert_eq!(told["differences"].as_array().map(Vec::len), Some(200));
    let told = told.to_string();
    assert!(!told.contains(secret) && !told.contains(&caller.token) && told.len() < 60_000, "{}", told.len());
}
