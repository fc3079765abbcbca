//! Each contradiction of the documents, both sides.

use crate::support::{Caller, capping, throttling};
use ajo_emulator::Switches;
use serde_json::{Value, json};

/// What a caller sees on one side of a switch.
#[expect(clippy::too_many_lines, reason = "one arm for each switch")]
fn seen(switch: &str, side: &str) -> Value {
    let mut caller = Caller::new();
    caller.choose(switch, side);
    match switch {
        "can_deploy_method" => {
            let path = format!("/endpointConfigs/{}/canDeploy", caller.create());
            json!([caller.call("GET", &path, &Value::Null).0, caller.call("POST", &path, &Value::Null).0])
        }
        "can_deploy_path" => {
            let uid = caller.create();
            let first = caller.call("GET", &format!("/endpointConfigs/{uid}/canDeploy"), &Value::Null).0;
            let last = caller.call("GET", &format!("/endpointConfigs/canDeploy/{uid}"), &Value::Null).0;
            let uid = caller.create_throttling();
            let throttling = caller.call("GET", &format!("/throttlingConfigs/canDeploy/{uid}"), &Value::Null).0;
            json!([first, last, throttling])
        }
        "services_key" => {
            let mut definition = capping();
            let limit = definition["services"]["dataSource"].take();
            definition["services"] = json!({"action|dataSource": limit});
            let (status, body) = caller.call("POST", "/endpointConfigs", &definition);
            json!([
                status,
                body["canDeploy"]["validationStatus"],
                caller.call("POST", "/endpointConfigs", &capping()).0
            ])
        }
        "throttling_body" => {
            let text = Value::String(throttling().to_string());
            let text = caller.call("POST", "/throttlingConfigs", &text).0;
            let mut caller = Caller::new();
            caller.choose(switch, side);
            json!([caller.call("POST", "/throttlingConfigs", &throttling()).0, text])
        }
        "error_code" => {
            let mut definition = capping();
            definition["methods"] = json!([]);
            caller.call("POST", "/endpointConfigs", &definition).1["canDeploy"]["errors"][0]["errorCode"].clone()
        }
        "busy_body" => {
            caller.fault("capping.list=busy:30");
            let request = caller.request("POST", "/list/endpointConfigs", &json!({}));
            json!(caller.send(&request).body().is_empty())
        }
        "max_http_connections" => {
            let mut statuses = Vec::new();
            for connections in [400, 401, 30_000] {
                let mut definition = capping();
                definition["services"]["dataSource"]["maxHttpConnections"] = json!(connections);
                statuses.push(caller.call("POST", "/endpointConfigs", &definition).0);
            }
            json!(statuses)
        }
        "org_id" => {
            let mut definition = capping();
            let without = caller.call("POST", "/endpointConfigs", &definition).0;
            definition["orgId"] = json!("A1@AdobeOrg");
            json!([without, caller.call("POST", "/endpointConfigs", &definition).0])
        }
        "method_name" => {
            let mut definition = capping();
            definition["methods"] = json!(["GET", "OPTION"]);
            let (_, body) = caller.call("POST", "/endpointConfigs", &definition);
            let uid = body["uid"].as_str().expect("a uid").to_owned();
            caller.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &Value::Null);
            let shown = caller.capping(&uid);
            assert_eq!(shown["methods"], shown["deployedConfig"]["methods"]);
            shown["methods"].clone()
        }
        "update_methods" => {
            let uid = caller.create();
            let path = format!("/endpointConfigs/{uid}");
            let text = caller.call("PUT", &path, &capping()).0;
            let mut definition = capping();
            definition["methods"] = json!([{"unknown": "GET"}]);
            json!([
                text,
                caller.call("PUT", &path, &definition).0,
                caller.call("POST", &format!("{path}/deploy"), &Value::Null).0
            ])
        }
        "force_delete" => {
            let mut statuses = Vec::new();
            for query in ["", "?forceDelete=false", "?forceDelete=true"] {
                let uid = caller.create();
                caller.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &Value::Null);
                statuses.push(caller.call("DELETE", &format!("/endpointConfigs/{uid}{query}"), &Value::Null).0);
            }
            json!(statuses)
        }
        "list_body" => {
            let with = caller.call("POST", "/list/endpointConfigs", &json!({})).0;
            json!([with, caller.call("POST", "/list/endpointConfigs", &Value::Null).0])
        }
        "undeploy_idle" => {
            let uid = caller.create_throttling();
            let (status, body) = caller.call("POST", &format!("/throttlingConfigs/{uid}/undeploy"), &Value::Null);
            json!([status, body])
        }
        "max_calls_count" => {
            let mut definition = capping();
            definition["services"]["dataSource"]["rating"]["maxCallsCount"] = json!(1);
            caller.call("POST", "/endpointConfigs", &definition).1["canDeploy"]["validationStatus"].clone()
        }
        other => panic!("the switch {other} has no test"),
    }
}

#[test]
fn both_sides_of_each_switch_are_seen_and_differ() {
    let expected = [
        ("can_deploy_method", vec![json!([200, 200]), json!([200, 405]), json!([405, 200])]),
        ("can_deploy_path", vec![json!([200, 404, 404]), json!([404, 200, 200])]),
        ("services_key", vec![json!([500, null, 200]), json!([200, "ok", 200])]),
        ("throttling_body", vec![json!([200, 500]), json!([500, 200])]),
        ("error_code", vec![json!("ERR_ENDPOINTCONFIG_103"), json!(103)]),
        ("busy_body", vec![json!(false), json!(true)]),
        ("max_http_connections", vec![json!([200, 200, 200]), json!([200, 500, 500])]),
        ("org_id", vec![json!([200, 200]), json!([500, 200])]),
        ("method_name", vec![json!(["GET", "OPTION"]), json!(["GET", "OPTIONS"])]),
        ("update_methods", vec![json!([200, 500, 204]), json!([500, 200, 204])]),
        ("force_delete", vec![json!([500, 500, 200]), json!([500, 200, 200])]),
        ("list_body", vec![json!([200, 200]), json!([500, 200])]),
        ("undeploy_idle", vec![json!([500, "14468"]), json!([204, null])]),
        ("max_calls_count", vec![json!("ok"), json!("error")]),
    ];
    assert_eq!(expected.len(), Switches::ALL.len());
    for (switch, (name, sides)) in Switches::ALL.iter().zip(&expected) {
        assert_eq!((switch.name, switch.sides.len()), (*name, sides.len()));
        for (side, expected) in switch.sides.iter().zip(sides) {
            let mut seen = seen(name, side);
            if *name == "undeploy_idle" {
                // The whole answer of the service; its code is what matters.
                let error = seen[1]["error"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
                seen[1] = error.map_or(Value::Null, |error| json!(error["code"].to_string()));
            }
            assert_eq!(&seen, expected, "{name}={side}");
        }
    }
}
