//! Every variant of each quirk.

use crate::support::{TestClient, capping, throttling};
use ajo_emulator::QuirkSettings;
use serde_json::{Value, json};

/// The behavior that a client observes with a variant.
#[expect(clippy::too_many_lines, reason = "one arm for each quirk")]
fn observe(quirk: &str, variant: &str) -> Value {
    let mut client = TestClient::new();
    client.set_quirk(quirk, variant);
    match quirk {
        "can_deploy_method" => {
            let path = format!("/endpointConfigs/{}/canDeploy", client.create());
            json!([client.call("GET", &path, &Value::Null).0, client.call("POST", &path, &Value::Null).0])
        }
        "can_deploy_path" => {
            let uid = client.create();
            let first = client.call("GET", &format!("/endpointConfigs/{uid}/canDeploy"), &Value::Null).0;
            let last = client.call("GET", &format!("/endpointConfigs/canDeploy/{uid}"), &Value::Null).0;
            let uid = client.create_throttling();
            let throttling = client.call("GET", &format!("/throttlingConfigs/canDeploy/{uid}"), &Value::Null).0;
            json!([first, last, throttling])
        }
        "services_key" => {
            let mut definition = capping();
            let limit = definition["services"]["dataSource"].take();
            definition["services"] = json!({"action|dataSource": limit});
            let (status, body) = client.call("POST", "/endpointConfigs", &definition);
            json!([
                status,
                body["canDeploy"]["validationStatus"],
                client.call("POST", "/endpointConfigs", &capping()).0
            ])
        }
        "throttling_body" => {
            let text = Value::String(throttling().to_string());
            let text = client.call("POST", "/throttlingConfigs", &text).0;
            let mut client = TestClient::new();
            client.set_quirk(quirk, variant);
            json!([client.call("POST", "/throttlingConfigs", &throttling()).0, text])
        }
        "error_code" => {
            let mut definition = capping();
            definition["methods"] = json!([]);
            client.call("POST", "/endpointConfigs", &definition).1["canDeploy"]["errors"][0]["errorCode"].clone()
        }
        "busy_body" => {
            client.add_fault("capping.list=busy:30");
            let request = client.request("POST", "/list/endpointConfigs", &json!({}));
            json!(client.send(&request).body().is_empty())
        }
        "max_http_connections" => {
            let mut statuses = Vec::new();
            for connections in [400, 401, 30_000] {
                let mut definition = capping();
                definition["services"]["dataSource"]["maxHttpConnections"] = json!(connections);
                statuses.push(client.call("POST", "/endpointConfigs", &definition).0);
            }
            json!(statuses)
        }
        "org_id" => {
            let mut definition = capping();
            let without = client.call("POST", "/endpointConfigs", &definition).0;
            definition["orgId"] = json!("A1@AdobeOrg");
            json!([without, client.call("POST", "/endpointConfigs", &definition).0])
        }
        "method_name" => {
            let mut definition = capping();
            definition["methods"] = json!(["GET", "OPTION"]);
            let (_, body) = client.call("POST", "/endpointConfigs", &definition);
            let uid = body["uid"].as_str().expect("a uid").to_owned();
            client.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &Value::Null);
            let view = client.capping(&uid);
            assert_eq!(view["methods"], view["deployedConfig"]["methods"]);
            view["methods"].clone()
        }
        "update_methods" => {
            let uid = client.create();
            let path = format!("/endpointConfigs/{uid}");
            let text = client.call("PUT", &path, &capping()).0;
            let mut definition = capping();
            definition["methods"] = json!([{"unknown": "GET"}]);
            json!([
                text,
                client.call("PUT", &path, &definition).0,
                client.call("POST", &format!("{path}/deploy"), &Value::Null).0
            ])
        }
        "force_delete" => {
            let mut statuses = Vec::new();
            for query in ["", "?forceDelete=false", "?forceDelete=true"] {
                let uid = client.create();
                client.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &Value::Null);
                statuses.push(client.call("DELETE", &format!("/endpointConfigs/{uid}{query}"), &Value::Null).0);
            }
            json!(statuses)
        }
        "list_body" => {
            let with = client.call("POST", "/list/endpointConfigs", &json!({})).0;
            json!([with, client.call("POST", "/list/endpointConfigs", &Value::Null).0])
        }
        "undeploy_idle" => {
            let uid = client.create_throttling();
            let (status, body) = client.call("POST", &format!("/throttlingConfigs/{uid}/undeploy"), &Value::Null);
            json!([status, body])
        }
        "redeploy" => {
            let uid = client.create();
            client.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &Value::Null);
            let mut changed = capping();
            changed["url"] = json!("https://changed.example.org/*");
            client.call("PUT", &format!("/endpointConfigs/{uid}"), &changed);
            let status = client.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &Value::Null).0;
            let read = |client: &mut TestClient| {
                client.call("GET", &format!("/endpointConfigs/{uid}"), &Value::Null).1["result"].clone()
            };
            let direct = read(&mut client);
            client.call("POST", &format!("/endpointConfigs/{uid}/undeploy"), &Value::Null);
            client.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &Value::Null);
            let is_changed = |config: &Value| config["deployedConfig"]["url"] == changed["url"];
            json!([status, direct["state"], is_changed(&direct), is_changed(&read(&mut client))])
        }
        "max_calls_count" => {
            let mut definition = capping();
            definition["services"]["dataSource"]["rating"]["maxCallsCount"] = json!(1);
            client.call("POST", "/endpointConfigs", &definition).1["canDeploy"]["validationStatus"].clone()
        }
        other => panic!("the quirk {other} has no test"),
    }
}

#[test]
fn variants_of_each_quirk_differ() {
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
        (
            "redeploy",
            vec![
                json!([204, "deployed", true, true]),
                json!([500, "updated", false, true]),
                json!([204, "updated", false, true]),
            ],
        ),
        ("max_calls_count", vec![json!("ok"), json!("error")]),
    ];
    assert_eq!(expected.len(), QuirkSettings::ALL.len());
    for (quirk, (name, variants)) in QuirkSettings::ALL.iter().zip(&expected) {
        assert_eq!((quirk.name, quirk.variants.len()), (*name, variants.len()));
        for (variant, expected) in quirk.variants.iter().zip(variants) {
            let mut seen = observe(name, variant);
            if *name == "undeploy_idle" {
                // Only the code of the service's error matters.
                let error = seen[1]["error"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
                seen[1] = error.map_or(Value::Null, |error| json!(error["code"].to_string()));
            }
            assert_eq!(&seen, expected, "{name}={variant}");
        }
    }
}
