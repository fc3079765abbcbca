//! Commands for single operations, run as a user or script runs them.

use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{ClosedPort, CommandOutput, ajo_command, run_with_input};

/// The create sample in Adobe's documentation.
const SAMPLE: &str = r#"{
  "url": "https://api.example.org/data/2.5/weather",
  "methods": ["GET"],
  "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}},
  "orgId": "<IMS Org Id>"
}"#;

fn run(arguments: &[&str]) -> CommandOutput {
    ajo_command(arguments).output().expect("ajo runs").into()
}

/// Runs a shell script with an emulator. `$AJO` is the path of the command.
fn run_script_with_emulator(script: &str) -> CommandOutput {
    ajo_command(&["emulator", "exec", "--", "sh", "-ec", script])
        .env("AJO", env!("CARGO_BIN_EXE_ajo"))
        .output()
        .expect("ajo runs")
        .into()
}

/// `ajo` without a directory for temporary files, as in a container.
fn command_without_temp_dir(arguments: &[&str]) -> Command {
    let mut command = ajo_command(arguments);
    for name in ["TMPDIR", "TMP", "TEMP"] {
        command.env(name, concat!(env!("CARGO_TARGET_TMPDIR"), "/no-directory"));
    }
    command
}

#[test]
fn emulated_apply_needs_no_temp_dir() {
    let limits = "version: 1\nsandbox: prod\nthrottling: { name: a, urlPattern: https://a.example.com/*, methods: [GET], maxThroughput: 400 }\n";
    let mut command = command_without_temp_dir(&["--emulator", "apply", "--yes", "-"]);
    let output = run_with_input(&mut command, limits);
    assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""), "{}", output.stdout);
}

#[test]
fn demo_succeeds_without_temp_dir() {
    let output = CommandOutput::from(command_without_temp_dir(&["demo"]).output().expect("ajo runs"));
    assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""), "{}", output.stdout);
    for expected in [
        "access token, valid for 86399 s",
        "state        deployed",
        "saved: 800 calls; live: 500 calls",
        "code 1451: a deployed configuration cannot be deleted",
        "code 1465: an organization can have only one throttling configuration",
        "600 calls/s, live at once",
        "left nothing behind",
    ] {
        assert!(output.stdout.contains(expected), "{expected}: {}", output.stdout);
    }
}

#[test]
fn definition_is_created() {
    for arguments in [["--emulator", "capping", "create", "-"], ["capping", "create", "-", "--emulator"]] {
        let output = run_with_input(&mut ajo_command(&arguments), SAMPLE);
        assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""));
        assert!(
            output.stdout.starts_with("created ") && output.stdout.ends_with("can be deployed\n"),
            "{}",
            output.stdout
        );
    }
}

#[test]
fn json_output_is_response_body() {
    let output =
        run_with_input(&mut ajo_command(&["--emulator", "--output", "json", "capping", "create", "-"]), SAMPLE);
    let response: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(response["resStatus"], "created");
    assert_eq!(response["createdElement"]["url"], "https://api.example.org/data/2.5/weather");
    assert_eq!(response["uid"], response["createdElement"]["uid"]);
    for api in ["capping", "throttling"] {
        let output = run(&["--emulator", api, "list", "--output", "json"]);
        assert_eq!(
            (output.exit_code, output.stdout.as_str(), output.stderr.as_str()),
            (Some(0), "{\"results\":[]}\n", "")
        );
    }
}

#[test]
fn all_sixteen_operations_work() {
    let folder = TempDir::new().expect("a folder");
    let capping = folder.path().join("capping.json");
    std::fs::write(&capping, SAMPLE).expect("written");
    let throttling = folder.path().join("throttling.yaml");
    std::fs::write(&throttling, "urlPattern: https://partner.example.com/*\nmethods: [POST]\nmaxThroughput: 400\n")
        .expect("written");
    for (api, file) in [("capping", capping), ("throttling", throttling)] {
        let script = format!(
            r"
            uid=$($AJO {api} create '{file}' | sed -n 's/^created //p')
            $AJO {api} list
            $AJO {api} get $uid
            $AJO {api} update $uid '{file}'
            $AJO {api} can-deploy $uid
            $AJO {api} deploy $uid --yes
            $AJO {api} get $uid --output json
            echo
            $AJO {api} delete $uid && exit 9 || test $? -eq 1
            $AJO {api} undeploy $uid --yes
            $AJO {api} delete $uid
            $AJO {api} list
            ",
            file = file.display()
        );
        let output = run_script_with_emulator(&script);
        assert_eq!(output.exit_code, Some(0), "{}\n{}", output.stdout, output.stderr);
        for expected in [
            "UID",
            "updated ",
            "can be deployed",
            "deployed ",
            "\"state\":\"deployed\"",
            "undeployed ",
            "deleted ",
            &format!("no {api} configuration"),
        ] {
            assert!(output.stdout.contains(expected), "{expected}: {}", output.stdout);
        }
        let code = if api == "capping" { "1451" } else { "1456" };
        let error =
            format!(" is deployed; nothing was deleted (code {code})\nhint: undeploy it first: `ajo {api} undeploy ");
        assert!(output.stderr.contains(&error), "{}", output.stderr);
    }
}

#[test]
fn force_deletes_deployed_configuration() {
    let output = run_script_with_emulator(&format!(
        "uid=$(echo '{SAMPLE}' | $AJO capping create - | sed -n 's/^created //p'); $AJO capping deploy $uid --yes; $AJO capping delete $uid --force --yes"
    ));
    assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""), "{}", output.stdout);
}

#[test]
fn failed_can_deploy_exits_with_1() {
    let output = run_script_with_emulator(&format!(
        "uid=$(echo '{}' | $AJO capping create - --force | sed -n 's/^created //p'); $AJO capping can-deploy $uid",
        SAMPLE.replace("api.example.org", "*.example.org")
    ));
    assert_eq!(output.exit_code, Some(1));
    assert!(output.stdout.starts_with("cannot be deployed\n  error ERR_ENDPOINTCONFIG_102: "), "{}", output.stdout);
}

#[test]
fn get_shows_live_definition() {
    let output = run_script_with_emulator(&format!(
        "uid=$(echo '{SAMPLE}' | $AJO capping create - | sed -n 's/^created //p'); $AJO capping deploy $uid --yes;
         echo '{}' | $AJO capping update $uid - --yes; $AJO capping get $uid",
        SAMPLE.replace("500", "800")
    ));
    assert!(output.stdout.contains("state        updated\n"), "{}", output.stdout);
    assert!(output.stdout.contains("live         action 500 calls/1000 ms, 50 connections\n"), "{}", output.stdout);
}

#[test]
fn bad_input_is_reported_before_any_call() {
    let folder = TempDir::new().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let unknown = file("unknown.yaml", "url: https://a.example\nmethods: [GET]\nservces: {}\n");
    let mistyped = file("mistyped.json", "{\n  \"url\": \"https://a.example\",\n  \"methods\": \"GET\"\n}");
    let malformed = file("malformed.json", "{\"url\": ");
    let empty = file("empty.yaml", "\n");
    let nowhere = folder.path().join("nowhere.yaml").display().to_string();
    let endless = "/dev/zero".to_owned();
    let cases = [
        (endless.clone(), format!("failed to read {endless}: it is longer than 4 MiB\n")),
        (unknown.clone(), format!("unknown key `servces`\n --> {unknown}:3:1\n")),
        (mistyped.clone(), format!("methods must be a list of strings\n --> {mistyped}:3:14\n")),
        (malformed.clone(), format!(" --> {malformed}:1:")),
        (empty.clone(), format!("the file is empty; it must hold a definition\n--> {empty}:1:1\n")),
        (nowhere.clone(), format!("failed to read {nowhere}: it does not exist")),
        (
            folder.path().display().to_string(),
            format!("failed to read {}: it is a directory, not a file", folder.path().display()),
        ),
    ];
    for (file, expected) in cases {
        let output = run_script_with_emulator(&format!(
            "$AJO capping create '{file}' || echo \"exited with $?\"; $AJO capping list --output json"
        ));
        assert!(output.stderr.contains(&expected), "{expected}: {}", output.stderr);
        assert_eq!(output.stdout, "exited with 1\n{\"results\":[]}\n", "{file}");
    }
}

#[test]
fn usage_errors_exit_with_64() {
    let output = ajo_command(&["capping", "list"])
        .env("AJO_SANDBOX", "Prod")
        .output()
        .map(CommandOutput::from)
        .expect("ajo runs");
    assert_eq!(output.exit_code, Some(64));
    assert!(output.stderr.contains("it contains upper case letters"), "{}", output.stderr);
    let output = run(&["capping", "get", r"..\..\admin", "--emulator"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(64), ""), "{}", output.stderr);
    for arguments in [["--help"], ["--version"]] {
        let output = run(&arguments);
        assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn all_missing_credentials_are_listed() {
    let output = run(&["capping", "list", "--sandbox", "prod", "--client-id", "c"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(3), ""));
    assert_eq!(
        output.stderr,
        "error: no credentials: AJO_CLIENT_SECRET, AJO_ORG_ID, AJO_SCOPES are not set; set them, or set AJO_CREDENTIALS to \
         the path of a credential file\nhint: `ajo auth login` stores a credential; without an Adobe account, try --emulator\n"
    );
    let output = ajo_command(&["capping", "list"])
        .envs([("AJO_CLIENT_ID", "c"), ("AJO_CLIENT_SECRET", "s"), ("AJO_ORG_ID", "A1@AdobeOrg"), ("AJO_SCOPES", "o")])
        .output()
        .map(CommandOutput::from)
        .expect("ajo runs");
    assert_eq!(output.exit_code, Some(64));
    assert!(
        output.stderr.starts_with("error: no sandbox given; set AJO_SANDBOX or pass --sandbox\n"),
        "{}",
        output.stderr
    );
}

#[test]
fn credential_file_secret_is_hidden() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("credentials.json");
    let script = format!(
        r#"
        cat > '{file}' <<EOF
        {{"ORG_ID": "$AJO_ORG_ID", "CLIENT_ID": "$AJO_CLIENT_ID", "CLIENT_SECRETS": ["$AJO_CLIENT_SECRET"], "SCOPES": ["openid"]}}
EOF
        unset AJO_CLIENT_ID AJO_CLIENT_SECRET AJO_ORG_ID AJO_SCOPES
        $AJO capping list --credentials '{file}'
        $AJO auth status --credentials '{file}'
        sed 's/emulator-secret/wr0ng-canary/' '{file}' > '{file}.wrong'
        $AJO capping list --credentials '{file}.wrong'
        "#,
        file = file.display()
    );
    let output = run_script_with_emulator(&script);
    assert_eq!(output.exit_code, Some(3), "{}\n{}", output.stdout, output.stderr);
    assert!(
        output.stdout.starts_with("no capping configurations in this sandbox\ncredentials   "),
        "{}",
        output.stdout
    );
    assert!(output.stderr.contains("400 invalid_client: invalid client_secret parameter"), "{}", output.stderr);
    assert!(output.stderr.contains("hint: check the client secret"), "{}", output.stderr);
    assert!(!output.stderr.contains("canary") && !output.stdout.contains("emulator-secret"));
}

#[test]
fn printed_token_can_be_reused() {
    let output = run_script_with_emulator(
        r"
        token=$($AJO auth token)
        unset AJO_CLIENT_SECRET AJO_SCOPES
        AJO_ACCESS_TOKEN=$token $AJO capping list
        AJO_ACCESS_TOKEN=$token $AJO auth status
        AJO_ACCESS_TOKEN=other $AJO capping list
        ",
    );
    assert_eq!(output.exit_code, Some(3));
    assert!(
        output.stdout.contains("no capping configurations") && output.stdout.contains("from AJO_ACCESS_TOKEN"),
        "{}",
        output.stdout
    );
    assert!(
        output.stderr.starts_with("error: capping list failed: the service responded 401, code 401013: "),
        "{}",
        output.stderr
    );
}

#[test]
fn unreachable_host_is_reported() {
    let closed = ClosedPort::new();
    let url = closed.url();
    let output = ajo_command(&["capping", "list", "--base-url", &url, "--ims-url", &url])
        .envs([
            ("AJO_CLIENT_ID", "c"),
            ("AJO_CLIENT_SECRET", "s"),
            ("AJO_ORG_ID", "A1@AdobeOrg"),
            ("AJO_SCOPES", "o"),
            ("AJO_SANDBOX", "prod"),
        ])
        .output()
        .map(CommandOutput::from)
        .expect("ajo runs");
    assert_eq!(output.exit_code, Some(3));
    assert!(
        output.stderr.starts_with("error: capping list failed: no access token: no connection to the token endpoint: "),
        "{}",
        output.stderr
    );
}

#[test]
fn exec_passes_settings_and_exit_code() {
    let output = run_script_with_emulator("env | grep ^AJO_ | sort; exit 7");
    assert_eq!(output.exit_code, Some(7));
    for name in
        ["AJO_BASE_URL", "AJO_IMS_URL", "AJO_CLIENT_ID", "AJO_CLIENT_SECRET", "AJO_ORG_ID", "AJO_SCOPES", "AJO_SANDBOX"]
    {
        assert!(output.stdout.contains(&format!("{name}=")), "{name}: {}", output.stdout);
    }
    let output = run(&["emulator", "exec", "--", "no-such-command-here"]);
    assert_eq!(output.exit_code, Some(127));
    assert!(output.stderr.starts_with("error: failed to run no-such-command-here: "), "{}", output.stderr);
}

#[cfg(unix)]
#[test]
fn serve_runs_until_sigterm() {
    use std::io::{BufRead as _, BufReader};

    let mut child =
        ajo_command(&["emulator", "serve"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("ajo runs");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let settings: Vec<(String, String)> = lines
        .take(7)
        .map(|line| {
            let line = line.expect("a line");
            let (name, value) = line.strip_prefix("export ").and_then(|line| line.split_once('=')).expect("a setting");
            (name.to_owned(), value.trim_matches('\'').to_owned())
        })
        .collect();
    let output: CommandOutput = ajo_command(&["throttling", "list"]).envs(settings).output().expect("ajo runs").into();
    assert_eq!(
        (output.exit_code, output.stdout.as_str()),
        (Some(0), "no throttling configuration in this organization\n"),
        "{}",
        output.stderr
    );
    let status = Command::new("kill").arg(child.id().to_string()).status().expect("kill runs");
    assert!(status.success());
    assert_eq!(child.wait().expect("ajo ends").code(), Some(0));
}

#[cfg(unix)]
#[test]
fn sigterm_stops_exec_child() {
    let mut ajo = ajo_command(&["emulator", "exec", "--", "sh", "-c", "echo $$; exec sleep 60"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("ajo runs");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(ajo.stdout.take().expect("a pipe")), &mut line)
        .expect("a line");
    assert!(Command::new("kill").arg(ajo.id().to_string()).status().expect("kill runs").success());
    assert_eq!(ajo.wait().expect("ajo ends").code(), Some(128 + 15));
    let alive =
        Command::new("kill").args(["-0", line.trim()]).stderr(Stdio::null()).status().expect("kill runs").success();
    assert!(!alive, "the child is still running");
}

#[test]
fn port_in_use_is_reported() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output = run(&["emulator", "serve", "--port", &port]);
    assert_eq!(output.exit_code, Some(1));
    assert!(output.stderr.starts_with(&format!("error: failed to listen on 127.0.0.1:{port}: ")), "{}", output.stderr);
    assert!(output.stderr.ends_with("\nhint: --port 0 chooses a free port\n"), "{}", output.stderr);
}

/// With `--output json`, errors are one line of JSON: usage errors, file errors, and service errors.
#[test]
fn errors_are_json_with_json_output() {
    let error = |arguments: &[&str]| -> (Value, Option<i32>) {
        let output = CommandOutput::from(ajo_command(arguments).output().expect("ajo runs"));
        let line = output.stderr.lines().last().unwrap_or_else(|| panic!("{arguments:?} prints no error"));
        (serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {}", output.stderr)), output.exit_code)
    };
    let uid = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";
    let (service, code) = error(&["--emulator", "capping", "get", uid, "--output", "json"]);
    assert_eq!(code, Some(1));
    assert_eq!(service["error"]["exitCode"], 1);
    assert_eq!(service["error"]["response"]["status"], 404);
    assert_eq!(service["error"]["response"]["operation"], "capping get");
    assert!(service["error"]["response"]["requestId"].is_string() && service["error"]["hint"].is_string(), "{service}");
    let (file, code) = error(&["--emulator", "capping", "create", "missing.yaml", "--output=json"]);
    assert_eq!((code, &file["error"]["response"]), (Some(1), &Value::Null));
    for usage in [
        &["capping", "lst", "--output=json"][..],
        &["plan", "--output", "json"],
        &["capping", "get", "../x", "--output=json"],
    ] {
        let (usage, code) = error(usage);
        assert_eq!((code, &usage["error"]["exitCode"]), (Some(64), &64.into()), "{usage}");
    }
}

#[test]
fn command_of_a_group_is_suggested() {
    for (arguments, expected) in [
        (&["undeploy", "u-1"][..], "'capping undeploy', 'throttling undeploy'"),
        (&["redeploy"], "'capping redeploy'"),
        (&["switch", "dev"], "'auth switch'"),
    ] {
        let output = CommandOutput::from(ajo_command(arguments).output().expect("ajo runs"));
        assert_eq!(output.exit_code, Some(64));
        assert!(output.stderr.contains(expected) && !output.stderr.contains("demo"), "{}", output.stderr);
    }
}
