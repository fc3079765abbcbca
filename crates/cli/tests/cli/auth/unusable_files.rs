//! Credential files, profiles, and caches that are not private, not regular files, or too large.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::auth::fixture::AuthFixture;
use crate::support::CommandOutput;

fn run(command: &mut std::process::Command) -> CommandOutput {
    command.output().expect("ajo runs").into()
}

/// The warnings of `auth status`, as JSON and as text.
fn status_warnings(fixture: &AuthFixture, variables: &[(&str, &Path)]) -> (Vec<String>, String) {
    let mut json = fixture.command(&["auth", "status", "--output=json"]);
    let json = run(json.envs(variables.iter().copied()));
    assert_eq!(json.exit_code, Some(0), "{}", json.stderr);
    let status: Value = serde_json::from_str(&json.stdout).expect("JSON");
    let warnings = status["warnings"].as_array().expect("a list").iter();
    let warnings = warnings.map(|warning| warning.as_str().expect("a string").to_owned()).collect();
    let mut text = fixture.command(&["auth", "status"]);
    (warnings, run(text.envs(variables.iter().copied())).stderr)
}

#[test]
fn status_reports_unusable_cache() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let file = fixture.path("file");
    fs::write(&file, "").expect("written");
    let cache = file.join("tokens");
    let (warnings, text) = status_warnings(&fixture, &[("AJO_TOKEN_CACHE", &cache)]);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let start = format!("token cache {}: it is not writable: ", cache.display());
    assert!(warnings[0].starts_with(&start), "{warnings:?}");
    assert!(warnings[0].ends_with("; each run requests its own token"), "{warnings:?}");
    assert_eq!(text, format!("warning: {}\n", warnings[0]));
    assert_eq!(status_warnings(&fixture, &[]), (vec![], String::new()), "a usable cache");
}

#[test]
fn huge_credential_file_is_an_error() {
    let fixture = AuthFixture::new();
    let sparse = fixture.path("sparse");
    fs::File::create(&sparse).and_then(|file| file.set_len(2 << 30)).expect("a sparse file");
    let mut endless = vec![sparse];
    if cfg!(unix) {
        endless.push("/dev/zero".into());
    }
    for file in endless {
        let output = run(fixture.command(&["capping", "list"]).env("AJO_CREDENTIALS", &file));
        assert_eq!(output.exit_code, Some(3), "{}", output.stderr);
        assert!(output.stderr.contains(&file.display().to_string()), "{}", output.stderr);
        assert!(output.stderr.contains("it is longer than 1 MiB"), "{}", output.stderr);
    }
}

#[cfg(unix)]
mod unix {
    use std::io::Write as _;
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
    use std::process::Stdio;

    use super::*;
    use crate::pipe::{make_pipe, open_when_read};
    use crate::support::{print_skipped, wait_or_kill};

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("changed");
    }

    /// Gives a file to another user, which only root can do. Otherwise prints that the test is skipped.
    fn give_away(path: &Path) -> bool {
        let is_given = chown(path, Some(65_534), None).is_ok();
        if !is_given {
            print_skipped("only root can give files to another user");
        }
        is_given
    }

    #[test]
    fn status_reports_shared_cache() {
        let fixture = AuthFixture::new();
        fixture.login("default", "prod");
        set_mode(&fixture.path("tokens"), 0o777);
        let (warnings, _) = status_warnings(&fixture, &[]);
        assert!(warnings[0].contains("other users can write to it (its mode is 777)"), "{warnings:?}");
    }

    #[test]
    fn files_of_another_user_are_reported() {
        let fixture = AuthFixture::new();
        fixture.login("default", "prod");
        if !give_away(&fixture.path("tokens")) {
            return;
        }
        let (warnings, _) = status_warnings(&fixture, &[]);
        assert!(warnings[0].contains("it belongs to another user (uid 65534)"), "{warnings:?}");
        assert!(give_away(&fixture.profile_path("default")));
        let error = fixture.run(&["capping", "list"]).stderr;
        assert!(error.contains("default.json: it belongs to another user (uid 65534)"), "{error}");
    }

    #[test]
    fn only_status_warns_about_credentials() {
        let fixture = AuthFixture::new();
        let file = fixture.path("credentials.env");
        fs::write(&file, fixture.dotenv_credentials()).expect("written");
        let variables = [("AJO_CREDENTIALS", file.as_path()), ("AJO_SANDBOX", Path::new("prod"))];
        set_mode(&file, 0o600);
        assert_eq!(status_warnings(&fixture, &variables), (vec![], String::new()));
        set_mode(&file, 0o644);
        let (warnings, text) = status_warnings(&fixture, &variables);
        let expected =
            format!("credential file {}: other users can access it (its mode is 644, not 600)", file.display());
        assert_eq!(warnings, [expected]);
        assert_eq!(text, format!("warning: {}\n", warnings[0]));
        let output = run(fixture.command(&["capping", "list"]).envs(variables));
        assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""));
    }

    #[test]
    fn credentials_can_be_a_link_or_a_pipe() {
        let fixture = AuthFixture::new();
        let path = |name: &str| fixture.path(name);
        fs::write(path("data"), fixture.dotenv_credentials()).expect("written");
        symlink("data", path("link")).expect("a link");
        make_pipe(&path("pipe"));
        for name in ["link", "pipe"] {
            let mut command = fixture.command(&["capping", "list", "--sandbox", "prod"]);
            command.env("AJO_CREDENTIALS", path(name)).stdout(Stdio::null()).stderr(Stdio::piped());
            let child = command.spawn().expect("ajo runs");
            if name == "pipe" {
                let credentials = fixture.dotenv_credentials();
                open_when_read(&path("pipe")).write_all(credentials.as_bytes()).expect("written");
            }
            let output = wait_or_kill(child, name);
            assert_eq!(output.exit_code, Some(0), "{name}: {}", output.stderr);
        }
        let mut command = fixture.command(&["capping", "list", "--sandbox", "prod", "--credentials", "-"]);
        let output = crate::support::run_with_input(&mut command, &fixture.dotenv_credentials());
        assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    }

    #[test]
    fn profile_must_be_a_regular_file() {
        let fixture = AuthFixture::new();
        fixture.login("default", "prod");
        let path = fixture.profile_path("default");
        let error = || fixture.run(&["capping", "list"]).stderr;
        fs::rename(&path, fixture.path("elsewhere.json")).expect("moved");
        symlink(fixture.path("elsewhere.json"), &path).expect("a link");
        assert!(error().contains("it is a symbolic link"), "{}", error());
        fs::remove_file(&path).expect("removed");
        make_pipe(&path);
        assert!(error().contains("it is not a regular file"), "{}", error());
    }
}
