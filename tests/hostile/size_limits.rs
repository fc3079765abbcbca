//! Endless bodies: the client reads up to the documented limit and closes the connection.

use ajo_core::{Api, Operation, Verb};
use ajo_tests::{run_operation, uid};

use crate::attack_target::{AttackTarget, ExpectedError};
use crate::scripted_peer::{PeerStep, ScriptedPeer};

/// `MAX_RESPONSE_BYTES` of `core/src/transport/http_transport.rs`.
const MAX_RESPONSE_BYTES: u64 = 64 << 20;

/// `MAX_ERROR_RESPONSE_BYTES` of `core/src/transport/http_transport.rs`.
const MAX_ERROR_BYTES: u64 = 1 << 20;

/// `MAX_TOKEN_RESPONSE_BYTES` of `auth/src/token/token_transport.rs`.
const MAX_TOKEN_RESPONSE_BYTES: u64 = 64 << 10;

/// The socket buffers of both sides and a last chunk. By default Linux grows the client's buffer to 6 MiB (`tcp_rmem`).
const SYSTEM_BUFFER_BYTES: u64 = 8 << 20;

const BODY_FRAMINGS: [&str; 3] =
    ["transfer-encoding: chunked", "content-length: 9223372036854775807", "connection: close"];

/// A response with this status and an endless body.
fn endless_response(status: u16, framing: &str) -> ScriptedPeer {
    let head = format!("HTTP/1.1 {status} S\r\n{framing}\r\n\r\n");
    let chunk = " ".repeat(64 * 1024 - 8);
    let chunk = if framing.ends_with("chunked") { format!("{:x}\r\n{chunk}\r\n", chunk.len()) } else { chunk };
    ScriptedPeer::new(vec![PeerStep::ReadRequest, PeerStep::Send(head.into()), PeerStep::Endless(chunk.into())])
}

async fn assert_reads_at_most(
    limit: u64,
    target: AttackTarget,
    verb: Verb,
    peer: &ScriptedPeer,
    expected: ExpectedError,
) {
    let bystander = ScriptedPeer::silent();
    let client = target.client_without_delays(peer, &bystander);
    let operation = Operation::find(Api::Capping, verb).expect("an operation");
    let error = run_operation(&client, operation, &uid("u-1")).await.expect_err("an endless body");
    target.assert_error("sends an endless body", &error, expected);
    let attempts = target.expected_attempts(expected, !operation.is_read_only());
    assert_eq!(error.attempts(), attempts, "{error}");
    assert!(error.to_string().contains("longer than"), "{error}");
    assert!(peer.all_connections_closed().await, "the client closes the connection");
    let max_bytes = u64::from(attempts) * (limit + SYSTEM_BUFFER_BYTES);
    assert!(
        peer.written() < max_bytes,
        "{target:?}, {operation}: {} bytes were sent, at most {max_bytes} read",
        peer.written()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn success_body_is_limited_to_64_mib() {
    for (framing, verb) in BODY_FRAMINGS.into_iter().zip([Verb::List, Verb::Create, Verb::Deploy]) {
        let peer = endless_response(200, framing);
        assert_reads_at_most(MAX_RESPONSE_BYTES, AttackTarget::Service, verb, &peer, ExpectedError::Decode(200)).await;
        assert!(
            peer.written() > MAX_RESPONSE_BYTES - SYSTEM_BUFFER_BYTES,
            "large lists must stay readable: {}",
            peer.written()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn error_body_is_limited_to_1_mib() {
    for (status, framing) in [400, 403, 503].into_iter().zip(BODY_FRAMINGS) {
        for verb in [Verb::List, Verb::Create] {
            let peer = endless_response(status, framing);
            assert_reads_at_most(
                MAX_ERROR_BYTES,
                AttackTarget::Service,
                verb,
                &peer,
                ExpectedError::ErrorStatus(status),
            )
            .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn token_response_is_limited_to_64_kib() {
    for (status, framing) in [200, 200, 400].into_iter().zip(BODY_FRAMINGS) {
        let peer = endless_response(status, framing);
        assert_reads_at_most(
            MAX_TOKEN_RESPONSE_BYTES,
            AttackTarget::TokenEndpoint,
            Verb::Create,
            &peer,
            ExpectedError::Disconnected,
        )
        .await;
    }
}
