//! Limits on everything that a client or a setting can make the emulator store.

use crate::support::{TestClient, capping, parse_response};
use ajo_emulator::{
    EmulatorSettings, EmulatorState, IncompleteBody, MAX_CONCURRENT_EDITS, MAX_METHODS, MAX_ORGANIZATIONS,
    MAX_SANDBOXES, MAX_TIMESTAMP, RegisteredClient as Credential, SandboxSettings,
};
use ajo_engine::Timestamp;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

/// A client whose organization can store this many bytes.
fn client_with_config_bytes(bytes: usize) -> TestClient {
    let mut settings = EmulatorSettings::default();
    settings.limits.config_bytes = bytes;
    TestClient::with_settings(settings)
}

/// A definition of at least this many bytes.
fn definition_of_length(bytes: usize) -> Value {
    let mut definition = capping();
    definition["url"] = json!(format!("https://a.example/{}", "x".repeat(bytes)));
    definition
}

#[test]
fn config_bytes_are_limited() {
    let mut client = client_with_config_bytes(10_000);
    let (status, created) = client.call("POST", "/endpointConfigs", &definition_of_length(4_000));
    assert_eq!(status, 200);
    let uid = created["uid"].as_str().expect("a uid").to_owned();
    assert_eq!(client.call("POST", "/endpointConfigs", &definition_of_length(3_000)).0, 200);
    let full = |(status, body): (u16, Value)| {
        assert_eq!(status, 507, "{body}");
        let message = body["error"]["message"].as_str().expect("a message");
        assert_eq!(message, "the emulator stores at most 10000 bytes of definitions per organization");
    };
    full(client.call("POST", "/endpointConfigs", &definition_of_length(3_000)));
    full(client.call("PUT", &format!("/endpointConfigs/{uid}"), &definition_of_length(8_000)));
    full(client.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &NONE));
    assert_eq!(client.capping(&uid)["state"], "created", "a rejected call changes nothing");
    let edit = json!({"before": "capping.get", "mutation": "edit", "definition": definition_of_length(8_000)});
    let (status, body) = client.control("POST", "/concurrent-edits", &edit);
    assert_eq!((status, body["message"].as_str().is_some_and(|it| it.contains("10000 bytes"))), (400, true), "{body}");
    client.call("DELETE", &format!("/endpointConfigs/{uid}"), &NONE);
    assert_eq!(client.call("POST", "/endpointConfigs", &definition_of_length(3_000)).0, 200, "a delete frees space");
    // Deployed definitions and restored snapshots count as well.
    let (_, snapshot) = client.control("GET", "/state", &NONE);
    let mut small = client_with_config_bytes(5_000);
    let (status, body) = small.control("PUT", "/state", &snapshot);
    assert_eq!(
        (status, body["message"].as_str().is_some_and(|it| it.contains("maximum of 5000"))),
        (400, true),
        "{body}"
    );
    let mut other = client_with_config_bytes(10_000);
    assert_eq!(other.control("PUT", "/state", &snapshot).0, 200);
    assert_eq!(
        other.call("POST", "/endpointConfigs", &definition_of_length(4_000)).0,
        507,
        "restored definitions count"
    );
}

#[test]
fn methods_are_limited() {
    let mut client = TestClient::new();
    let mut definition = capping();
    definition["methods"] = json!(vec!["GET"; MAX_METHODS]);
    assert_ne!(client.call("POST", "/endpointConfigs", &definition).0, 413);
    definition["methods"] = json!(vec!["GET"; MAX_METHODS + 1]);
    let (status, body) = client.call("POST", "/endpointConfigs", &definition);
    assert_eq!(status, 413);
    assert_eq!(body["error"]["message"], "the emulator accepts at most 100 methods in a definition");
}

#[test]
fn concurrent_edits_are_limited() {
    let mut client = TestClient::new();
    let edit = json!({"before": "capping.get", "mutation": "edit"});
    for _ in 0..MAX_CONCURRENT_EDITS {
        assert_eq!(client.control("POST", "/concurrent-edits", &edit).0, 200);
    }
    let (status, body) = client.control("POST", "/concurrent-edits", &edit);
    assert_eq!(
        (status, &body["message"]),
        (400, &json!("at most 100 concurrent edits can be pending; reset the emulator or let some apply"))
    );
    let long_name = json!({"before": "capping.get", "mutation": "edit", "by": "x".repeat(129)});
    assert_eq!(
        client.control("POST", "/concurrent-edits", &long_name).1["message"],
        "`by` must have at most 128 bytes"
    );
}

#[test]
fn clock_ends_with_year_9999() {
    let mut client = TestClient::new();
    let last = MAX_TIMESTAMP.as_millis();
    client.control("PUT", "/clock", &json!({"speed": 0}));
    assert_eq!(client.control("PUT", "/clock", &json!({"nowMillis": last})).0, 200);
    let uid = {
        client.authenticate();
        client.create()
    };
    assert_eq!(client.capping(&uid)["metadata"]["createdAt"], "9999-12-30T21:59:59.999000Z");
    for (method, path, body) in [
        ("PUT", "/clock", json!({"nowMillis": last + 1})),
        ("PUT", "/clock", json!({"nowMillis": u64::MAX, "speed": 2})),
        ("POST", "/clock/advance", json!({"seconds": 0.001})),
        ("POST", "/clock/advance", json!({"seconds": 1e18})),
    ] {
        let (status, response) = client.control(method, path, &body);
        let message = response["message"].as_str().expect("a message");
        assert!(status == 400 && message.contains("the end of the year 9999"), "{body}: {response}");
    }
    assert_eq!(
        client.control("GET", "/clock", &NONE).1,
        json!({"nowMillis": last, "speed": 0.0}),
        "a rejected request changes nothing"
    );
}

#[test]
fn unusable_body_is_rejected_in_process() {
    let mut settings = EmulatorSettings::default();
    settings.limits.body_bytes = 1000;
    let mut client = TestClient::with_settings(settings);
    let (status, body) = client.call("POST", "/endpointConfigs", &definition_of_length(1000));
    assert_eq!((status, &body["message"]), (413, &json!("the body is longer than 1000 bytes")));
    let mut request = client.request("POST", "/endpointConfigs", &capping());
    request.extensions_mut().insert(IncompleteBody);
    let response = client.send(&request);
    assert!(response.headers().contains_key("x-request-id"));
    assert_eq!(parse_response(&response), (400, json!({"message": "the body is incomplete"})));
    assert_eq!(client.state.default_organization().config_counts().0, 0, "nothing is stored");
    let statuses: Vec<u16> =
        client.state.calls().for_operation("capping.create").iter().map(|call| call.status).collect();
    assert_eq!(statuses, [413, 400]);
    assert_eq!(
        client.control("POST", "/faults", &json!({"x": "x".repeat(1000)})).0,
        413,
        "the control API has the same limit"
    );
}

#[test]
#[should_panic(expected = "an emulator has at most 10000 organizations")]
fn organizations_are_limited() {
    let client = |number| Credential::new(&format!("c{number}"), "s", &format!("ORG{number}@AdobeOrg"), "openid");
    let clients = (0..=MAX_ORGANIZATIONS).map(client).collect();
    EmulatorState::new(EmulatorSettings { clients, ..EmulatorSettings::default() })
        .handle(&http::Request::default(), Timestamp::from_millis(0));
}

#[test]
#[should_panic(expected = "an organization has at most 100 sandboxes")]
fn sandboxes_are_limited() {
    let sandbox = |number| SandboxSettings { name: format!("s{number}"), production: true };
    let sandboxes = (0..=MAX_SANDBOXES).map(sandbox).collect();
    EmulatorState::new(EmulatorSettings { sandboxes, ..EmulatorSettings::default() })
        .handle(&http::Request::default(), Timestamp::from_millis(0));
}
