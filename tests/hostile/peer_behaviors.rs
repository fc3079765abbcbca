//! A table of immediate peer behaviors. Each row runs against both targets.

use ajo_auth::{AuthError, TransportErrorKind};
use ajo_core::{Api, ErrorKind, Operation, Verb};
use ajo_tests::{capping_definition, run_operation, uid};

use crate::attack_target::{AttackTarget, ExpectedError};
use crate::scripted_peer::{PeerStep, ScriptedPeer};

struct PeerBehavior {
    name: &'static str,
    script: Vec<PeerStep>,
    expected: ExpectedError,
}

/// Reads the request, sends this response, and closes.
fn respond_and_close(name: &'static str, response: impl Into<Vec<u8>>, expected: ExpectedError) -> PeerBehavior {
    PeerBehavior { name, script: vec![PeerStep::ReadRequest, PeerStep::Send(response.into())], expected }
}

/// A well-formed success response with an invalid body.
fn malformed_success(name: &'static str, body: &[u8]) -> PeerBehavior {
    let mut response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    response.extend_from_slice(body);
    respond_and_close(name, response, ExpectedError::Decode(200))
}

fn early_closes() -> Vec<PeerBehavior> {
    let after = |response: &str, last: PeerStep| vec![PeerStep::ReadRequest, PeerStep::Send(response.into()), last];
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"results\": [";
    vec![
        PeerBehavior { name: "closes before the request", script: vec![], expected: ExpectedError::Disconnected },
        respond_and_close("closes before the headers", "", ExpectedError::Disconnected),
        PeerBehavior {
            name: "resets before the headers",
            script: vec![PeerStep::ReadRequest, PeerStep::Reset],
            expected: ExpectedError::Disconnected,
        },
        respond_and_close("closes inside the status line", "HTTP/1.1 20", ExpectedError::Disconnected),
        respond_and_close("closes inside the headers", "HTTP/1.1 200 OK\r\ncontent-le", ExpectedError::Disconnected),
        respond_and_close("closes after the headers", head, ExpectedError::Disconnected),
        PeerBehavior {
            name: "resets after the headers",
            script: after(head, PeerStep::Reset),
            expected: ExpectedError::Disconnected,
        },
        respond_and_close("closes inside the body", half, ExpectedError::Disconnected),
        PeerBehavior {
            name: "resets inside the body",
            script: after(half, PeerStep::Reset),
            expected: ExpectedError::Disconnected,
        },
        respond_and_close(
            "closes inside an error response",
            "HTTP/1.1 403 F\r\ncontent-length: 100\r\n\r\n{",
            ExpectedError::Disconnected,
        ),
        respond_and_close(
            "closes after an interim response",
            "HTTP/1.1 100 Continue\r\n\r\n",
            ExpectedError::Disconnected,
        ),
    ]
}

fn invalid_http() -> Vec<PeerBehavior> {
    let invalid = |name, response: &str| respond_and_close(name, response, ExpectedError::Disconnected);
    vec![
        invalid("speaks SSH", "SSH-2.0-OpenSSH_9.6\r\n"),
        invalid("speaks HTTP/0.9", "<html>hello</html>"),
        invalid("speaks HTTP/2", "HTTP/2.0 200 OK\r\n\r\n"),
        respond_and_close(
            "sends HTTP/2 frames",
            b"\x00\x00\x12\x04\x00\x00\x00\x00\x00".as_slice(),
            ExpectedError::Disconnected,
        ),
        respond_and_close(
            "speaks TLS on a plain port",
            b"\x15\x03\x01\x00\x02\x02\x46".as_slice(),
            ExpectedError::Disconnected,
        ),
        invalid("has a status of letters", "HTTP/1.1 fine OK\r\n\r\n"),
        invalid("has a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
        invalid("has a status below 100", "HTTP/1.1 099 Low\r\n\r\n"),
        invalid("has a header without a colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"),
        invalid("has a header with a control character", "HTTP/1.1 200 OK\r\nx-a: \u{1}\r\n\r\n"),
        invalid("has a header name with a space", "HTTP/1.1 200 OK\r\nx a: b\r\n\r\n"),
        respond_and_close(
            "has a status above 599",
            "HTTP/1.1 999 High\r\ncontent-length: 0\r\n\r\n",
            ExpectedError::ErrorStatus(999),
        ),
        respond_and_close(
            "switches protocols",
            "HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
            ExpectedError::ErrorStatus(101),
        ),
    ]
}

fn framing_errors() -> Vec<PeerBehavior> {
    let lengths = |name, lines: &str| {
        respond_and_close(name, format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\n{{}}"), ExpectedError::Disconnected)
    };
    let chunked = |name, body: &str| {
        respond_and_close(
            name,
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{body}"),
            ExpectedError::Disconnected,
        )
    };
    vec![
        lengths("has an enormous length and few bytes", "content-length: 9223372036854775807"),
        lengths("has a length that overflows", "content-length: 99999999999999999999999"),
        lengths("has a negative length", "content-length: -2"),
        lengths("has a length of letters", "content-length: two"),
        lengths("has two lengths", "content-length: 2\r\ncontent-length: 3"),
        lengths("has two lengths in one header", "content-length: 2, 3"),
        lengths("is chunked and has a length", "transfer-encoding: chunked\r\ncontent-length: 2"),
        chunked("has an invalid chunk size", "zz\r\n{}\r\n0\r\n\r\n"),
        chunked("has a chunk size that overflows", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        chunked("has a negative chunk size", "-2\r\n{}\r\n0\r\n\r\n"),
        chunked("has a chunk longer than its size", "1\r\n{}\r\n0\r\n\r\n"),
        chunked("has no last chunk", "2\r\n{}\r\n"),
        chunked("has half a chunk", "5\r\n{\"r"),
        chunked("has half a trailer", "2\r\n{}\r\n0\r\nx-a: "),
    ]
}

fn oversized_headers() -> Vec<PeerBehavior> {
    let endless = |name, start: &str, part: &str| PeerBehavior {
        name,
        script: vec![
            PeerStep::ReadRequest,
            PeerStep::Send(start.into()),
            PeerStep::Endless(part.repeat(4096 / part.len()).into()),
        ],
        expected: ExpectedError::Disconnected,
    };
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2";
    vec![
        respond_and_close(
            "has a header of a megabyte",
            format!("HTTP/1.1 200 OK\r\nx-a: {}\r\n\r\n", "a".repeat(1 << 20)),
            ExpectedError::Disconnected,
        ),
        respond_and_close(
            "has a thousand headers",
            format!("HTTP/1.1 200 OK\r\n{}\r\n", "x-a: b\r\n".repeat(1000)),
            ExpectedError::Disconnected,
        ),
        endless("has an endless status line", "HTTP/1.1 200 ", "a"),
        endless("has an endless header name", "HTTP/1.1 200 OK\r\n", "a"),
        endless("has an endless header", "HTTP/1.1 200 OK\r\nx-a: ", "a"),
        endless("has endless headers", "HTTP/1.1 200 OK\r\n", "x-a: b\r\n"),
        endless("has an endless chunk extension", &format!("{chunked};"), "a"),
        endless("has endless trailers", &format!("{chunked}\r\n{{}}\r\n0\r\n"), "x-a: b\r\n"),
    ]
}

fn invalid_bodies() -> Vec<PeerBehavior> {
    let status = |name, status: u16, body: &str| {
        let response = format!("HTTP/1.1 {status} S\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        respond_and_close(
            name,
            response,
            if status == 200 { ExpectedError::Decode(200) } else { ExpectedError::ErrorStatus(status) },
        )
    };
    vec![
        malformed_success("sends an empty body", b""),
        malformed_success("sends an HTML page", b"<!doctype html><title>Sign in</title>"),
        malformed_success("sends text", b"ok"),
        malformed_success("sends truncated JSON", b"{\"results\": ["),
        malformed_success("sends trailing data after JSON", b"{\"results\": []}{}"),
        malformed_success("sends a byte order mark", b"\xef\xbb\xbf{\"results\": []}"),
        malformed_success(
            "sends invalid UTF-8",
            b"{\"results\": [{\"uid\": \"\xff\xfe\"}], \"access_token\": \"\xff\"}",
        ),
        malformed_success("sends UTF-16", b"\xff\xfe{\0}\0"),
        malformed_success("sends a lone surrogate", br#"{"results": [{"uid": "\ud800"}], "access_token": "\ud800"}"#),
        malformed_success("sends a number that overflows", b"1e999999"),
        malformed_success("sends deeply nested lists", "[".repeat(60_000).as_bytes()),
        malformed_success("sends deeply nested objects", r#"{"results":"#.repeat(5_000).as_bytes()),
        malformed_success("sends null", b"null"),
        malformed_success("sends a list", b"[]"),
        malformed_success("sends an empty object", b"{}"),
        malformed_success(
            "sends the schema of another operation",
            br#"{"results": {"uid": "a"}, "access_token": {"uid": "a"}}"#,
        ),
        status("sends 400 with an HTML page", 400, "<html><body>Bad request</body></html>"),
        status("sends 403 with an empty body", 403, ""),
        status("sends 400 with deeply nested lists", 400, &"[".repeat(60_000)),
        status("sends 502 with an HTML page", 502, "<html>Bad gateway</html>"),
        respond_and_close(
            "sends 500 with invalid UTF-8",
            b"HTTP/1.1 500 E\r\ncontent-length: 2\r\n\r\n\xff\xfe".as_slice(),
            ExpectedError::ErrorStatus(500),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn early_close_is_a_lost_connection() {
    check_all(early_closes()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_http_is_an_error() {
    check_all(invalid_http()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ambiguous_framing_is_an_error() {
    check_all(framing_errors()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn oversized_headers_are_an_error() {
    check_all(oversized_headers()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_bodies_are_errors() {
    check_all(invalid_bodies()).await;
}

#[tokio::test]
async fn reset_before_request_is_an_error() {
    // The reset may arrive before or after connecting completes.
    for target in [AttackTarget::Service, AttackTarget::TokenEndpoint] {
        let (peer, bystander) = (ScriptedPeer::new(vec![PeerStep::Reset]), ScriptedPeer::silent());
        let client = target.client_without_delays(&peer, &bystander);
        let error = client.capping().create(&capping_definition()).await.expect_err("a reset");
        let connect = matches!(error.kind(), ErrorKind::Connect(_))
            || matches!(error.kind(), ErrorKind::Auth(AuthError::Transport { kind: TransportErrorKind::Connect, .. }));
        target.assert_error(
            "resets before the request",
            &error,
            if connect { ExpectedError::Connect } else { ExpectedError::Disconnected },
        );
        assert!((1..=3).contains(&error.attempts()), "{error}");
        assert!(peer.all_connections_closed().await);
        assert_eq!((peer.connections(), bystander.connections()), (error.attempts() as usize, 0));
        assert_eq!(peer.received(), "");
    }
}

#[tokio::test]
async fn invalid_http_hints_at_the_base_url() {
    for behavior in invalid_http().into_iter().filter(|behavior| behavior.expected == ExpectedError::Disconnected) {
        let (peer, bystander) = (ScriptedPeer::new(behavior.script), ScriptedPeer::silent());
        let client = AttackTarget::Service.client_without_delays(&peer, &bystander);
        let error = client.capping().list().await.expect_err(behavior.name);
        assert!(error.hint().expect("a hint").contains("base URL"), "{}: {error}", behavior.name);
        let error = client.capping().create(&capping_definition()).await.expect_err(behavior.name);
        assert!(error.hint().expect("a hint").contains("may have applied the change"), "{}: {error}", behavior.name);
    }
}

async fn check_all(behaviors: Vec<PeerBehavior>) {
    for behavior in &behaviors {
        check_behavior(AttackTarget::Service, behavior, Verb::List).await;
        check_behavior(AttackTarget::Service, behavior, Verb::Create).await;
        check_behavior(AttackTarget::TokenEndpoint, behavior, Verb::Create).await;
    }
}

async fn check_behavior(target: AttackTarget, behavior: &PeerBehavior, verb: Verb) {
    let PeerBehavior { name, script, expected } = behavior;
    let (peer, bystander) = (ScriptedPeer::new(script.clone()), ScriptedPeer::silent());
    let started = std::time::Instant::now();
    let client = target.client_without_delays(&peer, &bystander);
    let operation = Operation::find(Api::Capping, verb).expect("an operation");
    let error = run_operation(&client, operation, &uid("u-1")).await.expect_err(name);
    assert!(started.elapsed() < std::time::Duration::from_secs(10), "{name}: {:?}", started.elapsed());
    target.assert_error(name, &error, *expected);
    let attempts = target.expected_attempts(*expected, !operation.is_read_only());
    assert_eq!(error.attempts(), attempts, "{name}, {target:?}, {operation}: {error}");
    assert!(peer.all_connections_closed().await, "{name}, {target:?}, {operation}: the client closes the connection");
    assert_eq!(peer.connections(), attempts as usize, "{name}, {target:?}, {operation}: one connection per attempt");
    // A peer that closes early may not have read the request.
    assert!(peer.requests() <= attempts as usize, "{name}, {target:?}, {operation}: {}", peer.received());
    assert_eq!(bystander.connections(), 0, "{name}, {target:?}: no request is sent without a token");
}
