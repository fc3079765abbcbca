//! Settings as people set them: with wrappers, empty, and in several spellings.

use std::ffi::OsStr;
use std::fs;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

use crate::auth::fixture::{AuthFixture, SECRET};
use crate::support::{CommandOutput, run_with_input};

/// Part of a secret that no output may contain.
pub(super) const CANARY: &str = "c4nary";

fn run(fixture: &AuthFixture, arguments: &[&str], variables: &[(&str, &OsStr)]) -> CommandOutput {
    let mut command = fixture.command(arguments);
    command.envs(variables.iter().copied());
    command.output().expect("ajo runs").into()
}

pub(super) fn run_with(fixture: &AuthFixture, arguments: &[&str], variables: &[(&str, &str)]) -> CommandOutput {
    let variables: Vec<(&str, &OsStr)> = variables.iter().map(|(name, value)| (*name, OsStr::new(value))).collect();
    run(fixture, arguments, &variables)
}

/// The credential of the emulator as JSON of the Developer Console.
pub(super) fn flat_json(fixture: &AuthFixture) -> String {
    format!(
        r#"{{"CLIENT_ID":"{}","CLIENT_SECRETS":["{SECRET}"],"ORG_ID":"{}","SCOPES":["openid","AdobeID"]}}"#,
        fixture.setting("AJO_CLIENT_ID"),
        fixture.setting("AJO_ORG_ID")
    )
}

#[test]
fn secrets_in_lists_are_masked_offline() {
    const LISTED: &str = "s3cr3t-in-a-list";
    let fixture = AuthFixture::new();
    let list = format!(r#"["first-s3cr3t-of-list", "{LISTED}"]"#);
    let bearer = format!("Bearer {LISTED}");
    for (name, value) in [
        ("AJO_CLIENT_SECRET", list.as_str()),
        ("IMS_OAUTH_S2S_CLIENT_SECRET", LISTED),
        ("AIO_ims_contexts_a_client__secrets", &list),
        ("AJO_ACCESS_TOKEN", &bearer),
    ] {
        let output = run_with(&fixture, &["validate", &format!("no-{LISTED}.yaml")], &[(name, value)]);
        assert!(output.stdout.contains("no-[redacted].yaml"), "{name}: {}", output.stdout);
        assert!(!format!("{}{}", output.stdout, output.stderr).contains(LISTED), "{name}: {}", output.stdout);
    }
}

#[test]
fn empty_setting_is_not_set() {
    let fixture = AuthFixture::new();
    let names = [
        "AJO_SANDBOX",
        "AJO_CREDENTIALS",
        "AJO_CREDENTIAL_NAME",
        "AJO_PROFILE",
        "AJO_CLIENT_ID",
        "AJO_CLIENT_SECRET",
        "AJO_ORG_ID",
        "AJO_SCOPES",
        "AJO_ACCESS_TOKEN",
        "AJO_BASE_URL",
        "AJO_IMS_URL",
        "AJO_KEYCHAIN",
        "AJO_EMULATOR_URL",
    ];
    for value in ["", " ", "\r"] {
        let set = names.map(|name| (name, value));
        for arguments in [&["schema", "limits"][..], &["capping", "list", "--emulator"]] {
            let output = run_with(&fixture, arguments, &set);
            assert_eq!(output.exit_code, Some(0), "{value:?} {arguments:?}: {}", output.stderr);
        }
    }
    let output = run_with(&fixture, &["emulator", "status"], &[("AJO_EMULATOR_URL", "")]);
    assert!(!output.stderr.contains("invalid emulator URL"), "{}", output.stderr);
}

#[test]
fn carriage_returns_are_trimmed() {
    let fixture = AuthFixture::new();
    let mut set: Vec<(&str, String)> = fixture.settings().map(|(name, value)| (name, format!("{value}\r"))).collect();
    set.push(("AJO_SANDBOX", "prod\r".to_owned()));
    let set: Vec<(&str, &str)> = set.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let output = run_with(&fixture, &["capping", "list"], &set);
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    let file = fixture.path("c.json");
    fs::write(&file, flat_json(&fixture)).expect("written");
    let set = [("AJO_CREDENTIALS", format!("{}\r", file.display()))];
    let set = set.each_ref().map(|(name, value)| (*name, value.as_str()));
    let output = run_with(&fixture, &["auth", "login", "--sandbox", "prod\r"], &set);
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
}

#[cfg(unix)]
#[test]
fn invalid_utf8_is_reported() {
    use std::os::unix::ffi::OsStrExt as _;

    let fixture = AuthFixture::new();
    let value = OsStr::from_bytes(b"\xff\xfec4nary");
    for name in
        ["AJO_CLIENT_SECRET", "AJO_ACCESS_TOKEN", "AJO_SANDBOX", "AJO_CREDENTIALS", "IMS_OAUTH_S2S_CLIENT_SECRET"]
    {
        let output = run(&fixture, &["auth", "status"], &[(name, value)]);
        assert_eq!(output.exit_code, Some(64), "{}", output.stderr);
        assert_eq!(output.stderr, format!("error: {name} is set but is not valid UTF-8\n"));
    }
}

#[test]
fn off_has_several_spellings() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    for off in ["false", "OFF", "No", "0", " off\r"] {
        let output = run_with(&fixture, &["auth", "status"], &[("AJO_TOKEN_CACHE", off), ("AJO_KEYCHAIN", off)]);
        assert!(output.stdout.contains("token cache     off; "), "{off}: {}{}", output.stdout, output.stderr);
    }
    for (name, value) in
        [("AJO_TOKEN_CACHE", "tokens"), ("AJO_TOKEN_CACHE", "${HOME}/t"), ("AJO_CONFIG_DIR", "./config")]
    {
        let output = run_with(&fixture, &["capping", "list"], &[(name, value)]);
        assert_eq!(output.exit_code, Some(64), "{name}={value}: {}", output.stderr);
        assert!(
            output.stderr.starts_with(&format!("error: {name} must be an absolute path, not ")),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn wrapped_values_are_not_sent() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    for (name, value, problem) in [
        ("AJO_CLIENT_SECRET", "\"c4nary\"", "the client secret starts or ends with a quote; remove it"),
        ("AJO_CLIENT_SECRET", "${c4nary}", "the client secret is a placeholder"),
        ("AJO_CLIENT_SECRET", "<your c4nary>", "the client secret is a placeholder"),
        ("AJO_CLIENT_SECRET", "%c4nary%", "the client secret is a placeholder"),
        ("AJO_CLIENT_SECRET", "$c4nary", "the client secret is a placeholder"),
        ("AJO_CLIENT_SECRET", "{\"CLIENT_SECRETS\": [\"c4nary\"]}", "the client secret is JSON"),
        ("AJO_CLIENT_ID", "\"c4nary\"", "the client id contains a space, a quote"),
        ("AJO_CLIENT_ID", "${c4nary}", "the client id contains a space, a quote"),
        ("AJO_CLIENT_SECRET", "c4nary\u{200b}", "the client secret contains a character outside ASCII"),
        ("AJO_CLIENT_SECRET", "p8e\u{2013}c4nary", "the client secret contains a character outside ASCII"),
        ("AJO_SCOPES", "[openid, AdobeID]", "the scopes contain `[`"),
        ("AJO_SCOPES", "openid;AdobeID", "the scopes contain `;`"),
        ("AJO_SCOPES", "openid%2CAdobeID", "the scopes contain `%`"),
        ("AJO_ORG_ID", "'A1@AdobeOrg'", "the organization id"),
    ] {
        for arguments in [&["capping", "list"][..], &["auth", "status", "--profile", "default"]] {
            let output = run_with(&fixture, arguments, &[(name, value)]);
            assert_eq!(output.exit_code, Some(3), "{value}: {}", output.stderr);
            assert!(output.stderr.starts_with(&format!("error: {name}: {problem}")), "{}", output.stderr);
            assert!(!output.stderr.contains(CANARY), "{}", output.stderr);
        }
    }
    let output = run_with(&fixture, &["capping", "list", "--org-id", "none"], &[]);
    assert!(output.stderr.starts_with("error: --org-id: the organization id must look like"), "{}", output.stderr);
}

#[test]
fn value_variants_are_accepted() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let token = fixture.run(&["auth", "token"]).stdout;
    let list = format!("[\"wrong\", \"{SECRET}\"]");
    for (name, value) in [
        ("AJO_SCOPES", "openid AdobeID"),
        ("AJO_SCOPES", "openid\r\nAdobeID\n"),
        ("AJO_SCOPES", "[\"openid\", \"AdobeID\"]"),
        ("AJO_CLIENT_SECRET", list.as_str()),
        ("AJO_ACCESS_TOKEN", &format!("Bearer {token}")),
        ("AJO_ACCESS_TOKEN", &format!("bearer  {token}\r")),
    ] {
        let output = run_with(&fixture, &["capping", "list"], &[(name, value)]);
        assert_eq!(output.exit_code, Some(0), "{name}={value}: {}", output.stderr);
    }
}

#[test]
fn wrapped_token_is_not_sent() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    for value in [
        "c4nary c4nary",
        "\"c4nary\"",
        "${c4nary}",
        "<c4nary>",
        "{\"access_token\":\"c4nary\"}",
        "Bearer",
        "c4\u{200b}nary",
    ] {
        let output = run_with(&fixture, &["capping", "list"], &[("AJO_ACCESS_TOKEN", value)]);
        assert_eq!(output.exit_code, Some(3), "{value}: {}", output.stderr);
        let problem = "error: the access token in AJO_ACCESS_TOKEN is empty or has";
        assert!(output.stderr.starts_with(problem) && !output.stderr.contains(CANARY), "{value}: {}", output.stderr);
    }
}

#[test]
fn invalid_url_or_name_names_the_setting() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let file = fixture.path("c.json");
    fs::write(&file, flat_json(&fixture)).expect("written");
    let credentials = file.display().to_string();
    let login = ["auth", "login", "--sandbox", "prod", "--credentials", &credentials];
    for (arguments, set, problem) in [
        (&["capping", "list"][..], &[("AJO_BASE_URL", "\"https://x\"")][..], "invalid base URL (AJO_BASE_URL): "),
        (&["capping", "list", "--base-url", "x"], &[], "invalid base URL (--base-url): "),
        (&login, &[("AJO_BASE_URL", "x")], "invalid base URL (AJO_BASE_URL): "),
        (&["capping", "list", "--ims-url", "x"], &[], "invalid token endpoint (--ims-url): "),
        (&login, &[("AJO_IMS_URL", "x")], "invalid token endpoint (AJO_IMS_URL): "),
        (&["auth", "status"], &[("AJO_PROFILE", "A/b")], "AJO_PROFILE: invalid profile name: "),
    ] {
        let output = run_with(&fixture, arguments, set);
        assert_ne!(output.exit_code, Some(0), "{arguments:?}");
        assert!(output.stderr.starts_with(&format!("error: {problem}")), "{arguments:?}: {}", output.stderr);
    }
    let path = fixture.profile_path("default");
    let mut profile: serde_json::Value = serde_json::from_slice(&fs::read(&path).expect("a profile")).expect("JSON");
    assert_eq!(profile["baseUrl"], fixture.setting("AJO_BASE_URL"), "an invalid URL is not stored");
    profile["baseUrl"] = "x".into();
    fs::write(&path, profile.to_string()).expect("written");
    let output = run_with(&fixture, &["capping", "list", "--sandbox", "prod"], &[("AJO_BASE_URL", "")]);
    assert!(output.stderr.starts_with("error: invalid base URL (profile default): "), "{}", output.stderr);
}

#[test]
fn rejection_names_the_source() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    for (name, value, source) in [
        ("AJO_CLIENT_SECRET", "stale", "; the client secret comes from AJO_CLIENT_SECRET\n"),
        ("AJO_CLIENT_ID", "other", "; the client id comes from AJO_CLIENT_ID\n"),
        ("AJO_SCOPES", "other", "; the scopes come from AJO_SCOPES\n"),
        ("AJO_ACCESS_TOKEN", "other", "; the access token comes from AJO_ACCESS_TOKEN; unset it to use a credential\n"),
    ] {
        let output = run_with(&fixture, &["capping", "list"], &[(name, value)]);
        assert_eq!(output.exit_code, Some(3), "{}", output.stderr);
        assert!(output.stderr.ends_with(source), "{name}: {}", output.stderr);
    }
    let output = run_with(&fixture, &["capping", "list", "--client-id", "other"], &[]);
    assert!(output.stderr.ends_with("; the client id comes from --client-id\n"), "{}", output.stderr);
    let file = fixture.path("c.json");
    fs::write(&file, flat_json(&fixture).replace(SECRET, "stale")).expect("written");
    let path = file.display().to_string();
    let expected = format!("; the client secret comes from {path}\n");
    let output = run_with(&fixture, &["capping", "list", "--sandbox", "prod", "--credentials", &path], &[]);
    assert!(output.stderr.ends_with(&expected), "{}", output.stderr);
    let output = run_with(&fixture, &["auth", "login", "--sandbox", "prod", "--credentials", &path], &[]);
    assert!(output.stderr.ends_with(&expected), "{}", output.stderr);
    let ims = [("CLIENT_ID", "AJO_CLIENT_ID"), ("ORG_ID", "AJO_ORG_ID"), ("SCOPES", "AJO_SCOPES")];
    let mut command = fixture.command(&["capping", "list", "--sandbox", "prod"]);
    command.envs(ims.map(|(name, setting)| (format!("IMS_OAUTH_S2S_{name}"), fixture.setting(setting).to_owned())));
    let output: CommandOutput = command.env("IMS_OAUTH_S2S_CLIENT_SECRET", "stale").output().expect("ajo runs").into();
    assert!(output.stderr.ends_with("the client secret comes from IMS_OAUTH_S2S_CLIENT_SECRET\n"), "{}", output.stderr);
}

#[test]
fn status_reads_claims_of_access_token() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let token = fixture.run(&["auth", "token"]).stdout;
    let output = run_with(&fixture, &["auth", "status"], &[("AJO_ACCESS_TOKEN", token.trim())]);
    assert!(output.stdout.contains("token           from AJO_ACCESS_TOKEN; valid until 20"), "{}", output.stdout);
    assert!(output.stdout.contains("client id       emulator-client (from profile default)\n"), "{}", output.stdout);
    let claims = r#"{"client_id":"c","created_at":"1600000000000","expires_in":"86400000"}"#;
    let expired = format!("eyJhbGciOiJub25lIn0.{}.c4nary", BASE64_URL_SAFE_NO_PAD.encode(claims));
    for arguments in [&["auth", "status"][..], &["auth", "status", "--profile", "default", "--output", "json"]] {
        let output = run_with(&fixture, arguments, &[("AJO_ACCESS_TOKEN", &expired)]);
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(3), ""));
        let expected = "the access token in AJO_ACCESS_TOKEN expired at 2020-09-14T12:26:40Z";
        assert!(output.stderr.contains(expected) && !output.stderr.contains(CANARY), "{}", output.stderr);
    }
    let output = run_with(
        &fixture,
        &["auth", "login", "--credentials", "-", "--sandbox", "prod"],
        &[("AJO_ACCESS_TOKEN", &expired), ("AJO_CREDENTIALS", "")],
    );
    assert!(output.stderr.contains("the file is empty"), "{}", output.stderr);
    let mut command = fixture.command(&["auth", "login", "--sandbox", "prod"]);
    let output = run_with_input(command.env("AJO_ACCESS_TOKEN", &expired), &fixture.dotenv_credentials());
    assert!(output.stderr.contains("AJO_ACCESS_TOKEN is set and overrides this profile"), "{}", output.stderr);
}

#[test]
fn profile_may_start_with_a_bom() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let file = fixture.profile_path("default");
    let text = fs::read_to_string(&file).expect("a profile");
    fs::write(&file, format!("\u{feff}{text}")).expect("written");
    assert_eq!(fixture.run(&["capping", "list"]).exit_code, Some(0));
}

#[test]
fn limits_cannot_print_secrets() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let limits = |name: &str| {
        format!(
            "version: 1\nsandbox: prod\nvariables: [{name}]\ncapping:\n  - url: https://a.example/${{{name}}}/*\n    methods: [GET]\n    \
             services:\n      action: {{ maxHttpConnections: 50, rating: {{ maxCallsCount: 500, periodInMs: 1000 }} }}\n"
        )
    };
    let file = fixture.path("limits.yaml");
    let path = file.display().to_string();
    let secret = format!("x-{SECRET}");
    let (reserved, equal) = ("has a reserved prefix", "contains a secret of the");
    for (name, value, problem) in [
        ("aio_ims_contexts_c_client__secret", "c4nary", reserved),
        ("Ims_OAuth_S2S_Client_Secret", "c4nary", reserved),
        ("ajo_anything", "c4nary", reserved),
        ("PARTNER", SECRET, equal),
        ("PARTNER", secret.as_str(), equal),
    ] {
        fs::write(&file, limits(name)).expect("written");
        for arguments in [&["validate", &path][..], &["plan", &path, "--output", "markdown"]] {
            let output = run_with(&fixture, arguments, &[(name, value)]);
            let printed = format!("{}{}", output.stdout, output.stderr);
            assert!(output.exit_code == Some(1) && printed.contains(problem), "{printed}");
            assert!(!printed.contains(value), "{name}: {printed}");
        }
    }
    fs::write(&file, limits("PARTNER")).expect("written");
    let output = run_with(&fixture, &["validate", &path], &[("PARTNER", "data")]);
    assert_eq!(output.exit_code, Some(0), "{}", output.stdout);
}
