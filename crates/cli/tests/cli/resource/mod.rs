//! `ajo capping` and `ajo throttling` with files and with the output of other commands.

mod files;
mod random_definitions;
mod round_trips;
mod set;
mod targets;

use serde_json::Value;

use crate::limits::fixture::LimitsFixture;
use crate::support::{CommandOutput, run_with_input};

/// A capping definition as YAML.
fn capping_file(calls: &str) -> String {
    format!(
        "url: https://a.example.org/*
methods: [GET]
services:
  action:
    maxHttpConnections: 50
    rating:
      maxCallsCount: {calls}
      periodInMs: 1000
"
    )
}

/// Runs `ajo` with this standard input.
async fn pipe(fixture: &LimitsFixture, arguments: &[&str], input: String) -> CommandOutput {
    let mut command = fixture.command(arguments);
    let output = tokio::task::spawn_blocking(move || run_with_input(&mut command, &input)).await.expect("it ended");
    assert_eq!(output.exit_code, Some(0), "{arguments:?}\n{}\n{}", output.stdout, output.stderr);
    output
}

/// The configurations of a sandbox as JSON.
async fn list(fixture: &LimitsFixture, api: &str, sandbox: &str) -> Vec<Value> {
    let arguments = [api, "list", "--output=json", "--sandbox", sandbox];
    let output = fixture.run_expecting(&arguments, 0).await;
    let mut response: Value = serde_json::from_str(&output.stdout).expect("JSON");
    serde_json::from_value(response["results"].take()).expect("a list")
}

/// Creates this definition, and returns its uid.
async fn create(fixture: &LimitsFixture, api: &str, definition: &str) -> String {
    fixture.write("created.yaml", definition);
    let output = fixture.run_expecting(&[api, "create", "created.yaml", "--sandbox=prod"], 0).await;
    let uid = output.stdout.lines().next().and_then(|line| line.strip_prefix("created "));
    uid.unwrap_or_else(|| panic!("{}", output.stdout)).to_owned()
}

/// The mutating calls since the last [`LimitsFixture::clear_calls`], such as `capping.update`.
fn mutating_calls(fixture: &LimitsFixture) -> Vec<String> {
    let state = fixture.emulator.state();
    state.calls().mutating().iter().filter_map(|call| call.operation.clone()).collect()
}
