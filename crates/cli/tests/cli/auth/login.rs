//! `ajo auth login` and `ajo auth logout`.

use std::fs;

use crate::auth::fixture::{AuthFixture, SECRET};
use crate::support::{ClosedPort, run_with_input};

/// The emulator's credential in each supported format. The project and contexts contain a second one.
pub(super) fn credential_formats(fixture: &AuthFixture) -> Vec<(&'static str, String)> {
    let (id, org) = (fixture.setting("AJO_CLIENT_ID"), fixture.setting("AJO_ORG_ID"));
    let scopes = fixture.setting("AJO_SCOPES");
    let list = format!("[\"{}\"]", scopes.replace(',', "\",\""));
    vec![
        ("lines", fixture.dotenv_credentials()),
        ("flat", format!(r#"{{"CLIENT_ID":"{id}","CLIENT_SECRETS":["{SECRET}"],"ORG_ID":"{org}","SCOPES":{list}}}"#)),
        (
            "project",
            format!(
                r#"{{"project":{{"org":{{"ims_org_id":"{org}"}},"workspace":{{"details":{{"credentials":[
                {{"name":"other","integration_type":"oauth_server_to_server","oauth_server_to_server":
                  {{"client_id":"o","client_secrets":["x"],"scopes":["openid"]}}}},
                {{"name":"chosen","integration_type":"oauth_server_to_server","oauth_server_to_server":
                  {{"client_id":"{id}","client_secrets":["{SECRET}"],"scopes":{list}}}}}]}}}}}}}}"#
            ),
        ),
        (
            "postman",
            format!(
                r#"{{"name":"chosen","values":[{{"key":"API_KEY","value":"{id}"}},{{"key":"CLIENT_SECRET","value":"{SECRET}"}},
                {{"key":"IMS_ORG","value":"{org}"}},{{"key":"SCOPES","value":"{scopes}"}}]}}"#
            ),
        ),
        (
            "contexts",
            format!(
                "AIO_ims_contexts_other_client__id=o\nAIO_ims_contexts_chosen_client__id={id}\n\
                 AIO_ims_contexts_chosen_client__secrets=[\"{SECRET}\"]\nAIO_ims_contexts_chosen_ims__org__id={org}\n\
                 AIO_ims_contexts_chosen_scopes={list}\n"
            ),
        ),
    ]
}

#[test]
fn login_reads_every_credential_format() {
    let fixture = AuthFixture::new();
    for (format, text) in credential_formats(&fixture) {
        let choice = if matches!(format, "project" | "contexts") { "chosen" } else { "" };
        let mut command = fixture.command(&["auth", "login", "--profile", format, "--sandbox", "prod"]);
        let output = run_with_input(command.env("AJO_CREDENTIAL_NAME", choice), &text);
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), ""), "{format}: {}", output.stderr);
        let expected = format!("saved profile {format} to {}\n", fixture.profile_path(format).display());
        assert!(output.stderr.contains(&expected), "{format}: {}", output.stderr);
        assert!(
            output.stderr.contains("stored the client secret in that file, which only you can read"),
            "{}",
            output.stderr
        );

        let file = fixture.path("credentials");
        fs::write(&file, &text).expect("written");
        let file = file.display().to_string();
        let mut command =
            fixture.command(&["auth", "login", "--profile", "file", "--sandbox", "prod", "--credentials", &file]);
        let output = command.env("AJO_CREDENTIAL_NAME", choice).output().expect("ajo runs");
        assert!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
        fs::remove_file(file).expect("removed");

        let stored = |name: &str| fs::read_to_string(fixture.profile_path(name)).expect("a profile");
        assert_eq!(stored(format), stored("file"), "{format}");
        assert!(stored(format).contains(fixture.setting("AJO_CLIENT_ID")), "{format}");
        assert_eq!(fixture.run(&["capping", "list", "--profile", format]).exit_code, Some(0), "{format}");
    }
}

#[test]
fn emulator_settings_are_a_credential() {
    let fixture = AuthFixture::new();
    let lines: String = fixture.settings().map(|(name, value)| format!("export {name}='{value}'\n")).collect();
    let mut command = fixture.command(&["auth", "login"]);
    command.env_remove("AJO_BASE_URL").env_remove("AJO_IMS_URL");
    let output = run_with_input(&mut command, &lines);
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    let target = format!("it is for sandbox prod of {}\n", fixture.setting("AJO_BASE_URL"));
    assert!(output.stderr.contains(&target), "{}", output.stderr);
    let mut command = fixture.command(&["capping", "list"]);
    let output = command.env_remove("AJO_BASE_URL").env_remove("AJO_IMS_URL").output().expect("ajo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // A flag comes first.
    let closed = ClosedPort::new();
    let mut command = fixture.command(&["auth", "login", "--ims-url", &closed.url()]);
    let output = run_with_input(command.env_remove("AJO_BASE_URL").env_remove("AJO_IMS_URL"), &lines);
    assert_eq!(output.exit_code, Some(3), "{}", output.stderr);
}

#[cfg(unix)]
#[test]
fn profile_file_must_be_private() {
    use std::os::unix::fs::PermissionsExt as _;

    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let file = fixture.profile_path("default");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("changed");
    let output = fixture.run(&["capping", "list"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(3), ""));
    assert!(output.stderr.contains("other users can access it (its mode is 640, not 600)"), "{}", output.stderr);
    assert!(output.stderr.contains(&format!("hint: run `chmod 600 {}`", file.display())), "{}", output.stderr);
    fixture.login("default", "prod");
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn rejected_credential_is_not_stored() {
    let fixture = AuthFixture::new();
    let wrong = fixture.dotenv_credentials().replace(SECRET, "wr0ng-canary");
    let output = run_with_input(&mut fixture.command(&["auth", "login", "--sandbox", "prod"]), &wrong);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(3), ""));
    assert!(
        output.stderr.contains("invalid client_secret parameter") && output.stderr.contains("; nothing was stored\n"),
        "{}",
        output.stderr
    );
    assert!(!output.stderr.contains("canary"), "{}", output.stderr);
    assert!(!fixture.path("config").exists() && !fixture.path("tokens").exists());
    fixture.login("default", "prod");
    let output = run_with_input(&mut fixture.command(&["auth", "login", "--sandbox", "prod"]), &wrong);
    assert_eq!(output.exit_code, Some(3), "a cached token must not hide the wrong secret: {}", output.stderr);
    assert_eq!(fixture.run(&["capping", "list"]).exit_code, Some(0), "the earlier profile is unchanged");
}

#[test]
fn login_reports_invalid_input() {
    let fixture = AuthFixture::new();
    let long = "#".repeat(1024 * 1024 + 1);
    for (arguments, input, code, expected) in [
        (&["--sandbox", "prod"][..], "", 3, "error: standard input is empty; expected a credential\n"),
        (&["--sandbox", "prod"], &long, 1, "error: failed to read standard input: it is longer than 1 MiB\n"),
        (&["--sandbox", "prod"], "AJO_CLIENT_ID=\"c", 3, "error: failed to parse the credential: line 1: "),
        (&[], "AJO_CLIENT_ID=c", 64, "error: no sandbox given; set AJO_SANDBOX or pass --sandbox\n"),
        (
            &["--sandbox", "prod", "--profile", "../x"],
            "",
            64,
            "error: --profile: invalid profile name: use up to 64 characters",
        ),
        (
            &["--emulator"],
            "",
            64,
            "error: --emulator cannot be used with login, logout, or switch; it needs no profile\n",
        ),
    ] {
        let output = run_with_input(&mut fixture.command(&[&["auth", "login"], arguments].concat()), input);
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(code), ""), "{expected}: {}", output.stderr);
        assert!(output.stderr.starts_with(expected), "{expected}: {}", output.stderr);
    }
    assert!(!fixture.path("config").exists());
}

#[test]
fn logout_removes_profile_and_token() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    fixture.login("staging", "dev");
    assert_eq!(
        fs::read_dir(fixture.path("tokens")).expect("a folder").count(),
        1,
        "profiles with the same credential share a token"
    );
    let output = fixture.run(&["auth", "logout"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), ""), "{}", output.stderr);
    assert_eq!(
        output.stderr,
        format!(
            "removed the cached access token\nremoved profile default: {}\n",
            fixture.profile_path("default").display()
        )
    );
    assert!(!fixture.profile_path("default").exists() && fixture.profile_path("staging").exists());
    assert_eq!(fs::read_dir(fixture.path("tokens")).expect("a folder").count(), 0);
    let output = fixture.run(&["auth", "logout"]);
    assert_eq!(output.exit_code, Some(3));
    assert!(
        output.stderr.starts_with("error: profile default not found; available profiles: staging\n"),
        "{}",
        output.stderr
    );
    fs::write(fixture.profile_path("staging"), "invalid").expect("written");
    let output = fixture.run(&["auth", "logout", "--profile", "staging"]);
    assert_eq!(output.exit_code, Some(0), "an invalid profile can be removed: {}", output.stderr);
    let output = fixture.run(&["capping", "list"]);
    assert!(output.stderr.starts_with("error: no credentials: "), "{}", output.stderr);
}

#[test]
fn secret_is_only_in_profile_file() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let mut printed = String::new();
    for arguments in [
        &["auth", "status"][..],
        &["auth", "status", "--output", "json"],
        &["capping", "list"],
        &["capping", "get", "no-such-uid"],
        &["auth", "token"],
        &["auth", "logout", "--profile", "other"],
        &["auth", "login", "--help"],
    ] {
        let output = fixture.run(arguments);
        printed += &(output.stdout + &output.stderr);
    }
    assert!(!printed.contains(SECRET), "{printed}");
    assert_eq!(fixture.files_with(SECRET), ["config/profiles/default.json"]);
    fixture.run(&["auth", "logout"]);
    assert_eq!(fixture.files_with(SECRET), [""; 0]);
}

#[test]
fn local_service_needs_token_endpoint() {
    let fixture = AuthFixture::new();
    let (_, credential) = credential_formats(&fixture).into_iter().next().expect("a format");
    let mut command = fixture.command(&["auth", "login", "--sandbox", "prod"]);
    let output = run_with_input(command.env_remove("AJO_IMS_URL"), &credential);
    assert_eq!(output.exit_code, Some(64), "{}", output.stderr);
    assert!(output.stderr.contains("is on this computer, but no token endpoint is given"), "{}", output.stderr);
    assert!(output.stderr.contains("`ajo emulator env | ajo auth login`, or pass --ims-url"), "{}", output.stderr);
    assert!(fixture.files_with(SECRET).is_empty());
}

#[test]
fn second_login_replaces_profile() {
    let fixture = AuthFixture::new();
    let (_, credential) = credential_formats(&fixture).into_iter().next().expect("a format");
    for verb in ["saved profile default to ", "replaced profile default in "] {
        let output = run_with_input(&mut fixture.command(&["auth", "login", "--sandbox", "prod"]), &credential);
        assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
        assert!(output.stderr.contains(verb), "{}", output.stderr);
    }
}
