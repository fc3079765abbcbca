//! Peers that take their time. Each row is done to both victims, all rows at once, because each takes as long as the client
//! waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ajo_auth::Simulated;
use ajo_core::{Api, CallOptions, ErrorKind, Operation, Verb};
use ajo_tests::{call, uid};
use tokio::task::JoinSet;

use crate::peer::{Peer, Step};
use crate::victim::{End, Victim};

/// How long the client waits for an answer.
const WAIT: Duration = Duration::from_millis(200);

/// How long a call may take then: three attempts, the waiting between them, and much for a machine that is busy.
const BOUND: Duration = Duration::from_secs(5);

fn behaviors() -> Vec<(&'static str, Vec<Step>)> {
    let second = Duration::from_secs(1);
    let answer = || b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"results\": []}".to_vec();
    let hold = |answer: &str| vec![Step::Request, Step::Send(answer.into()), Step::Hold];
    let drip = |answer: &str, rest: Vec<u8>| vec![Step::Request, Step::Send(answer.into()), Step::Drip(rest, second)];
    vec![
        ("never answers", vec![Step::Hold]),
        ("sends one byte a second", vec![Step::Request, Step::Drip(answer(), second)]),
        ("sends one byte of a header a second", drip("HTTP/1.1 200 OK\r\nx-a: ", b"b".repeat(99))),
        ("sends one byte of a body a second", drip("HTTP/1.1 200 OK\r\n\r\n{", b" ".repeat(99))),
        (
            "sends one byte of a chunk size a second",
            drip("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"0".repeat(99)),
        ),
        ("stops inside the status line", hold("HTTP/1.1 2")),
        ("stops inside the headers", hold("HTTP/1.1 200 OK\r\ncontent-")),
        ("stops after the headers", hold("HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n")),
        ("stops inside the body", hold("HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"results\"")),
        ("stops inside an enormous body", hold("HTTP/1.1 200 OK\r\ncontent-length: 9223372036854775807\r\n\r\n{}")),
        ("stops inside a chunk", hold("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nf\r\n{")),
        ("never sends the last chunk", hold("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n")),
        ("stops inside the body of a refusal", hold("HTTP/1.1 400 B\r\ncontent-length: 15\r\n\r\n{")),
        // Paced, because without optimization the client needs seconds for what can be sent in one.
        (
            "sends interim answers and no other",
            vec![
                Step::Request,
                Step::Paced(b"HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n".repeat(50), Duration::from_millis(1)),
            ],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_takes_its_time_is_left_in_time() {
    let mut attacks = JoinSet::new();
    for (name, script) in behaviors() {
        for victim in [Victim::Service, Victim::TokenHost] {
            attacks.spawn(suffers(victim, name, script.clone(), Verb::Create));
        }
        attacks.spawn(suffers(Victim::Service, name, script, Verb::Get));
    }
    attacks.join_all().await;
}

async fn suffers(victim: Victim, name: &'static str, script: Vec<Step>, verb: Verb) {
    let (peer, bystander) = (Peer::new(script), Peer::bystander());
    let client = victim.impatient(&peer, &bystander, WAIT);
    let operation = Operation::find(Api::Throttling, verb).expect("an operation");
    let started = Instant::now();
    let error = call(&client, operation, &uid("u-1")).await.expect_err(name);
    assert!(started.elapsed() < BOUND, "{name}, {victim:?}: {:?}", started.elapsed());
    victim.judge(name, &error, End::Timeout);
    let attempts = victim.attempts(End::Timeout, !operation.reads());
    assert_eq!(error.attempts(), attempts, "{name}, {victim:?}, {operation}: {error}");
    assert!(peer.is_left_alone().await, "{name}, {victim:?}, {operation}: the client hangs up");
    assert!(peer.requests() <= attempts as usize, "{name}, {victim:?}, {operation}: {}", peer.received());
    assert_eq!(bystander.connections(), 0, "{name}, {victim:?}");
}

#[tokio::test]
async fn repeated_calls_to_a_silent_service_end_at_the_deadline() {
    let (peer, bystander) = (Peer::new(vec![Step::Hold]), Peer::bystander());
    let client = Victim::Service.impatient(&peer, &bystander, WAIT);
    let deadline = WAIT * 3 / 2;
    let client = client.with_options(CallOptions::default().deadline(deadline).attempts(100));
    let started = Instant::now();
    let error = client.capping().list().await.expect_err("no answer");
    assert!(started.elapsed() >= WAIT && started.elapsed() < BOUND, "{:?}", started.elapsed());
    Victim::Service.judge("never answers", &error, End::Timeout);
    assert!((1..=2).contains(&error.attempts()), "the second attempt has a part of its time: {error}");
}

#[tokio::test]
async fn a_call_whose_deadline_is_now_sends_nothing() {
    for victim in [Victim::Service, Victim::TokenHost] {
        let (peer, bystander) = (Peer::bystander(), Peer::bystander());
        let client = victim.hasty(&peer, &bystander);
        let client = client.with_options(CallOptions::default().deadline(Duration::ZERO));
        let error = client.capping().list().await.expect_err("too late");
        assert!(matches!(error.kind(), ErrorKind::NotSent(_)), "{victim:?}: {error:?}");
        assert_eq!(error.attempts(), 0);
        assert_eq!(peer.received() + &bystander.received(), "", "{victim:?}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_also_for_what_is_never_sent_twice() {
    for victim in [Victim::Service, Victim::TokenHost] {
        let bystander = Peer::bystander();
        // Nobody may listen on port 1 but the system, and nothing does there.
        let builder = victim.builder_at("http://127.0.0.1:1", &bystander.root());
        let client = builder.surroundings(Arc::new(Simulated::new(7))).build().expect("a client");
        for verb in [Verb::List, Verb::Create] {
            let error = call(&client, Operation::find(Api::Capping, verb).expect("an operation"), &uid("u-1"))
                .await
                .expect_err("nobody listens");
            victim.judge("is not there", &error, End::Connect);
            assert_eq!(error.attempts(), 3, "{victim:?}: {error}");
            assert!(error.is_retryable(), "{error}");
        }
        assert_eq!(bystander.connections(), 0);
    }
}
