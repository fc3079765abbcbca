//! A secret and a token must appear in no output, in no encoding.

use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;

use crate::fake_server::{FakeService, config_with, error_with, success_with};
use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::support::{CommandOutput, ajo_command, run_with_input};

/// Needs encoding in a URL, in JSON, and in Markdown.
const SECRET: &str = "p8e-c4n/ary+\"s\\3cr ~t&1_x";
const TOKEN: &str = "eyJh.c4nary/t0ken+of==the_test";

/// The secret in every form that an output could contain.
fn forms(secret: &str) -> Vec<String> {
    let percent = |upper: bool| {
        let encode = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other if upper => format!("%{other:02X}"),
            other => format!("%{other:02x}"),
        };
        secret.bytes().map(encode).collect::<String>()
    };
    let json = json!(secret).to_string();
    let mut forms = vec![secret.to_owned(), percent(true), percent(false), json.trim_matches('"').to_owned()];
    forms.push(forms[3].replace('/', "\\/"));
    for prefix in ["", "a", "ab"] {
        let encoded = BASE64_STANDARD.encode(format!("{prefix}{secret}"));
        forms.push(encoded.replace('+', "-").replace('/', "_"));
        forms.push(encoded);
    }
    forms
}

fn assert_no_canary(output: &CommandOutput, canaries: &[&str], context: &str) {
    for text in [&output.stdout, &output.stderr] {
        for form in &canaries.iter().copied().flat_map(forms).collect::<Vec<_>>() {
            // The first and last characters of Base64 also depend on the text around it.
            let core = form.get(4..form.len() - 5).unwrap_or(form);
            assert!(!text.contains(core), "{context}: {form} in {text}");
            let markdown: String = core.chars().map(escape_markdown).collect();
            assert!(!text.contains(&markdown), "{context}: {form} in {text}");
        }
    }
    assert_ne!(output.exit_code, Some(101), "{context}: {}", output.stderr);
}

fn escape_markdown(character: char) -> String {
    if character.is_ascii_alphanumeric() { character.to_string() } else { format!("&#{};", u32::from(character)) }
}

fn with_secret(command: &mut Command) -> &mut Command {
    command.env("AJO_CLIENT_SECRET", SECRET).env("AJO_CLIENT_ID", "c").env("AJO_ORG_ID", "A@AdobeOrg");
    command.env("AJO_SCOPES", "openid").env("AJO_SANDBOX", "prod").env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1")
}

const UID: &str = "00000000-0000-4000-8000-000000000001";

/// Runs a command at a service that knows the secret, with a static token or without a token request that works.
fn run_at(service: &FakeService, arguments: &[&str], token: bool) -> CommandOutput {
    let mut command = ajo_command(arguments);
    with_secret(&mut command).env("AJO_BASE_URL", service.url()).env("AJO_IMS_URL", service.url());
    command.env("AJO_EMULATOR_URL", service.url());
    if token {
        command.env("AJO_ACCESS_TOKEN", TOKEN);
    }
    let output = CommandOutput::from(command.output().expect("ajo runs"));
    // Without a token request, the process does not know the token.
    let canaries = if token { &[SECRET, TOKEN][..] } else { &[SECRET] };
    assert_no_canary(&output, canaries, &arguments.join(" "));
    output
}

/// One process prints every form of both, in separate fields, so that no limit on the length hides one.
#[test]
fn every_form_is_masked() {
    let service = FakeService::start();
    let forms: Vec<String> = forms(SECRET).into_iter().chain(forms(TOKEN)).collect();
    let uid = |index: usize| format!("00000000-0000-4000-8000-{index:012}");
    let configs: Vec<_> = forms.iter().enumerate().map(|(index, form)| config_with(form, &uid(index))).collect();
    service.respond_with(200, &json!({"results": configs}));
    for arguments in [
        &["capping", "list"][..],
        &["capping", "list", "--output", "json"],
        &["throttling", "list"],
        &["throttling", "list", "--output", "json"],
    ] {
        let output = run_at(&service, arguments, true);
        assert_eq!(output.exit_code, Some(0), "{arguments:?}: {}", output.stderr);
        let count = output.stdout.matches("redacted").count();
        assert!(count >= forms.len(), "{arguments:?}: {count} of {}: {}", forms.len(), output.stdout);
    }
    let errors: Vec<_> = forms.iter().map(|form| json!({"errorCode": form, "error": form})).collect();
    service.respond_with(200, &json!({"canDeploy": {"validationStatus": "invalid", "errors": errors}}));
    let output = run_at(&service, &["capping", "can-deploy", UID], true);
    assert!(output.stdout.matches("redacted").count() >= forms.len(), "{}", output.stdout);
}

/// Each command with each kind of response. The forms take turns, in addition to the plain values.
#[test]
fn echoed_secret_is_masked() {
    let service = FakeService::start();
    let commands: [&[&str]; 13] = [
        &["api", "GET", "/ajo/journey", "--include"],
        &["api", "POST", "/ajo/journey", "--output", "json"],
        &["capping", "list"],
        &["capping", "list", "--output", "json"],
        &["capping", "get", UID],
        &["throttling", "get", UID],
        &["capping", "can-deploy", UID],
        &["capping", "deploy", UID, "--yes"],
        &["doctor"],
        &["auth", "status"],
        &["emulator", "status"],
        &["export"],
        &["throttling", "list"],
    ];
    let mut forms = forms(SECRET).into_iter().chain(forms(TOKEN)).cycle();
    for arguments in commands {
        let text = format!("{SECRET} {TOKEN} {}", forms.next().expect("a form"));
        for (status, body) in [(400, error_with(&text)), (200, success_with(&text)), (200, json!([text]))] {
            service.respond_with(status, &body);
            let output = run_at(&service, arguments, true);
            let is_shown = format!("{}{}", output.stdout, output.stderr).contains("redacted");
            let is_expected = match arguments {
                ["api", ..] => true,
                // It requests nothing, because the token is static.
                ["auth", "status"] => false,
                ["doctor"] | ["capping", "deploy", ..] => status == 400,
                ["emulator", "status"] => body.is_object() && status == 200,
                _ => body.is_object(),
            };
            assert_eq!(is_shown, is_expected, "{arguments:?} {status} {}{}", output.stdout, output.stderr);
        }
    }
    // The responses of the token endpoint.
    let text = format!("{SECRET} {}", forms.next().expect("a form"));
    service.respond_with(400, &json!({"error": text, "error_description": text, "message": text}));
    let output = run_at(&service, &["capping", "list"], false);
    assert!(output.stderr.contains("redacted"), "{}", output.stderr);
    // Its token is known, too.
    service.respond_with(
        200,
        &json!({"access_token": TOKEN, "expires_in": 3600, "token_type": "bearer", "message": format!("{text} {TOKEN}")}),
    );
    for arguments in [&["capping", "list", "--output", "json"][..], &["capping", "list"], &["doctor"]] {
        assert_no_canary(&run_at(&service, arguments, false), &[SECRET, TOKEN], "token of the token endpoint");
    }
}

#[test]
fn secret_in_arguments_is_masked() {
    for form in forms(SECRET) {
        let commands: [&[&str]; 14] = [
            &["api", "GET", &form],
            &["api", &form, "//x"],
            &["api", "POST", "//x", "--field", &form],
            &["api", "GET", "//x", "--header", &form],
            &["api", "GET", "//x", "--allow-host", &form],
            &["validate", &form],
            &["validate", &form, "--output", "json"],
            &["capping", "create", &form],
            &["capping", "get", &form],
            &["auth", "status", "--profile", &form],
            &["auth", "status", "--credentials", &form],
            &["--sandbox", &form, "capping", "list"],
            &[&form],
            &["emulator", "status", "--emulator-url", &form],
        ];
        for arguments in commands {
            let output = CommandOutput::from(with_secret(&mut ajo_command(arguments)).output().expect("ajo runs"));
            assert_no_canary(&output, &[SECRET], &arguments.join(" "));
        }
        let mut login = ajo_command(&["auth", "login"]);
        assert_no_canary(&run_with_input(with_secret(&mut login), &form), &[SECRET], "login");
    }
    let content = json!({"CLIENT_ID": "c", "CLIENT_SECRETS": [SECRET], "ORG_ID": "A@AdobeOrg", "SCOPES": ["openid"]});
    for arguments in [&["auth", "status"][..], &["doctor"], &["auth", "status", "--output", "json"]] {
        let mut command = ajo_command(arguments);
        command.env("AJO_CREDENTIALS", content.to_string());
        assert_no_canary(&CommandOutput::from(command.output().expect("ajo runs")), &[SECRET], "AJO_CREDENTIALS");
    }
}

/// The configurations contain the emulator's own secret and the token in use.
#[tokio::test(flavor = "multi_thread")]
async fn reports_contain_no_secret() {
    let fixture = LimitsFixture::start().await;
    let paths = ["emulator-secret", "emulator%2Dsecret", "ZW11bGF0b3Itc2VjcmV0"];
    let text = limits_file(&[("h0", 5, true), ("h1", 5, true), ("h2", 5, true)]);
    let with_path = |text: String, (index, path): (usize, &&str)| {
        text.replace(&format!("h{index}.example.org/"), &format!("h{index}.example.org/{path}/"))
    };
    fixture.write("limits.yaml", &paths.iter().enumerate().fold(text, with_path));
    // `apply` refuses a secret that it knows, so the first one must not know it.
    let token = fixture.run_expecting(&["auth", "token"], 0).await.stdout;
    let mut apply = fixture.command(&["apply", "limits.yaml", "--yes"]);
    apply.env_remove("AJO_CLIENT_SECRET").env("AJO_ACCESS_TOKEN", token.trim());
    let applied = tokio::task::spawn_blocking(move || apply.output().expect("ajo runs")).await.expect("it ended");
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    let mut commands: Vec<Vec<String>> = Vec::new();
    for command in ["validate", "plan", "apply --yes", "drift", "verify"] {
        for format in ["text", "json", "markdown", "github", "sarif", "junit"] {
            commands.push(format!("{command} limits.yaml --output {format}").split(' ').map(str::to_owned).collect());
        }
    }
    for command in ["export", "capping list", "capping list --output json", "doctor", "auth status"] {
        commands.push(format!("{command} --sandbox prod").split(' ').map(str::to_owned).collect());
    }
    for command in commands {
        let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        let mut output = fixture.command(&arguments);
        output.env("RUST_LOG", "trace");
        let output = tokio::task::spawn_blocking(move || CommandOutput::from(output.output().expect("ajo runs")));
        let output = output.await.expect("it ended");
        let context = command.join(" ");
        for shown in [&output.stdout, &output.stderr] {
            for form in ["emulator-secret", "emulator%2Dsecret", "emulator&#45;secret", "W11bGF0b3Itc2VjcmV0"] {
                assert!(!shown.contains(form), "{context}: {form} in {shown}");
            }
        }
        if context.starts_with("capping list") || context.starts_with("export") {
            assert_eq!(output.exit_code, Some(0), "{context}: {}", output.stderr);
            assert!(output.stdout.contains("redacted"), "{context}: {}", output.stdout);
        }
        assert!(
            output.stdout.contains("redacted") || !output.stdout.contains("example.org"),
            "{context}: {}",
            output.stdout
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secret_is_not_saved_in_files() {
    let fixture = LimitsFixture::start().await;
    let text = limits_file(&[("h0", 5, true), ("h1", 5, true)]);
    fixture.write("limits.yaml", &text.replace("h1.example.org/", "h1.example.org/emulator%2Dsecret/"));
    for arguments in [&["plan", "limits.yaml", "--out", "plan.json"][..], &["apply", "limits.yaml", "--yes"]] {
        let output = fixture.run_expecting(arguments, 1).await;
        let place = if arguments[0] == "plan" { "plan.desired" } else { "desired" };
        let problem = "error: the plan contains a secret or token of yours, so it was not written";
        let expected = format!("{problem}; `{place}[1].definition.url` is \"https://h1.example.org/[redacted]/*\"\n");
        assert!(output.stderr.starts_with(&expected), "{}", output.stderr);
        assert_eq!(output.stdout, "", "{arguments:?}");
    }
    assert!(fixture.emulator.state().calls().for_operation("capping.create").is_empty());
    let files: Vec<_> = fixture.file_names().into_iter().filter(|name| name != "ajo.state.lock").collect();
    assert_eq!(files, ["limits.yaml"]);
}

#[test]
fn journal_contains_no_secret() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("limits.yaml"), limits_file(&[("h0", 5, true)])).expect("written");
    for text in forms(SECRET).into_iter().chain(forms(TOKEN)) {
        let service = FakeService::start();
        service.respond_with(200, &json!({"results": []}));
        service.respond_to_writes(
            400,
            &json!({"error_code": text, "message": format!("bad {text}"), "requestId": text,
            "errors": [{"errorCode": text, "error": text}]}),
        );
        let mut apply = ajo_command(&["apply", "limits.yaml", "--yes"]);
        with_secret(&mut apply).env("AJO_BASE_URL", service.url()).env("AJO_ACCESS_TOKEN", TOKEN);
        let output = CommandOutput::from(apply.current_dir(directory.path()).output().expect("ajo runs"));
        assert_eq!(output.exit_code, Some(4), "{text}: {}{}", output.stdout, output.stderr);
        assert_no_canary(&output, &[SECRET, TOKEN], &text);
        let journal = std::fs::read_to_string(directory.path().join("ajo.state.prod.journal")).expect("a journal");
        assert!(journal.contains("[redacted]"), "{text}: {journal}");
        let saved = CommandOutput { exit_code: None, stdout: journal, stderr: String::new() };
        assert_no_canary(&saved, &[SECRET, TOKEN], &text);
    }
}

/// The commands that print a secret on purpose print it unchanged.
#[tokio::test(flavor = "multi_thread")]
async fn intended_secrets_are_printed() {
    let fixture = LimitsFixture::start().await;
    let token = fixture.run_expecting(&["auth", "token"], 0).await.stdout;
    assert!(token.trim().len() > 20 && !token.contains("[redacted]"), "{token}");
    let url = format!("http://{}", fixture.emulator.address());
    let shown = fixture.run_expecting(&["emulator", "env", "--emulator-url", &url], 0).await.stdout;
    assert!(shown.contains("AJO_CLIENT_SECRET='emulator-secret'"), "{shown}");
    let script = "printf %s \"$AJO_CLIENT_SECRET\"";
    let shown = fixture.run_expecting(&["emulator", "exec", "--", "sh", "-c", script], 0).await.stdout;
    assert_eq!(shown, "emulator-secret");
}
