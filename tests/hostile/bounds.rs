//! Bodies without end: the client reads a documented part and hangs up.

use ajo_core::{Api, Operation, Verb};
use ajo_tests::{call, uid};

use crate::peer::{Peer, Step};
use crate::victim::{End, Victim};

/// Longest success response read: `MAX_ANSWER` of `core/src/transport/http_transport.rs`.
const SERVICE: u64 = 64 << 20;

/// Longest error response read: `MAX_FAILURE_ANSWER` of `core/src/transport/http_transport.rs`.
const FAILURE: u64 = 1 << 20;

/// Longest token response read: `MAX_TOKEN_ANSWER` of `auth/src/token/token_transport.rs`.
const TOKEN_HOST: u64 = 64 << 10;

/// What the system may hold on both sides of a connection, and a last chunk. The client's side grows while it reads, to 6 MiB
/// where nobody has changed Linux's `tcp_rmem`.
const BUFFERS: u64 = 8 << 20;

/// How the body is framed.
const FRAMES: [&str; 3] = ["transfer-encoding: chunked", "content-length: 9223372036854775807", "connection: close"];

/// An answer of this status whose body has no end.
fn endless(status: u16, frame: &str) -> Peer {
    let head = format!("HTTP/1.1 {status} S\r\n{frame}\r\n\r\n");
    let chunk = " ".repeat(64 * 1024 - 8);
    let chunk = if frame.ends_with("chunked") { format!("{:x}\r\n{chunk}\r\n", chunk.len()) } else { chunk };
    Peer::new(vec![Step::Request, Step::Send(head.into()), Step::Endless(chunk.into())])
}

async fn reads_no_more_than(limit: u64, victim: Victim, verb: Verb, peer: &Peer, end: End) {
    let bystander = Peer::bystander();
    let client = victim.hasty(peer, &bystander);
    let operation = Operation::find(Api::Capping, verb).expect("an operation");
    let error = call(&client, operation, &uid("u-1")).await.expect_err("no end");
    victim.judge("has no end", &error, end);
    let attempts = victim.attempts(end, !operation.reads());
    assert_eq!(error.attempts(), attempts, "{error}");
    let asked_to_say_how_long = error.to_string().contains("longer than");
    assert!(asked_to_say_how_long, "{error}");
    assert!(peer.is_left_alone().await, "the client hangs up");
    let most = u64::from(attempts) * (limit + BUFFERS);
    assert!(peer.written() < most, "{victim:?}, {operation}: {} bytes were sent, at most {most} read", peer.written());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_success_without_end_64_mib_are_read() {
    for (frame, verb) in FRAMES.into_iter().zip([Verb::List, Verb::Create, Verb::Deploy]) {
        let peer = endless(200, frame);
        reads_no_more_than(SERVICE, Victim::Service, verb, &peer, End::Unreadable(200)).await;
        assert!(peer.written() > SERVICE - BUFFERS, "a list of ten megabytes is no attack: {}", peer.written());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_failure_without_end_one_mib_is_read_and_its_status_is_kept() {
    for (status, frame) in [400, 403, 503].into_iter().zip(FRAMES) {
        for verb in [Verb::List, Verb::Create] {
            let peer = endless(status, frame);
            reads_no_more_than(FAILURE, Victim::Service, verb, &peer, End::Refused(status)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_token_host_64_kib_are_read_whatever_it_says() {
    for (status, frame) in [200, 200, 400].into_iter().zip(FRAMES) {
        let peer = endless(status, frame);
        reads_no_more_than(TOKEN_HOST, Victim::TokenHost, Verb::Create, &peer, End::Broken).await;
    }
}
