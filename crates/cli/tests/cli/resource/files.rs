//! Files that hold no valid definition.

use serde_json::Value;

use super::{capping_file, list};
use crate::limits::fixture::{LimitsFixture, limits_file};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_are_checked_before_sending() {
    let fixture = LimitsFixture::start().await;
    for (name, text, expected) in [
        (
            "quoted.yaml",
            capping_file("\"500\""),
            "error[ERR_ENDPOINTCONFIG_107]: maxCallsCount must be an integer >= 1",
        ),
        ("negative.yaml", capping_file("-5"), " --> negative.yaml:7:22"),
        ("tag.yaml", capping_file("!vault 500"), "unsupported tag `!vault`"),
        (
            "missing.yaml",
            capping_file("500").replace("      periodInMs: 1000\n", ""),
            "error[ERR_ENDPOINTCONFIG_108]: periodInMs is missing",
        ),
        (
            "warning.yaml",
            capping_file("-5").replace("[GET]", "[DELETE]").replace("50", "500"),
            "1 error, 1 warning, 1 note in 1 file.\n",
        ),
        ("host.yaml", capping_file("500").replace("a.example", "*.example"), "error[ERR_ENDPOINTCONFIG_102]"),
        (
            "twice.yaml",
            capping_file("500") + "methods: [PUT]\n",
            "error[AJO_LIMITS_DUPLICATE_KEY]: duplicate key `methods`",
        ),
    ] {
        fixture.write(name, &text);
        let output = fixture.run_expecting(&["capping", "create", name, "--sandbox=prod"], 1).await;
        assert!(output.stderr.contains(expected), "{name}: {}", output.stderr);
        let error = format!("error: {name} holds no valid definition\nhint: nothing was sent; correct ");
        assert!(output.stderr.contains(&error) && output.stdout.is_empty(), "{}", output.stderr);
        assert!(!output.stderr.contains("ajo validate"), "it takes no definition: {}", output.stderr);
    }
    assert_eq!(fixture.call_count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn force_sends_what_violates_rules() {
    let fixture = LimitsFixture::start().await;
    fixture.write("negative.yaml", &capping_file("-5"));
    let output = fixture.run_expecting(&["capping", "create", "negative.yaml", "--sandbox=prod", "--force"], 0).await;
    assert!(output.stderr.starts_with("error[ERR_ENDPOINTCONFIG_107]: negative.yaml:7:22: "), "{}", output.stderr);
    assert!(output.stdout.contains("cannot be deployed"), "{}", output.stdout);
    fixture.write("quoted.yaml", &capping_file("\"500\""));
    let output = fixture.run_expecting(&["capping", "create", "quoted.yaml", "--sandbox=prod", "--force"], 1).await;
    assert!(!output.stderr.contains("--force"), "it cannot help: {}", output.stderr);
    assert_eq!(list(&fixture, "capping", "prod").await.len(), 1);
}

/// Each of them is one error that names the kind of file, as text and as JSON.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_kinds_of_files_are_named() {
    let fixture = LimitsFixture::start().await;
    std::fs::create_dir(fixture.path("directory")).expect("a directory");
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(capping_file("1").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    std::fs::write(fixture.path("utf16.yaml"), utf16).expect("written");
    fixture.write("limits.yaml", &limits_file(&[("a", 1, true)]));
    fixture.write("throttling.yaml", "urlPattern: https://a.example.org/*\nmethods: [POST]\nmaxThroughput: 400\n");
    fixture.write("none.json", "{\"results\": [], \"url\": \"\"}");
    for (file, expected, hint) in [
        ("directory", "failed to read directory: it is a directory, not a file", None),
        ("utf16.yaml", "failed to read utf16.yaml: it is UTF-16 text; save it as UTF-8", None),
        ("limits.yaml", "this is a limits file, not a definition", Some("ajo apply FILE")),
        ("throttling.yaml", "this is a throttling definition, not a capping definition", Some("ajo throttling")),
        ("none.json", "the list is empty; it must hold a configuration", None),
    ] {
        let output = fixture.run_expecting(&["capping", "create", file, "--sandbox=prod"], 1).await;
        assert!(output.stderr.contains(expected), "{file}: {}", output.stderr);
        assert!(output.stderr.matches("error[").count() < 2, "{file}: {}", output.stderr);
        let output = fixture.run_expecting(&["capping", "create", file, "--sandbox=prod", "--output=json"], 1).await;
        let json: Value =
            serde_json::from_str(&output.stderr).unwrap_or_else(|error| panic!("{error}: {}", output.stderr));
        let error = &json["error"];
        let found = error["diagnostics"].get(0).unwrap_or(error);
        assert!(found["message"].as_str().is_some_and(|message| message.contains(expected)), "{file}: {json}");
        assert!(error["diagnostics"].as_array().is_none_or(|all| all.len() == 1), "{file}: {json}");
        if let Some(hint) = hint {
            assert!(found["hint"].as_str().is_some_and(|text| text.contains(hint)), "{file}: {json}");
        }
    }
    assert_eq!(fixture.call_count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemas_describe_definitions() {
    let fixture = LimitsFixture::start().await;
    for (api, required) in [("capping", "url"), ("throttling", "urlPattern")] {
        let output = fixture.run_expecting(&["schema", api], 0).await;
        let schema: Value = serde_json::from_str(&output.stdout).expect("JSON");
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
        assert!(schema["properties"][required]["description"].is_string(), "{schema}");
        assert!(schema["required"].as_array().is_some_and(|all| all.contains(&required.into())), "{schema}");
        assert!(schema["title"].is_string() && schema["properties"]["orgId"].is_null(), "{schema}");
    }
}

/// What `create --help` shows is a definition that can be deployed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn definition_in_help_is_complete() {
    let fixture = LimitsFixture::start().await;
    for api in ["capping", "throttling"] {
        let help = fixture.run_expecting(&[api, "create", "--help"], 0).await.stdout;
        let (_, text) = help.split_once("Example of a definition:\n").expect("a definition");
        let lines = text.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
        fixture.write("help.yaml", &lines.map(|line| format!("{line}\n")).collect::<String>());
        let output = fixture.run_expecting(&[api, "create", "help.yaml", "--sandbox=prod"], 0).await;
        assert!(output.stdout.ends_with("can be deployed\n") && output.stderr.is_empty(), "{}", output.stderr);
    }
}
