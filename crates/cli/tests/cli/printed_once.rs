//! Errors and warnings appear once, in one place.

use crate::auth::fixture::AuthFixture;
use crate::pseudo_terminal::{PseudoTerminal, has_script};

/// A file with a warning (`AJO_LIMITS_PORT`), and the same with an error.
const FILE: &str = "version: 1\nsandbox: prod\ncapping:\n  - url: https://a.example.org:8443/*\n    methods: [GET]\n    \
    services: { action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } } }\n";

#[test]
fn interactive_apply_warns_once() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    std::fs::write(fixture.path("limits.yaml"), FILE).expect("written");
    let line = format!("cd '{}'; '{}' apply limits.yaml", fixture.path("").display(), env!("CARGO_BIN_EXE_ajo"));
    let mut terminal = PseudoTerminal::start(&fixture, &line, &[]);
    terminal.wait_for_text("Type the name of");
    terminal.type_line("prod");
    let shown = terminal.finish(0);
    assert_eq!(shown.matches("AJO_LIMITS_PORT").count(), 1, "{shown}");
}

#[test]
fn each_command_reports_an_error_once() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let file = fixture.path("wrong.yaml").display().to_string();
    std::fs::write(&file, FILE.replace("services:", "servces:")).expect("written");
    let commands: [&[&str]; 8] = [
        &["validate"],
        &["plan"],
        &["apply", "--yes"],
        &["drift"],
        &["verify"],
        &["import"],
        &["accept"],
        &["simulate", "--traffic", "1x1"],
    ];
    for command in commands {
        for format in ["text", "json"] {
            let output = fixture.run(&[command, &[&file, "--output", format]].concat());
            assert_eq!(output.exit_code, Some(1), "{command:?}: {}", output.stderr);
            let shown = output.stdout + &output.stderr;
            assert_eq!(shown.matches("unknown key `servces`").count(), 1, "{command:?}: {shown}");
        }
    }
}
