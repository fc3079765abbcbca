//! The same requests get the same bytes, whichever way they come: as values, through the `tower` service, over HTTP.

use crate::support::cases::{self, Known, Suite};
use crate::support::{Caller, START};
use ajo_emulator::{ConnectionLost, Emulator, InProcess, Settings, World};
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower_service::Service as _;

/// What an answer is made of, but for the headers that say how a message is framed.
type Seen = (u16, Vec<(String, String)>, Vec<u8>);

fn seen(response: &Response<Bytes>) -> Seen {
    let headers =
        response.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()));
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    (response.status().as_u16(), headers, response.body().to_vec())
}

/// One request over a connection of its own.
async fn over_http(address: std::net::SocketAddr, request: &Request<Bytes>) -> Seen {
    let host = if request.headers().contains_key("host") { "" } else { "host: localhost\r\n" };
    let headers =
        request.headers().iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().expect("text")));
    let head = format!(
        "{} {} HTTP/1.1\r\nconnection: close\r\n{host}{}content-length: {}\r\n\r\n",
        request.method(),
        request.uri(),
        headers.collect::<String>(),
        request.body().len()
    );
    let mut connection = tokio::net::TcpStream::connect(address).await.expect("a connection");
    connection.write_all(&[head.as_bytes(), request.body()].concat()).await.expect("sent");
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.expect("received");
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(answer[..end].to_vec()).expect("text");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let framing = ["content-length", "connection", "transfer-encoding"];
    let mut headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .filter(|(name, _)| !framing.contains(&name.as_str()))
        .collect();
    headers.sort();
    (status, headers, answer[end + 4..].to_vec())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_adapter_gives_the_same_bytes() {
    let suite = Suite::read();
    let now = Timestamp::from_millis(suite.now_millis);
    let mut direct = World::new(Settings::default());
    let mut in_process = InProcess::new(World::new(Settings::default()), move || now);
    let emulator = Emulator::builder().clock(move || now).start().await.expect("an emulator");

    let mut known = Known::default();
    let mut answered = Vec::new();
    let calls = |world: &World| serde_json::to_value(world.calls().to_vec()).expect("JSON");
    for case in &suite.cases {
        let request = suite.request(case, &known);
        let answer = direct.handle(&request, now);
        let expected = seen(&answer);
        let shown = format!("{} {}", request.method(), request.uri());
        assert_eq!(seen(&in_process.call(request.clone()).await.expect("an answer")), expected, "in process: {shown}");
        assert_eq!(over_http(emulator.address(), &request).await, expected, "over HTTP: {shown}");
        known.learn(answer.body());
        answered.push(cases::written(&answer));
        assert_eq!(calls(&direct), calls(&in_process.world()));
        assert_eq!(calls(&direct), calls(&emulator.world()));
    }
    assert!(answered.len() > 50, "{} requests", answered.len());
    let written = cases::answers(&answered);
    assert_eq!(answered.len(), written.len(), "after a change that is meant: UPDATE=1");
    for (answer, written) in answered.iter().zip(&written) {
        assert_eq!(answer, written, "after a change that is meant: UPDATE=1");
    }
}

#[tokio::test]
async fn a_broken_connection_is_an_error_in_process() {
    let mut caller = Caller::new();
    let request = caller.request("POST", "/list/endpointConfigs", &json!({}));
    for (fault, processed) in [("drop_before", 0), ("reset", 0), ("drop_after", 1), ("half_body", 1)] {
        let world = std::mem::replace(&mut caller.world, World::new(Settings::default()));
        let mut service = InProcess::new(world, || START);
        service.world().clear_faults();
        service.world().first_mut().clear_calls();
        service.world().add_fault(format!("*.list={fault}").parse().expect("a fault")).expect("room");
        assert_eq!(service.call(request.clone()).await.expect_err(fault), ConnectionLost);
        let status = service.world().calls()[0].status;
        assert_eq!(u16::from(status == 200), processed, "{fault}");
        caller = Caller::new();
    }
}
