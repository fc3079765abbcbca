//! The profile and the sandbox of the tools.

use std::fs;

use serde_json::json;

use super::client::McpClient;
use crate::auth::fixture::AuthFixture;
use crate::limits::fixture::limits_file;

fn write_limits(fixture: &AuthFixture) {
    for sandbox in ["dev", "prod"] {
        let text = limits_file(&[("a", 100, true)]).replace("sandbox: prod", &format!("sandbox: {sandbox}"));
        fs::write(fixture.path(&format!("{sandbox}.yaml")), text).expect("written");
    }
}

fn start(fixture: &AuthFixture, arguments: &[&str], variables: &[(&str, &str)]) -> McpClient {
    let mut command = fixture.command(&[&["mcp"][..], arguments].concat());
    command.envs(variables.iter().copied());
    McpClient::start(command, Some(&[&fixture.path("")]))
}

/// Only files for `dev` reach the service.
fn assert_only_dev(client: &mut McpClient) {
    assert_eq!(client.data("list", &json!({}))["source"]["sandbox"], "dev");
    assert_eq!(client.data("plan", &json!({"files": ["dev.yaml"]}))["source"]["sandbox"], "dev");
    for (tool, arguments) in [
        ("plan", json!({"files": ["prod.yaml"]})),
        ("drift", json!({"files": ["prod.yaml"]})),
        ("explain", json!({"method": "GET", "url": "https://a.example.org/", "files": ["prod.yaml"]})),
    ] {
        let error = client.error(tool, &arguments);
        let message = "error: the files are for sandbox prod, but the settings name sandbox dev\nhint: this server reads one sandbox";
        assert!(error.starts_with(message), "{tool}: {error}");
    }
}

#[test]
fn sandbox_is_that_of_the_profile() {
    let fixture = AuthFixture::new();
    fixture.login("reader", "dev");
    fixture.login("other", "prod");
    write_limits(&fixture);
    assert_only_dev(&mut start(&fixture, &["--profile=reader"], &[]));
    assert_only_dev(&mut start(&fixture, &[], &[("AJO_PROFILE", "reader")]));
    assert_only_dev(&mut start(&fixture, &["--profile=other", "--sandbox=dev"], &[]));
    assert_only_dev(&mut start(&fixture, &["--profile=other"], &[("AJO_SANDBOX", "dev")]));
}

#[test]
fn switch_does_not_change_a_server() {
    let fixture = AuthFixture::new();
    fixture.login("reader", "dev");
    fixture.login("other", "prod");
    write_limits(&fixture);
    assert_eq!(fixture.run(&["auth", "switch", "reader"]).exit_code, Some(0));
    let mut client = start(&fixture, &[], &[]);
    assert_eq!(fixture.run(&["auth", "switch", "other"]).exit_code, Some(0));
    assert_only_dev(&mut client);
}

#[test]
fn later_login_fixes_the_sandbox() {
    let fixture = AuthFixture::new();
    write_limits(&fixture);
    let mut client = start(&fixture, &[], &[]);
    client.error("list", &json!({}));
    fixture.login("default", "dev");
    assert_only_dev(&mut client);
}

#[test]
fn files_name_the_sandbox_without_a_setting() {
    let fixture = AuthFixture::new();
    write_limits(&fixture);
    let settings: Vec<_> = fixture.settings().filter(|(name, _)| *name != "AJO_SANDBOX").collect();
    let mut client = start(&fixture, &[], &settings);
    for sandbox in ["dev", "prod"] {
        let plan = client.data("plan", &json!({"files": [format!("{sandbox}.yaml")]}));
        assert_eq!(plan["source"]["sandbox"], sandbox);
    }
    assert!(client.error("list", &json!({})).contains("no sandbox given"));
    // The current limits of a replay come from the sandbox of the files.
    let calls = "ENDPOINT,SPAN,TOTAL_CALLS,SUCCESSFUL_CALLS,4xx_ERRORS,5xx_ERRORS,TIMEOUTS,CAPPED_CALLS,THROUGHPUT_RPS\n\
                 https://a.example.org/x,2026/11/29 08:15,4800,4800,0,0,0,0,80.0\n";
    fs::write(fixture.path("calls.csv"), calls).expect("written");
    let replay = client.data("simulate", &json!({"files": ["dev.yaml"], "observed": ["calls.csv"]}));
    assert_eq!(
        (&replay["source"]["sandbox"], &replay["data"]["current"]["source"]),
        (&json!("dev"), &json!("sandbox dev"))
    );
}

#[test]
fn credential_is_not_read_from_stdin() {
    let fixture = AuthFixture::new();
    let output = fixture.run(&["mcp", "--credentials=-"]);
    assert_eq!(output.exit_code, Some(64), "{}", output.stderr);
    assert!(output.stderr.starts_with("error: the credential cannot be read from standard input"), "{}", output.stderr);
}
