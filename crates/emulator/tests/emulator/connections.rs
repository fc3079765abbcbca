//! Connections, byte by byte: truncated responses, limits and timeouts.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use ajo_emulator::{AuthMode, Emulator, EmulatorSettings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Timeout of these tests.
const LONG: Duration = Duration::from_secs(20);

/// An emulator that needs no token.
async fn start_emulator(change: impl FnOnce(&mut EmulatorSettings)) -> Emulator {
    let mut settings = EmulatorSettings { auth: AuthMode::Off, ..EmulatorSettings::default() };
    change(&mut settings);
    Emulator::builder().settings(settings).start().await.expect("an emulator")
}

async fn connect(emulator: &Emulator) -> TcpStream {
    TcpStream::connect(emulator.address()).await.expect("a connection")
}

/// Reads until the connection ends; returns the bytes and the error, if any.
async fn read_all(mut connection: TcpStream) -> (Vec<u8>, Option<ErrorKind>) {
    let mut received = Vec::new();
    let ended = tokio::time::timeout(LONG, connection.read_to_end(&mut received)).await.expect("the connection ends");
    (received, ended.err().map(|error| error.kind()))
}

/// Sends a string over its own connection and reads the response.
async fn exchange(emulator: &Emulator, sent: &str) -> (Vec<u8>, Option<ErrorKind>) {
    let mut connection = connect(emulator).await;
    connection.write_all(sent.as_bytes()).await.expect("sent");
    read_all(connection).await
}

fn split_response(received: &[u8]) -> (String, &[u8]) {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    (String::from_utf8(received[..end].to_vec()).expect("text").to_ascii_lowercase(), &received[end + 4..])
}

fn content_length(head: &str) -> usize {
    let line = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    line.parse().expect("a number")
}

const LIST: &str =
    "POST /journey/orchestration/list/endpointConfigs HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n";

/// A create call with a long response.
fn create_request(more: &str) -> String {
    let url = format!("https://a.example/{}", "x".repeat(200_000));
    let body = format!(
        r#"{{"url":"{url}","methods":["GET"],"services":{{"action":{{"rating":{{"maxCallsCount":5,"periodInMs":1000}}}}}}}}"#
    );
    let length = body.len();
    format!(
        "POST /journey/orchestration/endpointConfigs HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n{more}\r\n{body}"
    )
}

#[tokio::test]
async fn half_body_sends_exactly_half() {
    let emulator = start_emulator(|_| {}).await;
    for request in
        [format!("{LIST}x-emulator-fault: half_body\r\n\r\n"), create_request("x-emulator-fault: half_body\r\n")]
    {
        // Repeated, because a race does not lose data every time.
        for _ in 0..30 {
            let (received, ended) = exchange(&emulator, &request).await;
            let (head, body) = split_response(&received);
            assert!(head.starts_with("http/1.1 200 ok"), "{head}");
            assert!(content_length(&head) > 1);
            assert_eq!((body.len(), ended), (content_length(&head) / 2, None));
        }
    }
    assert_eq!(emulator.state().default_organization().config_counts().0, 30, "the calls are processed");
}

#[tokio::test]
async fn half_body_leaves_earlier_response_whole() {
    let emulator = start_emulator(|_| {}).await;
    let both = format!("{LIST}\r\n{LIST}x-emulator-fault: half_body\r\n\r\n");
    let (received, ended) = exchange(&emulator, &both).await;
    let (head, rest) = split_response(&received);
    let (second, half) = split_response(&rest[content_length(&head)..]);
    assert_eq!((half.len(), ended), (content_length(&second) / 2, None));
}

#[tokio::test]
async fn delivery_faults_differ() {
    let emulator = start_emulator(|_| {}).await;
    let mut expected_configs = 0;
    // Fault, status line if any, end of the connection, number of committed configurations.
    for (fault, status, ended, committed) in [
        ("drop_before", None, None, 0),
        ("drop_after", None, None, 1),
        ("reset", None, Some(ErrorKind::ConnectionReset), 0),
        ("garbage", Some("http/1.1 200 ok"), None, 1),
        ("lost:504", Some("http/1.1 504 gateway timeout"), None, 1),
        ("html:503", Some("http/1.1 503 service unavailable"), None, 0),
        ("status:503", Some("http/1.1 503 service unavailable"), None, 0),
        ("half_body", Some("http/1.1 200 ok"), None, 1),
    ] {
        let request = create_request(&format!("connection: close\r\nx-emulator-fault: {fault}\r\n"));
        let (received, end) = exchange(&emulator, &request).await;
        assert_eq!(end, ended, "{fault}");
        expected_configs += committed;
        assert_eq!(emulator.state().default_organization().config_counts().0, expected_configs, "{fault}");
        let Some(status) = status else {
            assert!(received.is_empty(), "{fault}: received {} bytes", received.len());
            continue;
        };
        let (head, body) = split_response(&received);
        assert!(head.starts_with(status), "{fault}: {head}");
        let promised = content_length(&head);
        match fault {
            "half_body" => assert_eq!(body.len(), promised / 2),
            "garbage" => assert!(body.len() == promised && std::str::from_utf8(body).is_err()),
            "status:503" => assert!(body.is_empty() && promised == 0),
            _ => assert!(body.len() == promised && body.starts_with(b"<html>"), "{fault}"),
        }
    }
}

#[tokio::test]
async fn connections_are_limited() {
    let emulator = start_emulator(|settings| settings.limits.connections = 2).await;
    let request = format!("{LIST}\r\n");
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut connection = connect(&emulator).await;
        connection.write_all(request.as_bytes()).await.expect("sent");
        assert!(connection.read(&mut [0; 1000]).await.expect("a response") > 0);
        open.push(connection);
    }
    let (received, _) = read_all(connect(&emulator).await).await;
    let (head, body) = split_response(&received);
    assert!(head.starts_with("http/1.1 503 ") && content_length(&head) == body.len(), "{head}");
    assert!(String::from_utf8_lossy(body).contains("too many connections"));
    open.pop();
    let began = Instant::now();
    loop {
        let mut connection = connect(&emulator).await;
        // A rejected connection may be closed before this is sent.
        let _ = connection.write_all(format!("{LIST}connection: close\r\n\r\n").as_bytes()).await;
        if read_all(connection).await.0.starts_with(b"HTTP/1.1 200 ") {
            break;
        }
        assert!(began.elapsed() < LONG, "the freed connection is not available");
    }
}

#[tokio::test]
async fn slow_request_times_out() {
    let idle_timeout = Duration::from_millis(300);
    let emulator = start_emulator(|settings| settings.limits.idle_timeout = idle_timeout).await;
    // No bytes, headers one byte at a time, a body one byte at a time.
    for (begin, drop) in
        [("", ""), ("GET / HTTP/1.1\r\nx: ", "x"), ("POST / HTTP/1.1\r\ncontent-length: 500\r\n\r\n", "x")]
    {
        let began = Instant::now();
        let mut connection = connect(&emulator).await;
        connection.write_all(begin.as_bytes()).await.expect("sent");
        let (mut reading, mut writing) = connection.into_split();
        let dripping = tokio::spawn(async move {
            while !drop.is_empty() && writing.write_all(drop.as_bytes()).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            tokio::time::sleep(LONG).await;
        });
        let mut received = Vec::new();
        let ended = tokio::time::timeout(LONG, reading.read_to_end(&mut received)).await;
        assert!(ended.is_ok(), "{begin:?} does not time out");
        assert!(began.elapsed() >= idle_timeout, "{begin:?} ended too early");
        dripping.abort();
    }
}

#[tokio::test]
async fn slow_response_is_sent_after_idle_timeout() {
    let emulator = start_emulator(|settings| settings.limits.idle_timeout = Duration::from_millis(100)).await;
    let request = format!("{LIST}connection: close\r\nx-emulator-fault: delay:500\r\n\r\n");
    let (received, ended) = exchange(&emulator, &request).await;
    assert!(split_response(&received).0.starts_with("http/1.1 200 ok") && ended.is_none());
}

#[tokio::test]
async fn unusable_body_is_rejected_and_logged() {
    let emulator = start_emulator(|settings| settings.limits.body_bytes = 1000).await;
    emulator.freeze();
    emulator.advance(Duration::from_secs(365 * 24 * 3600));
    let list = "POST /journey/orchestration/list/endpointConfigs HTTP/1.1\r\nhost: localhost\r\n";
    let date = |head: &str| head.lines().find(|line| line.starts_with("date: ")).expect("a date").to_owned();
    let org_now = date(&split_response(&exchange(&emulator, &format!("{LIST}connection: close\r\n\r\n")).await.0).0);
    for (sent, status) in [
        (format!("{list}content-length: 1001\r\n\r\n{}", "x".repeat(1001)), 413),
        (format!("{list}transfer-encoding: chunked\r\n\r\n3e9\r\n{}\r\n0\r\n\r\n", "x".repeat(1001)), 413),
        (format!("{list}content-length: 500\r\n\r\nhalf"), 400),
        (format!("{list}transfer-encoding: chunked\r\n\r\nnonsense"), 400),
    ] {
        let before = emulator.state().calls().len();
        let mut connection = connect(&emulator).await;
        connection.write_all(sent.as_bytes()).await.expect("sent");
        // Close the sending side only, so that the response can still arrive.
        connection.shutdown().await.expect("shut down");
        let (received, _) = read_all(connection).await;
        let state = emulator.state();
        let calls = state.calls();
        assert_eq!(calls.len(), before + 1, "{status}: {}", String::from_utf8_lossy(&received));
        let call = calls.last().expect("a call");
        assert_eq!((call.status, call.operation.as_deref()), (status, Some("capping.list")));
        // After an incomplete body, the client may not get the response.
        if status == 413 {
            let (head, body) = split_response(&received);
            assert!(head.starts_with("http/1.1 413 "), "{head}");
            assert!(head.contains(&format!("x-request-id: {}", call.request_id)), "{head}");
            assert_eq!(date(&head), org_now, "by the emulated clock");
            assert_eq!(String::from_utf8_lossy(body), r#"{"message":"the body is longer than 1000 bytes"}"#);
        }
    }
}
