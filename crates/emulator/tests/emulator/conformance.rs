//! Every adapter returns the same bytes: direct calls, the `tower` service, and HTTP.

use crate::support::cases::{self, ConformanceSuite, LastResponse};
use crate::support::{START, TestClient};
use ajo_emulator::{ConnectionLost, Emulator, EmulatorSettings, EmulatorState, InProcessService};
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower_service::Service as _;

/// Status, headers except those for framing, and body.
type ResponseParts = (u16, Vec<(String, String)>, Vec<u8>);

fn response_parts(response: &Response<Bytes>) -> ResponseParts {
    let headers =
        response.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()));
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    (response.status().as_u16(), headers, response.body().to_vec())
}

/// Sends one request over its own connection.
async fn send_over_http(address: std::net::SocketAddr, request: &Request<Bytes>) -> ResponseParts {
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
    let mut response = Vec::new();
    connection.read_to_end(&mut response).await.expect("received");
    let end = response.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(response[..end].to_vec()).expect("text");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let framing = ["content-length", "connection", "transfer-encoding"];
    let mut headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .filter(|(name, _)| !framing.contains(&name.as_str()))
        .collect();
    headers.sort();
    (status, headers, response[end + 4..].to_vec())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn adapters_return_the_same_bytes() {
    let suite = ConformanceSuite::load();
    let now = Timestamp::from_millis(suite.now_millis);
    let mut direct = EmulatorState::new(EmulatorSettings::default());
    let mut in_process = InProcessService::new(EmulatorState::new(EmulatorSettings::default()), move || now);
    let emulator = Emulator::builder().clock(move || now).start().await.expect("an emulator");

    let mut known = LastResponse::default();
    let mut responses = Vec::new();
    let calls = |state: &EmulatorState| serde_json::to_value(state.calls().to_vec()).expect("JSON");
    for case in &suite.cases {
        let request = suite.request(case, &known);
        let response = direct.handle(&request, now);
        let expected = response_parts(&response);
        let request_line = format!("{} {}", request.method(), request.uri());
        assert_eq!(
            response_parts(&in_process.call(request.clone()).await.expect("a response")),
            expected,
            "in process: {request_line}"
        );
        assert_eq!(send_over_http(emulator.address(), &request).await, expected, "over HTTP: {request_line}");
        known.record(response.body());
        responses.push(cases::response_to_json(&response));
        assert_eq!(calls(&direct), calls(&in_process.state()));
        assert_eq!(calls(&direct), calls(&emulator.state()));
    }
    assert!(responses.len() > 50, "{} requests", responses.len());
    cases::update_responses(&responses);
    let written = cases::expected_responses();
    assert_eq!(responses.len(), written.len(), "if the change is intended, run again with UPDATE=1");
    for (response, written) in responses.iter().zip(&written) {
        assert_eq!(response, written, "if the change is intended, run again with UPDATE=1");
    }
}

#[tokio::test]
async fn connection_faults_fail_in_process() {
    let mut client = TestClient::new();
    let request = client.request("POST", "/list/endpointConfigs", &json!({}));
    for (fault, processed) in [("drop_before", 0), ("reset", 0), ("drop_after", 1), ("half_body", 1)] {
        let state = std::mem::replace(&mut client.state, EmulatorState::new(EmulatorSettings::default()));
        let mut service = InProcessService::new(state, || START);
        service.state().clear_faults();
        service.state().default_organization_mut().clear_calls();
        service.state().add_fault(format!("*.list={fault}").parse().expect("a fault")).expect("room");
        assert_eq!(service.call(request.clone()).await.expect_err(fault), ConnectionLost);
        let status = service.state().calls()[0].status;
        assert_eq!(u16::from(status == 200), processed, "{fault}");
        client = TestClient::new();
    }
}
