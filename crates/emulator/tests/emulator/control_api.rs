//! The control API: every route, and protection from web pages.

use crate::support::{TestClient, parse_response};
use ajo_emulator::CONTROL_ROUTES;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

#[test]
fn every_route_exists_and_404_lists_them() {
    let mut client = TestClient::new();
    for route in CONTROL_ROUTES {
        let path = route.path.strip_prefix("/_emulator").expect("the prefix");
        let (status, body) = client.control(route.method, path, &NONE);
        // Routes that need a body report it.
        assert!(
            status == 200 || (status == 400 && body["message"].is_string()),
            "{} {path}: {status} {body}",
            route.method
        );
    }
    let (status, body) = client.control("GET", "/nothing", &NONE);
    assert_eq!(status, 404);
    let message = body["message"].as_str().expect("a message");
    assert!(message.starts_with("the control API has no GET /_emulator/nothing; it has GET /_emulator, "), "{message}");
    assert_eq!(client.control("POST", "/state", &NONE).0, 404);
}

#[test]
fn request_log_lists_unknown_fields() {
    let mut client = TestClient::new();
    let mut definition = crate::support::capping();
    definition["maxCalls"] = json!(7);
    definition["services"]["action"]["rating"]["period~/InMs"] = json!(7);
    let (_, created) = client.call("POST", "/endpointConfigs?force=1", &definition);
    let uid = created["uid"].as_str().expect("a uid").to_owned();
    client.call("DELETE", &format!("/endpointConfigs/{uid}?forceDelete=true"), &NONE);
    client.call("GET", "/endpointConfig/u-1", &NONE);
    let (_, log) = client.control("GET", "/calls", &NONE);
    let calls = log["calls"].as_array().expect("calls");
    let seen: Vec<_> = calls.iter().map(|call| (call["operation"].as_str(), call["status"].as_u64())).collect();
    assert_eq!(
        seen,
        [
            (Some("token"), Some(200)),
            (Some("capping.create"), Some(200)),
            (Some("capping.delete"), Some(200)),
            (None, Some(404))
        ]
    );
    assert_eq!(calls[1]["unknownFields"], json!(["/services/action/rating/period~0~1InMs", "/maxCalls", "?force"]));
    assert_eq!((&calls[2]["unknownFields"], &calls[2]["sandbox"]), (&json!([]), &json!("prod")));
    assert_eq!(calls[3]["closestPath"], "/journey/orchestration/endpointConfigs/{uid}");
    assert!(calls[1]["requestId"].as_str().is_some_and(|id| id.len() == 36));

    let count = |client: &mut TestClient, query: &str| {
        client.control("GET", &format!("/calls{query}"), &NONE).1["calls"].as_array().expect("calls").len()
    };
    assert_eq!(count(&mut client, "?mutating=true"), 2);
    assert_eq!(count(&mut client, "?operation=token"), 1);
    assert_eq!(count(&mut client, "?since=3"), 1);
    assert_eq!(client.control("GET", "/calls?since=x", &NONE).0, 400);
    assert_eq!(client.state.calls().mutating().len(), 2);
    client.control("DELETE", "/calls", &NONE);
    assert_eq!(count(&mut client, ""), 0);
    client.create();
    let (_, log) = client.control("GET", "/calls", &NONE);
    assert_eq!(log["calls"][0]["number"], 5, "numbering continues");
}

#[test]
fn request_log_is_bounded_and_redacted() {
    let mut settings = ajo_emulator::EmulatorSettings::default();
    settings.limits.logged_calls = 10;
    let mut client = TestClient::with_settings(settings);
    for _ in 0..50 {
        client.create();
    }
    assert_eq!((client.state.calls().len(), client.state.calls()[0].number), (10, 42));
    let token = client.token.clone();
    let (_, view) = client.control("GET", "/calls", &NONE);
    let written = format!("{:?} {view}", client.state.calls());
    for secret in [token.as_str(), "emulator-secret", "api.example.org", "Bearer"] {
        assert!(!written.contains(secret), "{secret}");
    }
    let long = "x".repeat(5000);
    client.call("GET", &format!("/{long}"), &NONE);
    assert!(client.state.calls().last().expect("a call").path.chars().count() <= 201);
}

#[test]
fn clock_can_be_set_and_advanced() {
    let mut client = TestClient::new();
    let real = client.now.as_millis();
    assert_eq!(client.control("GET", "/clock", &NONE).1, json!({"nowMillis": real, "speed": 1.0}));
    client.control("PUT", "/clock", &json!({"speed": 0}));
    assert_eq!(client.control("POST", "/clock/advance", &json!({"seconds": 1.5})).1["nowMillis"], real + 1500);
    assert_eq!(
        client.control("PUT", "/clock", &json!({"nowMillis": 0, "speed": 2.0})).1,
        json!({"nowMillis": 0, "speed": 2.0})
    );
    for (method, path, body) in [
        ("PUT", "/clock", json!({"speed": -1})),
        ("PUT", "/clock", json!({"fast": 1})),
        ("POST", "/clock/advance", json!({"seconds": -1})),
        ("POST", "/clock/advance", json!({"seconds": "1"})),
    ] {
        let (status, response) = client.control(method, path, &body);
        assert!(status == 400 && response["message"].is_string(), "{body}: {response}");
    }
}

#[test]
fn invalid_control_input_is_rejected() {
    let mut client = TestClient::new();
    let (status, body) =
        client.control("POST", "/faults", &json!({"at": "*.list", "when": "first:1", "fault": "status:503"}));
    assert_eq!((status, body["faults"].as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!(client.call("POST", "/list/endpointConfigs", &json!({})).0, 503);
    assert_eq!(client.call("POST", "/list/endpointConfigs", &json!({})).0, 200);
    let (status, body) = client.control("POST", "/faults", &json!({"at": "*.lst", "fault": "status:503"}));
    assert_eq!(status, 400);
    assert!(body["message"].as_str().expect("a message").contains("`*.lst` is not a valid target"), "{body}");
    client.control("DELETE", "/faults", &NONE);
    assert_eq!(client.control("GET", "/faults", &NONE).1, json!({"faults": []}));

    let (status, body) = client.control("PUT", "/quirks", &json!({"org_id": "required"}));
    assert_eq!((status, &body["org_id"], &body["list_body"]), (200, &json!("required"), &json!("optional")));
    assert_eq!(client.control("PUT", "/quirks", &json!({"org_id": "perhaps"})).0, 400);
    assert_eq!(client.control("GET", "/quirks", &NONE).1["org_id"], "required", "a rejected request changes nothing");

    let waiting = json!({"before": "capping.update", "mutation": "edit"});
    assert_eq!(client.control("POST", "/concurrent-edits", &waiting).0, 200);
    assert_eq!(client.control("POST", "/concurrent-edits", &json!({"before": "x", "mutation": "edit"})).0, 400);
    assert_eq!(client.control("GET", "/concurrent-edits", &NONE).1["concurrentEdits"][0]["by"], "other-user");
}

#[test]
fn reset_and_revoke_clear_data() {
    let mut client = TestClient::new();
    client.create();
    client.create_throttling();
    client.add_fault("*.*=status:503");
    let (_, status) = client.control("GET", "", &NONE);
    assert_eq!((&status["capping"], &status["throttling"], &status["faults"]), (&json!(1), &json!(true), &json!(1)));
    assert_eq!((&status["auth"], &status["calls"], &status["tokens"]), (&json!("strict"), &json!(3), &json!(1)));
    client.control("POST", "/reset", &NONE);
    let (_, status) = client.control("GET", "", &NONE);
    assert_eq!((&status["capping"], &status["throttling"], &status["tokens"]), (&json!(0), &json!(false), &json!(0)));
    assert_eq!(client.call("POST", "/list/endpointConfigs", &json!({})).0, 401, "the tokens are revoked too");
    client.authenticate();
    client.control("POST", "/tokens/revoke", &NONE);
    assert_eq!(client.call("POST", "/list/endpointConfigs", &json!({})).0, 401);
}

#[test]
fn foreign_origin_and_host_are_rejected() {
    let mut client = TestClient::new();
    for (header, value, status) in [
        ("host", "127.0.0.1:4010", 200),
        ("host", "localhost:4010", 200),
        ("host", "[::1]:4010", 200),
        ("host", "evil.example:4010", 403),
        ("host", "localhost.evil.example", 403),
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("origin", "http://localhost", 200),
    ] {
        let request =
            Request::post("/_emulator/tokens/revoke").header(header, value).body(Bytes::new()).expect("a request");
        assert_eq!(parse_response(&client.send(&request)).0, status, "{header}: {value}");
    }
}

#[test]
fn organizations_are_independent() {
    let clients = (0..1000)
        .map(|number| {
            ajo_emulator::RegisteredClient::new(&format!("c{number}"), "s", &format!("ORG{number}@AdobeOrg"), "openid")
        })
        .collect();
    let mut client = TestClient::with_settings(ajo_emulator::EmulatorSettings { clients, ..Default::default() });
    client.create();
    client.add_fault("*.list=status:503");
    client.state.default_organization_mut().advance(std::time::Duration::from_secs(60));
    let (_, first) = client.control("GET", "", &NONE);
    let (_, other) = client.control("GET", "?org=ORG999@AdobeOrg", &NONE);
    assert_eq!((&first["capping"], &first["faults"], &first["organizations"]), (&json!(1), &json!(1), &json!(1000)));
    assert_eq!((&other["capping"], &other["faults"], &other["calls"]), (&json!(0), &json!(0), &json!(0)));
    assert_ne!(first["clock"], other["clock"]);
    assert_eq!(client.control("GET", "?org=nobody", &NONE).0, 404);
}

#[test]
fn configs_show_saved_and_deployed() {
    let mut client = TestClient::new();
    let uid = client.create();
    client.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &NONE);
    let deployed = crate::support::capping();
    let mut saved = deployed.clone();
    saved["services"]["action"]["rating"]["maxCallsCount"] = json!(7);
    client.call("PUT", &format!("/endpointConfigs/{uid}"), &saved);
    let throttling = json!({"urlPattern": "https://crm.example.com/*", "methods": ["POST"], "maxThroughput": 400});
    client.call("POST", "/throttlingConfigs", &throttling);

    let (_, listed) = client.control("GET", "/configs", &NONE);
    let configs = listed["configs"].as_array().expect("configurations");
    assert_eq!((configs.len(), &listed["total"]), (2, &json!(2)));
    assert_eq!(configs[0]["saved"], throttling);
    assert_eq!((&configs[0]["api"], &configs[0]["state"]), (&json!("throttling"), &json!("created")));
    assert_eq!((&configs[0]["deployed"], &configs[0]["differs"]), (&NONE, &json!(false)));
    assert_eq!((&configs[1]["uid"], &configs[1]["sandbox"]), (&json!(uid), &json!("prod")));
    assert_eq!((&configs[1]["saved"], &configs[1]["deployed"]), (&saved, &deployed));
    assert_eq!((&configs[1]["state"], &configs[1]["differs"]), (&json!("updated"), &json!(true)));
    assert!(configs[1]["metadata"]["lastDeployedAt"].is_string());

    let mut count = |query: &str| {
        let (_, listed) = client.control("GET", &format!("/configs?{query}"), &NONE);
        (listed["configs"].as_array().expect("configurations").len(), listed["total"].as_u64())
    };
    assert_eq!(count("find=crm.example"), (1, Some(1)));
    assert_eq!(count(&format!("find={uid}")), (1, Some(1)));
    assert_eq!(count("find=nowhere"), (0, Some(0)));
    assert_eq!(count("limit=1"), (1, Some(2)));
    assert_eq!(client.control("GET", "/configs?limit=few", &NONE).0, 400);
}

#[test]
fn orgs_quirks_and_faults_are_listed() {
    let mut client = TestClient::new();
    client.create();
    let (_, listed) = client.control("GET", "/organizations", &NONE);
    let org_id = client.state.settings().clients[0].org_id.to_string();
    assert_eq!(listed["organizations"], json!([{"id": org_id, "capping": 1, "throttling": false}]));

    client.control("PUT", "/quirks", &json!({"org_id": "required"}));
    let (_, listed) = client.control("GET", "/quirks/variants", &NONE);
    let quirks = listed["quirks"].as_array().expect("quirks");
    let changed: Vec<_> = quirks.iter().filter(|quirk| quirk["variant"] != quirk["variants"][0]).collect();
    assert_eq!((quirks.len(), changed.len()), (ajo_emulator::QuirkSettings::ALL.len(), 1));
    assert_eq!(changed[0]["variants"], json!(["optional", "required"]));

    let (_, names) = client.control("GET", "/faults/names", &NONE);
    assert_eq!(
        (&names["at"][0], &names["when"][0], &names["fault"][0]["name"]),
        (&json!("*"), &json!("always"), &json!("busy:30"))
    );
}

#[test]
fn status_counts_calls_and_stored_calls() {
    let mut settings = ajo_emulator::EmulatorSettings::default();
    settings.limits.logged_calls = 2;
    let mut client = TestClient::with_settings(settings);
    for _ in 0..3 {
        client.call("GET", "/endpointConfigs/u-1", &NONE);
    }
    let (_, status) = client.control("GET", "", &NONE);
    assert_eq!((&status["calls"], &status["callsStored"]), (&json!(4), &json!(2)), "the token request counts");
    client.control("DELETE", "/calls", &NONE);
    let (_, status) = client.control("GET", "", &NONE);
    assert_eq!((&status["calls"], &status["callsStored"]), (&json!(4), &json!(0)));
}

#[test]
fn unknown_parameter_error_lists_known_ones() {
    let mut client = TestClient::new();
    for (method, path, expected) in [
        ("GET", "/calls?mutating=yes", "`mutating` must be true or false"),
        ("GET", "/calls?operation=capping.creat", "`operation` must be one of capping.list, "),
        ("GET", "/calls?operation=*.list", "`operation` must be one of capping.list, "),
        ("GET", "/calls?mutate=true", "unknown parameter `mutate`; expected one of org, mutating, operation, since"),
        ("GET", "/configs?search=x", "unknown parameter `search`; expected one of org, find, limit"),
        ("DELETE", "/calls?since=3", "unknown parameter `since`; expected one of org"),
        ("GET", "?organization=x", "unknown parameter `organization`; expected one of org"),
    ] {
        let (status, body) = client.control(method, path, &NONE);
        assert_eq!(status, 400, "{path}");
        let message = body["message"].as_str().expect("a message");
        assert!(message.starts_with(expected), "{path}: {message}");
    }
    for path in ["/calls?mutating=false", "/calls?operation=token", "/calls?operation=throttling.can_deploy"] {
        assert_eq!(client.control("GET", path, &NONE).0, 200, "{path}");
    }
}

#[test]
fn invalid_fault_is_rejected_on_any_path() {
    let mut client = TestClient::new();
    for (method, path) in [("GET", "/nowhere"), ("PATCH", "/endpointConfigs/u-1"), ("POST", "/list/endpointConfigs")] {
        let mut request = client.request(method, path, &NONE);
        request.headers_mut().insert("x-emulator-fault", "explode".parse().expect("a header"));
        let (status, body) = parse_response(&client.send(&request));
        assert_eq!(status, 400, "{method} {path}");
        let message = body["message"].as_str().expect("a message");
        assert!(message.starts_with("x-emulator-fault: `explode` is not a valid fault"), "{message}");
    }
}

#[test]
fn impossible_concurrent_edit_is_rejected() {
    let mut client = TestClient::new();
    for (wrong, expected) in [
        (json!({"before": "token", "mutation": "edit"}), "matches no call about an existing configuration"),
        (
            json!({"before": "capping.create", "uid": "u", "mutation": "edit"}),
            "matches no call about an existing configuration",
        ),
        (json!({"before": "*.list", "mutation": "delete"}), "matches no call about an existing configuration"),
        (json!({"before": "capping.get", "mutation": "edit", "definition": {"url": 5}}), "invalid definition"),
        (
            json!({"before": "*.get", "mutation": "edit", "definition": crate::support::capping()}),
            "needs a target of one API",
        ),
        (
            json!({"before": "throttling.get", "mutation": "edit", "definition": {"maxThroughput": 1}}),
            "invalid definition",
        ),
        (
            json!({"before": "capping.get", "mutation": "delete", "definition": crate::support::capping()}),
            "only allowed for the mutation `edit`",
        ),
    ] {
        let (status, body) = client.control("POST", "/concurrent-edits", &wrong);
        assert_eq!(status, 400, "{wrong}");
        assert!(body["message"].as_str().expect("a message").contains(expected), "{body}");
    }
    for right in [
        json!({"before": "*", "mutation": "delete"}),
        json!({"before": "throttling.*", "mutation": "edit", "definition": crate::support::throttling()}),
        json!({"before": "capping.update", "mutation": "edit", "definition": crate::support::capping()}),
    ] {
        assert_eq!(client.control("POST", "/concurrent-edits", &right).0, 200, "{right}");
    }
}

#[test]
fn undeployable_update_leaves_old_values_live() {
    let mut client = TestClient::new();
    let uid = client.create_throttling();
    assert_eq!(client.call("POST", &format!("/throttlingConfigs/{uid}/deploy"), &Value::Null).0, 204);
    let mut definition = crate::support::throttling();
    let live = definition["maxThroughput"].clone();
    definition["maxThroughput"] = json!(1);
    let (status, body) = client.call("PUT", &format!("/throttlingConfigs/{uid}"), &definition);
    assert_eq!((status, &body["canDeploy"]["validationStatus"]), (200, &json!("error")));
    let (_, configs) = client.control("GET", "/configs", &Value::Null);
    assert_eq!(configs["configs"][0]["deployed"]["maxThroughput"], live, "{configs}");
}

#[test]
fn service_error_has_known_fields_only() {
    let mut client = TestClient::new();
    let (status, body) = client.call("GET", "/endpointConfigs/nobody", &Value::Null);
    assert_eq!(status, 404);
    let fields: Vec<&str> = body["error"].as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(fields, ["family", "message", "service"]);
}

#[test]
fn quirk_makes_gateway_codes_numbers() {
    let mut client = TestClient::new();
    client.token.clear();
    assert!(client.call("POST", "/list/endpointConfigs", &json!({})).1["error_code"].is_string());
    client.set_quirk("error_code", "number");
    assert!(client.call("POST", "/list/endpointConfigs", &json!({})).1["error_code"].is_u64());
}
