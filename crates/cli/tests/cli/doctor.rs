//! `ajo doctor` against the emulator in all its moods: the first step that is not right, and why.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ajo_auth::Timestamp;
use ajo_emulator::{Emulator, GatewayError};
use futures_util::future::join_all;
use httpmock::MockServer;
use serde_json::{Value, json};

struct Diagnosis {
    code: Option<i32>,
    steps: Vec<Value>,
}

impl Diagnosis {
    /// Runs the command with the settings of an emulator, some of them changed.
    async fn of(emulator: &Emulator, changes: &[(&'static str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ajo"));
        command.args(["doctor", "--output", "json"]).env_clear().envs(emulator.environment());
        // No profile and no token that this machine may have.
        command.env("AJO_CONFIG_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-profiles"));
        command.env("AJO_TOKEN_CACHE", "off").env("AJO_KEYCHAIN", "off");
        command.envs(changes.iter().copied());
        let ran = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("ajo runs");
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
        let report: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
        assert_eq!(report["version"], 1);
        let steps = report["steps"].as_array().expect("steps").clone();
        Self { code: ran.status.code(), steps }
    }

    fn names(&self, status: &str) -> Vec<&str> {
        let named = self.steps.iter().filter(|step| step["status"] == status);
        named.map(|step| step["step"].as_str().expect("a name")).collect()
    }

    /// What is said of one step, and what to change.
    fn said(&self, step: &str) -> String {
        let step = self.steps.iter().find(|there| there["step"] == step).expect("a step");
        format!("{} | {}", step["detail"].as_str().unwrap_or_default(), step["hint"].as_str().unwrap_or_default())
    }

    fn assert_fails(&self, step: &str, code: i32, parts: &[&str]) {
        assert_eq!((self.names("failed"), self.code), (vec![step], Some(code)), "{:?}", self.steps);
        let failed = self.steps.iter().position(|there| there["step"] == step).expect("a step");
        for (index, there) in self.steps.iter().enumerate() {
            let expected: &[&str] = if index < failed { &["ok", "skipped", "warning"] } else { &["not_reached"] };
            assert!(index == failed || expected.contains(&there["status"].as_str().expect("a status")), "{there}");
        }
        let said = self.said(step);
        for part in parts {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}

async fn emulator() -> Emulator {
    Emulator::start().await.expect("an emulator")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_that_is_clear_is_walked_to_its_end() {
    let emulator = emulator().await;
    let diagnosis = Diagnosis::of(&emulator, &[]).await;
    assert_eq!(
        diagnosis.names("ok"),
        ["credentials", "token_host", "token", "clock", "api_key", "organization", "capping", "throttling"]
    );
    assert_eq!(diagnosis.code, Some(0));
    assert!(diagnosis.said("credentials").contains("client id emulator-client"));
    assert!(diagnosis.said("token").contains("for openid,AdobeID"), "{}", diagnosis.said("token"));
    assert!(!format!("{:?}", diagnosis.steps).contains("emulator-secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_error_of_the_gateway_is_put_down_to_its_cause() {
    let cases: [(&str, &str, i32, &str); 19] = [
        ("400003", "organization", 1, "check that the organization id and the sandbox are set"),
        ("401013", "api_key", 3, "the access token is expired, revoked or malformed"),
        ("403000", "api_key", 3, "the call had no API key"),
        ("403003", "api_key", 3, "that the API is added to the project"),
        ("403010", "api_key", 3, "the request had no access token"),
        ("403011", "api_key", 3, "the token lacks a scope"),
        ("403012", "api_key", 3, "calls from this address are not let through"),
        ("403013", "api_key", 3, "calls from this address are not let through"),
        ("403020", "api_key", 3, "the access token is missing or not valid"),
        ("403023", "organization", 3, "the credential's profile is not valid"),
        ("403024", "organization", 3, "may not read the credential's profile"),
        ("403025", "organization", 3, "belongs to another organization or the credential lacks a product profile"),
        ("403027", "organization", 3, "add the Journey Optimizer API and a product profile"),
        ("429001", "api_key", 1, "the usage limit of the service is reached"),
        ("429002", "api_key", 1, "the usage limit of this API key is reached"),
        ("429050", "api_key", 1, "not before 60 s from now"),
        ("503000", "api_key", 1, "could not check the API key; this passes"),
        ("503010", "api_key", 1, "could not check the access token; this passes"),
        ("503030", "organization", 1, "could not check the profile; this passes"),
    ];
    assert_eq!(cases.map(|(code, ..)| code), GatewayError::ALL.map(|error| error.code));
    // All at once: most of the time is the client's delay before it retries.
    let diagnoses = cases.map(|(code, step, exit, cause)| async move {
        let emulator = emulator().await;
        emulator.world().add_fault(format!("*.*=gateway:{code}").parse().expect("a fault")).expect("room");
        let diagnosis = Diagnosis::of(&emulator, &[]).await;
        diagnosis.assert_fails(step, exit, &[code, cause]);
    });
    join_all(diagnoses).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_found_at_the_step_they_matter_to() {
    let emulator = emulator().await;
    let cases = [
        (("AJO_CLIENT_SECRET", ""), "credentials", 3, "AJO_CLIENT_SECRET is not set"),
        (("AJO_IMS_URL", "http://127.0.0.1:1"), "token_host", 3, "no connection to the token host"),
        (("AJO_IMS_URL", "http://example.com"), "credentials", 1, "plain http is for loopback addresses only"),
        (("AJO_CLIENT_ID", "nobody"), "token", 3, "invalid client_id parameter"),
        (("AJO_CLIENT_SECRET", "wrong"), "token", 3, "check the client secret"),
        (("AJO_SCOPES", "openid,admin"), "token", 3, "compare the scopes"),
        (("AJO_BASE_URL", "http://127.0.0.1:1/x"), "api_key", 1, "no connection"),
        (("AJO_ORG_ID", "BBBB@AdobeOrg"), "organization", 3, "403025"),
        (("AJO_SANDBOX", "nowhere"), "organization", 1, "check that the sandbox exists"),
    ];
    for (change, step, exit, cause) in cases {
        Diagnosis::of(&emulator, &[change]).await.assert_fails(step, exit, &[cause]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_is_passed_over_where_it_cannot_be() {
    let emulator = emulator().await;
    let diagnosis = Diagnosis::of(&emulator, &[("AJO_SANDBOX", "dev")]).await;
    assert_eq!((diagnosis.names("skipped"), diagnosis.code), (vec!["throttling"], Some(0)));
    assert!(diagnosis.said("throttling").starts_with("dev is no production sandbox"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_given_ready_made_is_tried_at_the_gateway() {
    let emulator = emulator().await;
    let diagnosis = Diagnosis::of(&emulator, &[("AJO_ACCESS_TOKEN", "made-up")]).await;
    diagnosis.assert_fails("api_key", 3, &["401013"]);
    assert_eq!(diagnosis.names("skipped"), ["token_host", "token", "clock"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_is_said_and_by_how_much() {
    let clock = Arc::new(AtomicU64::new(0));
    let now = clock.clone();
    let emulator = Emulator::builder().clock(move || Timestamp::from_millis(now.load(Ordering::Relaxed))).start().await;
    let emulator = emulator.expect("an emulator");
    for (ahead_of_us, said) in [(600_000, "behind the token host's"), (-600_000, "ahead of the token host's")] {
        clock.store(ajo_auth::now().as_millis().saturating_add_signed(ahead_of_us), Ordering::Relaxed);
        let diagnosis = Diagnosis::of(&emulator, &[]).await;
        assert_eq!((diagnosis.names("warning"), diagnosis.code), (vec!["clock"], Some(0)));
        let told = diagnosis.said("clock");
        assert!(told.contains(said) && told.contains("set the clock"), "{told}");
        let seconds: u64 = told.split(' ').find_map(|word| word.parse().ok()).expect("seconds");
        assert!((590..=615).contains(&seconds), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_is_missing_is_told_from_everything_before_it() {
    let emulator = emulator().await;
    let refusal = json!({"title": "Forbidden", "status": 403, "detail": "You lack a permission"});
    for (denies_capping, step) in [(true, "capping"), (false, "throttling")] {
        let gateway = MockServer::start_async().await;
        for base in ["endpointConfigs", "throttlingConfigs"] {
            let denies = base == "throttlingConfigs" || denies_capping;
            gateway
                .mock_async(|when, then| {
                    when.path(format!("/list/{base}"));
                    if denies {
                        then.status(403).json_body(refusal.clone());
                    } else {
                        then.status(200).json_body(json!({"results": []}));
                    }
                })
                .await;
        }
        let diagnosis = Diagnosis::of(&emulator, &[("AJO_BASE_URL", &gateway.base_url())]).await;
        diagnosis.assert_fails(step, 3, &["Manage Journeys Events, Data Sources and Action", "You lack a permission"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_that_passes_is_not_taken_for_a_wrong_setting() {
    let cases = [
        (500, json!({"error": "internal_error"}), "the token host is in trouble; this passes"),
        (429, json!({}), "wait before asking for another token"),
        (400, json!({"error": "unauthorized_client"}), "use an OAuth server-to-server credential"),
    ];
    let diagnoses = cases.map(|(status, body, cause)| async move {
        let emulator = emulator().await;
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.any_request();
                then.status(status).json_body(body);
            })
            .await;
        let diagnosis = Diagnosis::of(&emulator, &[("AJO_IMS_URL", &server.base_url())]).await;
        diagnosis.assert_fails("token", 3, &[cause]);
    });
    join_all(diagnoses).await;
}
