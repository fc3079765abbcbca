//! Credential files, and their content in a setting: encodings, unknown formats, and files of another kind.

use std::fs;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::settings::{CANARY, flat_json, run_with};
use crate::auth::fixture::{AuthFixture, SECRET};
use crate::support::run_with_input;

#[test]
fn content_of_credentials_is_read() {
    let fixture = AuthFixture::new();
    let json = flat_json(&fixture);
    let base64 = BASE64_STANDARD.encode(&json);
    for content in [&json, &fixture.dotenv_credentials(), &base64] {
        for arguments in [&["auth", "status"][..], &["auth", "status", "--output", "json"], &["doctor"]] {
            let set = [("AJO_CREDENTIALS", content.as_str()), ("AJO_SANDBOX", "prod")];
            let output = run_with(&fixture, arguments, &set);
            assert_eq!(output.exit_code, Some(0), "{}{}", output.stdout, output.stderr);
            assert!(output.stdout.contains("AJO_CREDENTIALS"), "the source: {}", output.stdout);
            assert!(!format!("{}{}", output.stdout, output.stderr).contains(SECRET));
        }
        let output = run_with(&fixture, &["auth", "login"], &[("AJO_CREDENTIALS", content), ("AJO_SANDBOX", "prod")]);
        assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    }
}

#[test]
fn credential_as_argument_is_rejected() {
    let fixture = AuthFixture::new();
    let output = run_with(&fixture, &["auth", "status", "--credentials", &flat_json(&fixture)], &[]);
    assert_eq!(output.exit_code, Some(64), "{}{}", output.stdout, output.stderr);
    assert!(output.stderr.contains("--credentials contains a credential, which other processes can read"));
    assert!(!output.stderr.contains(SECRET), "{}", output.stderr);
}

#[test]
fn credentials_setting_is_never_echoed() {
    let fixture = AuthFixture::new();
    let json = format!(r#"{{"ORG_ID": "A1@AdobeOrg", "CLIENT_SECRETS": ["{CANARY}"]}}"#);
    let long = format!(r#"{{"ORG_ID": "A1@AdobeOrg", "CLIENT_SECRETS": ["{CANARY}"{}}}"#, " ".repeat(5000));
    let lines = format!("AJO_CLIENT_ID=c\nAJO_CLIENT_SECRET={CANARY}");
    let base64 = BASE64_STANDARD.encode(format!("{json}{}", " ".repeat(60)));
    for value in [&json, &long, &lines, &base64, &format!("p8e-{CANARY}"), &format!("OTHER={CANARY}/x.y")] {
        for arguments in [
            &["auth", "status"][..],
            &["auth", "login", "--sandbox", "prod"],
            &["doctor"],
            &["capping", "list", "--output", "json"],
            &["auth", "status", "--profile", "default"],
        ] {
            let output = run_with(&fixture, arguments, &[("AJO_CREDENTIALS", value)]);
            assert_ne!(output.exit_code, Some(0));
            let printed = format!("{}{}", output.stdout, output.stderr);
            assert!(!printed.contains(CANARY) && !printed.contains(&base64), "{printed}");
        }
    }
}

#[test]
fn unreadable_credentials_name_the_setting() {
    let fixture = AuthFixture::new();
    let missing = "./c4nary.json";
    for (value, problem) in [
        ("p8e-c4nary", "a value of 10 characters (AJO_CREDENTIALS): "),
        (missing, "./c4nary.json (AJO_CREDENTIALS): "),
        ("client_id: c\nclient_secret: c4nary", "AJO_CREDENTIALS: the file is YAML; known formats: "),
        ("[default]\nclient_secret = c4nary", "AJO_CREDENTIALS: the file is INI; known formats: "),
        ("$env:AJO_CLIENT_ID=\"c\"\n$env:X=\"c4nary\"", "AJO_CREDENTIALS: the file has an unknown format; "),
        ("<c>c4nary</c>", "AJO_CREDENTIALS: the file has an unknown format; "),
        ("'{\"CLIENT_SECRETS\": [\"c4nary\"]}'", "AJO_CREDENTIALS: the file has an unknown format; "),
    ] {
        let output = run_with(&fixture, &["auth", "status"], &[("AJO_CREDENTIALS", value)]);
        let expected = format!("error: failed to read the credentials in {problem}");
        assert_eq!(output.exit_code, Some(3), "{value}: {}", output.stderr);
        assert!(output.stderr.starts_with(&expected), "{value}: {}", output.stderr);
        assert!(value == missing || !output.stderr.contains(CANARY), "{}", output.stderr);
    }
    let output = run_with(&fixture, &["auth", "status", "--credentials", missing], &[]);
    assert!(output.stderr.contains("./c4nary.json (--credentials): "), "{}", output.stderr);
}

#[test]
fn credential_file_encodings() {
    let fixture = AuthFixture::new();
    let json = flat_json(&fixture);
    let utf16 =
        |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { format!("\u{feff}{json}").encode_utf16().flat_map(bytes).collect() };
    let file = fixture.path("c.json");
    let path = file.display().to_string();
    for content in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes), format!("\u{feff}{json}").into_bytes()] {
        fs::write(&file, content).expect("written");
        let output = run_with(&fixture, &["auth", "status"], &[("AJO_CREDENTIALS", &path)]);
        assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    }
    for (content, problem) in [
        (&b""[..], "the file is empty"),
        (b"[default]\nclient_id = c4nary\n", "the file is INI; known formats: "),
        (b"client_secret: c4nary\n", "the file is YAML; known formats: "),
        (b"{\0\"\0", "it is UTF-16 without a byte order mark"),
        (b"na\xefve", "it is not valid UTF-8"),
    ] {
        fs::write(&file, content).expect("written");
        let output = run_with(&fixture, &["auth", "status"], &[("AJO_CREDENTIALS", &path)]);
        assert_eq!(output.exit_code, Some(3));
        let start = format!("error: failed to read the credentials in {path}");
        assert!(output.stderr.starts_with(&start) && output.stderr.contains(problem), "{}", output.stderr);
        assert!(!output.stderr.contains(CANARY), "{}", output.stderr);
    }
}

#[test]
fn credential_path_is_expanded() {
    let fixture = AuthFixture::new();
    let json = flat_json(&fixture);
    fs::write(fixture.path("c.json"), &json).expect("written");
    for (path, source) in [("-", "standard input"), ("~/c.json", "~/c.json"), (" ~/c.json\r", "~/c.json")] {
        let mut command = fixture.command(&["auth", "status"]);
        let output = run_with_input(command.env("AJO_CREDENTIALS", path).env("HOME", fixture.path("")), &json);
        assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
        assert!(output.stdout.starts_with(&format!("credentials     {source}\n")), "{}", output.stdout);
    }
}

#[test]
fn several_credentials_have_a_hint() {
    let fixture = AuthFixture::new();
    let context = |name: &str| format!(r#""{name}":{}"#, flat_json(&fixture));
    let config = format!(r#"{{"ims":{{"contexts":{{{},{}}}}}}}"#, context("a"), context("b"));
    let file = fixture.path("c.json");
    fs::write(&file, &config).expect("written");
    let path = file.display().to_string();
    for arguments in [&["auth", "status", "--credentials", &path][..], &["auth", "login", "--sandbox", "prod"]] {
        let output = run_with_input(&mut fixture.command(arguments), &config);
        assert!(output.stderr.contains("choose one by name: a, b\n"), "{}", output.stderr);
        assert!(output.stderr.contains("hint: set AJO_CREDENTIAL_NAME or pass --credential-name"), "{}", output.stderr);
    }
    let output = run_with(&fixture, &["auth", "status", "--credentials", &path, "--credential-name", "b"], &[]);
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
}

#[test]
fn wrong_files_are_not_shown() {
    let fixture = AuthFixture::new();
    let file = fixture.path("wrong");
    let path = file.display().to_string();
    for content in [
        "AJO_CLIENT_SECRET=c4nary\n",
        "AJO_CLIENT_SECRET: c4nary\n",
        "{\"CLIENT_SECRETS\": [\"c4nary\"]}",
        "version: 1\nclient_secret: c4nary\n",
        "c4nary: &x [*y]\n",
        "a: 1\na: 2\nc4nary: 3\nb: *c4nary\n",
    ] {
        fs::write(&file, content).expect("written");
        for arguments in [
            &["capping", "create", &path, "--emulator"][..],
            &["throttling", "create", &path, "--emulator"],
            &["validate", &path],
            &["plan", &path, "--emulator", "--output", "markdown"],
            &["validate", &path, "--output", "sarif"],
        ] {
            let output = fixture.run(arguments);
            assert_ne!(output.exit_code, Some(0));
            let printed = format!("{}{}", output.stdout, output.stderr);
            assert!(!printed.contains(CANARY), "{arguments:?} {content}: {printed}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn linked_files_are_not_shown() {
    let fixture = AuthFixture::new();
    let link = fixture.path("link");
    let path = link.display().to_string();
    fs::write(fixture.path(".env"), "AJO_CLIENT_SECRET=c4nary\n").expect("written");
    fs::write(fixture.path("c.json"), flat_json(&fixture).replace(SECRET, CANARY)).expect("written");
    let limits = fixture.path("limits.yaml").display().to_string();
    fs::write(&limits, "version: 1\nsandbox: prod\ncapping: []\n").expect("written");
    for target in
        [fixture.path(".env"), fixture.path("c.json"), "/proc/self/environ".into(), "/proc/self/cmdline".into()]
    {
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        for arguments in [
            &["validate", &path][..],
            &["validate", &path, "--output", "json"],
            &["validate", &limits, "--policy", &path],
            &["plan", &path, "--emulator", "--output", "github"],
            &["capping", "create", &path, "--emulator"],
            &["apply", "--plan", &path, "--emulator", "--credential-name", CANARY],
        ] {
            // No known name of a secret, so that only the check of the format hides it.
            let output = run_with(&fixture, arguments, &[("OTHER", CANARY)]);
            assert_ne!(output.exit_code, Some(0), "{arguments:?}");
            let printed = format!("{}{}", output.stdout, output.stderr);
            assert!(!printed.contains(CANARY), "{arguments:?} {}: {printed}", target.display());
        }
        fs::remove_file(&link).expect("removed");
    }
}
