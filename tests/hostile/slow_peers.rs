//! Slow peers. Each row runs against both targets. All rows run concurrently, because each takes as long as the client's timeout.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ajo_auth::ManualRuntime;
use ajo_core::{Api, CallOptions, ErrorKind, Operation, Verb};
use ajo_tests::{run_operation, uid};
use tokio::task::JoinSet;

use crate::attack_target::{AttackTarget, ExpectedError};
use crate::scripted_peer::{PeerStep, ScriptedPeer};

/// The timeout of the client.
const CLIENT_TIMEOUT: Duration = Duration::from_millis(200);

/// The time limit of a call: three attempts, their delays, and a margin for a busy machine.
const MAX_DURATION: Duration = Duration::from_secs(5);

fn slow_behaviors() -> Vec<(&'static str, Vec<PeerStep>)> {
    let second = Duration::from_secs(1);
    let response = || b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"results\": []}".to_vec();
    let hold = |response: &str| vec![PeerStep::ReadRequest, PeerStep::Send(response.into()), PeerStep::HoldOpen];
    let drip = |start: &str, rest: Vec<u8>| {
        vec![PeerStep::ReadRequest, PeerStep::Send(start.into()), PeerStep::Drip(rest, second)]
    };
    vec![
        ("never responds", vec![PeerStep::HoldOpen]),
        ("sends one byte a second", vec![PeerStep::ReadRequest, PeerStep::Drip(response(), second)]),
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
        ("stops inside an error body", hold("HTTP/1.1 400 B\r\ncontent-length: 15\r\n\r\n{")),
        // Paced, because an unoptimized client cannot keep up.
        (
            "sends only interim responses",
            vec![
                PeerStep::ReadRequest,
                PeerStep::Paced(b"HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n".repeat(50), Duration::from_millis(1)),
            ],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_peers_time_out() {
    let mut attacks = JoinSet::new();
    for (name, script) in slow_behaviors() {
        for target in [AttackTarget::Service, AttackTarget::TokenEndpoint] {
            attacks.spawn(check_behavior(target, name, script.clone(), Verb::Create));
        }
        attacks.spawn(check_behavior(AttackTarget::Service, name, script, Verb::Get));
    }
    attacks.join_all().await;
}

async fn check_behavior(target: AttackTarget, name: &'static str, script: Vec<PeerStep>, verb: Verb) {
    let (peer, bystander) = (ScriptedPeer::new(script), ScriptedPeer::silent());
    let client = target.client_with_timeout(&peer, &bystander, CLIENT_TIMEOUT);
    let operation = Operation::find(Api::Throttling, verb).expect("an operation");
    let started = Instant::now();
    let error = run_operation(&client, operation, &uid("u-1")).await.expect_err(name);
    assert!(started.elapsed() < MAX_DURATION, "{name}, {target:?}: {:?}", started.elapsed());
    target.assert_error(name, &error, ExpectedError::Timeout);
    let attempts = target.expected_attempts(ExpectedError::Timeout, !operation.is_read_only());
    assert_eq!(error.attempts(), attempts, "{name}, {target:?}, {operation}: {error}");
    assert!(peer.all_connections_closed().await, "{name}, {target:?}, {operation}: the client closes the connection");
    assert!(peer.requests() <= attempts as usize, "{name}, {target:?}, {operation}: {}", peer.received());
    assert_eq!(bystander.connections(), 0, "{name}, {target:?}");
}

#[tokio::test]
async fn retries_end_at_the_deadline() {
    let (peer, bystander) = (ScriptedPeer::new(vec![PeerStep::HoldOpen]), ScriptedPeer::silent());
    let client = AttackTarget::Service.client_with_timeout(&peer, &bystander, CLIENT_TIMEOUT);
    let deadline = CLIENT_TIMEOUT * 3 / 2;
    let client = client.with_options(CallOptions::default().deadline(deadline).attempts(100));
    let started = Instant::now();
    let error = client.capping().list().await.expect_err("no response");
    assert!(started.elapsed() >= CLIENT_TIMEOUT && started.elapsed() < MAX_DURATION, "{:?}", started.elapsed());
    AttackTarget::Service.assert_error("never responds", &error, ExpectedError::Timeout);
    assert!((1..=2).contains(&error.attempts()), "at most two attempts fit: {error}");
}

#[tokio::test]
async fn zero_deadline_sends_nothing() {
    for target in [AttackTarget::Service, AttackTarget::TokenEndpoint] {
        let (peer, bystander) = (ScriptedPeer::silent(), ScriptedPeer::silent());
        let client = target.client_without_delays(&peer, &bystander);
        let client = client.with_options(CallOptions::default().deadline(Duration::ZERO));
        let error = client.capping().list().await.expect_err("too late");
        assert!(matches!(error.kind(), ErrorKind::DeadlineExceeded(_)), "{target:?}: {error:?}");
        assert_eq!(error.attempts(), 0);
        assert_eq!(peer.received() + &bystander.received(), "", "{target:?}");
    }
}

#[tokio::test]
async fn refused_connection_is_retried_for_create() {
    for target in [AttackTarget::Service, AttackTarget::TokenEndpoint] {
        let bystander = ScriptedPeer::silent();
        // Port 1 is privileged and unused.
        let builder = target.builder_for_roots("http://127.0.0.1:1", &bystander.root());
        let client = builder.runtime(Arc::new(ManualRuntime::new(7))).build().expect("a client");
        for verb in [Verb::List, Verb::Create] {
            let error = run_operation(&client, Operation::find(Api::Capping, verb).expect("an operation"), &uid("u-1"))
                .await
                .expect_err("connection refused");
            target.assert_error("refuses the connection", &error, ExpectedError::Connect);
            assert_eq!(error.attempts(), 3, "{target:?}: {error}");
            assert!(error.is_retryable(), "{error}");
        }
        assert_eq!(bystander.connections(), 0);
    }
}
