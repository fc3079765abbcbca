//! What files, variables, and buckets the tools may read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokio::task::block_in_place;

use super::client::McpClient;
use super::start;
use crate::fake_server::FakeServer;
use crate::limits::fixture::{LimitsFixture, limits_file};

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_outside_of_roots_are_refused() {
    let fixture = LimitsFixture::start().await;
    let limits = limits_file(&[("a", 100, true)]);
    fixture.write("outside.yaml", &limits);
    fixture.write("policy.yaml", "version: 1\n");
    fixture.write("ajo.state.json", "not a state");
    fixture.write("traffic.csv", "x\n");
    fixture.write("root/prod.yaml", &limits);
    fixture.write("root/base.yaml", &format!("base: ../outside.yaml\n{limits}"));
    fixture.write("root/policy.yaml", &limits.replace("sandbox:", "policy: ../policy.yaml\nsandbox:"));
    fixture.write("root/state.yaml", &limits.replace("sandbox:", "state: ../ajo.state.json\nsandbox:"));
    fixture.write("root/observed.yaml", &limits.replace("sandbox:", "policy: observed-policy.yaml\nsandbox:"));
    fixture.write("root/observed-policy.yaml", "version: 1\nobserved: [../traffic.csv]\n");
    std::os::unix::fs::symlink("../outside.yaml", fixture.path("root/link.yaml")).expect("linked");
    block_in_place(|| {
        let root = fixture.path("root");
        let mut client = McpClient::start(fixture.command(&["mcp"]), Some(&[&root]));
        assert_eq!(client.data("validate", &json!({"files": ["prod.yaml"]}))["data"]["outcome"], "clean");
        let absolute = fixture.path("outside.yaml").display().to_string();
        let url = format!("file://{absolute}");
        for path in [
            "../outside.yaml",
            "link.yaml",
            "/etc/passwd",
            "~/x.yaml",
            "-",
            &absolute,
            &url,
            "https://a.example/x.yaml",
        ] {
            for (tool, arguments) in [
                ("validate", json!({"files": [path]})),
                ("validate", json!({"files": ["prod.yaml"], "policy": path})),
                ("plan", json!({"files": [path]})),
                ("plan", json!({"files": ["prod.yaml"], "observed": [path]})),
                ("drift", json!({"files": [path]})),
                ("explain", json!({"method": "GET", "url": "https://a.example/", "files": [path]})),
                ("simulate", json!({"files": [path], "traffic": ["1x1"]})),
                ("simulate", json!({"observed": [path]})),
            ] {
                let error = client.error(tool, &arguments);
                assert!(error.contains("roots") || error.contains("cannot be read"), "{tool} {path}: {error}");
            }
        }
        assert!(
            client.error("size", &json!({"servers": 1, "latency": "../traffic.csv", "audience": 9})).contains("roots")
        );
        let uid = client.error("simulate", &json!({"uids": ["../outside.yaml"], "traffic": ["1x1"]}));
        assert!(uid.contains("UID") || uid.contains("uid"), "{uid}");
        // Files that files name.
        for file in ["base.yaml", "policy.yaml"] {
            let report = client.data("validate", &json!({"files": [file]}))["data"].to_string();
            assert!(report.contains("outside of the client's roots"), "{file}: {report}");
        }
        for file in ["state.yaml", "observed.yaml"] {
            let error = client.error("plan", &json!({"files": [file]}));
            assert!(error.contains("outside of the client's roots"), "{file}: {error}");
        }
        assert_eq!(client.close(), Some(0));
        // A client without roots has the current directory, and one with an empty list nothing.
        let mut client = McpClient::start(fixture.command(&["mcp"]), None);
        assert_eq!(client.data("validate", &json!({"files": ["outside.yaml"]}))["data"]["outcome"], "clean");
        client.error("validate", &json!({"files": ["/etc/passwd"]}));
        let mut client = McpClient::start(fixture.command(&["mcp"]), Some(&[]));
        assert!(client.error("validate", &json!({"files": ["outside.yaml"]})).contains("no folder"));
        let mut command = fixture.command(&["mcp", "--root", "root"]);
        let mut client = McpClient::start(std::mem::replace(&mut command, fixture.command(&[])), None);
        client.error("validate", &json!({"files": ["outside.yaml"]}));
        client.data("validate", &json!({"files": ["prod.yaml"]}));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_files_see_no_variables() {
    let fixture = LimitsFixture::start().await;
    let file = |list: &str| {
        limits_file(&[("a", 100, true)])
            .replace("sandbox:", &format!("{list}: [CANARY]\nsandbox:"))
            .replace("/*", "/${CANARY}/*")
    };
    fixture.write("variable.yaml", &file("variables"));
    fixture.write("secret.yaml", &file("secrets"));
    let variables = [("CANARY", "canary-0123456789-value")];
    block_in_place(|| {
        let mut client = start(&fixture, &[], &variables);
        for name in ["variable.yaml", "secret.yaml"] {
            for tool in ["validate", "plan", "drift"] {
                let report = client.data(tool, &json!({"files": [name]}));
                assert!(!report.to_string().contains("canary-0"), "{tool} {name}: {report}");
                assert!(report["next"].as_str().is_some_and(|next| next.contains("--variable")), "{report}");
            }
            let seen = client.call("simulate", &json!({"files": [name], "traffic": ["1x1"]})).to_string();
            assert!(!seen.contains("canary-0"), "{seen}");
        }
        let mut client = start(&fixture, &["--variable=CANARY"], &variables);
        assert!(client.data("plan", &json!({"files": ["variable.yaml"]})).to_string().contains("canary-0"));
        let report = client.data("plan", &json!({"files": ["secret.yaml"]}));
        assert!(report["data"]["outcome"] == "changes" && !report.to_string().contains("canary-0"), "{report}");
    });
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folder_is_read_and_pattern_refused() {
    let fixture = LimitsFixture::start().await;
    fixture.write("limits/a.yaml", &limits_file(&[("a", 100, true)]));
    fixture.write("limits/b.yaml", &limits_file(&[("b", 100, true)]));
    fixture.write("policy.yaml", "version: 1\n");
    block_in_place(|| {
        let mut client = start(&fixture, &[], &[]);
        let absolute = fixture.path("limits").display().to_string();
        for folder in ["limits", "./limits/", &absolute] {
            let files = json!({"files": [folder]});
            let report = client.data("validate", &files);
            assert_eq!(report["data"]["outcome"], "clean", "{report}");
            assert_eq!(report["source"]["files"].as_array().map(Vec::len), Some(2), "{report}");
            let plan = client.data("plan", &files);
            assert_eq!(plan["data"]["plan"]["changes"].as_array().map(Vec::len), Some(2), "{plan}");
            assert_eq!(client.data("drift", &files)["data"]["outcome"], "changes");
            let call = json!({"method": "GET", "url": "https://b.example.org/x", "files": [folder]});
            assert_eq!(client.data("explain", &call)["data"]["configs"].as_array().map(Vec::len), Some(1));
            let traffic = json!({"files": [folder], "url": "https://b.example.org/*", "traffic": ["150x1"]});
            assert_eq!(client.data("simulate", &traffic)["data"]["totals"]["rejected"], 50);
        }
        let absolute = fixture.path("limits/*.yaml").display().to_string();
        for pattern in ["limits/*.yaml", "**/*.yaml", "limits/[ab].yaml", "/etc/*", &absolute] {
            for tool in ["validate", "plan", "drift"] {
                let error = client.error(tool, &json!({"files": [pattern]}));
                assert!(error.contains("patterns are not replaced\nhint: pass a folder"), "{error}");
            }
        }
        // Files of the folder obey the same rules.
        fixture.write(
            "limits/policy.yaml",
            &limits_file(&[("c", 100, true)]).replace("sandbox:", "base: ../x.yaml\nsandbox:"),
        );
        fixture.write("outside.yaml", "secret: canary-0123456789\n");
        std::os::unix::fs::symlink("../outside.yaml", fixture.path("limits/link.yaml")).expect("linked");
        let root = fixture.path("limits");
        let mut client = McpClient::start(fixture.command(&["mcp"]), Some(&[&root]));
        let report = client.data("validate", &json!({"files": ["."]}))["data"].to_string();
        assert_eq!(report.matches("is outside of the client's roots").count(), 2, "{report}");
        assert!(!report.contains("canary-0"), "{report}");
    });
}

#[cfg(feature = "bucket")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_cannot_name_a_bucket() {
    let fixture = LimitsFixture::start().await;
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = requests.clone();
    let server = FakeServer::start(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let url = server.url();
    let variables = [
        ("AWS_ENDPOINT_URL", url.as_str()),
        ("AWS_ENDPOINT", &url),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "key"),
    ];
    let limits = limits_file(&[("a", 100, true)]);
    fixture.write("prod.yaml", &limits);
    fixture.write("bucket.yaml", &limits.replace("sandbox:", "state: s3://other-bucket/x\nsandbox:"));
    fixture.write("based.yaml", "version: 1\nbase: bucket.yaml\nsandbox: prod\n");
    block_in_place(|| {
        let mut client = start(&fixture, &[], &variables);
        for tool in ["plan", "drift"] {
            for file in ["bucket.yaml", "based.yaml"] {
                let error = client.error(tool, &json!({"files": [file]}));
                assert!(
                    error.contains("names the bucket s3://other-bucket/x") && error.contains("AJO_STATE"),
                    "{error}"
                );
            }
        }
        assert_eq!(requests.load(Ordering::Relaxed), 0);
        // A person may name one.
        let settings = [&variables[..], &[("AJO_STATE", "s3://other-bucket/x")]].concat();
        let mut client = start(&fixture, &[], &settings);
        client.error("plan", &json!({"files": ["prod.yaml"]}));
        assert!(requests.load(Ordering::Relaxed) > 0);
    });
}
