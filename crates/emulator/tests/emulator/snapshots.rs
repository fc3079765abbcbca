//! Snapshots: taken, restored, and refused.

use serde_json::{Value, json};

use crate::support::Caller;

const NONE: Value = Value::Null;

#[test]
fn a_snapshot_is_taken_up_as_it_was_or_not_at_all() {
    let mut caller = Caller::new();
    let uid = caller.create();
    caller.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &NONE);
    let mut edited = crate::support::capping();
    edited["methods"] = json!(["POST"]);
    caller.call("PUT", &format!("/endpointConfigs/{uid}"), &edited);
    caller.create_throttling();
    let before = caller.capping(&uid);
    let (_, snapshot) = caller.control("GET", "/state", &NONE);

    let mut other = Caller::new();
    assert_eq!(other.control("PUT", "/state", &snapshot).0, 200);
    assert_eq!(other.capping(&uid), before);
    assert_eq!(other.control("GET", "/state", &NONE).1, snapshot);

    for wrong in [
        json!({}),
        json!({"version": 2, "organizations": {}}),
        json!({"version": 1}),
        json!({"version": 1, "organizations": {"nobody": {"sandboxes": [], "throttling": null}}}),
        json!({"version": 1, "organizations": {}, "more": 1}),
        json!([]),
    ] {
        let (status, body) = other.control("PUT", "/state", &wrong);
        assert!(
            status == 400 && body["message"].as_str().expect("a message").starts_with("this is no snapshot"),
            "{body}"
        );
    }
    assert_eq!(other.control("GET", "/state", &NONE).1, snapshot, "nothing is changed by a wrong one");
}

/// A world that is like another one, and has taken up what that one keeps.
fn continued(caller: &mut Caller) -> Caller {
    let (_, state) = caller.control("GET", "/state", &Value::Null);
    let mut next = Caller::new();
    assert_eq!(next.control("PUT", "/state", &state).0, 200);
    next
}

#[test]
fn what_is_created_after_a_snapshot_was_taken_up_has_an_identifier_of_its_own() {
    let mut first = Caller::new();
    let mut created = vec![first.create()];
    let mut second = continued(&mut first);
    created.push(second.create());
    let mut third = continued(&mut second);
    created.push(third.create());
    let (_, list) = third.call("POST", "/list/endpointConfigs", &json!({}));
    let listed: Vec<_> = list["results"].as_array().expect("a list").iter().map(|config| &config["uid"]).collect();
    assert_eq!(listed, created.iter().collect::<Vec<_>>());
}

#[test]
fn a_snapshot_that_contradicts_itself_is_refused() {
    let mut caller = Caller::new();
    let uid = caller.create();
    assert_eq!(caller.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &Value::Null).0, 204);
    let (_, state) = caller.control("GET", "/state", &Value::Null);
    let org_id = caller.world.settings().callers[0].org_id.to_string();
    let mut twice = state.clone();
    let sandboxes = twice["organizations"][&org_id]["sandboxes"].as_array_mut().expect("sandboxes");
    let prod = sandboxes[0].clone();
    sandboxes.push(prod);
    let mut nothing_deployed = state.clone();
    nothing_deployed["organizations"][&org_id]["sandboxes"][0]["capping"][&uid]["deployed"] = Value::Null;
    for (wrong, expected) in [(twice, "two sandboxes of one name"), (nothing_deployed, "nothing says as what")] {
        let (status, body) = caller.control("PUT", "/state", &wrong);
        assert_eq!(status, 400, "{body}");
        assert!(body["message"].as_str().expect("a message").contains(expected), "{body}");
    }
    assert_eq!(caller.capping(&uid)["state"], "deployed", "nothing has changed");
}

#[test]
fn the_sandboxes_of_the_settings_are_there_after_a_snapshot_without_them_and_after_a_reset() {
    let mut caller = Caller::new();
    let (_, mut state) = caller.control("GET", "/state", &Value::Null);
    let org_id = caller.world.settings().callers[0].org_id.to_string();
    state["organizations"][&org_id]["sandboxes"] = json!([]);
    assert_eq!(caller.control("PUT", "/state", &state).0, 200);
    caller.create();
    assert_eq!(caller.control("POST", "/reset", &Value::Null).0, 200);
    caller.log_in();
    caller.create();
}

#[test]
fn a_snapshot_that_is_longer_than_a_call_can_be_put_back() {
    let mut caller = Caller::new();
    let mut long = crate::support::capping();
    long["methods"] = json!(vec!["X".repeat(10_000); 90]);
    for _ in 0..2 {
        assert_eq!(caller.call("POST", "/endpointConfigs", &long).0, 200);
    }
    let (_, state) = caller.control("GET", "/state", &Value::Null);
    assert!(state.to_string().len() > caller.world.settings().limits.body);
    assert_eq!(caller.control("PUT", "/state", &state).0, 200);
}
