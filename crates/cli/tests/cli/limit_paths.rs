//! Directories, patterns, and duplicates where limits files are accepted.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::support::{CommandOutput, ajo_command};

const POLICY: &str = "version: 1\ndeniedHosts: []\n";

/// A directory with these files.
fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("created");
        fs::write(path, text).expect("written");
    }
    directory
}

fn run(directory: &Path, arguments: &[&str]) -> CommandOutput {
    ajo_command(arguments).current_dir(directory).output().expect("ajo runs").into()
}

/// The files that `ajo validate` checks.
fn validated(directory: &Path, arguments: &[&str]) -> Vec<String> {
    let output = run(directory, &[&["validate", "--output", "json"], arguments].concat());
    let report: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}", output.stderr));
    let files = report["files"].as_array().expect("files").iter();
    files.map(|file| file.as_str().expect("a name").replace('\\', "/")).collect()
}

fn limits(host: &str) -> String {
    limits_file(&[(host, 100, true)])
}

#[test]
fn directory_stands_for_its_limits_files() {
    let base = "version: 1\n# the base has no sandbox\ncapping: []\n";
    let (a, b) = (limits("a"), limits("b").replace("version: 1", "version: 1\nbase: base.yml"));
    let state = r#"{"version": 1, "serials": {}, "configs": []}"#;
    let plan = format!(r#"{{"command": "plan", "outcome": "clean", "plan": {}1{}}}"#, "[".repeat(50), "]".repeat(50));
    let directory = directory(&[
        ("limits/b.yaml", &b),
        ("limits/a.json", &a),
        ("limits/base.yml", base),
        ("limits/policy.yaml", POLICY),
        ("limits/ajo.state.json", state),
        ("limits/plan.json", &plan),
        ("limits/limits.schema.json", r#"{"$schema": "x", "type": "object"}"#),
        ("limits/.hidden.yaml", "nonsense: ["),
        ("limits/README.md", "text"),
        ("limits/deeper/c.yaml", "nonsense: ["),
    ]);
    let expected = ["limits/a.json", "limits/b.yaml", "limits/base.yml"];
    for argument in ["limits", "limits/", "./limits"] {
        let found = validated(directory.path(), &[argument]);
        let found: Vec<_> = found.iter().map(|file| file.trim_start_matches("./")).collect();
        assert_eq!(found, expected, "{argument}");
    }
    assert_eq!(run(directory.path(), &["validate", "limits"]).exit_code, Some(0));
}

#[test]
fn file_with_typo_is_not_left_out() {
    for text in ["version: 1\nsandbx: prod\ncaping: []\n", "sandbox: [", ""] {
        let directory = directory(&[("limits/a.yaml", &limits("a")), ("limits/b.yaml", text)]);
        let output = run(directory.path(), &["validate", "limits"]);
        assert_eq!(output.exit_code, Some(1), "{text}");
        assert!(output.stdout.contains("b.yaml"), "{text}: {}", output.stdout);
    }
}

#[test]
fn pattern_stands_for_matching_files() {
    let directory = directory(&[
        ("limits/prod/a.yaml", &limits("a")),
        ("limits/prod/policy.yaml", POLICY),
        ("limits/dev/b.yaml", &limits("b").replace("prod", "dev")),
        ("limits/c.yaml", &limits("c")),
        ("limits/.d/d.yaml", "nonsense: ["),
        ("e[1].yaml", &limits("e")),
    ]);
    for (arguments, expected) in [
        (&["limits/**/*.yaml"][..], &["limits/c.yaml", "limits/dev/b.yaml", "limits/prod/a.yaml"][..]),
        (&["limits/*.yaml"], &["limits/c.yaml"]),
        (&["limits/*/?.y*ml"], &["limits/dev/b.yaml", "limits/prod/a.yaml"]),
        (&["e[1].yaml"], &["e[1].yaml"]),
        (&["e[[]?].yaml"], &["e[1].yaml"]),
    ] {
        assert_eq!(validated(directory.path(), arguments), expected, "{arguments:?}");
    }
}

#[test]
fn file_named_twice_is_used_once() {
    let directory = directory(&[("limits/a.yaml", &limits("a")), ("limits/b.yaml", &limits("b"))]);
    let found = validated(directory.path(), &["limits/b.yaml", "limits", "limits/../limits/*.yaml", "limits/b.yaml"]);
    assert_eq!(found, ["limits/b.yaml", "limits/a.yaml"]);
}

#[cfg(unix)]
#[test]
fn links_in_directory_are_followed() {
    let directory = directory(&[("limits/a.yaml", &limits("a")), ("other/b.yaml", &limits("b"))]);
    std::os::unix::fs::symlink("../other/b.yaml", directory.path().join("limits/b.yaml")).expect("linked");
    std::os::unix::fs::symlink("a.yaml", directory.path().join("limits/same.yaml")).expect("linked");
    std::os::unix::fs::symlink("limits", directory.path().join("link")).expect("linked");
    assert_eq!(validated(directory.path(), &["link"]), ["link/a.yaml", "link/b.yaml"]);
    std::os::unix::fs::symlink("nowhere", directory.path().join("limits/broken.yaml")).expect("linked");
    let output = run(directory.path(), &["validate", "limits"]);
    assert!(output.stdout.contains("broken.yaml"), "{}", output.stdout);
}

#[test]
fn argument_without_limits_files_is_an_error() {
    let directory = directory(&[("limits/policy.yaml", POLICY), ("empty/text.txt", "")]);
    for (argument, expected) in [
        (
            "empty",
            "error: the directory empty has no limits files\nhint: limits files end in .yaml, .yml, or .json; `ajo init`",
        ),
        (
            "limits",
            "error: the directory limits has no limits files\nhint: limits files end in .yaml, .yml, or .json (of another kind: limits",
        ),
        ("*.yaml", "error: no limits file matches *.yaml\nhint: "),
        (
            "limits/p*",
            "error: no limits file matches limits/p*\nhint: limits files end in .yaml, .yml, or .json (of another kind: limits",
        ),
    ] {
        for command in [
            &["validate"][..],
            &["--emulator", "plan"],
            &["fmt", "--check"],
            &["explain", "GET", "https://a.example/", "--offline", "--limits"],
        ] {
            let output = run(directory.path(), &[command, &[argument]].concat());
            assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""), "{command:?} {argument}");
            assert!(output.stderr.starts_with(expected), "{argument}: {}", output.stderr);
        }
    }
    // A policy that is named is not left out.
    let output = run(directory.path(), &["validate", "limits/policy.yaml"]);
    assert!(output.stdout.contains("this is a policy, not a limits file"), "{}", output.stdout);
}

#[tokio::test]
async fn directory_works_with_each_command() {
    let fixture = LimitsFixture::start().await;
    fixture.write("limits/a.yaml", &limits_file(&[("a", 100, true)]));
    fixture.write("limits/b.yaml", &limits_file(&[("b", 100, true)]));
    fixture.write("limits/policy.yaml", POLICY);
    let applied = fixture.run_expecting(&["apply", "limits", "--yes"], 0).await;
    assert!(applied.stdout.contains("2 done"), "{}", applied.stdout);
    assert!(fixture.has("limits/ajo.state.json"));
    // The state is in the directory now.
    for arguments in [
        &["plan", "limits", "--exit-code"][..],
        &["drift", "limits/*.yaml"],
        &["verify", "limits"],
        &["import", "limits"],
        &["accept", "limits"],
        &["state", "list", "--limits", "limits"],
        &["explain", "GET", "https://a.example.org/x", "--limits", "limits"],
        &["simulate", "limits", "--url", "https://a.example.org/*", "--traffic", "10x1"],
    ] {
        let output = fixture.run_expecting(arguments, 0).await;
        assert!(!output.stdout.is_empty(), "{arguments:?}");
    }
}

#[tokio::test]
async fn several_sandboxes_need_a_choice() {
    let fixture = LimitsFixture::start().await;
    fixture.write("limits/a.yaml", &limits_file(&[("a", 100, true)]));
    fixture.write("limits/b.yaml", &limits_file(&[("b", 100, true)]).replace("prod", "dev"));
    fixture.run_expecting(&["validate", "limits"], 0).await;
    for command in ["plan", "apply", "drift"] {
        let output = fixture.run_expecting(&[command, "limits"], 1).await;
        let hint =
            "hint: this command takes the files of one sandbox: name them, or keep each sandbox in its own directory";
        assert!(output.stdout.replace("\n  ", "").contains(hint), "{command}: {}", output.stdout);
    }
}

#[test]
fn hint_names_subdirectories_with_limits() {
    let directory = directory(&[("b/prod.yaml", &limits("a")), ("a/dev.yaml", &limits("a")), ("c/text.txt", "")]);
    let output = run(directory.path(), &["--emulator", "plan", "."]);
    let expected = "error: the directory . has no limits files\nhint: pass a subdirectory that has some: ./a, ./b\n";
    assert_eq!((output.exit_code, output.stderr.as_str()), (Some(1), expected));
}

#[test]
fn missing_file_has_no_position() {
    let directory = directory(&[]);
    let output = run(directory.path(), &["--emulator", "plan", "nodir"]);
    assert_eq!(output.exit_code, Some(1));
    assert!(output.stdout.contains("failed to read the file: it does not exist; check the path"), "{}", output.stdout);
    assert!(output.stdout.contains("nodir") && !output.stdout.contains("nodir:1"), "{}", output.stdout);
    for arguments in [
        &["fmt", "no.yaml"][..],
        &["simulate", "no.yaml", "--traffic", "1x1"],
        &["--emulator", "capping", "create", "no.yaml"],
    ] {
        let output = run(directory.path(), arguments);
        assert_eq!(output.exit_code, Some(1), "{}", output.stderr);
        assert_eq!(output.stderr, "error: failed to read no.yaml: it does not exist; check the path\n");
    }
}
