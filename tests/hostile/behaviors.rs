//! What a peer can do at once, as a table; each row is done to both victims.

use ajo_auth::{AuthError, TransportProblem};
use ajo_core::{Api, ErrorKind, Operation, Verb};
use ajo_tests::{call, capping, uid};

use crate::peer::{Peer, Step};
use crate::victim::{End, Victim};

struct Behavior {
    name: &'static str,
    script: Vec<Step>,
    end: End,
}

/// Reads the request, sends this, closes.
fn answers(name: &'static str, answer: impl Into<Vec<u8>>, end: End) -> Behavior {
    Behavior { name, script: vec![Step::Request, Step::Send(answer.into())], end }
}

/// A success with this body and nothing wrong around it.
fn ok(name: &'static str, body: &[u8]) -> Behavior {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answers(name, answer, End::Unreadable(200))
}

fn closing() -> Vec<Behavior> {
    let after = |answer: &str, end: Step| vec![Step::Request, Step::Send(answer.into()), end];
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"results\": [";
    vec![
        Behavior { name: "closes before the request", script: vec![], end: End::Broken },
        answers("closes before the headers", "", End::Broken),
        Behavior { name: "resets before the headers", script: vec![Step::Request, Step::Reset], end: End::Broken },
        answers("closes inside the status line", "HTTP/1.1 20", End::Broken),
        answers("closes inside the headers", "HTTP/1.1 200 OK\r\ncontent-le", End::Broken),
        answers("closes after the headers", head, End::Broken),
        Behavior { name: "resets after the headers", script: after(head, Step::Reset), end: End::Broken },
        answers("closes inside the body", half, End::Broken),
        Behavior { name: "resets inside the body", script: after(half, Step::Reset), end: End::Broken },
        answers("closes inside a refusal", "HTTP/1.1 403 F\r\ncontent-length: 100\r\n\r\n{", End::Broken),
        answers("closes after an interim answer", "HTTP/1.1 100 Continue\r\n\r\n", End::Broken),
    ]
}

fn garbage() -> Vec<Behavior> {
    let broken = |name, answer: &str| answers(name, answer, End::Broken);
    vec![
        broken("speaks SSH", "SSH-2.0-OpenSSH_9.6\r\n"),
        broken("speaks HTTP/0.9", "<html>hello</html>"),
        broken("speaks HTTP/2", "HTTP/2.0 200 OK\r\n\r\n"),
        answers("speaks frames of HTTP/2", b"\x00\x00\x12\x04\x00\x00\x00\x00\x00".as_slice(), End::Broken),
        answers("speaks TLS on a plain port", b"\x15\x03\x01\x00\x02\x02\x46".as_slice(), End::Broken),
        broken("has words for a status", "HTTP/1.1 fine OK\r\n\r\n"),
        broken("has a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
        broken("has a status below 100", "HTTP/1.1 099 Low\r\n\r\n"),
        broken("has a header without a colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"),
        broken("has a header with a control character", "HTTP/1.1 200 OK\r\nx-a: \u{1}\r\n\r\n"),
        broken("has a header name with a space", "HTTP/1.1 200 OK\r\nx a: b\r\n\r\n"),
        answers("has a status above 599", "HTTP/1.1 999 High\r\ncontent-length: 0\r\n\r\n", End::Refused(999)),
        answers("switches protocols", "HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", End::Refused(101)),
    ]
}

fn framing() -> Vec<Behavior> {
    let lengths = |name, lines: &str| answers(name, format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\n{{}}"), End::Broken);
    let chunked = |name, body: &str| {
        answers(name, format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{body}"), End::Broken)
    };
    vec![
        lengths("has an enormous length and few bytes", "content-length: 9223372036854775807"),
        lengths("has a length beyond all numbers", "content-length: 99999999999999999999999"),
        lengths("has a negative length", "content-length: -2"),
        lengths("has a length in words", "content-length: two"),
        lengths("has two lengths", "content-length: 2\r\ncontent-length: 3"),
        lengths("has two lengths in one", "content-length: 2, 3"),
        lengths("is chunked and is not", "transfer-encoding: chunked\r\ncontent-length: 2"),
        chunked("has a chunk size that is no number", "zz\r\n{}\r\n0\r\n\r\n"),
        chunked("has a chunk size beyond all numbers", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        chunked("has a negative chunk size", "-2\r\n{}\r\n0\r\n\r\n"),
        chunked("has a chunk longer than its size", "1\r\n{}\r\n0\r\n\r\n"),
        chunked("has no last chunk", "2\r\n{}\r\n"),
        chunked("has half a chunk", "5\r\n{\"r"),
        chunked("has half a trailer", "2\r\n{}\r\n0\r\nx-a: "),
    ]
}

fn headers() -> Vec<Behavior> {
    let endless = |name, start: &str, rest: &str| Behavior {
        name,
        script: vec![Step::Request, Step::Send(start.into()), Step::Endless(rest.repeat(4096 / rest.len()).into())],
        end: End::Broken,
    };
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2";
    vec![
        answers(
            "has a header of a megabyte",
            format!("HTTP/1.1 200 OK\r\nx-a: {}\r\n\r\n", "a".repeat(1 << 20)),
            End::Broken,
        ),
        answers("has a thousand headers", format!("HTTP/1.1 200 OK\r\n{}\r\n", "x-a: b\r\n".repeat(1000)), End::Broken),
        endless("has a status line without end", "HTTP/1.1 200 ", "a"),
        endless("has a header name without end", "HTTP/1.1 200 OK\r\n", "a"),
        endless("has a header without end", "HTTP/1.1 200 OK\r\nx-a: ", "a"),
        endless("has headers without end", "HTTP/1.1 200 OK\r\n", "x-a: b\r\n"),
        endless("has a chunk extension without end", &format!("{chunked};"), "a"),
        endless("has trailers without end", &format!("{chunked}\r\n{{}}\r\n0\r\n"), "x-a: b\r\n"),
    ]
}

fn bodies() -> Vec<Behavior> {
    let status = |name, status: u16, body: &str| {
        let answer = format!("HTTP/1.1 {status} S\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        answers(name, answer, if status == 200 { End::Unreadable(200) } else { End::Refused(status) })
    };
    vec![
        ok("answers nothing", b""),
        ok("answers a page", b"<!doctype html><title>Sign in</title>"),
        ok("answers text", b"ok"),
        ok("answers half of JSON", b"{\"results\": ["),
        ok("answers JSON and more", b"{\"results\": []}{}"),
        ok("answers a byte order mark", b"\xef\xbb\xbf{\"results\": []}"),
        ok("answers what is no UTF-8", b"{\"results\": [{\"uid\": \"\xff\xfe\"}], \"access_token\": \"\xff\"}"),
        ok("answers UTF-16", b"\xff\xfe{\0}\0"),
        ok("answers half of a surrogate pair", br#"{"results": [{"uid": "\ud800"}], "access_token": "\ud800"}"#),
        ok("answers a number beyond all numbers", b"1e999999"),
        ok("answers lists in lists", "[".repeat(60_000).as_bytes()),
        ok("answers objects in objects", r#"{"results":"#.repeat(5_000).as_bytes()),
        ok("answers null", b"null"),
        ok("answers a list", b"[]"),
        ok("answers an empty object", b"{}"),
        ok("answers the shape of another", br#"{"results": {"uid": "a"}, "access_token": {"uid": "a"}}"#),
        status("refuses with a page", 400, "<html><body>Bad request</body></html>"),
        status("refuses with nothing", 403, ""),
        status("refuses with lists in lists", 400, &"[".repeat(60_000)),
        status("is in trouble, with a page", 502, "<html>Bad gateway</html>"),
        answers(
            "is in trouble, with what is no UTF-8",
            b"HTTP/1.1 500 E\r\ncontent-length: 2\r\n\r\n\xff\xfe".as_slice(),
            End::Refused(500),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_closes_is_a_broken_connection() {
    all(closing()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_speaks_no_http_is_an_error_and_read_no_further() {
    all(garbage()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_whose_end_is_not_clear_is_never_taken_for_whole() {
    all(framing()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_without_measure_are_an_error() {
    all(headers()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_not_what_it_should_be_is_an_error() {
    all(bodies()).await;
}

#[tokio::test]
async fn a_peer_that_resets_before_the_request_is_an_error_also_when_connecting_fails_of_it() {
    // Whether the reset comes before the client has noticed the connection is chance.
    for victim in [Victim::Service, Victim::TokenHost] {
        let (peer, bystander) = (Peer::new(vec![Step::Reset]), Peer::bystander());
        let client = victim.hasty(&peer, &bystander);
        let error = client.capping().create(&capping()).await.expect_err("a reset");
        let connect = matches!(error.kind(), ErrorKind::Connect(_))
            || matches!(error.kind(), ErrorKind::Auth(AuthError::Transport { problem: TransportProblem::Connect, .. }));
        victim.judge("resets before the request", &error, if connect { End::Connect } else { End::Broken });
        assert!((1..=3).contains(&error.attempts()), "{error}");
        assert!(peer.is_left_alone().await);
        assert_eq!((peer.connections(), bystander.connections()), (error.attempts() as usize, 0));
        assert_eq!(peer.received(), "");
    }
}

#[tokio::test]
async fn a_peer_that_speaks_no_http_is_probably_not_the_service() {
    for behavior in garbage().into_iter().filter(|it| it.end == End::Broken) {
        let (peer, bystander) = (Peer::new(behavior.script), Peer::bystander());
        let client = Victim::Service.hasty(&peer, &bystander);
        let error = client.capping().list().await.expect_err(behavior.name);
        assert!(error.hint().expect("a hint").contains("base URL"), "{}: {error}", behavior.name);
        let error = client.capping().create(&capping()).await.expect_err(behavior.name);
        assert!(error.hint().expect("a hint").contains("may have carried it out"), "{}: {error}", behavior.name);
    }
}

async fn all(behaviors: Vec<Behavior>) {
    for behavior in &behaviors {
        suffers(Victim::Service, behavior, Verb::List).await;
        suffers(Victim::Service, behavior, Verb::Create).await;
        suffers(Victim::TokenHost, behavior, Verb::Create).await;
    }
}

async fn suffers(victim: Victim, behavior: &Behavior, verb: Verb) {
    let Behavior { name, script, end } = behavior;
    let (peer, bystander) = (Peer::new(script.clone()), Peer::bystander());
    let started = std::time::Instant::now();
    let client = victim.hasty(&peer, &bystander);
    let operation = Operation::find(Api::Capping, verb).expect("an operation");
    let error = call(&client, operation, &uid("u-1")).await.expect_err(name);
    assert!(started.elapsed() < std::time::Duration::from_secs(10), "{name}: {:?}", started.elapsed());
    victim.judge(name, &error, *end);
    let attempts = victim.attempts(*end, !operation.reads());
    assert_eq!(error.attempts(), attempts, "{name}, {victim:?}, {operation}: {error}");
    assert!(peer.is_left_alone().await, "{name}, {victim:?}, {operation}: the client hangs up");
    assert_eq!(
        peer.connections(),
        attempts as usize,
        "{name}, {victim:?}, {operation}: as many connections as attempts"
    );
    // One that closes first may have read nothing.
    assert!(peer.requests() <= attempts as usize, "{name}, {victim:?}, {operation}: {}", peer.received());
    assert_eq!(bystander.connections(), 0, "{name}, {victim:?}: the service sees nothing without a token");
}
