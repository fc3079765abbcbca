//! Every fault of the emulator, as a client meets it, and what the service has done by then.

use std::time::{Duration, Instant};

use ajo_core::{CallOptions, Client, DeleteOptions, Error, ErrorKind, Verb};
use ajo_emulator::{Effect, Emulator};
use ajo_tests::{capping, emulated};

/// An emulator, and a client that makes one attempt.
async fn faulty(fault: &str) -> (Emulator, Client) {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulated(&emulator, "prod").with_options(CallOptions::default().attempts(1));
    client.capping().list().await.expect("a token is there");
    emulator.world().add_fault(fault.parse().expect("a fault")).expect("room");
    (emulator, client)
}

/// What becomes of a creation under a fault, and how many configurations there are afterwards.
async fn created(effect: &str) -> (Result<(), Error>, usize) {
    let (emulator, client) = faulty(&format!("capping.create={effect}")).await;
    let result = client.capping().create(&capping()).await.map(drop);
    emulator.world().clear_faults();
    let there = client.capping().list().await.expect("listed").len();
    (result, there)
}

#[tokio::test]
async fn each_fault_is_told_by_its_kind_and_whether_it_was_committed() {
    // The fault, the status of the error if it has one, and whether the configuration is there.
    let cases = [
        ("gateway:403025", Some(403), 0),
        ("gateway:429050", Some(429), 0),
        ("service:1464", Some(500), 0),
        ("service:4000", Some(500), 0),
        ("status:502", Some(502), 0),
        ("html:503", Some(503), 0),
        ("problem:403", Some(403), 0),
        ("busy:7", Some(429), 0),
        ("drop_before", None, 0),
        ("reset", None, 0),
        ("drop_after", None, 1),
        ("lost:504", Some(504), 1),
        ("half_body", None, 1),
        ("garbage", Some(200), 1),
    ];
    for (effect, status, there) in cases {
        let (result, found) = created(effect).await;
        let error = result.expect_err(effect);
        assert_eq!((error.status(), found), (status, there), "{effect}: {error}");
        match status {
            None => assert!(matches!(error.kind(), ErrorKind::Broken(_)), "{effect}: {error:?}"),
            Some(200) => assert!(matches!(error.kind(), ErrorKind::Unreadable { .. }), "{effect}: {error:?}"),
            Some(_) => assert!(matches!(error.kind(), ErrorKind::Refused(_)), "{effect}: {error:?}"),
        }
        assert!(error.hint().is_some(), "{effect}: {error}");
    }
    // Every effect that can be written is among these, or has a test of its own below.
    let effects =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/emulator/src/faults/effect.rs"));
    let source = effects.expect("the source");
    let documented: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("/// | `")?.split('`').next())
        .map(|form| form.split(':').next().unwrap_or(form))
        .collect();
    assert_eq!(documented.len(), 14, "{documented:?}");
    for form in documented {
        let here = cases.iter().any(|(effect, ..)| effect.split(':').next() == Some(form));
        assert!(here || ["ims", "delay"].contains(&form), "{form} has no test");
    }
}

#[tokio::test]
async fn what_the_token_host_can_refuse_is_told() {
    for (name, said) in [
        ("invalid_client_id", "400 invalid_client: invalid client_id parameter"),
        ("invalid_client_secret", "400 invalid_client: invalid client_secret parameter"),
        ("unauthorized_client", "400 unauthorized_client"),
        ("invalid_scope", "400 invalid_scope"),
        ("internal_error", "500 internal_error"),
        ("unsupported_grant_type", "400 unsupported_grant_type"),
    ] {
        let emulator = Emulator::start().await.expect("an emulator");
        emulator.world().add_fault(format!("token=ims:{name}").parse().expect("a fault")).expect("room");
        let client = emulated(&emulator, "prod").with_options(CallOptions::default().attempts(1));
        let error = client.capping().list().await.expect_err(name);
        assert!(error.to_string().contains(&format!("the token host answered {said} (debug id")), "{error}");
    }
}

#[tokio::test]
async fn an_answer_can_take_its_time() {
    let (emulator, client) = faulty("*.list=delay:200").await;
    let began = Instant::now();
    client.capping().list().await.expect("late");
    assert!(began.elapsed() >= Duration::from_millis(200), "{:?}", began.elapsed());
    let hasty = client.with_options(CallOptions::default().timeout(Duration::from_millis(50)));
    let error = hasty.capping().list().await.expect_err("too late");
    assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{error:?}");
    assert_eq!(emulator.world().calls().of("capping.list").len(), 3);
}

#[tokio::test]
async fn one_call_is_hit_by_a_header_and_no_other() {
    let (emulator, client) = faulty("throttling.*=status:500").await;
    let hit = CallOptions::default().header("x-emulator-fault", "gateway:403027").expect("a header");
    let error = client.with_options(hit).capping().list().await.expect_err("hit");
    assert_eq!(error.code().map(ajo_core::ServiceCode::as_str), Some("403027"));
    client.capping().list().await.expect("not hit");
    let wrong = CallOptions::default().header("x-emulator-fault", "explode").expect("a header");
    let error = client.with_options(wrong).capping().list().await.expect_err("refused");
    assert_eq!(error.status(), Some(400));
    assert!(
        error.message().expect("a message").contains("`explode` is no fault; expected one of gateway:CODE"),
        "{error}"
    );
    assert_eq!(emulator.world().calls().last().and_then(|call| call.fault.clone()), None);
}

#[tokio::test]
async fn faults_of_some_calls_are_made_good_by_the_client() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulated(&emulator, "prod");
    let uid = client.capping().create(&capping()).await.expect("created").uid;
    for (fault, operation, attempts) in [
        ("*.list@first:2=drop_before", Verb::List, 3),
        ("*.deploy@first:1=drop_after", Verb::Deploy, 2),
        ("*.get@every:2=half_body", Verb::Get, 1),
        ("*.undeploy@first:1=lost:504", Verb::Undeploy, 2),
        ("*.delete@first:1=drop_after", Verb::Delete, 2),
    ] {
        emulator.world().clear_faults();
        emulator.world().add_fault(fault.parse().expect("a fault")).expect("room");
        let api = client.capping();
        let made = match operation {
            Verb::List => api.list().response().await.expect(fault).attempts,
            Verb::Get => api.get(&uid).response().await.expect(fault).attempts,
            Verb::Deploy => api.deploy(&uid).response().await.expect(fault).attempts,
            Verb::Undeploy => api.undeploy(&uid).response().await.expect(fault).attempts,
            _ => {
                let answer = api.delete(&uid, DeleteOptions::default()).response().await.expect(fault);
                assert!(answer.done_before, "it was gone when it was asked again");
                answer.attempts
            }
        };
        assert_eq!(made, attempts, "{fault}");
    }
    assert_eq!(client.capping().list().await.expect("listed").len(), 0);
}

#[test]
fn an_effect_is_written_as_it_is_read() {
    for text in [
        "gateway:400003",
        "service:14468",
        "ims:invalid_scope",
        "status:204",
        "html:502",
        "problem:403",
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
        assert_eq!(text.parse::<Effect>().expect(text).to_string(), text);
    }
}
