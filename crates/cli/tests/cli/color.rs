//! `--color` and `NO_COLOR`.

use crate::auth::fixture::AuthFixture;
use crate::pseudo_terminal::{PseudoTerminal, has_script};
use crate::support::{CommandOutput, ajo_command};

/// A file with an error, so that the report has colors.
const WRONG_FILE: &str = "version: 1\nsandbox: prod\ncapping: 1\n";

const COMMANDS: [&str; 3] = ["validate wrong.yaml", "--help", "plan --help"];

fn has_color(text: &str) -> bool {
    text.contains("\u{1b}[")
}

#[test]
fn always_colors_a_pipe() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("wrong.yaml"), WRONG_FILE).expect("written");
    let run = |command: &str, options: &[&str]| {
        let arguments: Vec<&str> = command.split(' ').chain(options.iter().copied()).collect();
        let mut command = ajo_command(&arguments);
        command.env("NO_COLOR", "1").current_dir(directory.path());
        CommandOutput::from(command.output().expect("ajo runs")).stdout
    };
    for command in COMMANDS {
        assert!(has_color(&run(command, &["--color", "always"])), "{command}");
        assert!(has_color(&run(command, &["--color=always"])), "{command}");
        for options in [&[][..], &["--color", "auto"], &["--color", "never"]] {
            assert!(!has_color(&run(command, options)), "{command} {options:?}");
        }
    }
}

#[test]
fn never_colors_no_terminal() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    std::fs::write(fixture.path("wrong.yaml"), WRONG_FILE).expect("written");
    let run = |command: &str, option: &str, variables: &[(&str, &str)]| {
        let (folder, binary) = (fixture.path(""), env!("CARGO_BIN_EXE_ajo"));
        let line = format!("cd '{}'; '{binary}' {command} {option}; true", folder.display());
        PseudoTerminal::start(&fixture, &line, variables).finish(0)
    };
    for command in COMMANDS {
        assert!(has_color(&run(command, "", &[("NO_COLOR", "")])), "{command}");
        assert!(!has_color(&run(command, "--color never", &[("NO_COLOR", "")])), "{command}");
        assert!(!has_color(&run(command, "", &[("NO_COLOR", "1")])), "{command}");
        assert!(has_color(&run(command, "--color always", &[("NO_COLOR", "1")])), "{command}");
    }
}
