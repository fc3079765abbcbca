//! `--jq`.

use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::support::{CommandOutput, ajo_command, run_with_input};

/// `ajo` without credentials: a call would end with exit code 3.
fn run(arguments: &[&str]) -> CommandOutput {
    ajo_command(arguments).output().expect("ajo runs").into()
}

#[tokio::test]
async fn jq_filters_each_json_output() {
    let ajo = LimitsFixture::start().await;
    ajo.write("limits.yaml", &limits_file(&[("a", 100, true), ("b", 200, false)]));
    ajo.run_expecting(&["apply", "limits.yaml", "--yes"], 0).await;
    let sandbox = ["--sandbox", "prod"];
    let uid = ajo.managed_uids()[0].clone();
    let url = format!("http://{}", ajo.emulator.address());
    for (arguments, expression, expected) in [
        (&["capping", "list"][..], ".results | length", "2"),
        (&["capping", "list"], ".results[] | .url", "https://a.example.org/*\nhttps://b.example.org/*"),
        (&["capping", "get", &uid], ".result.state", "deployed"),
        (&["throttling", "list"], ".results", "[]"),
        (&["state", "list"], "[.configs[].uid] | length", "2"),
        (&["state", "show", &uid], ".[0].uid", &uid),
        (&["plan", "limits.yaml"], ".outcome", "clean"),
        (&["drift", "limits.yaml"], ".command", "drift"),
        (&["verify", "limits.yaml"], ".outcome", "clean"),
        (&["validate", "limits.yaml"], ".outcome", "clean"),
        (&["explain", "GET", "https://a.example.org/x"], ".configs[0].status", "live"),
        (&["doctor"], "[.checks[] | select(.status == \"failed\")]", "[]"),
        (&["auth", "list"], ".profiles", "[]"),
        (&["api", "GET", "/imp/"], "type", "object"),
        (&["auth", "status"], ".tokenEndpoint | type", "string"),
        (&["schema", "limits"], ".type", "object"),
        (&["emulator", "status", "--emulator-url", &url], "type", "object"),
        (&["size", "--traffic", "10x5", "--latency", "100", "--servers", "4"], ".version", "1"),
        (&["simulate", "--traffic", "10x5"], ".version", "1"),
    ] {
        let arguments = [arguments, &["--jq", expression], &sandbox[..]].concat();
        let output = ajo.run(&arguments).await;
        assert_eq!(output.stdout.trim_end(), expected, "{arguments:?}: {}", output.stderr);
    }
    // Before the subcommand, and with the format.
    let output =
        ajo.run(&["--jq", ".results | length", "--output", "json", "capping", "list", "--sandbox", "prod"]).await;
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("2\n", ""));
}

#[test]
fn wrong_jq_is_usage_error() {
    // Errors are text, unless JSON is requested.
    let output = run(&["capping", "list", "--jq", ".results[", "--output", "json"]);
    assert!(output.stderr.starts_with("{\"error\":{"), "{}", output.stderr);
    let output = run(&["--jq", ".", "cappings"]);
    assert!(output.stderr.starts_with("error: unrecognized subcommand"), "{}", output.stderr);
    let output = run(&["capping", "list", "--jq", ".results["]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(64), ""));
    assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    assert!(
        output.stderr.starts_with("error: invalid `--jq` expression: expected closing bracket at column 10"),
        "{}",
        output.stderr
    );
    for format in ["text", "markdown"] {
        let output = run(&["plan", "x.yaml", "--output", format, "--jq", "."]);
        assert_eq!(output.exit_code, Some(64));
        assert!(output.stderr.contains(&format!("`--output {format}` is not JSON")), "{}", output.stderr);
    }
    for command in [&["auth", "token"][..], &["demo"], &["state", "rm", "u"], &["emulator", "env"]] {
        let output = run(&[command, &["--jq", "."]].concat());
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(64), ""), "{command:?}");
        assert!(output.stderr.contains("prints no JSON"), "{}", output.stderr);
    }
}

#[test]
fn failed_jq_is_one_error() {
    let output = run(&["--emulator", "capping", "list", "--jq", ".results.uid"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""));
    let expected = "error: the `--jq` expression failed: cannot index []";
    assert!(
        output.stderr.starts_with(expected) && output.stderr.contains("\nhint: only the output"),
        "{}",
        output.stderr
    );
    assert_eq!(output.stderr.lines().count(), 2, "{}", output.stderr);
}

#[test]
fn jq_shows_no_variable_or_secret() {
    let definition = r#"{"url": "https://a.example.org/?k=jq-canary-secret", "methods": ["GET"],
        "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}}}"#;
    for expression in ["env", "$ENV", "$ENV.AJO_CLIENT_SECRET"] {
        let output = run(&["--emulator", "capping", "list", "--jq", expression]);
        assert_eq!(output.exit_code, Some(64), "{}", output.stdout);
    }
    let mut create =
        ajo_command(&["--emulator", "capping", "create", "-", "--force", "--jq", ".. | strings | ., @base64"]);
    create.env("AJO_CLIENT_SECRET", "jq-canary-secret");
    let output = run_with_input(&mut create, definition);
    assert!(output.stdout.contains("https://a.example.org/?k=[redacted]\n"), "{}\n{}", output.stdout, output.stderr);
    assert!(
        !output.stdout.contains("canary") && !output.stdout.contains("anEtY2FuYXJ5LXNlY3JldA"),
        "{}",
        output.stdout
    );
}
