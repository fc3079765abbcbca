//! The built command, run as a person or a script runs it.

use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Ran, ajo, run_with_input};

/// The vendor's documented create sample.
const SAMPLE: &str = r#"{
  "url": "https://api.example.org/data/2.5/weather",
  "methods": ["GET"],
  "services": {"dataSource": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}},
  "orgId": "<IMS Org Id>"
}"#;

fn run(arguments: &[&str]) -> Ran {
    ajo(arguments).output().expect("ajo runs").into()
}

/// Runs a shell script in which `$AJO` is the command, with an emulator around it.
fn with_emulator(script: &str) -> Ran {
    ajo(&["emulator", "exec", "--", "sh", "-ec", script])
        .env("AJO", env!("CARGO_BIN_EXE_ajo"))
        .output()
        .expect("ajo runs")
        .into()
}

#[test]
fn the_first_command_of_the_readme_tells_the_whole_story() {
    let ran = run(&["try"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    for said in [
        "an access token, good for 86399 s",
        "state        deployed",
        "saved: 800 calls; still in force: 500",
        "code 1451: refused while it is deployed",
        "code 1465: an organization has one throttling configuration",
        "600 calls a second, in force at once",
        "nothing is left behind",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
}

#[test]
fn the_documented_create_sample_is_created() {
    for arguments in [["--emulator", "capping", "create", "-"], ["capping", "create", "-", "--emulator"]] {
        let ran = run_with_input(&mut ajo(&arguments), SAMPLE);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert!(ran.out.starts_with("created ") && ran.out.ends_with("can be deployed\n"), "{}", ran.out);
    }
}

#[test]
fn json_is_the_answer_of_the_service() {
    let ran = run_with_input(&mut ajo(&["--emulator", "--output", "json", "capping", "create", "-"]), SAMPLE);
    let answer: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(answer["resStatus"], "created");
    assert_eq!(answer["createdElement"]["url"], "https://api.example.org/data/2.5/weather");
    assert_eq!(answer["uid"], answer["createdElement"]["uid"]);
    for api in ["capping", "throttling"] {
        let ran = run(&["--emulator", api, "list", "--output", "json"]);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "{\"results\":[]}\n", ""));
    }
}

#[test]
fn all_sixteen_operations_run_against_one_emulator() {
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
            $AJO {api} deploy $uid
            $AJO {api} get $uid --output json
            echo
            $AJO {api} delete $uid && exit 9 || test $? -eq 1
            $AJO {api} undeploy $uid
            $AJO {api} delete $uid
            $AJO {api} list
            ",
            file = file.display()
        );
        let ran = with_emulator(&script);
        assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
        for said in [
            "UID",
            "updated ",
            "can be deployed",
            "deployed ",
            "\"state\":\"deployed\"",
            "undeployed ",
            "deleted ",
            &format!("no {api} configuration"),
        ] {
            assert!(ran.out.contains(said), "{said}: {}", ran.out);
        }
        let code = if api == "capping" { "1451" } else { "1456" };
        assert!(
            ran.err.contains(&format!("error: {api} delete failed: the answer is 500, code {code}")),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("hint: undeploy the "), "{}", ran.err);
    }
}

#[test]
fn a_deployed_configuration_is_deleted_with_force_only() {
    let ran = with_emulator(&format!(
        "uid=$(echo '{SAMPLE}' | $AJO capping create - | sed -n 's/^created //p'); $AJO capping deploy $uid; $AJO capping delete $uid --force"
    ));
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
}

#[test]
fn can_deploy_ends_with_1_when_it_says_no() {
    let ran = with_emulator(&format!(
        "uid=$(echo '{}' | $AJO capping create - | sed -n 's/^created //p'); $AJO capping can-deploy $uid",
        SAMPLE.replace("api.example.org", "*.example.org")
    ));
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.starts_with("cannot be deployed\n  error ERR_ENDPOINTCONFIG_102: "), "{}", ran.out);
}

#[test]
fn a_configuration_with_changes_not_yet_deployed_shows_what_is_in_force() {
    let ran = with_emulator(&format!(
        "uid=$(echo '{SAMPLE}' | $AJO capping create - | sed -n 's/^created //p'); $AJO capping deploy $uid;
         echo '{}' | $AJO capping update $uid -; $AJO capping get $uid",
        SAMPLE.replace("500", "800")
    ));
    assert!(ran.out.contains("state        updated, deployed before"), "{}", ran.out);
    assert!(
        ran.out.contains("in force     another definition: GET dataSource 500 calls/1000 ms, 50 connections https://"),
        "{}",
        ran.out
    );
}

#[test]
fn bad_input_is_one_clear_error_and_changes_nothing() {
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
        (endless.clone(), format!("error: failed to read {endless}: it is longer than 1024 KiB\n")),
        (
            unknown.clone(),
            format!("error: {unknown}:3:1: unknown field `servces`, expected one of methods, orgId, services, url\n"),
        ),
        (mistyped.clone(), format!("error: {mistyped}:3:14: a list is expected here\n")),
        (malformed.clone(), format!("error: {malformed}:1:")),
        (empty.clone(), format!("error: {empty} is empty; it must hold a definition\n")),
        (nowhere.clone(), format!("error: failed to read {nowhere}: No such file")),
        (
            folder.path().display().to_string(),
            format!("error: failed to read {}: Is a directory", folder.path().display()),
        ),
    ];
    for (file, expected) in cases {
        let ran = with_emulator(&format!(
            "$AJO capping create '{file}' || echo \"ended with $?\"; $AJO capping list --output json"
        ));
        assert!(ran.err.starts_with(&expected), "{expected}: {}", ran.err);
        assert_eq!(ran.out, "ended with 1\n{\"results\":[]}\n", "{file}");
    }
}

#[test]
fn usage_errors_end_with_64_and_are_told_from_others() {
    let ran = ajo(&["capping", "list"]).env("AJO_SANDBOX", "Prod").output().map(Ran::from).expect("ajo runs");
    assert_eq!(ran.code, Some(64));
    assert!(ran.err.contains("it has capitals"), "{}", ran.err);
    let ran = run(&["capping", "get", r"..\..\admin", "--emulator"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(64), ""), "{}", ran.err);
    for arguments in [["--help"], ["--version"]] {
        let ran = run(&arguments);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    }
}

#[test]
fn missing_credentials_name_everything_that_is_missing() {
    let ran = run(&["capping", "list", "--sandbox", "prod", "--client-id", "c"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
    assert_eq!(
        ran.err,
        "error: no credentials: AJO_CLIENT_SECRET, AJO_ORG_ID, AJO_SCOPES are not set; set them, or name a credential file in \
         AJO_CREDENTIALS\nhint: `ajo auth login` stores a credential; without an Adobe account, try --emulator\n"
    );
    let ran = ajo(&["capping", "list"])
        .envs([("AJO_CLIENT_ID", "c"), ("AJO_CLIENT_SECRET", "s"), ("AJO_ORG_ID", "A1@AdobeOrg"), ("AJO_SCOPES", "o")])
        .output()
        .map(Ran::from)
        .expect("ajo runs");
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.starts_with("error: no sandbox is named; set AJO_SANDBOX or give --sandbox\n"), "{}", ran.err);
}

#[test]
fn a_credential_file_works_and_its_secret_is_never_shown() {
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
    let ran = with_emulator(&script);
    assert_eq!(ran.code, Some(3), "{}\n{}", ran.out, ran.err);
    assert!(ran.out.starts_with("no capping configurations in this sandbox\ncredentials   "), "{}", ran.out);
    assert!(ran.err.contains("400 invalid_client: invalid client_secret parameter"), "{}", ran.err);
    assert!(ran.err.contains("hint: check the client secret"), "{}", ran.err);
    assert!(!ran.err.contains("canary") && !ran.out.contains("emulator-secret"));
}

#[test]
fn a_token_that_was_fetched_once_can_be_used_again() {
    let ran = with_emulator(
        r"
        token=$($AJO auth token)
        unset AJO_CLIENT_SECRET AJO_SCOPES
        AJO_ACCESS_TOKEN=$token $AJO capping list
        AJO_ACCESS_TOKEN=$token $AJO auth status
        AJO_ACCESS_TOKEN=other $AJO capping list
        ",
    );
    assert_eq!(ran.code, Some(3));
    assert!(ran.out.contains("no capping configurations") && ran.out.contains("given ready-made"), "{}", ran.out);
    assert!(ran.err.starts_with("error: capping list failed: the answer is 401, code 401013: "), "{}", ran.err);
}

#[test]
fn an_unreachable_host_is_an_error_that_says_so() {
    let ran = ajo(&["capping", "list", "--base-url", "http://127.0.0.1:1", "--ims-url", "http://127.0.0.1:1"])
        .envs([
            ("AJO_CLIENT_ID", "c"),
            ("AJO_CLIENT_SECRET", "s"),
            ("AJO_ORG_ID", "A1@AdobeOrg"),
            ("AJO_SCOPES", "o"),
            ("AJO_SANDBOX", "prod"),
        ])
        .output()
        .map(Ran::from)
        .expect("ajo runs");
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.err.starts_with("error: capping list failed: no access token: no connection to the token host: "),
        "{}",
        ran.err
    );
}

#[test]
fn the_emulator_gives_its_settings_and_the_childs_code() {
    let ran = with_emulator("env | grep ^AJO_ | sort; exit 7");
    assert_eq!(ran.code, Some(7));
    for name in
        ["AJO_BASE_URL", "AJO_IMS_URL", "AJO_CLIENT_ID", "AJO_CLIENT_SECRET", "AJO_ORG_ID", "AJO_SCOPES", "AJO_SANDBOX"]
    {
        assert!(ran.out.contains(&format!("{name}=")), "{name}: {}", ran.out);
    }
    let ran = run(&["emulator", "exec", "--", "no-such-command-here"]);
    assert_eq!(ran.code, Some(127));
    assert!(ran.err.starts_with("error: failed to run no-such-command-here: "), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn the_emulator_serves_until_it_is_ended() {
    use std::io::{BufRead as _, BufReader};

    let mut child =
        ajo(&["emulator", "serve"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("ajo runs");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let settings: Vec<(String, String)> = lines
        .take(7)
        .map(|line| {
            let line = line.expect("a line");
            let (name, value) = line.strip_prefix("export ").and_then(|line| line.split_once('=')).expect("a setting");
            (name.to_owned(), value.trim_matches('\'').to_owned())
        })
        .collect();
    let ran: Ran = ajo(&["throttling", "list"]).envs(settings).output().expect("ajo runs").into();
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "no throttling configuration in this organization\n"),
        "{}",
        ran.err
    );
    let ended = Command::new("kill").arg(child.id().to_string()).status().expect("kill runs");
    assert!(ended.success());
    assert_eq!(child.wait().expect("ajo ends").code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_request_to_end_ends_the_child_too() {
    let mut ajo = ajo(&["emulator", "exec", "--", "sh", "-c", "echo $$; exec sleep 60"])
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
    assert!(!alive, "the child is still there");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let ran = run(&["emulator", "serve", "--port", &port]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.starts_with(&format!("error: failed to listen on 127.0.0.1:{port}: ")), "{}", ran.err);
}

/// With `--output json` an error is one line of JSON too, whoever says no: the command line, a file, or the service.
#[test]
fn an_error_is_json_where_json_is_asked_for() {
    let error = |arguments: &[&str]| -> (Value, Option<i32>) {
        let ran = Ran::from(ajo(arguments).output().expect("ajo runs"));
        let line = ran.err.lines().last().unwrap_or_else(|| panic!("{arguments:?} says nothing"));
        (serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {}", ran.err)), ran.code)
    };
    let uid = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";
    let (service, code) = error(&["--emulator", "capping", "get", uid, "--output", "json"]);
    assert_eq!(code, Some(1));
    assert_eq!(service["error"]["exitCode"], 1);
    assert_eq!(service["error"]["answered"]["status"], 404);
    assert_eq!(service["error"]["answered"]["operation"], "capping get");
    assert!(service["error"]["answered"]["requestId"].is_string() && service["error"]["hint"].is_string(), "{service}");
    let (file, code) = error(&["--emulator", "capping", "create", "missing.yaml", "--output=json"]);
    assert_eq!((code, &file["error"]["answered"]), (Some(1), &Value::Null));
    for usage in [
        &["capping", "lst", "--output=json"][..],
        &["plan", "--output", "json"],
        &["capping", "get", "../x", "--output=json"],
    ] {
        let (usage, code) = error(usage);
        assert_eq!((code, &usage["error"]["exitCode"]), (Some(64), &64.into()), "{usage}");
    }
}
