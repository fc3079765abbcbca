//! Every variant of each quirk.

use std::collections::BTreeSet;

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
            let limit = definition["services"]["action"].take();
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
                definition["services"]["action"]["maxHttpConnections"] = json!(connections);
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
            definition["services"]["action"]["rating"]["maxCallsCount"] = json!(1);
            client.call("POST", "/endpointConfigs", &definition).1["canDeploy"]["validationStatus"].clone()
        }
        "unknown_fields" => {
            let mut definition = capping();
            let (_, created) = client.call("POST", "/endpointConfigs", &definition);
            let path = format!("/endpointConfigs/{}", created["uid"].as_str().expect("a uid"));
            let unknown =
                |config: &Value| json!([config["priority"], config["services"]["action"]["rating"]["timeUnit"]]);
            let mut seen = vec![unknown(&created["createdElement"])];
            for priority in [json!(7), Value::Null] {
                if priority.is_null() {
                    definition = capping();
                } else if variant == "returned" {
                    definition["services"] = created["createdElement"]["services"].clone();
                    definition["priority"] = priority;
                }
                client.call("PUT", &path, &definition);
                seen.push(unknown(&client.call("GET", &path, &Value::Null).1["result"]));
            }
            json!(seen)
        }
        "normalization" => {
            let definition = json!({
                "url": "https://API.example.org:443/v1/",
                "methods": ["PUT", "GET"],
                "services": {"action": {
                    "maxHttpConnections": 500,
                    "rating": {"maxCallsCount": 400_000, "periodInMs": 60_000},
                }},
            });
            let capping = client.call("POST", "/endpointConfigs", &definition).1["createdElement"].take();
            let definition = json!({
                "name": " partner ",
                "urlPattern": "https://API.example.org:443/v1/",
                "methods": ["PUT", "POST"],
                "maxThroughput": 4500,
            });
            let throttling = client.call("POST", "/throttlingConfigs", &definition).1["createdElement"].take();
            let limit = &capping["services"]["action"];
            assert_eq!(capping["url"], throttling["urlPattern"]);
            json!([
                capping["url"],
                capping["methods"],
                limit["maxHttpConnections"],
                limit["rating"]["maxCallsCount"],
                throttling["name"],
                throttling["methods"],
                throttling["maxThroughput"]
            ])
        }
        "list_results" => {
            let (first, _, _) = (client.create(), client.create(), client.create());
            let list = |client: &mut TestClient, path: &str| {
                let (_, body) = client.call("POST", path, &json!({}));
                let results = body["results"].as_array().expect("a list");
                let uids: BTreeSet<&str> = results.iter().filter_map(|config| config["uid"].as_str()).collect();
                (results.len(), uids.len())
            };
            let (all, unique) = list(&mut client, "/list/endpointConfigs");
            assert_eq!(client.capping(&first)["uid"], first, "only the list is wrong");
            client.create_throttling();
            let (throttling, _) = list(&mut client, "/list/throttlingConfigs");
            json!([all, unique, throttling])
        }
        "throttling_create" => {
            let created = client.call("POST", "/throttlingConfigs", &throttling()).1["createdElement"].take();
            let uid = created["uid"].as_str().expect("a uid").to_owned();
            let got = client.call("GET", &format!("/throttlingConfigs/{uid}"), &Value::Null).1["result"].take();
            assert_eq!((&got["methods"], got.get("_id").is_some()), (&json!(["POST", "PUT"]), true));
            json!([created["methods"], created.get("_id").is_some(), created.get("hasBeenDeployed").is_some()])
        }
        "unknown_route" => {
            let unknown_route = client.request("POST", "/list/endpointConfig", &json!({}));
            let unknown_uid = client.request("GET", "/endpointConfigs/u-0", &Value::Null);
            let media_type = |request: &http::Request<bytes::Bytes>| {
                let response = client.state.handle(request, client.now);
                assert_eq!(response.status(), 404);
                response.headers()["content-type"].to_str().expect("text").to_owned()
            };
            json!([unknown_route, unknown_uid].iter().map(media_type).collect::<Vec<_>>())
        }
        "default_cap_scope" => {
            let (_, report) = client.control("POST", "/simulate", &json!({"traffic": "1x1"}));
            let statements = report["assumptions"].to_string();
            let scope =
                ["host", "endpoint", "domain"].into_iter().find(|it| statements.contains(&format!("for each {it}")));
            json!([scope, report["assumptions"].to_string().contains("no_other_calls")])
        }
        "default_cap_raise" => {
            let mut definition = capping();
            definition["services"]["action"]["rating"]["maxCallsCount"] = json!(6000);
            let (_, report) = client.control("POST", "/simulate", &json!({"traffic": "1x1", "definition": definition}));
            let limits = report["limits"].as_array().expect("limits").iter();
            limits.map(|limit| limit["name"].clone()).collect()
        }
        "no_connection" => {
            let mut definition = capping();
            definition["services"]["action"]["maxHttpConnections"] = json!(1);
            let body = json!({"traffic": "10x1", "latency": 500, "timeoutSeconds": 1, "definition": definition});
            let (_, report) = client.control("POST", "/simulate", &body);
            json!([report["totals"]["timedOut"], report["totals"]["rejected"]])
        }
        "capped_call" => {
            let mut definition = capping();
            definition["services"]["action"]["rating"]["maxCallsCount"] = json!(5);
            let body = json!({"traffic": "10x1", "retryDelayMs": 500, "definition": definition});
            let (_, report) = client.control("POST", "/simulate", &body);
            json!([report["totals"]["succeeded"], report["totals"]["rejected"]])
        }
        other => panic!("the quirk {other} has no test"),
    }
}

/// One definition of each API, as stored with each variant of `normalization`.
fn normalized_definitions() -> Vec<Value> {
    let stored = |url: &str, methods: [&str; 2], name: &str, throttled: [&str; 2], limits: [u64; 3]| {
        json!([url, methods, limits[0], limits[1], name, throttled, limits[2]])
    };
    let (sent, large, clamped) = ("https://API.example.org:443/v1/", [500, 400_000, 4500], [400, 300_000, 4000]);
    let (put_get, get_put, put_post, post_put) = (["PUT", "GET"], ["GET", "PUT"], ["PUT", "POST"], ["POST", "PUT"]);
    vec![
        stored(sent, put_get, " partner ", put_post, large),
        stored("https://api.example.org/v1", get_put, "partner", post_put, clamped),
        stored("https://api.example.org:443/v1/", put_get, " partner ", put_post, large),
        stored("https://API.example.org:443/v1", put_get, " partner ", put_post, large),
        stored("https://API.example.org/v1/", put_get, " partner ", put_post, large),
        stored(sent, put_get, "partner", put_post, large),
        stored(sent, put_get, " partner ", put_post, clamped),
        stored(sent, get_put, " partner ", post_put, large),
    ]
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
        (
            "unknown_fields",
            vec![
                json!([[null, null], [null, null], [null, null]]),
                json!([[1, "MILLISECONDS"], [7, "MILLISECONDS"], [null, null]]),
            ],
        ),
        ("normalization", normalized_definitions()),
        (
            "list_results",
            vec![json!([3, 3, 1]), json!([0, 0, 0]), json!([2, 2, 1]), json!([6, 3, 2]), json!([2, 2, 0])],
        ),
        ("throttling_create", vec![json!([["POST", "PUT"], true, true]), json!([["PUT", "POST"], false, false])]),
        (
            "unknown_route",
            vec![
                json!(["text/html", "application/json;charset=utf-8"]),
                json!(["application/json;charset=utf-8", "application/json;charset=utf-8"]),
            ],
        ),
        ("default_cap_scope", vec![json!(["host", true]), json!(["endpoint", false]), json!(["domain", true])]),
        ("default_cap_raise", vec![json!(["capping"]), json!(["capping", "default_cap"])]),
        ("no_connection", vec![json!([8, 0]), json!([0, 8])]),
        ("capped_call", vec![json!([5, 5]), json!([10, 0])]),
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

#[test]
fn stale_list_lacks_last_change() {
    let mut client = TestClient::new();
    let (first, second) = (client.create(), client.create());
    client.set_quirk("list_results", "stale");
    let list = |client: &mut TestClient| -> Vec<(Value, Value)> {
        let (_, body) = client.call("POST", "/list/endpointConfigs", &json!({}));
        let results = body["results"].as_array().expect("a list").iter();
        results.map(|config| (config["uid"].clone(), config["methods"][0].clone())).collect()
    };
    let (before_first, before_second) = ((json!(first), json!("GET")), (json!(second), json!("GET")));
    let both = vec![before_first.clone(), before_second.clone()];
    assert_eq!(list(&mut client), both, "no change was recorded");
    let mut edited = capping();
    edited["methods"] = json!(["POST"]);
    let path = format!("/endpointConfigs/{first}");
    assert_eq!(client.call("PUT", &path, &edited).0, 200);
    assert_eq!(list(&mut client), both);
    edited["methods"] = json!([]);
    edited["url"] = Value::Null;
    assert_eq!(client.call("PUT", &path, &edited).0, 500);
    assert_eq!(list(&mut client), both, "a rejected call changes nothing");
    assert_eq!(client.call("DELETE", &format!("/endpointConfigs/{second}"), &Value::Null).0, 200);
    assert_eq!(list(&mut client), [(json!(first), json!("POST")), before_second]);
    client.set_quirk("list_results", "complete");
    assert_eq!(list(&mut client), [(json!(first), json!("POST"))]);
}
