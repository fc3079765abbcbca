//! There is an end to everything that a client or a setting can make the emulator keep.

use crate::support::{Caller, capping, read};
use ajo_emulator::{
    Broken, Caller as Credential, LAST_MOMENT, MAX_INTERFERENCES, MAX_METHODS, MAX_ORGANIZATIONS, MAX_SANDBOXES,
    SandboxSettings, Settings, World,
};
use ajo_engine::Timestamp;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

/// A caller whose organization can keep so much.
fn with_room(bytes: usize) -> Caller {
    let mut settings = Settings::default();
    settings.limits.config_bytes = bytes;
    Caller::of(settings)
}

/// A definition of at least so many bytes.
fn long(bytes: usize) -> Value {
    let mut definition = capping();
    definition["url"] = json!(format!("https://a.example/{}", "x".repeat(bytes)));
    definition
}

#[test]
fn there_is_an_end_to_the_bytes_that_an_organization_keeps_and_room_again_after_a_deletion() {
    let mut caller = with_room(10_000);
    let (status, created) = caller.call("POST", "/endpointConfigs", &long(4_000));
    assert_eq!(status, 200);
    let uid = created["uid"].as_str().expect("a uid").to_owned();
    assert_eq!(caller.call("POST", "/endpointConfigs", &long(3_000)).0, 200);
    let full = |(status, body): (u16, Value)| {
        assert_eq!(status, 507, "{body}");
        let message = body["error"]["message"].as_str().expect("a message");
        assert_eq!(message, "the emulator keeps at most 10000 bytes of definitions for an organization");
    };
    full(caller.call("POST", "/endpointConfigs", &long(3_000)));
    full(caller.call("PUT", &format!("/endpointConfigs/{uid}"), &long(8_000)));
    full(caller.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &NONE));
    assert_eq!(caller.capping(&uid)["state"], "created", "a refusal changes nothing");
    let edit = json!({"before": "capping.get", "does": "edit", "definition": long(8_000)});
    let (status, body) = caller.control("POST", "/interferences", &edit);
    assert_eq!((status, body["message"].as_str().is_some_and(|it| it.contains("10000 bytes"))), (400, true), "{body}");
    caller.call("DELETE", &format!("/endpointConfigs/{uid}"), &NONE);
    assert_eq!(caller.call("POST", "/endpointConfigs", &long(3_000)).0, 200, "there is room again");
    // The same by what is deployed, and by what is taken up.
    let (_, snapshot) = caller.control("GET", "/state", &NONE);
    let mut small = with_room(5_000);
    let (status, body) = small.control("PUT", "/state", &snapshot);
    assert_eq!((status, body["message"].as_str().is_some_and(|it| it.contains("5000 at most"))), (400, true), "{body}");
    let mut other = with_room(10_000);
    assert_eq!(other.control("PUT", "/state", &snapshot).0, 200);
    assert_eq!(other.call("POST", "/endpointConfigs", &long(4_000)).0, 507, "what was taken up is counted");
}

#[test]
fn there_is_an_end_to_the_methods_of_a_definition() {
    let mut caller = Caller::new();
    let mut definition = capping();
    definition["methods"] = json!(vec!["GET"; MAX_METHODS]);
    assert_ne!(caller.call("POST", "/endpointConfigs", &definition).0, 413);
    definition["methods"] = json!(vec!["GET"; MAX_METHODS + 1]);
    let (status, body) = caller.call("POST", "/endpointConfigs", &definition);
    assert_eq!(status, 413);
    assert_eq!(body["error"]["message"], "the emulator takes at most 100 methods in a definition");
}

#[test]
fn there_is_an_end_to_interferences_and_to_the_names_in_them() {
    let mut caller = Caller::new();
    let edit = json!({"before": "capping.get", "does": "edit"});
    for _ in 0..MAX_INTERFERENCES {
        assert_eq!(caller.control("POST", "/interferences", &edit).0, 200);
    }
    let (status, body) = caller.control("POST", "/interferences", &edit);
    assert_eq!(
        (status, &body["message"]),
        (400, &json!("no more than 100 interferences can wait; reset, or let them happen"))
    );
    let long_name = json!({"before": "capping.get", "does": "edit", "by": "x".repeat(129)});
    assert_eq!(caller.control("POST", "/interferences", &long_name).1["message"], "by has at most 128 bytes");
}

#[test]
fn no_clock_goes_beyond_the_year_9999() {
    let mut caller = Caller::new();
    let last = LAST_MOMENT.as_millis();
    caller.control("PUT", "/clock", &json!({"speed": 0}));
    assert_eq!(caller.control("PUT", "/clock", &json!({"nowMillis": last})).0, 200);
    let uid = {
        caller.log_in();
        caller.create()
    };
    assert_eq!(caller.capping(&uid)["metadata"]["createdAt"], "9999-12-30T21:59:59.999000Z");
    for (method, path, body) in [
        ("PUT", "/clock", json!({"nowMillis": last + 1})),
        ("PUT", "/clock", json!({"nowMillis": u64::MAX, "speed": 2})),
        ("POST", "/clock/advance", json!({"seconds": 0.001})),
        ("POST", "/clock/advance", json!({"seconds": 1e18})),
    ] {
        let (status, answer) = caller.control(method, path, &body);
        let message = answer["message"].as_str().expect("a message");
        assert!(status == 400 && message.contains("at the end of the year 9999"), "{body}: {answer}");
    }
    assert_eq!(caller.control("GET", "/clock", &NONE).1, json!({"nowMillis": last, "speed": 0.0}), "nothing half done");
}

#[test]
fn a_body_that_is_too_long_or_broke_off_is_refused_in_process_too() {
    let mut settings = Settings::default();
    settings.limits.body = 1000;
    let mut caller = Caller::of(settings);
    let (status, body) = caller.call("POST", "/endpointConfigs", &long(1000));
    assert_eq!((status, &body["message"]), (413, &json!("the body is longer than 1000 bytes")));
    let mut request = caller.request("POST", "/endpointConfigs", &capping());
    request.extensions_mut().insert(Broken);
    let answer = caller.send(&request);
    assert!(answer.headers().contains_key("x-request-id"));
    assert_eq!(read(&answer), (400, json!({"message": "the body broke off before its end"})));
    assert_eq!(caller.world.first().count().0, 0, "nothing is kept of it");
    let statuses: Vec<u16> = caller.world.calls().of("capping.create").iter().map(|call| call.status).collect();
    assert_eq!(statuses, [413, 400]);
    assert_eq!(caller.control("POST", "/faults", &json!({"x": "x".repeat(1000)})).0, 413, "and by the control API");
}

#[test]
#[should_panic(expected = "a world has at most 10000 organizations")]
fn there_is_an_end_to_organizations() {
    let of = |number| Credential::new(&format!("c{number}"), "s", &format!("ORG{number}@AdobeOrg"), "openid");
    let callers = (0..=MAX_ORGANIZATIONS).map(of).collect();
    World::new(Settings { callers, ..Settings::default() })
        .handle(&http::Request::default(), Timestamp::from_millis(0));
}

#[test]
#[should_panic(expected = "an organization has at most 100 sandboxes")]
fn there_is_an_end_to_sandboxes() {
    let of = |number| SandboxSettings { name: format!("s{number}"), production: true };
    let sandboxes = (0..=MAX_SANDBOXES).map(of).collect();
    World::new(Settings { sandboxes, ..Settings::default() })
        .handle(&http::Request::default(), Timestamp::from_millis(0));
}
