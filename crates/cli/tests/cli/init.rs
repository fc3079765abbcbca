//! `ajo init`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::docs::repository_path;
use crate::support::{CommandOutput, ajo_command};

fn run(directory: &Path, arguments: &[&str]) -> CommandOutput {
    ajo_command(arguments).current_dir(directory).output().expect("ajo runs").into()
}

fn run_expecting(directory: &Path, arguments: &[&str], code: i32) -> CommandOutput {
    let output = run(directory, arguments);
    assert_eq!(output.exit_code, Some(code), "{arguments:?}\n{}\n{}", output.stdout, output.stderr);
    output
}

fn example(name: &str) -> String {
    fs::read_to_string(repository_path(&format!("examples/{name}"))).expect(name)
}

/// All files below a directory with their content.
fn files(directory: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(directory).expect("inside").display().to_string().replace('\\', "/");
                found.insert(name, fs::read_to_string(path).expect("text"));
            }
        }
    }
    found
}

#[test]
fn new_folder_is_valid_and_plans_nothing() {
    let directory = TempDir::new().expect("a directory");
    let output = run_expecting(directory.path(), &["init"], 0);
    assert!(
        output.stdout.starts_with("created limits/prod.yaml\n") && output.stdout.contains("\n  ajo plan limits "),
        "{}",
        output.stdout
    );
    let created = files(directory.path());
    let names: Vec<_> = created.keys().map(String::as_str).collect();
    let expected = [
        ".github/workflows/limits.yml",
        "limits/.gitignore",
        "limits/limits.schema.json",
        "limits/policy.yaml",
        "limits/prod.yaml",
    ];
    assert_eq!(names, expected);
    assert_eq!(created[expected[0]], example("github/limits.yml"));
    // An editor finds the schema without a network.
    assert!(created["limits/prod.yaml"].starts_with("# yaml-language-server: $schema=limits.schema.json\n"));
    let schema = run_expecting(directory.path(), &["schema"], 0).stdout;
    assert_eq!(created["limits/limits.schema.json"], schema);

    run_expecting(directory.path(), &["validate", "limits"], 0);
    let planned = run_expecting(directory.path(), &["--emulator", "plan", "limits", "--exit-code"], 0);
    assert!(planned.stdout.contains("No changes."), "{}", planned.stdout);
    run_expecting(directory.path(), &["fmt", "--check", "limits", "limits/policy.yaml"], 0);
}

#[test]
fn example_in_new_file_is_a_limit() {
    let directory = TempDir::new().expect("a directory");
    run_expecting(directory.path(), &["init", "--ci", "none"], 0);
    for (file, list) in [("limits/prod.yaml", "capping:"), ("limits/policy.yaml", "maximums:")] {
        let path = directory.path().join(file);
        let text = fs::read_to_string(&path).expect("there").replace("\ncapping: []\n", "\n");
        let (before, after) = text.split_once(&format!("# {list}\n")).expect("an example");
        let after = after.replace("#   ", "  ");
        fs::write(&path, format!("{before}{list}\n{after}")).expect("written");
    }
    let planned = run_expecting(directory.path(), &["--emulator", "plan", "limits"], 0);
    assert!(planned.stdout.contains("Plan: 1 to create"), "{}", planned.stdout);
}

#[test]
fn existing_files_are_not_overwritten() {
    let directory = TempDir::new().expect("a directory");
    run_expecting(directory.path(), &["init"], 0);
    fs::write(directory.path().join("limits/prod.yaml"), "mine").expect("written");
    fs::remove_file(directory.path().join("limits/policy.yaml")).expect("removed");
    let before = files(directory.path());
    let output = run_expecting(directory.path(), &["init"], 1);
    assert_eq!(output.stdout, "");
    assert_eq!(output.stderr.matches("error").count(), 1, "{}", output.stderr);
    for name in ["limits/prod.yaml", "limits/.gitignore", ".github/workflows/limits.yml", "nothing was created"] {
        assert!(output.stderr.contains(name), "{name}: {}", output.stderr);
    }
    assert_eq!(files(directory.path()), before);
}

#[test]
fn failed_init_leaves_nothing_behind() {
    let directory = TempDir::new().expect("a directory");
    // The workflow is written last, and its directory cannot be created.
    fs::write(directory.path().join(".github"), "").expect("written");
    for arguments in [&["init", "a/b"][..], &["init", ".github/limits", "--ci", "none"]] {
        let output = run_expecting(directory.path(), arguments, 1);
        assert!(output.stderr.starts_with("error: failed to "), "{}", output.stderr);
        assert_eq!(output.stderr.matches("error:").count(), 1, "{}", output.stderr);
    }
    assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 1);
}

#[test]
fn workflow_is_at_the_repository_root() {
    let directory = TempDir::new().expect("a directory");
    fs::create_dir_all(directory.path().join(".git")).expect("created");
    fs::create_dir_all(directory.path().join("teams/crm")).expect("created");
    run_expecting(&directory.path().join("teams/crm"), &["init", "ajo", "--ci", "gitlab", "--sandbox", "dev"], 0);
    let created = files(directory.path());
    assert_eq!(created[".gitlab/ci/limits-apply.yml"], example("gitlab/limits-apply.yml"));
    let expected = example("gitlab/limits.yml")
        .replace("limits/prod.yaml", "teams/crm/ajo/dev.yaml")
        .replace("\"limits/**", "\"teams/crm/ajo/**");
    assert_eq!(created[".gitlab/ci/limits.yml"], expected);
    assert!(created["teams/crm/ajo/dev.yaml"].contains("\nsandbox: dev\n"), "{created:?}");
    run_expecting(directory.path(), &["validate", "teams/crm/ajo"], 0);
}

#[test]
fn sandbox_comes_from_settings_or_profile() {
    let directory = TempDir::new().expect("a directory");
    let config = directory.path().join("config");
    fs::create_dir_all(config.join("profiles")).expect("created");
    let profile = r#"{"version": 1, "clientId": "c", "orgId": "A1@AdobeOrg", "scopes": "openid", "sandbox": "stage", "secrets": "keychain"}"#;
    let file = config.join("profiles/default.json");
    fs::write(&file, profile).expect("written");
    #[cfg(unix)]
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("changed");
    for (arguments, variable, expected) in
        [(&["a"][..], "", "stage"), (&["b"], "dev", "dev"), (&["c", "--sandbox", "prod"], "dev", "prod")]
    {
        let mut command = ajo_command(&[&["init", "--ci", "none", "--output", "json"], arguments].concat());
        command.current_dir(directory.path()).env("AJO_CONFIG_DIR", &config).env("AJO_SANDBOX", variable);
        let output = CommandOutput::from(command.output().expect("ajo runs"));
        let report: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}", output.stderr));
        assert_eq!(report["sandbox"], expected);
        assert_eq!(report["files"][0], format!("{}/{expected}.yaml", arguments[0]));
    }
}
