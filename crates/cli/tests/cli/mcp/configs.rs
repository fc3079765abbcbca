//! The tools `list` and `get`, compared with the commands.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::start;
use crate::limits::fixture::{LimitsFixture, limits_file};

/// One configuration that is deployed, one that is not, and one that was updated since its deploy.
async fn fixture() -> LimitsFixture {
    let fixture = LimitsFixture::start().await;
    let limits = limits_file(&[("a", 100, true), ("b", 100, false), ("c", 100, true)]);
    fixture.write("prod.yaml", &limits.replace("https://a.example.org/*", "https://a.example.org/v1/*"));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let output = ["capping", "get", "https://c.example.org/*", "--sandbox=prod", "--jq", ".result.uid"];
    let uid = fixture.run_expecting(&output, 0).await.stdout;
    let limit = json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": 700, "periodInMs": 1000}});
    let changed = json!({"url": "https://c.example.org/*", "methods": ["GET"], "services": {"action": limit}});
    fixture.write("update.json", &changed.to_string());
    fixture.run_expecting(&["capping", "update", uid.trim(), "update.json", "--sandbox=prod", "--yes"], 0).await;
    fixture
}

fn urls(configs: &Value) -> BTreeSet<&str> {
    let configs = configs.as_array().expect("a list").iter();
    configs.map(|config| config["url"].as_str().expect("a URL")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn list_has_the_filters_of_the_command() {
    let fixture = fixture().await;
    let filters = [
        (json!({}), vec![]),
        (json!({"url": "https://a.example.org/v1/send"}), vec!["--url=https://a.example.org/v1/send"]),
        (json!({"url": "https://A.example.org:443/*"}), vec!["--url=https://A.example.org:443/*"]),
        (json!({"url": "https://*/*"}), vec!["--url=https://*/*"]),
        (json!({"deployState": "deployed"}), vec!["--deploy-state=deployed"]),
        (json!({"deployState": "undeployed"}), vec!["--deploy-state=undeployed"]),
        (json!({"deployState": "updated"}), vec!["--deploy-state=updated"]),
        (
            json!({"deployState": "updated", "url": "https://a.example.org/*"}),
            vec!["--deploy-state=updated", "--url=https://a.example.org/*"],
        ),
    ];
    let mut sizes = Vec::new();
    for (arguments, options) in filters {
        let line = [&["capping", "list", "--sandbox=prod", "--output=json"][..], &options].concat();
        let printed: Value = serde_json::from_str(&fixture.run_expecting(&line, 0).await.stdout).expect("JSON");
        block_in_place(|| {
            let data = start(&fixture, &[], &[]).data("list", &arguments)["data"].take();
            assert_eq!(urls(&data["configurations"]), urls(&printed["results"]), "{arguments}");
            for config in data["configurations"].as_array().expect("a list") {
                let wanted = &arguments["deployState"];
                assert!(wanted.is_null() || config["deployState"] == *wanted, "{config}");
            }
            sizes.push(data["total"].clone());
        });
    }
    assert_eq!(json!(sizes), json!([3, 1, 1, 3, 1, 1, 1, 0]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn get_has_the_hints_of_the_command() {
    let fixture = fixture().await;
    block_in_place(|| {
        let mut client = start(&fixture, &[], &[]);
        for api in [json!({}), json!({"api": "capping"})] {
            let mut arguments = api.clone();
            arguments["url"] = json!("https://A.example.org:443/v1/*");
            let found = client.data("get", &arguments);
            assert_eq!(found["data"]["saved"]["url"], "https://a.example.org/v1/*", "{found}");
            arguments["url"] = json!("https://a.example.org/v1/send");
            let error = client.error("get", &arguments);
            let hint = "\nhint: pass the uid or the URL of one that matches it:\n";
            assert!(error.contains(hint) && error.contains("capping GET https://a.example.org/v1/*"), "{error}");
            assert!(!error.contains("https://b.example.org"), "{error}");
        }
        let error = client.error("get", &json!({"url": "https://a.example.org/v1/*", "api": "throttling"}));
        assert_eq!(error, "error: no throttling configuration has the URL https://a.example.org/v1/*");
    });
}
