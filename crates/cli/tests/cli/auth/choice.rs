//! `ajo auth switch` and `ajo auth list`.

use std::fs;

use serde_json::{Value, json};

use crate::auth::fixture::{AuthFixture, SECRET};
use crate::support::CommandOutput;

/// The profile that a command uses.
fn used_profile(fixture: &AuthFixture, arguments: &[&str]) -> String {
    let output = fixture.run(&[&["auth", "status", "--output", "json"], arguments].concat());
    let status: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}", output.stderr));
    status["profile"].as_str().expect("a profile").to_owned()
}

#[test]
fn switch_chooses_the_profile() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    fixture.login("staging", "dev");
    assert_eq!(used_profile(&fixture, &[]), "default");
    let output = fixture.run(&["auth", "switch", "staging"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), ""), "{}", output.stderr);
    assert!(
        output.stderr.starts_with("commands use profile staging from now on: sandbox dev of "),
        "{}",
        output.stderr
    );
    assert_eq!(used_profile(&fixture, &[]), "staging");
    // The flag comes first, then the variable.
    assert_eq!(used_profile(&fixture, &["--profile", "default"]), "default");
    let mut command = fixture.command(&["auth", "status"]);
    let output = CommandOutput::from(command.env("AJO_PROFILE", "default").output().expect("ajo runs"));
    assert!(output.stdout.starts_with("credentials     profile default\n"), "{}", output.stdout);
    let mut command = fixture.command(&["auth", "switch", "staging"]);
    let output = CommandOutput::from(command.env("AJO_PROFILE", "default").output().expect("ajo runs"));
    assert!(
        output.stderr.contains("warning: AJO_PROFILE is set to default and overrides this choice"),
        "{}",
        output.stderr
    );
    assert_eq!(fixture.run(&["capping", "list"]).exit_code, Some(0));

    let output = fixture.run(&["auth", "logout"]);
    assert!(output.stderr.ends_with("commands use profile default again\n"), "{}", output.stderr);
    assert!(!fixture.profile_path("staging").exists() && fixture.profile_path("default").exists());
    assert_eq!(used_profile(&fixture, &[]), "default");
}

#[test]
fn wrong_choice_names_the_profiles() {
    let fixture = AuthFixture::new();
    let output = fixture.run(&["auth", "switch", "staging"]);
    assert_eq!(output.exit_code, Some(3));
    assert_eq!(
        output.stderr,
        "error: profile staging not found; there are no profiles\nhint: create one with `ajo auth login`\n"
    );
    fixture.login("default", "prod");
    fixture.login("staging", "dev");
    for (name, code, expected) in [
        (
            "stagin",
            3,
            "error: profile stagin not found; available profiles: default, staging\nhint: did you mean staging? `ajo auth list` shows all profiles\n",
        ),
        (
            "qa",
            3,
            "error: profile qa not found; available profiles: default, staging\nhint: choose one with --profile, AJO_PROFILE, or `ajo auth switch`\n",
        ),
        ("../x", 64, "error: invalid profile name: "),
    ] {
        let output = fixture.run(&["auth", "switch", name]);
        assert_eq!(output.exit_code, Some(code), "{}", output.stderr);
        assert!(output.stderr.starts_with(expected), "{}", output.stderr);
    }
    let output = fixture.run(&["auth", "switch", "staging", "--emulator"]);
    assert_eq!(output.exit_code, Some(64), "{}", output.stderr);
    assert_eq!(used_profile(&fixture, &[]), "default");

    // A profile that someone removed, and a damaged file.
    fixture.run(&["auth", "switch", "staging"]);
    fs::remove_file(fixture.profile_path("staging")).expect("removed");
    let output = fixture.run(&["capping", "list"]);
    assert_eq!(output.exit_code, Some(3));
    assert!(
        output.stderr.starts_with("error: profile staging not found; available profiles: default\n"),
        "{}",
        output.stderr
    );
    fs::write(fixture.path("config").join("selected-profile"), "../x").expect("written");
    let output = fixture.run(&["capping", "list"]);
    assert!(output.stderr.starts_with("error: failed to read the chosen profile in "), "{}", output.stderr);
    assert!(output.stderr.contains("\nhint: choose a profile with `ajo auth switch`\n"), "{}", output.stderr);
    assert_eq!(fixture.run(&["auth", "switch", "default"]).exit_code, Some(0));
    assert_eq!(fixture.run(&["capping", "list"]).exit_code, Some(0));
}

#[test]
fn list_shows_profiles_without_secrets() {
    let fixture = AuthFixture::new();
    let output = fixture.run(&["auth", "list"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), ""));
    assert_eq!(output.stderr, "there are no profiles; create one with `ajo auth login`\n");
    fixture.login("default", "prod");
    fixture.login("staging", "dev");
    fixture.run(&["auth", "switch", "staging"]);
    // Each profile has its own URLs; the settings do not change them.
    let mut command = fixture.command(&["auth", "list"]);
    let output = CommandOutput::from(command.env_remove("AJO_BASE_URL").output().expect("ajo runs"));
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    let (org, url, ims) =
        (fixture.setting("AJO_ORG_ID"), fixture.setting("AJO_BASE_URL"), fixture.setting("AJO_IMS_URL"));
    let profile = |mark: &str, name: &str, sandbox: &str| {
        format!(
            "{mark} {name}\n    sandbox         {sandbox}\n    organization    {org}\n    service         {url}\n    token endpoint  \
             {ims}\n    secret          in the profile file\n"
        )
    };
    assert_eq!(output.stdout, profile(" ", "default", "prod") + &profile("*", "staging", "dev"));
    assert!(output.stdout.lines().all(|line| line.chars().count() <= 80), "{}", output.stdout);

    let output = fixture.run(&["auth", "list", "--output", "json"]);
    let list: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let expected = json!({
        "name": "staging", "isChosen": true, "sandbox": "dev", "orgId": org, "clientId": fixture.setting("AJO_CLIENT_ID"),
        "serviceUrl": url, "tokenEndpoint": ims, "secret": "file",
    });
    assert_eq!((&list["profiles"][1], &list["profiles"][0]["isChosen"]), (&expected, &Value::from(false)));
    assert!(!output.stdout.contains(SECRET), "{}", output.stdout);

    fs::write(fixture.profile_path("staging"), "{").expect("written");
    let output = fixture.run(&["auth", "list"]);
    assert!(output.stdout.contains("  default\n") && !output.stdout.contains("staging"), "{}", output.stdout);
    assert!(output.stderr.contains("warning: failed to read profile staging in "), "{}", output.stderr);
}

#[test]
fn first_profile_with_another_name_is_not_in_use() {
    let fixture = AuthFixture::new();
    fixture.login("staging", "stage");
    let output = fixture.run(&["auth", "list"]);
    assert!(output.stderr.contains("no profile is in use; choose one with `ajo auth switch`"), "{}", output.stderr);
}

#[test]
fn status_shows_service_and_token_endpoint() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let output = fixture.run(&["auth", "status"]);
    let (url, ims) = (fixture.setting("AJO_BASE_URL"), fixture.setting("AJO_IMS_URL"));
    let lines = format!("\nservice         {url}\ntoken endpoint  {ims}\n");
    assert!(output.stdout.contains(&lines), "{}", output.stdout);
    let output = fixture.run(&["auth", "status", "--output", "json"]);
    let status: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!((&status["serviceUrl"], &status["tokenEndpoint"]), (&url.into(), &ims.into()));
}

#[test]
fn logout_takes_the_name() {
    let fixture = AuthFixture::new();
    for name in ["one", "two", "three"] {
        fixture.login(name, "prod");
    }
    fixture.run(&["auth", "switch", "three"]);
    let output = fixture.run(&["auth", "logout", "one", "--profile", "two"]);
    assert_eq!(output.exit_code, Some(64), "{}", output.stderr);
    assert!(output.stderr.contains("two profiles are named, one and two"), "{}", output.stderr);
    for arguments in [&["auth", "logout", "one"][..], &["auth", "logout", "--profile", "two"]] {
        let output = fixture.run(arguments);
        assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    }
    fixture.login("chosen", "prod");
    fixture.run(&["auth", "switch", "chosen"]);
    let output = fixture.run(&["auth", "logout"]);
    let expected = "no profile is in use; choose one with `ajo auth switch`\n";
    assert!(output.stderr.ends_with(expected), "{}", output.stderr);
    let left = ["one", "two", "three"].map(|name| fixture.profile_path(name).exists());
    assert_eq!(left, [false, false, true]);
}
