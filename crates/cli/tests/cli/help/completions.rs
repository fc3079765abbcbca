//! `ajo completions`, and the values that its scripts complete.

use std::fs;
use std::process::{Command, Stdio};

use crate::auth::fixture::{AuthFixture, SECRET};
use crate::support::{CommandOutput, print_skipped, run_with_input};

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

/// The candidates for the last word, as the script of zsh gets them: value and description.
fn complete(fixture: &AuthFixture, words: &[&str]) -> String {
    let mut command = fixture.command(&[&["--", "ajo"], words].concat());
    let output = CommandOutput::from(
        command.env("_AJO_COMPLETE", "fish").current_dir(fixture.path(".")).output().expect("ajo runs"),
    );
    assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""), "{words:?}");
    output.stdout
}

/// The values without their descriptions.
fn complete_values(fixture: &AuthFixture, words: &[&str]) -> Vec<String> {
    let lines = complete(fixture, words);
    lines.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
}

/// A fixture with two profiles and a capping configuration, which was listed.
pub(super) fn listed_fixture() -> (AuthFixture, String) {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    fixture.login("dev-team", "dev");
    fs::write(
        fixture.path("limit.yaml"),
        "url: https://api.example.org/*\nmethods: [GET]\nservices:\n  action: { maxHttpConnections: 5, rating: { maxCallsCount: 9, periodInMs: 1000 } }\n",
    )
    .expect("written");
    let path = fixture.path("limit.yaml");
    let created = fixture.run(&["capping", "create", path.to_str().expect("UTF-8")]);
    assert_eq!(created.exit_code, Some(0), "{}", created.stderr);
    let list = fixture.run(&["capping", "list"]);
    let uid = list.stdout.lines().last().and_then(|row| row.split_whitespace().next()).expect("a uid").to_owned();
    (fixture, uid)
}

#[test]
fn scripts_are_valid() {
    let fixture = AuthFixture::new();
    for shell in SHELLS {
        let output = fixture.run(&["completions", shell]);
        assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(output.stdout.contains("_AJO_COMPLETE"), "{shell}: {}", output.stdout);
        let is_installed = Command::new(shell).arg("--version").stdout(Stdio::null()).status().is_ok();
        if ["powershell", "elvish"].contains(&shell) || !is_installed {
            print_skipped(&format!("the script for {shell} is not parsed"));
            continue;
        }
        let parsed = run_with_input(Command::new(shell).arg("-n"), &output.stdout);
        assert_eq!((parsed.exit_code, parsed.stderr.as_str()), (Some(0), ""), "{shell}");
    }
    assert_eq!(fixture.run(&["completions", "tcsh"]).exit_code, Some(64));
}

#[test]
fn local_values_are_completed() {
    let (fixture, uid) = listed_fixture();
    assert_eq!(complete_values(&fixture, &["th"]), ["throttling"]);
    assert_eq!(complete_values(&fixture, &["capping", "set", "--max-ca"]), ["--max-calls"]);
    assert_eq!(complete_values(&fixture, &["plan", "--profile", ""]), ["default", "dev-team"]);
    assert_eq!(complete_values(&fixture, &["auth", "switch", "dev"]), ["dev-team"]);
    assert_eq!(complete_values(&fixture, &["--sandbox", ""]), ["dev", "prod"]);
    assert_eq!(complete_values(&fixture, &["plan", "lim"]), ["limit.yaml"]);
    let described = format!("{uid}\tcapping GET https://api.example.org/*\n");
    assert!(complete(&fixture, &["capping", "get", ""]).starts_with(&described));
    assert_eq!(complete(&fixture, &["capping", "delete", &uid[..4]]), described);
    assert_eq!(complete_values(&fixture, &["throttling", "get", ""]), ["--help"]);
    assert_eq!(complete_values(&fixture, &["state", "rm", ""])[0], uid);
    assert_eq!(complete_values(&fixture, &["auth", "logout", "dev"]), ["dev-team"]);
    assert_eq!(complete_values(&fixture, &["api", "P"]), ["PUT", "POST", "PATCH"]);
    assert_eq!(
        complete_values(&fixture, &["help", "s"]),
        ["state", "schema", "simulate", "size", "settings", "simulate-options", "size-options"]
    );
    assert_eq!(complete_values(&fixture, &["help", "capping", "und"]), ["undeploy"]);
    // Global options are hidden in help, but completed once they are begun.
    assert_eq!(complete_values(&fixture, &["plan", "--sandb"]), ["--sandbox"]);
}

#[test]
fn completion_never_fails_loudly() {
    let (fixture, uid) = listed_fixture();
    let directory = fixture.path("tokens/completion");
    let cache = directory.join("capping.tsv");
    let text = fs::read_to_string(&cache).expect("a file");
    assert!(text.starts_with(&uid) && !text.contains(SECRET), "{text}");
    // Damaged files, and descriptions that could control a terminal.
    fs::write(&cache, format!("x\n\u{1b}[2J\tx\n{uid}\t\u{1b}[2Jy\n")).expect("written");
    assert!(complete(&fixture, &["capping", "get", ""]).starts_with(&format!("{uid}\t\\u{{1b}}[2Jy\n")));
    fs::remove_file(&cache).expect("removed");
    fs::create_dir(&cache).expect("a directory");
    assert_eq!(complete_values(&fixture, &["capping", "get", ""]), ["--help"]);
    fs::write(fixture.profile_path("broken"), SECRET).expect("written");
    assert_eq!(complete_values(&fixture, &["--sandbox", ""]), ["dev", "prod"]);
    assert_eq!(complete_values(&fixture, &["--profile", "br"]), ["broken"]);
    // The list still works if its uids cannot be stored.
    assert_eq!(fixture.run(&["capping", "list"]).exit_code, Some(0));
    for shell in ["tcsh", "\u{1b}[2J"] {
        let mut command = fixture.command(&["--", "ajo", ""]);
        let output = CommandOutput::from(command.env("_AJO_COMPLETE", shell).output().expect("ajo runs"));
        assert_eq!((output.exit_code, output.stdout.as_str(), output.stderr.as_str()), (Some(1), "", ""));
    }
}

#[test]
fn completion_needs_its_variable() {
    let fixture = AuthFixture::new();
    for value in ["", "0"] {
        let mut command = fixture.command(&["--version"]);
        let output = CommandOutput::from(command.env("_AJO_COMPLETE", value).output().expect("ajo runs"));
        assert!(output.exit_code == Some(0) && output.stdout.starts_with("ajo "), "{}", output.stdout);
    }
}

/// Presses Tab in an interactive bash.
#[cfg(target_os = "linux")]
#[test]
fn bash_completes_on_tab() {
    use crate::pseudo_terminal::{PseudoTerminal, has_script};

    if !has_script() {
        return;
    }
    let (fixture, uid) = listed_fixture();
    let programs = std::path::Path::new(env!("CARGO_BIN_EXE_ajo")).parent().expect("a directory").display().to_string();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap_or_default());
    let startup = fixture.path("bashrc");
    fs::write(&startup, "PS1='ready> '\nsource <(ajo completions bash)\n").expect("written");
    let line = format!("exec bash --noprofile --rcfile '{}' -i", startup.display());
    let variables = [("PATH", path.as_str()), ("TERM", "dumb")];
    let mut terminal = PseudoTerminal::start(&fixture, &line, &variables);
    terminal.wait_for_text("ready> ");
    for (line, completed) in [
        ("ajo thr\t\t", "ajo throttling"),
        ("ajo plan --profile dev\t\t", "--profile dev-team"),
        ("ajo capping get \t\t", uid.as_str()),
    ] {
        terminal.type_text(line);
        terminal.wait_for_text(completed);
        // Ctrl-U discards the line.
        terminal.type_line("\u{15}");
        terminal.wait_for_text("ready> ");
    }
    terminal.type_line("exit");
    let shown = terminal.finish(0);
    assert!(!shown.contains("error"), "{shown}");
}
