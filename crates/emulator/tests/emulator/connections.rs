//! What comes over the connection itself, byte by byte: how an answer is cut, and how long and for how many a server waits.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use ajo_emulator::{AuthMode, Emulator, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long any of these tests waits for what must come.
const LONG: Duration = Duration::from_secs(20);

/// An emulator that asks for no token.
async fn open(change: impl FnOnce(&mut Settings)) -> Emulator {
    let mut settings = Settings { auth: AuthMode::Off, ..Settings::default() };
    change(&mut settings);
    Emulator::builder().settings(settings).start().await.expect("an emulator")
}

async fn connect(emulator: &Emulator) -> TcpStream {
    TcpStream::connect(emulator.address()).await.expect("a connection")
}

/// Everything that comes until the connection ends, and how it ends.
async fn read_all(mut connection: TcpStream) -> (Vec<u8>, Option<ErrorKind>) {
    let mut received = Vec::new();
    let ended = tokio::time::timeout(LONG, connection.read_to_end(&mut received)).await.expect("the connection ends");
    (received, ended.err().map(|error| error.kind()))
}

/// The same for a text sent over a connection of its own.
async fn exchange(emulator: &Emulator, sent: &str) -> (Vec<u8>, Option<ErrorKind>) {
    let mut connection = connect(emulator).await;
    connection.write_all(sent.as_bytes()).await.expect("sent");
    read_all(connection).await
}

/// Head and body.
fn parts(received: &[u8]) -> (String, &[u8]) {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    (String::from_utf8(received[..end].to_vec()).expect("text").to_ascii_lowercase(), &received[end + 4..])
}

fn length(head: &str) -> usize {
    let line = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    line.parse().expect("a number")
}

const LIST: &str =
    "POST /journey/orchestration/list/endpointConfigs HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n";

/// A creation, of which the answer is long.
fn create(more: &str) -> String {
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
async fn half_a_body_is_the_head_and_exactly_half_and_then_the_end() {
    let emulator = open(|_| {}).await;
    for request in [format!("{LIST}x-emulator-fault: half_body\r\n\r\n"), create("x-emulator-fault: half_body\r\n")] {
        // Many times, because what is lost in a race is not lost each time.
        for _ in 0..30 {
            let (received, ended) = exchange(&emulator, &request).await;
            let (head, body) = parts(&received);
            assert!(head.starts_with("http/1.1 200 ok"), "{head}");
            assert!(length(&head) > 1);
            assert_eq!((body.len(), ended), (length(&head) / 2, None));
        }
    }
    assert_eq!(emulator.world().first().count().0, 30, "it is processed");
}

#[tokio::test]
async fn half_of_a_later_answer_leaves_the_earlier_one_whole() {
    let emulator = open(|_| {}).await;
    let both = format!("{LIST}\r\n{LIST}x-emulator-fault: half_body\r\n\r\n");
    let (received, ended) = exchange(&emulator, &both).await;
    let (head, rest) = parts(&received);
    let (second, half) = parts(&rest[length(&head)..]);
    assert_eq!((half.len(), ended), (length(&second) / 2, None));
}

#[tokio::test]
async fn each_fault_of_delivery_is_told_apart_by_what_comes_and_what_is_kept() {
    let emulator = open(|_| {}).await;
    let mut kept = 0;
    // The fault, the status line if one comes, how the connection ends, and whether the configuration is there.
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
        let request = create(&format!("connection: close\r\nx-emulator-fault: {fault}\r\n"));
        let (received, end) = exchange(&emulator, &request).await;
        assert_eq!(end, ended, "{fault}");
        kept += committed;
        assert_eq!(emulator.world().first().count().0, kept, "{fault}");
        let Some(status) = status else {
            assert!(received.is_empty(), "{fault}: {} bytes came", received.len());
            continue;
        };
        let (head, body) = parts(&received);
        assert!(head.starts_with(status), "{fault}: {head}");
        let promised = length(&head);
        match fault {
            "half_body" => assert_eq!(body.len(), promised / 2),
            "garbage" => assert!(body.len() == promised && std::str::from_utf8(body).is_err()),
            "status:503" => assert!(body.is_empty() && promised == 0),
            _ => assert!(body.len() == promised && body.starts_with(b"<html>"), "{fault}"),
        }
    }
}

#[tokio::test]
async fn there_is_an_end_to_connections_and_room_again_when_one_ends() {
    let emulator = open(|settings| settings.limits.connections = 2).await;
    let request = format!("{LIST}\r\n");
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut connection = connect(&emulator).await;
        connection.write_all(request.as_bytes()).await.expect("sent");
        assert!(connection.read(&mut [0; 1000]).await.expect("an answer") > 0);
        open.push(connection);
    }
    let (received, _) = read_all(connect(&emulator).await).await;
    let (head, body) = parts(&received);
    assert!(head.starts_with("http/1.1 503 ") && length(&head) == body.len(), "{head}");
    assert!(String::from_utf8_lossy(body).contains("too many connections"));
    open.pop();
    let began = Instant::now();
    loop {
        let mut connection = connect(&emulator).await;
        // One that is refused may be closed before this is sent.
        let _ = connection.write_all(format!("{LIST}connection: close\r\n\r\n").as_bytes()).await;
        if read_all(connection).await.0.starts_with(b"HTTP/1.1 200 ") {
            break;
        }
        assert!(began.elapsed() < LONG, "no room again");
    }
}

#[tokio::test]
async fn who_sends_slowly_is_not_waited_for_without_end() {
    let patience = Duration::from_millis(300);
    let emulator = open(|settings| settings.limits.patience = patience).await;
    // Nothing, a head that comes in drops, a body that comes in drops.
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
        assert!(ended.is_ok(), "{begin:?} is waited for without end");
        assert!(began.elapsed() >= patience, "{begin:?} is not waited for");
        dripping.abort();
    }
}

#[tokio::test]
async fn an_answer_that_takes_longer_than_the_patience_still_comes() {
    let emulator = open(|settings| settings.limits.patience = Duration::from_millis(100)).await;
    let request = format!("{LIST}connection: close\r\nx-emulator-fault: delay:500\r\n\r\n");
    let (received, ended) = exchange(&emulator, &request).await;
    assert!(parts(&received).0.starts_with("http/1.1 200 ok") && ended.is_none());
}

#[tokio::test]
async fn a_body_that_is_too_long_or_broken_is_answered_and_journalled_like_any_call() {
    let emulator = open(|settings| settings.limits.body = 1000).await;
    emulator.freeze();
    emulator.advance(Duration::from_secs(365 * 24 * 3600));
    let list = "POST /journey/orchestration/list/endpointConfigs HTTP/1.1\r\nhost: localhost\r\n";
    let date = |head: &str| head.lines().find(|line| line.starts_with("date: ")).expect("a date").to_owned();
    let here = date(&parts(&exchange(&emulator, &format!("{LIST}connection: close\r\n\r\n")).await.0).0);
    for (sent, status) in [
        (format!("{list}content-length: 1001\r\n\r\n{}", "x".repeat(1001)), 413),
        (format!("{list}transfer-encoding: chunked\r\n\r\n3e9\r\n{}\r\n0\r\n\r\n", "x".repeat(1001)), 413),
        (format!("{list}content-length: 500\r\n\r\nhalf"), 400),
        (format!("{list}transfer-encoding: chunked\r\n\r\nnonsense"), 400),
    ] {
        let before = emulator.world().calls().len();
        let mut connection = connect(&emulator).await;
        connection.write_all(sent.as_bytes()).await.expect("sent");
        // The end of what is sent, while the answer can still come.
        connection.shutdown().await.expect("shut down");
        let (received, _) = read_all(connection).await;
        let world = emulator.world();
        let calls = world.calls();
        assert_eq!(calls.len(), before + 1, "{status}: {}", String::from_utf8_lossy(&received));
        let call = calls.last().expect("a call");
        assert_eq!((call.status, call.operation.as_deref()), (status, Some("capping.list")));
        // To whom the body broke off there may be no answer any more; where there is, it is like any other.
        if status == 413 {
            let (head, body) = parts(&received);
            assert!(head.starts_with("http/1.1 413 "), "{head}");
            assert!(head.contains(&format!("x-request-id: {}", call.request_id)), "{head}");
            assert_eq!(date(&head), here, "by the clock that is frozen in a year");
            assert_eq!(String::from_utf8_lossy(body), r#"{"message":"the body is longer than 1000 bytes"}"#);
        }
    }
}
