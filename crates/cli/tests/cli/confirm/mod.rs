//! Confirmations of changes to live limits in production sandboxes.

mod commands;
mod freeze;
mod sandbox_types;

use crate::limits::fixture::LimitsFixture;
use crate::pseudo_terminal::PseudoTerminal;

const QUESTION: &str = "Type the name of the sandbox (prod) to apply these changes: ";

/// A capping definition with this number of calls per second.
fn capping_file(calls: u32) -> String {
    format!(
        "url: https://a.example.org/*\nmethods: [GET]\nservices:\n  action: {{ maxHttpConnections: 50, rating: {{ maxCallsCount: {calls}, periodInMs: 1000 }} }}\n"
    )
}

fn throttling_file(calls: u32) -> String {
    format!("urlPattern: https://b.example.org/*\nmethods: [POST]\nmaxThroughput: {calls}\n")
}

/// Creates a configuration in the sandbox, and returns its uid.
async fn create(fixture: &LimitsFixture, api: &str, definition: &str, sandbox: &str) -> String {
    fixture.write("created.yaml", definition);
    let output = fixture.run_expecting(&[api, "create", "created.yaml", "--sandbox", sandbox], 0).await;
    let uid = output.stdout.lines().next().and_then(|line| line.strip_prefix("created "));
    uid.unwrap_or_else(|| panic!("{}", output.stdout)).to_owned()
}

/// Runs `ajo` in the fixture on a terminal.
fn start_on_terminal(fixture: &LimitsFixture, arguments: &[&str]) -> PseudoTerminal {
    let quoted: Vec<String> = arguments.iter().map(|it| format!("'{it}'")).collect();
    let command_line = format!("exec '{}' {}", env!("CARGO_BIN_EXE_ajo"), quoted.join(" "));
    PseudoTerminal::start_like(&fixture.command(&[]), 80, &command_line)
}

/// The calls that can change a configuration since the last time.
fn take_changes(fixture: &LimitsFixture) -> Vec<String> {
    let calls = {
        let state = fixture.emulator.state();
        state.calls().mutating().iter().filter_map(|call| call.operation.clone()).collect()
    };
    fixture.clear_calls();
    calls
}

/// How often the type of a sandbox was requested since the last time.
fn take_type_requests(fixture: &LimitsFixture) -> usize {
    let count = fixture.emulator.state().calls().for_operation("sandboxes").len();
    fixture.clear_calls();
    count
}
