//! Selection and use of profiles.

use serde_json::Value;

use crate::auth::fixture::AuthFixture;
use crate::support::CommandOutput;
#[cfg(target_os = "linux")]
use crate::support::run_with_input;

#[test]
fn default_profile_needs_no_variables() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let output = fixture.run(&["capping", "list"]);
    assert_eq!(
        (output.exit_code, output.stdout.as_str()),
        (Some(0), "no capping configurations in this sandbox\n"),
        "{}",
        output.stderr
    );
    let output = fixture.run(&["doctor"]);
    assert_eq!(output.exit_code, Some(0), "{}\n{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("profile default; client id "), "{}", output.stdout);
}

#[test]
fn status_shows_profile_and_secret_storage() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    fixture.login("staging", "dev");
    let output = fixture.run(&["auth", "status", "--profile", "staging"]);
    assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""));
    for line in [
        "credentials     profile staging",
        "secret          in the profile file",
        "sandbox         dev",
        &format!("token cache     {}", fixture.path("tokens").display()),
        "profiles        default, staging",
    ] {
        assert!(output.stdout.lines().any(|printed| printed == line), "{line}: {}", output.stdout);
    }
    let output = fixture.run(&["auth", "status", "--output", "json"]);
    let status: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(
        (&status["profile"], &status["secret"], &status["sandbox"], &status["profiles"]),
        (
            &Value::from("default"),
            &Value::from("in the profile file"),
            &Value::from("prod"),
            &serde_json::json!(["default", "staging"])
        )
    );
    let output = fixture
        .command(&["auth", "status"])
        .env("AJO_CLIENT_SECRET", "emulator-secret")
        .output()
        .map(CommandOutput::from);
    let output = output.expect("ajo runs");
    assert!(output.stdout.contains("secret          in AJO_CLIENT_SECRET\n"), "{}", output.stdout);
}

#[test]
fn flags_and_variables_override_profile() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let (client_id, org_id) = (fixture.setting("AJO_CLIENT_ID"), fixture.setting("AJO_ORG_ID"));
    for (name, value, expected) in [
        ("AJO_CLIENT_SECRET", "wrong", "invalid client_secret parameter"),
        ("AJO_CLIENT_ID", "other", "invalid client_id parameter"),
        ("AJO_SCOPES", "other", "invalid_scope"),
        ("AJO_ORG_ID", "A1@AdobeOrg", "capping list failed: "),
        ("AJO_SANDBOX", "nowhere", "capping list failed: "),
    ] {
        let output =
            fixture.command(&["capping", "list"]).env(name, value).output().map(CommandOutput::from).expect("ajo runs");
        assert!(output.exit_code != Some(0) && output.stderr.contains(expected), "{name}: {}", output.stderr);
    }
    // A flag overrides the variable, which overrides the profile.
    let flags = ["capping", "list", "--client-id", client_id, "--org-id", org_id, "--sandbox", "prod"];
    let wrong = [("AJO_CLIENT_ID", "other"), ("AJO_ORG_ID", "A1@AdobeOrg"), ("AJO_SANDBOX", "nowhere")];
    let output = fixture.command(&flags).envs(wrong).output().map(CommandOutput::from).expect("ajo runs");
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    // Complete settings need no profile.
    let output = fixture
        .command(&["auth", "status"])
        .envs(fixture.settings())
        .output()
        .map(CommandOutput::from)
        .expect("ajo runs");
    assert!(
        output.stdout.starts_with("credentials     AJO_CLIENT_ID, AJO_CLIENT_SECRET, AJO_ORG_ID, AJO_SCOPES\n"),
        "{}",
        output.stdout
    );
}

#[test]
fn access_token_uses_ids_of_profile() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let token = fixture.run(&["auth", "token"]).stdout;
    std::fs::remove_dir_all(fixture.path("tokens")).expect("removed");
    for arguments in [&["capping", "list"][..], &["capping", "list", "--profile", "default"]] {
        let output = fixture
            .command(arguments)
            .env("AJO_ACCESS_TOKEN", token.trim())
            .output()
            .map(CommandOutput::from)
            .expect("ajo runs");
        assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    }
    let output = fixture
        .command(&["auth", "status"])
        .env("AJO_ACCESS_TOKEN", "other")
        .output()
        .map(CommandOutput::from)
        .expect("ajo runs");
    assert!(
        output.stdout.contains("from AJO_ACCESS_TOKEN") && output.stdout.contains("token cache     off; "),
        "{}",
        output.stdout
    );
    let entries =
        std::fs::read_dir(fixture.path("tokens")).expect("the directory").map(|entry| entry.expect("an entry"));
    let names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
    assert_eq!(names, ["completion"], "a static access token is not cached");
}

#[test]
fn profile_is_selected_by_name() {
    let fixture = AuthFixture::new();
    fixture.login("production", "prod");
    let output = fixture.run(&["capping", "list"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(3), ""));
    assert_eq!(
        output.stderr,
        "error: profile default not found; available profiles: production\nhint: choose one with --profile, AJO_PROFILE, or `ajo auth switch`\n"
    );
    fixture.login("0.lab_a-b", "dev");
    let output = fixture.run(&["capping", "list", "--profile", "nowhere"]);
    assert_eq!(output.exit_code, Some(3));
    assert!(
        output.stderr.starts_with("error: profile nowhere not found; available profiles: 0.lab_a-b, production\n"),
        "{}",
        output.stderr
    );
    for (name, sandbox) in [("production", "prod"), ("0.lab_a-b", "dev")] {
        let output = fixture
            .command(&["auth", "status"])
            .env("AJO_PROFILE", name)
            .output()
            .map(CommandOutput::from)
            .expect("ajo runs");
        assert!(output.stdout.contains(&format!("sandbox         {sandbox}\n")), "{}", output.stdout);
    }
}

#[test]
fn profile_overrides_aio_variables() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let contexts = |name: &str| {
        [("client__id", "other"), ("client__secret", "x"), ("ims__org__id", "A1@AdobeOrg"), ("scopes", "openid")]
            .map(|(field, value)| (format!("AIO_ims_contexts_{name}_{field}"), value))
    };
    let list = |names: &[&str], arguments: &[&str]| {
        let mut command = fixture.command(&[&["capping", "list"], arguments].concat());
        command.env("AJO_SANDBOX", "prod").envs(names.iter().flat_map(|name| contexts(name)));
        CommandOutput::from(command.output().expect("ajo runs"))
    };
    let output = list(&["one"], &[]);
    assert!(output.stderr.contains("invalid client_id parameter"), "{}", output.stderr);
    let output = list(&["one", "two"], &[]);
    assert_eq!(
        output.stderr,
        "error: there are several credentials; choose one by name: one, two\n\
         hint: set AJO_CREDENTIAL_NAME or pass --credential-name, or choose a profile with --profile\n"
    );
    let output = list(&["one", "two"], &["--profile", "default"]);
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
}

#[test]
fn file_and_profile_are_exclusive() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let output = fixture.run(&["capping", "list", "--profile", "default", "--credentials", "c.json"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(64), ""));
    assert!(
        output.stderr.starts_with("error: profile default and credential file c.json are both given; use only one\n"),
        "{}",
        output.stderr
    );
}

#[test]
fn emulator_ignores_profile() {
    let fixture = AuthFixture::new();
    let output = fixture
        .command(&["capping", "list", "--emulator"])
        .env("AJO_PROFILE", "nowhere")
        .output()
        .map(CommandOutput::from);
    assert_eq!(output.expect("ajo runs").exit_code, Some(0));
    let mut command = fixture.command(&["emulator", "exec", "--", env!("CARGO_BIN_EXE_ajo"), "auth", "status"]);
    let output = command.env("AJO_PROFILE", "nowhere").env_remove("AJO_TOKEN_CACHE").output().map(CommandOutput::from);
    let output = output.expect("ajo runs");
    assert!(output.stdout.contains("token cache     off; "), "{}\n{}", output.stdout, output.stderr);
    assert!(!fixture.path("tokens").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn default_directories_follow_xdg() {
    let fixture = AuthFixture::new();
    let user = fixture.path("user");
    std::fs::create_dir(&user).expect("a folder");
    let at_home = |arguments: &[&str]| {
        let mut command = fixture.command(arguments);
        for name in ["AJO_CONFIG_DIR", "AJO_TOKEN_CACHE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env_remove(name);
        }
        command.env("HOME", &user);
        command
    };
    let output = run_with_input(&mut at_home(&["auth", "login", "--sandbox", "prod"]), &fixture.dotenv_credentials());
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    assert_eq!(fixture.files_with("\"version\": 1"), ["user/.config/ajo/profiles/default.json"]);
    let [token] = fixture.files_with("accessToken").try_into().expect("one token");
    assert!(token.starts_with("user/.cache/ajo/tokens/"), "{token}");
    let mut elsewhere = at_home(&["auth", "status"]);
    let output = elsewhere
        .env("XDG_CONFIG_HOME", fixture.path("elsewhere"))
        .output()
        .map(CommandOutput::from)
        .expect("ajo runs");
    assert!(output.stderr.starts_with("error: no credentials: "), "{}", output.stderr);
}
