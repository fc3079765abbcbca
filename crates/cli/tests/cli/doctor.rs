//! `ajo doctor` against an emulator with injected faults: the first failed check and its cause.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ajo_auth::Timestamp;
use ajo_emulator::{Emulator, GatewayError};
use futures_util::future::join_all;
use httpmock::MockServer;
use serde_json::{Value, json};

use crate::support::ClosedPort;

pub(crate) struct DoctorOutput {
    pub(crate) exit_code: Option<i32>,
    pub(crate) checks: Vec<Value>,
}

impl DoctorOutput {
    /// Runs the command with the settings of an emulator and some changes.
    pub(crate) async fn run(emulator: &Emulator, changes: &[(&'static str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ajo"));
        command.args(["doctor", "--output", "json"]).env_clear().envs(emulator.environment());
        // Isolate the test from profiles and tokens of this machine.
        command.env("AJO_CONFIG_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-profiles"));
        command.env("AJO_TOKEN_CACHE", "off").env("AJO_KEYCHAIN", "off");
        command.envs(changes.iter().copied());
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("ajo runs");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(report["version"], 1);
        let steps = report["checks"].as_array().expect("checks").clone();
        for step in &steps {
            let is_proved = step["proof"].as_str().is_some_and(|proof| !proof.is_empty());
            assert_eq!(step["status"] == "ok", is_proved, "every ok has a proof: {step}");
        }
        Self { exit_code: output.status.code(), checks: steps }
    }

    pub(crate) fn checks_with_status(&self, status: &str) -> Vec<&str> {
        let named = self.checks.iter().filter(|step| step["status"] == status);
        named.map(|step| step["check"].as_str().expect("a name")).collect()
    }

    /// The detail and the hint of a check.
    pub(crate) fn detail_and_hint(&self, step: &str) -> String {
        let step = self.checks.iter().find(|there| there["check"] == step).expect("a step");
        format!("{} | {}", step["detail"].as_str().unwrap_or_default(), step["hint"].as_str().unwrap_or_default())
    }

    pub(crate) fn assert_fails(&self, step: &str, code: i32, parts: &[&str]) {
        assert_eq!((self.checks_with_status("failed"), self.exit_code), (vec![step], Some(code)), "{:?}", self.checks);
        let failed = self.checks.iter().position(|there| there["check"] == step).expect("a step");
        for (index, there) in self.checks.iter().enumerate() {
            let expected: &[&str] =
                if index < failed { &["ok", "skipped", "warning", "not_proved"] } else { &["not_reached"] };
            assert!(index == failed || expected.contains(&there["status"].as_str().expect("a status")), "{there}");
        }
        let message = self.detail_and_hint(step);
        for part in parts {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
}

pub(crate) async fn start_emulator() -> Emulator {
    Emulator::start().await.expect("an emulator")
}

#[tokio::test(flavor = "multi_thread")]
async fn state_is_checked_if_configured() {
    let emulator = start_emulator().await;
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("ajo.state.json");
    let location = path.to_str().expect("UTF-8");
    let organization = emulator.environment().into_iter().find(|(name, _)| *name == "AJO_ORG_ID").expect("set").1;
    let state = crate::state::example().to_json_string();
    std::fs::write(&path, state.replace(crate::state::fake_bucket::ORGANIZATION, &organization)).expect("written");
    let output = DoctorOutput::run(&emulator, &[("AJO_STATE", location)]).await;
    assert_eq!((output.exit_code, output.checks_with_status("ok").last()), (Some(0), Some(&"state")));
    // The settings name the sandbox prod.
    assert_eq!(output.detail_and_hint("state"), format!("{location}: 3 configurations | "));

    std::fs::write(&path, "<<<<<<<").expect("written");
    let output = DoctorOutput::run(&emulator, &[("AJO_STATE", location)]).await;
    output.assert_fails("state", 1, &[location, "not a state file", "restore it from git"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_checks_pass() {
    let emulator = start_emulator().await;
    let output = DoctorOutput::run(&emulator, &[]).await;
    assert_eq!(
        output.checks_with_status("ok"),
        [
            "credentials",
            "token_endpoint",
            "token",
            "clock",
            "api_key",
            "organization",
            "capping",
            "sandbox_type",
            "throttling"
        ]
    );
    assert_eq!(output.exit_code, Some(0));
    assert!(output.detail_and_hint("credentials").contains("client id emulator-client"));
    assert!(output.detail_and_hint("token").contains("scopes openid,AdobeID"), "{}", output.detail_and_hint("token"));
    assert!(!format!("{:?}", output.checks).contains("emulator-secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sandbox_type_is_shown() {
    let emulator = start_emulator().await;
    let output = DoctorOutput::run(&emulator, &[("AJO_SANDBOX", "dev")]).await;
    assert_eq!(output.detail_and_hint("sandbox_type"), "dev is a development sandbox | ");
    emulator.state().add_fault("sandboxes=status:403".parse().expect("a fault")).expect("room");
    let output = DoctorOutput::run(&emulator, &[]).await;
    assert_eq!((output.exit_code, output.checks_with_status("not_proved")), (Some(0), vec!["sandbox_type"]));
    assert!(
        output.detail_and_hint("sandbox_type").starts_with("prod counts as a production sandbox: Sandbox Management")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contradicting_sandbox_type_is_a_warning() {
    let fixture = crate::limits::fixture::LimitsFixture::start().await;
    for (sandbox, production, warning) in [
        ("prod", false, Some("prod is a production sandbox, but prod.yaml says `production: false`")),
        ("dev", true, Some("dev is a development sandbox, but prod.yaml says `production: true`")),
        ("dev", false, None),
    ] {
        let file = format!("version: 1\nsandbox: {sandbox}\nproduction: {production}\ncapping: []\n");
        fixture.write("prod.yaml", &file);
        let output = fixture.run(&["doctor", "--limits=prod.yaml", "--sandbox", sandbox]).await;
        let is_warned = output.stdout.contains("correct `production` in the file");
        assert_eq!(is_warned, warning.is_some(), "{}", output.stdout);
        assert!(warning.is_none_or(|warning| output.stdout.contains(warning)), "{}", output.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gateway_errors_map_to_checks() {
    let cases: [(&str, &str, i32, &str); 19] = [
        ("400003", "organization", 1, "check that the organization id and the sandbox are set"),
        ("401013", "api_key", 3, "the access token is expired, revoked, or malformed"),
        ("403000", "api_key", 3, "the call had no API key"),
        ("403003", "api_key", 3, "that the API is added to the project"),
        ("403010", "api_key", 3, "the request had no access token"),
        ("403011", "api_key", 3, "the token lacks a scope"),
        ("403012", "api_key", 3, "calls from this IP address are blocked"),
        ("403013", "api_key", 3, "calls from this IP address are blocked"),
        ("403020", "api_key", 3, "the access token is missing or invalid"),
        ("403023", "organization", 3, "the credential's profile is invalid"),
        ("403024", "organization", 3, "no permission to read the credential's profile"),
        ("403025", "organization", 3, "belongs to another organization or the credential lacks a product profile"),
        ("403027", "organization", 3, "add the Journey Optimizer API and a product profile"),
        ("429001", "api_key", 1, "the usage limit of the service is reached"),
        ("429002", "api_key", 1, "the usage limit of this API key is reached"),
        ("429050", "api_key", 1, "retry after 60 s"),
        ("503000", "api_key", 1, "could not check the API key; this is temporary"),
        ("503010", "api_key", 1, "could not check the access token; this is temporary"),
        ("503030", "organization", 1, "could not check the profile; this is temporary"),
    ];
    assert_eq!(cases.map(|(code, ..)| code), GatewayError::ALL.map(|error| error.code));
    // Run in parallel: the client spends most of the time waiting to retry.
    let runs = cases.map(|(code, step, exit, cause)| async move {
        let emulator = start_emulator().await;
        emulator.state().add_fault(format!("*.*=gateway:{code}").parse().expect("a fault")).expect("room");
        let output = DoctorOutput::run(&emulator, &[]).await;
        output.assert_fails(step, exit, &[code, cause]);
        let mut proved = vec!["credentials", "token_endpoint", "token", "clock"];
        proved.extend((step == "organization").then_some("api_key"));
        assert_eq!(output.checks_with_status("ok"), proved, "{code}");
    });
    join_all(runs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_fail_at_their_check() {
    let emulator = start_emulator().await;
    let closed = ClosedPort::new();
    let closed_url = closed.url();
    let cases = [
        (("AJO_CLIENT_SECRET", ""), "credentials", 3, "AJO_CLIENT_SECRET is not set"),
        (("AJO_IMS_URL", closed_url.as_str()), "token_endpoint", 3, "no connection to the token endpoint"),
        (("AJO_IMS_URL", "http://example.com"), "credentials", 1, "plain http is only allowed for loopback addresses"),
        (("AJO_CLIENT_ID", "nobody"), "token", 3, "invalid client_id parameter"),
        (("AJO_CLIENT_SECRET", "wrong"), "token", 3, "check the client secret"),
        (("AJO_SCOPES", "openid,admin"), "token", 3, "compare the scopes"),
        (("AJO_BASE_URL", closed_url.as_str()), "api_key", 1, "no connection"),
        (("AJO_ORG_ID", "BBBB@AdobeOrg"), "organization", 3, "403025"),
        (("AJO_SANDBOX", "nowhere"), "organization", 1, "check that the sandbox exists"),
    ];
    for (change, step, exit, cause) in cases {
        DoctorOutput::run(&emulator, &[change]).await.assert_fails(step, exit, &[cause]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_is_skipped_outside_production() {
    let emulator = start_emulator().await;
    let output = DoctorOutput::run(&emulator, &[("AJO_SANDBOX", "dev")]).await;
    assert_eq!((output.checks_with_status("skipped").pop(), output.exit_code), (Some("throttling"), Some(0)));
    assert!(output.detail_and_hint("throttling").starts_with("dev is not a production sandbox"));
}

#[tokio::test(flavor = "multi_thread")]
async fn access_token_is_checked_at_gateway() {
    let emulator = start_emulator().await;
    let output = DoctorOutput::run(&emulator, &[("AJO_ACCESS_TOKEN", "invalid")]).await;
    output.assert_fails("api_key", 3, &["401013"]);
    let skipped = output.checks_with_status("skipped");
    assert_eq!(skipped[skipped.len() - 3..], ["token_endpoint", "token", "clock"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_clock_is_reported() {
    let clock = Arc::new(AtomicU64::new(0));
    let now = clock.clone();
    let emulator = Emulator::builder().clock(move || Timestamp::from_millis(now.load(Ordering::Relaxed))).start().await;
    let emulator = emulator.expect("an emulator");
    for (offset_ms, expected) in [(600_000, "behind the token endpoint's"), (-600_000, "ahead of the token endpoint's")]
    {
        clock.store(ajo_auth::current_timestamp().as_millis().saturating_add_signed(offset_ms), Ordering::Relaxed);
        let output = DoctorOutput::run(&emulator, &[]).await;
        assert_eq!((output.checks_with_status("warning"), output.exit_code), (vec!["clock"], Some(0)));
        let message = output.detail_and_hint("clock");
        assert!(message.contains(expected) && message.contains("set the clock"), "{message}");
        let seconds: u64 = message.split(' ').find_map(|word| word.parse().ok()).expect("seconds");
        assert!((590..=615).contains(&seconds), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_permission_fails_last_checks() {
    let emulator = start_emulator().await;
    let forbidden = json!({"title": "Forbidden", "status": 403, "detail": "You lack a permission"});
    for (denies_capping, step) in [(true, "capping"), (false, "throttling")] {
        let gateway = MockServer::start_async().await;
        for base in ["endpointConfigs", "throttlingConfigs"] {
            let denies = base == "throttlingConfigs" || denies_capping;
            gateway
                .mock_async(|when, then| {
                    when.path(format!("/list/{base}"));
                    if denies {
                        then.status(403).json_body(forbidden.clone());
                    } else {
                        then.status(200).json_body(json!({"results": []}));
                    }
                })
                .await;
        }
        let output = DoctorOutput::run(&emulator, &[("AJO_BASE_URL", &gateway.base_url())]).await;
        output.assert_fails(step, 3, &["Manage Journeys Events, Data Sources and Action", "You lack a permission"]);
        // Without a code, the first response proves nothing about the API key and the organization.
        let unproved: &[&str] = if denies_capping { &["api_key", "organization"] } else { &["sandbox_type"] };
        assert_eq!(output.checks_with_status("not_proved"), unproved);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transient_token_errors_have_own_hints() {
    let cases = [
        (500, json!({"error": "internal_error"}), "the token endpoint has a temporary failure"),
        (429, json!({}), "wait before requesting another token"),
        (400, json!({"error": "unauthorized_client"}), "use an OAuth server-to-server credential"),
    ];
    let runs = cases.map(|(status, body, cause)| async move {
        let emulator = start_emulator().await;
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.any_request();
                then.status(status).json_body(body);
            })
            .await;
        let output = DoctorOutput::run(&emulator, &[("AJO_IMS_URL", &server.base_url())]).await;
        output.assert_fails("token", 3, &[cause]);
    });
    join_all(runs).await;
}

#[cfg(target_os = "linux")]
#[test]
fn report_fits_the_terminal() {
    use crate::auth::fixture::AuthFixture;
    use crate::pseudo_terminal::{PseudoTerminal, has_script};
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let line = format!("exec '{}' doctor", env!("CARGO_BIN_EXE_ajo"));
    let shown = PseudoTerminal::start(&fixture, &line, &[("AJO_TOKEN_CACHE", "off")]).finish(0).replace('\r', "");
    let lines: Vec<&str> = shown.lines().skip(1).collect();
    // A path or a list of scopes is one word.
    let is_too_long = |line: &&&str| line.len() > 80 && line[29..].contains(' ');
    assert_eq!(lines.iter().find(is_too_long), None, "{shown}");
    assert!(lines.iter().any(|line| line.starts_with(&" ".repeat(29))), "{shown}");
    let plain = fixture.run(&["doctor"]).stdout;
    assert!(plain.lines().any(|line| line.len() > 80) && plain.lines().count() < lines.len(), "{plain}");
}
