//! Every fault of the emulator, as a client sees it, and its effect on the service.

use std::time::{Duration, Instant};

use ajo_core::{CallError, CallOptions, Client, DeleteOptions, ErrorKind, Verb};
use ajo_emulator::{Emulator, FaultEffect};
use ajo_tests::{capping_definition, emulator_client};

/// Starts an emulator with a fault, and a client without retries.
async fn emulator_with_fault(fault: &str) -> (Emulator, Client) {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod").with_options(CallOptions::default().attempts(1));
    client.capping().list().await.expect("a token is fetched");
    emulator.state().add_fault(fault.parse().expect("a fault")).expect("room");
    (emulator, client)
}

/// The result of a create with a fault, and the number of configurations afterwards.
async fn create_with_fault(effect: &str) -> (Result<(), CallError>, usize) {
    let (emulator, client) = emulator_with_fault(&format!("capping.create={effect}")).await;
    let result = client.capping().create(&capping_definition()).await.map(drop);
    emulator.state().clear_faults();
    let configs = client.capping().list().await.expect("listed").len();
    (result, configs)
}

#[tokio::test]
async fn each_fault_has_error_kind_and_effect() {
    // Effect, error status if any, number of configurations.
    let cases = [
        ("gateway:403025", Some(403), 0),
        ("gateway:429050", Some(429), 0),
        ("service:1464", Some(500), 0),
        ("service:4000", Some(500), 0),
        ("status:502", Some(502), 0),
        ("html:503", Some(503), 0),
        ("problem:403", Some(403), 0),
        ("denied:403", Some(403), 0),
        ("busy:7", Some(429), 0),
        ("drop_before", None, 0),
        ("reset", None, 0),
        ("drop_after", None, 1),
        ("lost:504", Some(504), 1),
        ("half_body", None, 1),
        ("garbage", Some(200), 1),
    ];
    for (effect, status, configs) in cases {
        let (result, found) = create_with_fault(effect).await;
        let error = result.expect_err(effect);
        assert_eq!((error.status(), found), (status, configs), "{effect}: {error}");
        match status {
            None => assert!(matches!(error.kind(), ErrorKind::Disconnected(_)), "{effect}: {error:?}"),
            Some(200) => assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{effect}: {error:?}"),
            Some(_) => assert!(matches!(error.kind(), ErrorKind::Api(_)), "{effect}: {error:?}"),
        }
        assert!(error.hint().is_some(), "{effect}: {error}");
    }
    // Every documented effect is in this list or has its own test below.
    let effects =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/emulator/src/faults/effect.rs"));
    let source = effects.expect("the source");
    let documented: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("/// | `")?.split('`').next())
        .map(|syntax| syntax.split(':').next().unwrap_or(syntax))
        .collect();
    assert_eq!(documented.len(), 15, "{documented:?}");
    for name in documented {
        let is_listed = cases.iter().any(|(effect, ..)| effect.split(':').next() == Some(name));
        assert!(is_listed || ["ims", "delay"].contains(&name), "{name} has no test");
    }
}

#[tokio::test]
async fn token_endpoint_errors_are_reported() {
    for (name, expected) in [
        ("invalid_client_id", "400 invalid_client: invalid client_id parameter"),
        ("invalid_client_secret", "400 invalid_client: invalid client_secret parameter"),
        ("unauthorized_client", "400 unauthorized_client"),
        ("invalid_scope", "400 invalid_scope"),
        ("internal_error", "500 internal_error"),
        ("unsupported_grant_type", "400 unsupported_grant_type"),
    ] {
        let emulator = Emulator::start().await.expect("an emulator");
        emulator.state().add_fault(format!("token=ims:{name}").parse().expect("a fault")).expect("room");
        let client = emulator_client(&emulator, "prod").with_options(CallOptions::default().attempts(1));
        let error = client.capping().list().await.expect_err(name);
        assert!(error.to_string().contains(&format!("the token endpoint responded {expected} (debug id")), "{error}");
    }
}

#[tokio::test]
async fn delayed_response_arrives_or_times_out() {
    let (emulator, client) = emulator_with_fault("*.list=delay:200").await;
    let began = Instant::now();
    client.capping().list().await.expect("a late response");
    assert!(began.elapsed() >= Duration::from_millis(200), "{:?}", began.elapsed());
    let impatient = client.with_options(CallOptions::default().timeout(Duration::from_millis(50)));
    let error = impatient.capping().list().await.expect_err("too late");
    assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{error:?}");
    assert_eq!(emulator.state().calls().for_operation("capping.list").len(), 3);
}

#[tokio::test]
async fn header_injects_fault_into_one_call() {
    let (emulator, client) = emulator_with_fault("throttling.*=status:500").await;
    let with_fault = CallOptions::default().header("x-emulator-fault", "gateway:403027").expect("a header");
    let error = client.with_options(with_fault).capping().list().await.expect_err("the injected error");
    assert_eq!(error.code().map(ajo_core::ServiceCode::as_str), Some("403027"));
    client.capping().list().await.expect("no fault");
    let wrong = CallOptions::default().header("x-emulator-fault", "explode").expect("a header");
    let error = client.with_options(wrong).capping().list().await.expect_err("an invalid fault");
    assert_eq!(error.status(), Some(400));
    assert!(
        error.message().expect("a message").contains("`explode` is not a valid fault; expected one of gateway:CODE"),
        "{error}"
    );
    assert_eq!(emulator.state().calls().last().and_then(|call| call.fault.clone()), None);
}

#[tokio::test]
async fn client_recovers_from_transient_faults() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    let uid = client.capping().create(&capping_definition()).await.expect("created").uid;
    for (fault, operation, attempts) in [
        ("*.list@first:2=drop_before", Verb::List, 3),
        ("*.deploy@first:1=drop_after", Verb::Deploy, 2),
        ("*.get@every:2=half_body", Verb::Get, 1),
        ("*.undeploy@first:1=lost:504", Verb::Undeploy, 2),
        ("*.delete@first:1=drop_after", Verb::Delete, 2),
    ] {
        emulator.state().clear_faults();
        emulator.state().add_fault(fault.parse().expect("a fault")).expect("room");
        let api = client.capping();
        let actual = match operation {
            Verb::List => api.list().response().await.expect(fault).attempts,
            Verb::Get => api.get(&uid).response().await.expect(fault).attempts,
            Verb::Deploy => api.deploy(&uid).response().await.expect(fault).attempts,
            Verb::Undeploy => api.undeploy(&uid).response().await.expect(fault).attempts,
            _ => {
                let response = api.delete(&uid, DeleteOptions::default()).response().await.expect(fault);
                assert!(response.already_applied, "the retry finds it deleted");
                response.attempts
            }
        };
        assert_eq!(actual, attempts, "{fault}");
    }
    assert_eq!(client.capping().list().await.expect("listed").len(), 0);
}

#[test]
fn effects_round_trip() {
    for text in [
        "gateway:400003",
        "service:14468",
        "ims:invalid_scope",
        "status:204",
        "html:502",
        "problem:403",
        "denied:401",
        "busy:0",
        "delay:250",
        "delay:uniform:1-9",
        "delay:lognormal:200:0.5",
        "drop_before",
        "reset",
        "drop_after",
        "lost:504",
        "half_body",
        "garbage",
    ] {
        assert_eq!(text.parse::<FaultEffect>().expect(text).to_string(), text);
    }
}
