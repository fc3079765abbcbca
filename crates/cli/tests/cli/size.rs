//! `ajo size`: results, errors, and limits files. `docs/sizing.md` has its text output.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{CommandOutput, ajo_command, run_with_input};

/// An endpoint whose simulations are short.
const SMALL: &str = "--servers 3 --latency 300 --audience 2000";

const FILE: &str = "# Limits of the partner.
version: 1
sandbox: prod
capping:
  # Do not change the methods.
  - url: https://partner.example.com/*
    methods: [POST]
    services:
      action: { rating: { maxCallsCount: 99, periodInMs: 500 } } # measured in May
      dataSource: { maxHttpConnections: 5, rating: { maxCallsCount: 7, periodInMs: 1000 } }
  - url: https://other.example.com/*
    methods: [GET]
    services: { action: { maxHttpConnections: 1, rating: { maxCallsCount: 1, periodInMs: 1000 } } }
";

/// Runs `ajo size` in a directory.
fn run(folder: &Path, arguments: &str) -> CommandOutput {
    let arguments: Vec<&str> = ["size"].into_iter().chain(arguments.split_whitespace()).collect();
    run_with_input(ajo_command(&arguments).current_dir(folder), "")
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a directory");
    fs::write(folder.path().join("prod.yaml"), FILE).expect("written");
    folder
}

fn text(folder: &Path) -> String {
    fs::read_to_string(folder.join("prod.yaml")).expect("the file")
}

#[test]
fn write_edits_only_the_sized_values() {
    let folder = folder();
    let write = format!("{SMALL} --write prod.yaml --url https://PARTNER.example.com/*");
    let dry = run(folder.path(), &format!("{write} --dry-run"));
    assert_eq!((dry.exit_code, text(folder.path()).as_str()), (Some(0), FILE), "{}", dry.stderr);
    let output = run(folder.path(), &write);
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    // 3 ÷ 0.3 s = 10/s, of which the margin leaves 7.
    let action = "action: { rating: { maxCallsCount: 99, periodInMs: 500 } }";
    let sized = "action: { rating: { maxCallsCount: 7, periodInMs: 1000 }, maxHttpConnections: 3 }";
    assert_eq!(text(folder.path()), FILE.replace(action, sized));
    for shown in [&dry.stderr, &output.stderr] {
        assert!(shown.contains(&format!("-      {action} # measured in May")), "{shown}");
        assert!(shown.contains(&format!("+      {sized} # measured in May")), "{shown}");
    }
    assert!(dry.stderr.ends_with("dry run: nothing was written\n"), "{}", dry.stderr);
    let again = run(folder.path(), &write);
    assert_eq!((again.exit_code, again.stderr.as_str()), (Some(0), "prod.yaml has these limits\n"));
}

#[test]
fn write_adds_a_limit_for_another_url() {
    let folder = folder();
    let output =
        run(folder.path(), &format!("{SMALL} --write prod.yaml --url https://new.example.com/* --methods PUT"));
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    let edited = text(folder.path());
    assert!(edited.starts_with(FILE) && edited.contains("url: https://new.example.com/*"), "{edited}");
    let validated = ajo_command(&["validate", "prod.yaml"]).current_dir(folder.path()).output().expect("ajo runs");
    assert!(validated.status.success());
}

#[test]
fn write_keeps_a_file_it_cannot_edit() {
    let cases = [
        (
            FILE.replace("maxCallsCount: 99", "maxCallsCount: &calls 99"),
            "prod.yaml cannot be edited: `services.action.rating.maxCallsCount` is shared by an anchor or alias",
            Some(7),
        ),
        (FILE.replace("version: 1", "version: 9"), "prod.yaml has errors, so it cannot be edited", Some(1)),
    ];
    for (content, expected, exit_code) in cases {
        let folder = tempfile::tempdir().expect("a directory");
        fs::write(folder.path().join("prod.yaml"), &content).expect("written");
        let output = run(folder.path(), &format!("{SMALL} --write prod.yaml --url https://partner.example.com/*"));
        assert_eq!(output.exit_code, exit_code, "{}", output.stderr);
        assert!(output.stderr.contains(expected), "{}", output.stderr);
        assert_eq!(text(folder.path()), content);
    }
}

#[test]
fn throttling_is_written_once() {
    let folder = folder();
    let throttling =
        "throttling:\n  urlPattern: https://first.example.com/*\n  methods: [POST]\n  maxThroughput: 900\n";
    fs::write(folder.path().join("prod.yaml"), format!("{FILE}{throttling}")).expect("written");
    let size = "--capacity 400 --latency 20 --audience 2000 --write prod.yaml --url";
    let other = run(folder.path(), &format!("{size} https://second.example.com/*"));
    assert_eq!(other.exit_code, Some(7), "{}", other.stderr);
    assert!(other.stderr.contains("an organization can have one throttling configuration"), "{}", other.stderr);
    let same = run(folder.path(), &format!("{size} https://first.example.com/*"));
    assert_eq!(same.exit_code, Some(0), "{}", same.stderr);
    // The tipping point of an hour is 403/s.
    assert_eq!(text(folder.path()), format!("{FILE}{}", throttling.replace("900", "302")));
}

#[test]
fn new_file_needs_a_sandbox() {
    let folder = tempfile::tempdir().expect("a directory");
    let write = format!("{SMALL} --write prod.yaml --url https://a.example/*");
    let output = run(folder.path(), &write);
    let expected =
        "error: there is no file prod.yaml\nhint: to write a new limits file, name its sandbox with --sandbox\n";
    assert_eq!((output.exit_code, output.stdout.as_str(), output.stderr.as_str()), (Some(1), "", expected));
    assert_eq!(run(folder.path(), &format!("{write} --sandbox dev")).exit_code, Some(0));
    assert!(text(folder.path()).contains("sandbox: dev\n"));
}

/// A wrong file is found before the simulation.
#[test]
fn write_needs_a_fitting_file() {
    let folder = folder();
    for (file, sandbox, expected, exit_code) in [
        ("prod.yaml", "dev", "the files are for sandbox prod, but the settings name sandbox dev", 64),
        ("missing/prod.yaml", "prod", "failed to write missing/prod.yaml: its directory does not exist", 1),
    ] {
        let write = format!("{SMALL} --write {file} --url https://partner.example.com/* --sandbox {sandbox} --dry-run");
        let output = run(folder.path(), &write);
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(exit_code), ""), "{}", output.stderr);
        assert!(output.stderr.contains(expected), "{}", output.stderr);
    }
}

#[test]
fn impossible_goals_exit_with_8() {
    let folder = folder();
    let size = format!("{SMALL} --within 2min --write prod.yaml --url https://partner.example.com/* --output json");
    let output = run(folder.path(), &size);
    assert_eq!((output.exit_code, text(folder.path()).as_str()), (Some(8), FILE));
    let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!((&report["version"], &report["recommended"]), (&1.into(), &Value::Null));
    let problem = report["options"][1]["problems"][0].as_str().expect("a problem");
    assert!(problem.contains("within 2 min they need 17/s, more than the tipping point of 10/s"), "{problem}");
    assert!(output.stderr.contains("the goals are impossible; nothing was written"), "{}", output.stderr);
}

#[test]
fn json_has_closed_forms_and_steps() {
    let output = run(Path::new("."), &format!("{SMALL} --within 1h --output json"));
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let option = &report["options"][1];
    let count = &option["parameters"][0];
    assert_eq!((&report["recommended"], &count["name"]), (&"capping".into(), &"maxCallsCount".into()));
    assert_eq!((&count["closedForm"]["value"], &count["tippingPoint"]), (&10.0.into(), &10.into()));
    assert_eq!(count["steps"]["aboveTippingPoint"]["meetsGoals"], false);
    for step in ["below", "at", "above"] {
        assert_eq!(count["steps"][step]["meetsGoals"], true, "{step}");
    }
    assert_eq!(option["limits"]["maxCallsCount"], 7);
    assert_eq!(option["outcome"]["succeeded"], 2000);
}

#[test]
fn short_help_fits_a_screen() {
    let help = run(Path::new("."), "-h").stdout;
    assert!(help.lines().count() <= 40, "{} lines", help.lines().count());
}

#[test]
fn wrong_arguments_are_usage_errors() {
    for (arguments, expected) in [
        ("--latency 300 --audience 10", "<--servers <N>|--capacity <N>>"),
        ("--servers 1 --latency 300", "<--audience <N>|--traffic <PATTERN>>"),
        ("--servers 1 --capacity 1 --latency 300 --audience 10", "cannot be used with"),
        ("--servers 1 --latency 300 --audience 10 --margin 0%", "expected a share from 1% to 100%"),
        ("--servers 1 --latency 300 --audience 10 --within 4", "expected a time such as 4h, 90min, or 30s"),
        ("--servers 1 --latency 300 --audience 10 --write prod.yaml", "--url <URL>"),
        (
            "--servers 1 --latency 300 --audience 10 --write - --url https://a.example/*",
            "needs the name of a limits file",
        ),
    ] {
        let output = run(Path::new("."), arguments);
        assert_eq!(output.exit_code, Some(64), "{arguments}: {}", output.stderr);
        assert!(output.stderr.contains(expected), "{arguments}: {}", output.stderr);
    }
}

#[test]
fn latency_file_error_shows_no_secret() {
    let folder = folder();
    let secret = "canary-0123456789abcdef";
    let file = FILE.replace("sandbox: prod", "sandbox: prod\nsecrets: [TOKEN]");
    let file = file.replace("https://other.example.com/*", "https://other.example.com/${TOKEN}/*");
    fs::write(folder.path().join("prod.yaml"), file).expect("written");
    let heading = "ENDPOINT,SUCCESSFUL_CALLS,P50_LATENCY_MS,P95_LATENCY_MS,P99_LATENCY_MS,P999_LATENCY_MS";
    let rows = format!("{heading}\nhttps://a.example/{secret}/x,1,1,2,3,4\nhttps://b.example/,1,1,2,3,4\n");
    fs::write(folder.path().join("latency.csv"), rows).expect("written");
    let arguments = "size --servers 3 --latency latency.csv --audience 2000 --write prod.yaml --url https://partner.example.com/* \
                     --sandbox prod";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let output = ajo_command(&arguments).env("TOKEN", secret).current_dir(folder.path()).output().expect("ajo runs");
    let shown = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("https://b.example/") && !shown.contains(secret), "{shown}");
}
