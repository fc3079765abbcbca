//! Contract mode: the emulator's responses match the specifications, and differences in requests are reported.

use crate::support::{TestClient, capping, throttling};
use ajo_emulator::{AuthMode, EmulatorSettings, GatewayError, ServiceError};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

fn contract_client() -> TestClient {
    TestClient::with_settings(EmulatorSettings { contract: true, ..EmulatorSettings::default() })
}

/// The differences so far, as `(operation, direction, pointer, description)`.
fn differences(client: &mut TestClient) -> Vec<[String; 4]> {
    let (status, body) = client.control("GET", "/contract", &NONE);
    assert_eq!(status, 200);
    let reported = body["differences"].as_array().expect("differences").iter();
    reported
        .map(|it| {
            ["operation", "direction", "pointer", "description"].map(|part| it[part].as_str().expect("text").to_owned())
        })
        .collect()
}

fn assert_responses_match_spec(client: &mut TestClient) {
    let in_responses: Vec<_> =
        differences(client).into_iter().filter(|difference| difference[1] != "request").collect();
    assert_eq!(in_responses, Vec::<[String; 4]>::new());
}

/// The differences of one request, and the contract header of its response.
fn request_differences(client: &mut TestClient, request: &Request<Bytes>) -> (Vec<(String, String)>, String) {
    client.control("DELETE", "/contract", &NONE);
    let response = client.send(request);
    let header = response.headers()["x-emulator-contract"].to_str().expect("text").to_owned();
    assert_responses_match_spec(client);
    let found = differences(client).into_iter().map(|[_, _, pointer, problem]| (pointer, problem));
    (found.collect(), header)
}

fn single_difference(pointer: &str, problem: &str) -> (Vec<(String, String)>, String) {
    (vec![(pointer.to_owned(), problem.to_owned())], "1 difference".to_owned())
}

#[test]
fn life_cycle_matches_spec() {
    let mut client = contract_client();
    for (base, definition) in [("endpointConfigs", capping()), ("throttlingConfigs", throttling())] {
        let (_, created) = client.call("POST", &format!("/{base}"), &definition);
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
            let (actual, body) = client.call(method, &path, &body);
            assert_eq!(actual, status, "{method} {path}: {body}");
        }
    }
    // Only the update of the deleted configuration sent an invalid definition.
    let found = differences(&mut client);
    assert!(found.iter().all(|it| it[0].ends_with(".update") && it[3] == "is missing"), "{found:?}");
    assert_eq!(found.len(), 6);
}

#[test]
fn rejections_match_spec() {
    let mut client = contract_client();
    let mut rejected = 0;
    for (base, definition) in [("endpointConfigs", capping()), ("throttlingConfigs", throttling())] {
        for value in [json!(null), json!(7), json!("*"), json!([]), json!([7]), json!({}), json!({"x": null})] {
            for field in ["url", "urlPattern", "methods", "services", "maxThroughput", "name", "orgId"] {
                let mut changed = definition.clone();
                changed[field] = value.clone();
                for limit in ["", "/action", "/action/rating", "/action/rating/periodInMs"] {
                    if let Some(default_value) = definition.pointer(&format!("/services{limit}")) {
                        assert!(!default_value.is_null());
                        *changed.pointer_mut(&format!("/services{limit}")).unwrap_or(&mut Value::Null) = value.clone();
                    }
                    let (_, created) = client.call("POST", &format!("/{base}"), &changed);
                    if let Some(uid) = created["uid"].as_str() {
                        let at = format!("/{base}/{uid}");
                        client.call("GET", &format!("{at}/canDeploy"), &NONE);
                        rejected += u32::from(client.call("POST", &format!("{at}/deploy"), &NONE).0 == 500);
                        client.call("POST", &format!("{at}/undeploy"), &NONE);
                        client.call("GET", &at, &NONE);
                        client.call("PUT", &at, &changed);
                        client.call("POST", &format!("{at}/deploy"), &NONE);
                        client.call("DELETE", &at, &NONE);
                        client.call("DELETE", &format!("{at}?forceDelete=true"), &NONE);
                    } else {
                        rejected += 1;
                    }
                    assert_responses_match_spec(&mut client);
                    client.control("DELETE", "/contract", &NONE);
                }
            }
        }
    }
    assert!(rejected > 200, "{rejected}");

    // A second throttling configuration, an undeploy of an idle one, a non-production sandbox, an unknown sandbox.
    let uid = client.create_throttling();
    assert_eq!(client.call("POST", "/throttlingConfigs", &throttling()).0, 400);
    assert_eq!(client.call("POST", &format!("/throttlingConfigs/{uid}/undeploy"), &NONE).0, 500);
    for sandbox in ["dev", "nowhere"] {
        sandbox.clone_into(&mut client.sandbox);
        assert!(client.call("GET", &format!("/throttlingConfigs/{uid}"), &NONE).0 >= 400);
        client.call("POST", "/list/endpointConfigs", &json!({}));
    }
    assert_eq!(differences(&mut client), Vec::<[String; 4]>::new());
}

#[test]
fn null_field_counts_as_absent() {
    let mut client = contract_client();
    let mut definition = capping();
    definition["orgId"] = NONE;
    definition["services"]["action"]["maxHttpConnections"] = NONE;
    let (status, created) = client.call("POST", "/endpointConfigs", &definition);
    assert_eq!(status, 200, "{created}");
    let rating = json!({"rating": {"maxCallsCount": 500, "periodInMs": 1000}});
    assert_eq!(created["createdElement"]["services"]["action"], rating);
    assert_eq!(created["canDeploy"]["warnings"][0]["warningCode"], "ERR_ENDPOINTCONFIG_106");
    // A required field must not be null.
    for field in ["url", "methods", "services"] {
        let mut definition = capping();
        definition[field] = NONE;
        assert_eq!(client.call("POST", "/endpointConfigs", &definition).0, 500, "{field}");
    }
    assert_responses_match_spec(&mut client);
}

#[test]
fn documented_errors_match_spec() {
    let mut client = contract_client();
    let gateway = GatewayError::ALL.map(|error| format!("gateway:{}", error.code));
    let service = ServiceError::ALL.map(|error| format!("service:{}", error.code));
    for effect in gateway.iter().chain(&service) {
        client.state.clear_faults();
        client.add_fault(&format!("*={effect}"));
        for base in ["endpointConfigs", "throttlingConfigs"] {
            client.call("GET", &format!("/{base}/u-1"), &NONE);
            client.call("POST", &format!("/{base}/u-1/deploy"), &NONE);
        }
    }
    assert_eq!(differences(&mut client), Vec::<[String; 4]>::new());

    // The gateway's own errors.
    client.state.clear_faults();
    for header in ["authorization", "x-api-key", "x-gw-ims-org-id", "x-sandbox-name"] {
        let mut request = client.request("GET", "/endpointConfigs/u-1", &NONE);
        request.headers_mut().remove(header);
        assert_eq!(
            request_differences(&mut client, &request),
            single_difference(&format!("/headers/{header}"), "is missing")
        );
    }
    client.state.revoke_tokens();
    let request = client.request("GET", "/endpointConfigs/u-1", &NONE);
    assert_eq!(client.send(&request).status(), 401);
    assert_responses_match_spec(&mut client);
}

#[test]
fn request_differences_have_pointers() {
    let mut client = contract_client();
    let post = |client: &TestClient, body: &Value| client.request("POST", "/endpointConfigs", body);

    let request = post(&client, &capping());
    assert_eq!(request_differences(&mut client, &request), (vec![], "ok".to_owned()));

    let mut definition = capping();
    definition["services"]["action"]["rating"]["maxCallsCount"] = json!("500");
    let request = post(&client, &definition);
    let at = "/body/services/action/rating/maxCallsCount";
    assert_eq!(
        request_differences(&mut client, &request),
        single_difference(at, "is string, but the specification has integer")
    );

    let mut definition = capping();
    definition.as_object_mut().expect("an object").remove("methods");
    let request = post(&client, &definition);
    assert_eq!(request_differences(&mut client, &request), single_difference("/body/methods", "is missing"));

    let request = client.request("POST", "/endpointConfigs?dry/run=secret", &capping());
    assert_eq!(
        request_differences(&mut client, &request),
        single_difference("/query/dry~1run", "is not in the specification")
    );
    let request = client.request("DELETE", "/endpointConfigs/u-1?forceDelete=1", &NONE);
    let problem = "is string, but the specification has boolean";
    assert_eq!(request_differences(&mut client, &request), single_difference("/query/forceDelete", problem));

    let mut request = post(&client, &capping());
    request.headers_mut().insert("content-type", "text/plain".parse().expect("a value"));
    assert_eq!(
        request_differences(&mut client, &request),
        single_difference("/headers/content-type", "is not application/json")
    );
    request.headers_mut().remove("content-type");
    assert_eq!(
        request_differences(&mut client, &request),
        single_difference("/headers/content-type", "is missing; expected application/json")
    );
    request.headers_mut().insert("content-type", "Application/JSON; charset=utf-8".parse().expect("a value"));
    assert_eq!(request_differences(&mut client, &request), (vec![], "ok".to_owned()));
    *request.body_mut() = Bytes::from_static(b"{");
    assert_eq!(request_differences(&mut client, &request), single_difference("/body", "is not JSON"));
    *request.body_mut() = Bytes::new();
    assert_eq!(request_differences(&mut client, &request), single_difference("/body", "is missing"));

    let request = client.request("GET", "/endpointConfigs/u-1", &json!({}));
    assert_eq!(
        request_differences(&mut client, &request),
        single_difference("/body", "is present, but the specification has none")
    );
    let request = client.request("POST", "/endpointConfigs/u-1/canDeploy", &NONE);
    assert_eq!(
        request_differences(&mut client, &request),
        single_difference("/method", "is POST, but the specification has GET")
    );
    let request = client.request("GET", "/endpointConfigs/u%201", &NONE);
    assert_eq!(
        request_differences(&mut client, &request),
        single_difference("/path/uid", "does not match ^[A-Za-z0-9_-][A-Za-z0-9._-]*$")
    );
}

#[test]
fn fault_breaks_response_contract() {
    let mut client = contract_client();
    client.add_fault("capping.get=html:502");
    client.call("GET", "/endpointConfigs/u-1", &NONE);
    assert_eq!(
        differences(&mut client),
        [["capping.get", "response", "/headers/content-type", "is not application/json"].map(str::to_owned)]
    );
}

#[test]
fn contract_mode_only_adds_its_header() {
    let (mut with, mut without) = (contract_client(), TestClient::new());
    for (method, path, body) in [
        ("POST", "/endpointConfigs", capping()),
        ("POST", "/endpointConfigs", json!({})),
        ("POST", "/list/endpointConfigs", NONE),
        ("GET", "/nowhere", NONE),
        ("TRACE", "/endpointConfigs", NONE),
    ] {
        let request = with.request(method, path, &body);
        let (mut checked, plain) = (with.send(&request), without.send(&request));
        let has_header = checked.headers_mut().remove("x-emulator-contract").is_some();
        assert_eq!(has_header, path.ends_with("endpointConfigs") && method == "POST", "{method} {path}");
        assert_eq!(
            (checked.status(), checked.headers(), checked.body()),
            (plain.status(), plain.headers(), plain.body())
        );
    }
    assert_eq!(differences(&mut without), Vec::<[String; 4]>::new());
}

#[test]
fn differences_are_bounded_and_redacted() {
    let mut client = TestClient::with_settings(EmulatorSettings {
        contract: true,
        auth: AuthMode::Off,
        ..EmulatorSettings::default()
    });
    let secret = "hunter2-hunter2";
    let long = "n".repeat(5_000);
    for _ in 0..100 {
        let definition = json!({"url": [secret], "methods": [{"a": secret}], "services": secret});
        let mut request = client.request("POST", &format!("/endpointConfigs?{long}={secret}"), &definition);
        request.headers_mut().insert("content-type", "application/json".parse().expect("a value"));
        client.send(&request);
    }
    let (_, report) = client.control("GET", "/contract", &NONE);
    assert_eq!(report["differences"].as_array().map(Vec::len), Some(200));
    let report = report.to_string();
    assert!(!report.contains(secret) && !report.contains(&client.token) && report.len() < 60_000, "{}", report.len());
}
