//! `ajo fmt`.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::docs::repository_path;
use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::support::{CommandOutput, ajo_command, run_with_input};

const UNFORMATTED: &str =
    "# ours\nversion:   1\nsandbox: 'prod'   # live\ncapping:\n- url: https://a.example/*\n  methods: [ GET ]\n";
const FORMATTED: &str =
    "# ours\nversion: 1\nsandbox: \"prod\" # live\ncapping:\n  - url: https://a.example/*\n    methods: [GET]\n";

fn run(directory: &Path, arguments: &[&str]) -> CommandOutput {
    ajo_command(arguments).current_dir(directory).output().expect("ajo runs").into()
}

fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = TempDir::new().expect("a directory");
    for (name, text) in files {
        fs::write(directory.path().join(name), text).expect("written");
    }
    directory
}

fn read(directory: &TempDir, name: &str) -> String {
    fs::read_to_string(directory.path().join(name)).expect(name)
}

#[test]
fn files_are_formatted_in_place() {
    let directory = directory(&[
        ("a.yaml", UNFORMATTED),
        ("b.yaml", FORMATTED),
        ("c.json", "{\"version\":1,\"sandbox\":\"prod\",\"big\":12345678901234567890.10}"),
    ]);
    let output = run(directory.path(), &["fmt", "."]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), ""));
    let notes: Vec<_> = output.stderr.lines().map(|line| line.replace("./", "")).collect();
    assert_eq!(notes, ["formatted a.yaml", "formatted c.json", "3 files are formatted"]);
    assert_eq!((read(&directory, "a.yaml").as_str(), read(&directory, "b.yaml").as_str()), (FORMATTED, FORMATTED));
    let json = "{\n  \"version\": 1,\n  \"sandbox\": \"prod\",\n  \"big\": 12345678901234567890.10\n}\n";
    assert_eq!(read(&directory, "c.json"), json);
    for arguments in [&["fmt", "."][..], &["fmt", ".", "--check"]] {
        let output = run(directory.path(), arguments);
        assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), "3 files are formatted\n"));
    }
}

#[test]
fn check_shows_diff_and_writes_nothing() {
    let directory = directory(&[("a.yaml", UNFORMATTED), ("b.yaml", FORMATTED)]);
    let output = run(directory.path(), &["fmt", "--check", "a.yaml", "b.yaml"]);
    assert_eq!(output.exit_code, Some(1));
    assert!(output.stdout.starts_with("--- a.yaml\n+++ a.yaml\n@@ "), "{}", output.stdout);
    assert!(
        output.stdout.contains("\n-version:   1\n") && output.stdout.contains("\n+version: 1\n"),
        "{}",
        output.stdout
    );
    assert_eq!(output.stderr, "error: not formatted: a.yaml\nhint: run `ajo fmt` without --check\n");
    assert_eq!(read(&directory, "a.yaml"), UNFORMATTED);
    let output = run(directory.path(), &["fmt", "--check", "b.yaml"]);
    assert_eq!(
        (output.exit_code, output.stdout.as_str(), output.stderr.as_str()),
        (Some(0), "", "1 file is formatted\n")
    );
    let output = run(directory.path(), &["fmt", "--check", "a.yaml", "--output", "json"]);
    let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!((&report["outcome"], &report["files"][0]), (&"changes".into(), &"a.yaml".into()));
    assert!(report["fileDiff"].as_str().is_some_and(|diff| diff.contains("+version: 1")), "{report}");
}

#[test]
fn standard_input_is_printed() {
    let output = run_with_input(&mut ajo_command(&["fmt", "-"]), UNFORMATTED);
    assert_eq!((output.exit_code, output.stdout.as_str(), output.stderr.as_str()), (Some(0), FORMATTED, ""));
    let output = run_with_input(&mut ajo_command(&["fmt", "-", "--check"]), UNFORMATTED);
    assert_eq!(output.exit_code, Some(1));
    // Masked text is not what was passed.
    let secret = "0123456789-secret";
    let text = format!("version: 1\nsandbox: prod\n# {secret}\n");
    let output = run_with_input(ajo_command(&["fmt", "-"]).env("AJO_CLIENT_SECRET", secret), &text);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""), "{}", output.stderr);
}

#[test]
fn invalid_file_prevents_all_writes() {
    let duplicate = "{\"version\": 1, \"sandbox\": \"a\", \"sandbox\": \"b\"}";
    // The formatter would remove the empty line, which is part of the value.
    let kept = "version:  1\nsandbox: prod\nextra: |+\n  text\n\n";
    for (text, code) in [
        ("version: 1\nsandbox: [\n", "AJO_LIMITS_YAML"),
        (duplicate, "AJO_LIMITS_DUPLICATE_KEY"),
        (kept, "AJO_LIMITS_FORMAT"),
    ] {
        let directory = directory(&[("a.yaml", UNFORMATTED), ("b.yaml", text)]);
        let output = run(directory.path(), &["fmt", "a.yaml", "b.yaml"]);
        assert_eq!((output.exit_code, output.stderr.as_str()), (Some(1), ""), "{text}");
        assert!(output.stdout.starts_with(&format!("error[{code}]: ")), "{}", output.stdout);
        assert!(output.stdout.contains("--> b.yaml:"), "{}", output.stdout);
        assert_eq!((read(&directory, "a.yaml").as_str(), read(&directory, "b.yaml").as_str()), (UNFORMATTED, text));
    }
}

#[cfg(unix)]
#[test]
fn link_and_mode_stay() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = directory(&[("real.yaml", UNFORMATTED)]);
    let real = directory.path().join("real.yaml");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("changed");
    std::os::unix::fs::symlink("real.yaml", directory.path().join("link.yaml")).expect("linked");
    assert_eq!(run(directory.path(), &["fmt", "link.yaml"]).exit_code, Some(0));
    assert_eq!(fs::read_to_string(&real).expect("there"), FORMATTED);
    assert_eq!(fs::metadata(&real).expect("there").permissions().mode() & 0o777, 0o640);
    let link = fs::symlink_metadata(directory.path().join("link.yaml")).expect("there");
    assert!(link.is_symlink());
    assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 2, "no temporary file stays");
}

#[test]
fn mark_and_line_breaks_stay() {
    let text = format!("\u{feff}{}", UNFORMATTED.replace('\n', "\r\n"));
    let directory = directory(&[("a.yaml", &text)]);
    assert_eq!(run(directory.path(), &["fmt", "a.yaml"]).exit_code, Some(0));
    assert_eq!(read(&directory, "a.yaml"), format!("\u{feff}{}", FORMATTED.replace('\n', "\r\n")));
}

#[test]
fn examples_are_formatted() {
    for name in ["prod.yaml", "policy.yaml"] {
        let file = repository_path(&format!("examples/limits/{name}")).display().to_string();
        assert_eq!(run(Path::new("."), &["fmt", "--check", &file]).exit_code, Some(0), "{name}");
    }
}

#[tokio::test]
async fn export_is_formatted() {
    let fixture = LimitsFixture::start().await;
    fixture.write("a.yaml", &limits_file(&[("a", 100, true), ("b", 5, false)]));
    fixture.run_expecting(&["apply", "a.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["export", "--sandbox", "prod", "--out", "b.yaml"], 0).await;
    fixture.run_expecting(&["fmt", "--check", "b.yaml"], 0).await;
}
