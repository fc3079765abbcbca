//! Hostile strings in everything that a service stores or returns.

use serde_json::{Value, json};

use super::corpus::{assert_harmless, hostile_strings};
use crate::fake_server::{FakeService, error_with, success_with};
use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::support::{CommandOutput, ajo_command};

const FORMATS: [&str; 3] = ["text", "markdown", "github"];

/// Puts one hostile string into each configuration, and all of them into the throttling configuration.
async fn infected_fixture() -> LimitsFixture {
    let fixture = LimitsFixture::start().await;
    fixture.write("limits.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "limits.yaml", "--yes"], 0).await;
    let throttling = r#"{"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": 400, "name": "n"}"#;
    fixture.write("throttling.json", throttling);
    fixture.run_expecting(&["throttling", "create", "throttling.json", "--sandbox", "prod"], 0).await;
    let mut snapshot = fixture.emulator.state().snapshot();
    let organizations = snapshot["organizations"].as_object_mut().expect("organizations");
    let store = organizations.values_mut().next().expect("an organization");
    let sandboxes = store["sandboxes"].as_array_mut().expect("sandboxes");
    let prod = sandboxes.iter_mut().find(|sandbox| sandbox["name"] == "prod").expect("prod");
    let configs = prod["capping"].as_object_mut().expect("configurations");
    let template = configs.values().next().expect("a configuration").clone();
    for (index, text) in hostile_strings().iter().enumerate() {
        let mut config = template.clone();
        let uid = format!("00000000-0000-4000-8000-{index:012}");
        config["uid"] = json!(uid);
        for definition in ["definition", "deployed"] {
            config[definition]["url"] = json!(format!("https://{index}.example/{text}"));
            config[definition][text] = json!(text);
        }
        infect_stamps(&mut config, text);
        configs.insert(uid, config);
    }
    let all = hostile_strings().join("\n");
    let throttling = &mut store["throttling"]["config"];
    for field in ["name", "description", "urlPattern"] {
        throttling["definition"][field] = json!(all);
    }
    infect_stamps(throttling, &all);
    fixture.emulator.state().restore(&snapshot).expect("a valid snapshot");
    fixture
}

fn infect_stamps(config: &mut Value, text: &str) {
    assert!(config["created"].is_object() && config["modified"].is_object(), "{config}");
    for stamp in ["created", "modified", "lastDeployed"] {
        if config[stamp].is_object() {
            config[stamp]["by"] = json!(text);
        }
    }
}

fn check(output: &CommandOutput, context: &str) {
    assert_harmless(&output.stdout, context, context.contains("github"));
    assert_harmless(&output.stderr, context, false);
    assert!(!context.contains("markdown") || !output.stdout.contains("<script>"), "{context}: {}", output.stdout);
    assert_ne!(output.exit_code, Some(101), "{context}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_text_is_harmless() {
    let fixture = infected_fixture().await;
    let config = "00000000-0000-4000-8000-000000000";
    let mut commands: Vec<Vec<String>> = Vec::new();
    let mut add = |command: &str| commands.push(command.split(' ').map(str::to_owned).collect());
    for command in ["capping list", "throttling list", "doctor", "auth status", "export"] {
        add(&format!("{command} --sandbox prod"));
    }
    for format in FORMATS {
        for command in ["plan", "drift", "verify", "apply --yes", "validate", "plan --prune"] {
            add(&format!("{command} limits.yaml --output {format}"));
        }
    }
    for index in (0..hostile_strings().len()).step_by(4) {
        add(&format!("capping get {config}{index:03} --sandbox prod"));
    }
    for command in ["can-deploy", "deploy", "undeploy", "delete"] {
        add(&format!("capping {command} {config}001 --sandbox prod"));
    }
    let list = fixture.run(&["throttling", "list", "--sandbox", "prod", "--output", "json"]).await;
    let list: Value = serde_json::from_str(&list.stdout).expect("JSON");
    let uid = list["results"][0]["uid"].as_str().expect("a uid");
    add(&format!("throttling get {uid} --sandbox prod"));
    for command in &commands {
        let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        check(&fixture.run(&arguments).await, &command.join(" "));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_text_round_trips_in_json() {
    let fixture = infected_fixture().await;
    let output = fixture.run_expecting(&["capping", "list", "--sandbox", "prod", "--output", "json"], 0).await;
    assert_harmless(&output.stdout, "JSON", false);
    let list: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let urls: Vec<&str> =
        list["results"].as_array().expect("a list").iter().filter_map(|config| config["url"].as_str()).collect();
    for (index, text) in hostile_strings().iter().enumerate() {
        assert!(urls.contains(&format!("https://{index}.example/{text}").as_str()), "{text:?}");
    }
}

#[test]
fn error_messages_are_harmless() {
    let service = FakeService::start();
    let run = |arguments: &[&str]| {
        let mut command = ajo_command(arguments);
        command.env("AJO_BASE_URL", service.url()).env("AJO_IMS_URL", service.url());
        command.env("AJO_ACCESS_TOKEN", "token-of-the-test").env("AJO_CLIENT_ID", "c").env("AJO_ORG_ID", "A@AdobeOrg");
        command.env("AJO_SANDBOX", "prod").env("AJO_EMULATOR_URL", service.url());
        let output = CommandOutput::from(command.output().expect("ajo runs"));
        check(&output, &arguments.join(" "));
        output
    };
    let uid = "00000000-0000-4000-8000-000000000001";
    for (index, text) in hostile_strings().iter().enumerate() {
        service.respond_with(400, &error_with(text));
        run(&["capping", "list"]);
        run(&["api", "GET", "/ajo/journey", "--include"]);
        if index % 12 != 0 {
            continue;
        }
        run(&["doctor"]);
        run(&["capping", "deploy", uid, "--yes"]);
        service.respond_with(200, &success_with(text));
        for arguments in [
            &["api", "GET", "/ajo/journey", "--include"][..],
            &["capping", "list"],
            &["capping", "get", uid],
            &["throttling", "list"],
            &["throttling", "get", uid],
            &["capping", "can-deploy", uid],
            &["emulator", "status"],
        ] {
            let output = run(arguments);
            assert!(output.stdout.len() > 20, "{arguments:?}: {}", output.stderr);
        }
        let argument = text.replace('\0', "");
        run(&["throttling", "get", &argument]);
        run(&["capping", "create", &argument]);
        run(&["validate", &argument]);
        run(&["api", "GET", &argument]);
        run(&["api", &argument, "/x"]);
        run(&["api", "POST", "/x", "--field", &argument, "--header", &argument]);
        run(&["api", "GET", "/x", "--allow-host", &argument]);
        run(&["auth", "status", "--profile", &argument]);
        run(&["auth", "status", "--output", &argument]);
        run(&[&format!("--{argument}")]);
        run(&[&argument]);
    }
}
