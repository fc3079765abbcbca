//! The control API: every route, and who may not use it.

use crate::support::{Caller, read};
use ajo_emulator::CONTROL_ROUTES;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

#[test]
fn every_route_is_there_and_what_is_not_is_told_with_what_is() {
    let mut caller = Caller::new();
    for route in CONTROL_ROUTES {
        let path = route.path.strip_prefix("/_emulator").expect("the prefix");
        let (status, body) = caller.control(route.method, path, &NONE);
        // Those that need a body say so.
        assert!(
            status == 200 || (status == 400 && body["message"].is_string()),
            "{} {path}: {status} {body}",
            route.method
        );
    }
    let (status, body) = caller.control("GET", "/nothing", &NONE);
    assert_eq!(status, 404);
    let message = body["message"].as_str().expect("a message");
    assert!(message.starts_with("the control API has no GET /_emulator/nothing; it has GET /_emulator, "), "{message}");
    assert_eq!(caller.control("POST", "/state", &NONE).0, 404);
}

#[test]
fn the_journal_tells_what_was_called_and_what_nothing_read() {
    let mut caller = Caller::new();
    let mut definition = crate::support::capping();
    definition["maxCalls"] = json!(7);
    definition["services"]["dataSource"]["rating"]["period~/InMs"] = json!(7);
    let (_, created) = caller.call("POST", "/endpointConfigs?force=1", &definition);
    let uid = created["uid"].as_str().expect("a uid").to_owned();
    caller.call("DELETE", &format!("/endpointConfigs/{uid}?forceDelete=true"), &NONE);
    caller.call("GET", "/endpointConfig/u-1", &NONE);
    let (_, journal) = caller.control("GET", "/calls", &NONE);
    let calls = journal["calls"].as_array().expect("calls");
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
    assert_eq!(calls[1]["unread"], json!(["/services/dataSource/rating/period~0~1InMs", "/maxCalls", "?force"]));
    assert_eq!((&calls[2]["unread"], &calls[2]["sandbox"]), (&json!([]), &json!("prod")));
    assert_eq!(calls[3]["closest"], "/journey/orchestration/endpointConfigs/{uid}");
    assert!(calls[1]["requestId"].as_str().is_some_and(|id| id.len() == 36));

    let narrowed = |caller: &mut Caller, query: &str| {
        caller.control("GET", &format!("/calls{query}"), &NONE).1["calls"].as_array().expect("calls").len()
    };
    assert_eq!(narrowed(&mut caller, "?mutating=true"), 2);
    assert_eq!(narrowed(&mut caller, "?operation=token"), 1);
    assert_eq!(narrowed(&mut caller, "?since=3"), 1);
    assert_eq!(caller.control("GET", "/calls?since=x", &NONE).0, 400);
    assert_eq!(caller.world.calls().mutating().len(), 2);
    caller.control("DELETE", "/calls", &NONE);
    assert_eq!(narrowed(&mut caller, ""), 0);
    caller.create();
    let (_, journal) = caller.control("GET", "/calls", &NONE);
    assert_eq!(journal["calls"][0]["number"], 5, "it goes on counting");
}

#[test]
fn the_journal_is_bounded_and_holds_nothing_secret() {
    let mut settings = ajo_emulator::Settings::default();
    settings.limits.journal = 10;
    let mut caller = Caller::of(settings);
    for _ in 0..50 {
        caller.create();
    }
    assert_eq!((caller.world.calls().len(), caller.world.calls()[0].number), (10, 42));
    let token = caller.token.clone();
    let (_, shown) = caller.control("GET", "/calls", &NONE);
    let written = format!("{:?} {shown}", caller.world.calls());
    for secret in [token.as_str(), "emulator-secret", "api.example.org", "Bearer"] {
        assert!(!written.contains(secret), "{secret}");
    }
    let long = "x".repeat(5000);
    caller.call("GET", &format!("/{long}"), &NONE);
    assert!(caller.world.calls().last().expect("a call").path.chars().count() <= 201);
}

#[test]
fn the_clock_can_be_set_frozen_hurried_and_moved_on() {
    let mut caller = Caller::new();
    let real = caller.now.as_millis();
    assert_eq!(caller.control("GET", "/clock", &NONE).1, json!({"nowMillis": real, "speed": 1.0}));
    caller.control("PUT", "/clock", &json!({"speed": 0}));
    assert_eq!(caller.control("POST", "/clock/advance", &json!({"seconds": 1.5})).1["nowMillis"], real + 1500);
    assert_eq!(
        caller.control("PUT", "/clock", &json!({"nowMillis": 0, "speed": 2.0})).1,
        json!({"nowMillis": 0, "speed": 2.0})
    );
    for (method, path, body) in [
        ("PUT", "/clock", json!({"speed": -1})),
        ("PUT", "/clock", json!({"fast": 1})),
        ("POST", "/clock/advance", json!({"seconds": -1})),
        ("POST", "/clock/advance", json!({"seconds": "1"})),
    ] {
        let (status, answer) = caller.control(method, path, &body);
        assert!(status == 400 && answer["message"].is_string(), "{body}: {answer}");
    }
}

#[test]
fn faults_switches_and_interferences_are_set_and_what_is_unknown_is_refused() {
    let mut caller = Caller::new();
    let (status, body) =
        caller.control("POST", "/faults", &json!({"at": "*.list", "when": "first:1", "fault": "status:503"}));
    assert_eq!((status, body["faults"].as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!(caller.call("POST", "/list/endpointConfigs", &json!({})).0, 503);
    assert_eq!(caller.call("POST", "/list/endpointConfigs", &json!({})).0, 200);
    let (status, body) = caller.control("POST", "/faults", &json!({"at": "*.lst", "fault": "status:503"}));
    assert_eq!(status, 400);
    assert!(body["message"].as_str().expect("a message").contains("`*.lst` is no target"), "{body}");
    caller.control("DELETE", "/faults", &NONE);
    assert_eq!(caller.control("GET", "/faults", &NONE).1, json!({"faults": []}));

    let (status, body) = caller.control("PUT", "/switches", &json!({"org_id": "required"}));
    assert_eq!((status, &body["org_id"], &body["list_body"]), (200, &json!("required"), &json!("optional")));
    assert_eq!(caller.control("PUT", "/switches", &json!({"org_id": "perhaps"})).0, 400);
    assert_eq!(caller.control("GET", "/switches", &NONE).1["org_id"], "required", "nothing half done");

    let waiting = json!({"before": "capping.update", "does": "edit"});
    assert_eq!(caller.control("POST", "/interferences", &waiting).0, 200);
    assert_eq!(caller.control("POST", "/interferences", &json!({"before": "x", "does": "edit"})).0, 400);
    assert_eq!(caller.control("GET", "/interferences", &NONE).1["interferences"][0]["by"], "somebody-else");
}

#[test]
fn a_reset_leaves_nothing_and_tokens_can_be_revoked() {
    let mut caller = Caller::new();
    caller.create();
    caller.create_throttling();
    caller.fault("*.*=status:503");
    let (_, status) = caller.control("GET", "", &NONE);
    assert_eq!((&status["capping"], &status["throttling"], &status["faults"]), (&json!(1), &json!(true), &json!(1)));
    assert_eq!((&status["auth"], &status["calls"], &status["tokens"]), (&json!("strict"), &json!(3), &json!(1)));
    caller.control("POST", "/reset", &NONE);
    let (_, status) = caller.control("GET", "", &NONE);
    assert_eq!((&status["capping"], &status["throttling"], &status["tokens"]), (&json!(0), &json!(false), &json!(0)));
    assert_eq!(caller.call("POST", "/list/endpointConfigs", &json!({})).0, 401, "its tokens are gone too");
    caller.log_in();
    caller.control("POST", "/tokens/revoke", &NONE);
    assert_eq!(caller.call("POST", "/list/endpointConfigs", &json!({})).0, 401);
}

#[test]
fn no_page_of_another_origin_and_no_made_up_name_can_use_it() {
    let mut caller = Caller::new();
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
        assert_eq!(read(&caller.send(&request)).0, status, "{header}: {value}");
    }
}

#[test]
fn organizations_have_nothing_in_common() {
    let callers = (0..1000)
        .map(|number| ajo_emulator::Caller::new(&format!("c{number}"), "s", &format!("ORG{number}@AdobeOrg"), "openid"))
        .collect();
    let mut caller = Caller::of(ajo_emulator::Settings { callers, ..Default::default() });
    caller.create();
    caller.fault("*.list=status:503");
    caller.world.first_mut().advance(std::time::Duration::from_secs(60));
    let (_, first) = caller.control("GET", "", &NONE);
    let (_, other) = caller.control("GET", "?org=ORG999@AdobeOrg", &NONE);
    assert_eq!((&first["capping"], &first["faults"], &first["organizations"]), (&json!(1), &json!(1), &json!(1000)));
    assert_eq!((&other["capping"], &other["faults"], &other["calls"]), (&json!(0), &json!(0), &json!(0)));
    assert_ne!(first["clock"], other["clock"]);
    assert_eq!(caller.control("GET", "?org=nobody", &NONE).0, 404);
}

#[test]
fn configurations_are_listed_with_what_is_deployed_beside_what_is_saved() {
    let mut caller = Caller::new();
    let uid = caller.create();
    caller.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &NONE);
    let deployed = crate::support::capping();
    let mut saved = deployed.clone();
    saved["services"]["dataSource"]["rating"]["maxCallsCount"] = json!(7);
    caller.call("PUT", &format!("/endpointConfigs/{uid}"), &saved);
    let throttling = json!({"urlPattern": "https://crm.example.com/*", "methods": ["POST"], "maxThroughput": 400});
    caller.call("POST", "/throttlingConfigs", &throttling);

    let (_, listed) = caller.control("GET", "/configs", &NONE);
    let configs = listed["configs"].as_array().expect("configurations");
    assert_eq!((configs.len(), &listed["total"]), (2, &json!(2)));
    assert_eq!(configs[0]["saved"], throttling);
    assert_eq!((&configs[0]["api"], &configs[0]["state"]), (&json!("throttling"), &json!("created")));
    assert_eq!((&configs[0]["deployed"], &configs[0]["differs"]), (&NONE, &json!(false)));
    assert_eq!((&configs[1]["uid"], &configs[1]["sandbox"]), (&json!(uid), &json!("prod")));
    assert_eq!((&configs[1]["saved"], &configs[1]["deployed"]), (&saved, &deployed));
    assert_eq!((&configs[1]["state"], &configs[1]["differs"]), (&json!("updated"), &json!(true)));
    assert!(configs[1]["metadata"]["lastDeployedAt"].is_string());

    let mut narrowed = |query: &str| {
        let (_, listed) = caller.control("GET", &format!("/configs?{query}"), &NONE);
        (listed["configs"].as_array().expect("configurations").len(), listed["total"].as_u64())
    };
    assert_eq!(narrowed("find=crm.example"), (1, Some(1)));
    assert_eq!(narrowed(&format!("find={uid}")), (1, Some(1)));
    assert_eq!(narrowed("find=nowhere"), (0, Some(0)));
    assert_eq!(narrowed("limit=1"), (1, Some(2)));
    assert_eq!(caller.control("GET", "/configs?limit=few", &NONE).0, 400);
}

#[test]
fn organizations_and_what_can_be_chosen_are_told() {
    let mut caller = Caller::new();
    caller.create();
    let (_, told) = caller.control("GET", "/organizations", &NONE);
    let org_id = caller.world.settings().callers[0].org_id.to_string();
    assert_eq!(told["organizations"], json!([{"id": org_id, "capping": 1, "throttling": false}]));

    caller.control("PUT", "/switches", &json!({"org_id": "required"}));
    let (_, told) = caller.control("GET", "/switches/sides", &NONE);
    let switches = told["switches"].as_array().expect("switches");
    let turned: Vec<_> = switches.iter().filter(|switch| switch["side"] != switch["sides"][0]).collect();
    assert_eq!((switches.len(), turned.len()), (ajo_emulator::Switches::ALL.len(), 1));
    assert_eq!(turned[0]["sides"], json!(["optional", "required"]));

    let (_, names) = caller.control("GET", "/faults/names", &NONE);
    assert_eq!(
        (&names["at"][0], &names["when"][0], &names["fault"][0]["name"]),
        (&json!("*"), &json!("always"), &json!("busy:30"))
    );
}

#[test]
fn the_status_says_how_many_calls_are_kept_of_how_many() {
    let mut settings = ajo_emulator::Settings::default();
    settings.limits.journal = 2;
    let mut caller = Caller::of(settings);
    for _ in 0..3 {
        caller.call("GET", "/endpointConfigs/u-1", &NONE);
    }
    let (_, status) = caller.control("GET", "", &NONE);
    assert_eq!((&status["calls"], &status["callsKept"]), (&json!(4), &json!(2)), "the token request is one of them");
    caller.control("DELETE", "/calls", &NONE);
    let (_, status) = caller.control("GET", "", &NONE);
    assert_eq!((&status["calls"], &status["callsKept"]), (&json!(4), &json!(0)));
}

#[test]
fn a_misspelled_parameter_or_value_is_refused_with_those_that_are_known() {
    let mut caller = Caller::new();
    for (method, path, said) in [
        ("GET", "/calls?mutating=yes", "mutating is true or false"),
        ("GET", "/calls?operation=capping.creat", "operation is one of capping.list, "),
        ("GET", "/calls?operation=*.list", "operation is one of capping.list, "),
        ("GET", "/calls?mutate=true", "there is no parameter mutate here; there are: org, mutating, operation, since"),
        ("GET", "/configs?search=x", "there is no parameter search here; there are: org, find, limit"),
        ("DELETE", "/calls?since=3", "there is no parameter since here; there are: org"),
        ("GET", "?organization=x", "there is no parameter organization here; there are: org"),
    ] {
        let (status, body) = caller.control(method, path, &NONE);
        assert_eq!(status, 400, "{path}");
        let message = body["message"].as_str().expect("a message");
        assert!(message.starts_with(said), "{path}: {message}");
    }
    for path in ["/calls?mutating=false", "/calls?operation=token", "/calls?operation=throttling.can_deploy"] {
        assert_eq!(caller.control("GET", path, &NONE).0, 200, "{path}");
    }
}

#[test]
fn a_misspelled_fault_is_refused_on_a_path_that_leads_nowhere_too() {
    let mut caller = Caller::new();
    for (method, path) in [("GET", "/nowhere"), ("PATCH", "/endpointConfigs/u-1"), ("POST", "/list/endpointConfigs")] {
        let mut request = caller.request(method, path, &NONE);
        request.headers_mut().insert("x-emulator-fault", "explode".parse().expect("a header"));
        let (status, body) = read(&caller.send(&request));
        assert_eq!(status, 400, "{method} {path}");
        let message = body["message"].as_str().expect("a message");
        assert!(message.starts_with("x-emulator-fault: `explode` is no fault"), "{message}");
    }
}

#[test]
fn an_interference_that_cannot_happen_or_be_saved_is_refused() {
    let mut caller = Caller::new();
    for (wrong, expected) in [
        (json!({"before": "token", "does": "edit"}), "about no configuration"),
        (json!({"before": "capping.create", "uid": "u", "does": "edit"}), "about no configuration"),
        (json!({"before": "*.list", "does": "delete"}), "about no configuration"),
        (json!({"before": "capping.get", "does": "edit", "definition": {"url": 5}}), "cannot be saved"),
        (json!({"before": "*.get", "does": "edit", "definition": crate::support::capping()}), "of one API"),
        (json!({"before": "throttling.get", "does": "edit", "definition": {"maxThroughput": 1}}), "cannot be saved"),
        (
            json!({"before": "capping.get", "does": "delete", "definition": crate::support::capping()}),
            "for `edit` only",
        ),
    ] {
        let (status, body) = caller.control("POST", "/interferences", &wrong);
        assert_eq!(status, 400, "{wrong}");
        assert!(body["message"].as_str().expect("a message").contains(expected), "{body}");
    }
    for right in [
        json!({"before": "*", "does": "delete"}),
        json!({"before": "throttling.*", "does": "edit", "definition": crate::support::throttling()}),
        json!({"before": "capping.update", "does": "edit", "definition": crate::support::capping()}),
    ] {
        assert_eq!(caller.control("POST", "/interferences", &right).0, 200, "{right}");
    }
}

#[test]
fn a_throttling_update_that_could_not_be_deployed_leaves_the_old_values_in_force() {
    let mut caller = Caller::new();
    let uid = caller.create_throttling();
    assert_eq!(caller.call("POST", &format!("/throttlingConfigs/{uid}/deploy"), &Value::Null).0, 204);
    let mut definition = crate::support::throttling();
    let in_force = definition["maxThroughput"].clone();
    definition["maxThroughput"] = json!(1);
    let (status, body) = caller.call("PUT", &format!("/throttlingConfigs/{uid}"), &definition);
    assert_eq!((status, &body["canDeploy"]["validationStatus"]), (200, &json!("error")));
    let (_, configs) = caller.control("GET", "/configs", &Value::Null);
    assert_eq!(configs["configs"][0]["deployed"]["maxThroughput"], in_force, "{configs}");
}

#[test]
fn a_failure_of_the_service_has_the_fields_whose_content_is_known() {
    let mut caller = Caller::new();
    let (status, body) = caller.call("GET", "/endpointConfigs/nobody", &Value::Null);
    assert_eq!(status, 404);
    let fields: Vec<&str> = body["error"].as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(fields, ["family", "message", "service"]);
}

#[test]
fn the_gateways_codes_are_numbers_where_the_switch_says_so() {
    let mut caller = Caller::new();
    caller.token.clear();
    assert!(caller.call("POST", "/list/endpointConfigs", &json!({})).1["error_code"].is_string());
    caller.choose("error_code", "number");
    assert!(caller.call("POST", "/list/endpointConfigs", &json!({})).1["error_code"].is_u64());
}
