//! The same requests get the same bytes, whichever way they come: as values, through the `tower` service, over HTTP.
#![cfg(feature = "server")]

mod support;

use ajo_emulator::{ConnectionLost, Emulator, InProcess, Settings, World};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use support::{Caller, START, capping, throttling};
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

/// What the suite does: everything of both APIs, the gateway, the token host and the control API, right and wrong.
fn requests(caller: &Caller) -> Vec<Request<Bytes>> {
    let uid = "{uid}";
    let api = |method: &str, path: String, body: Value| caller.request(method, &path, &body);
    let mut requests = Vec::new();
    for (base, definition) in [("endpointConfigs", capping()), ("throttlingConfigs", throttling())] {
        for path in ["", "/deploy", "/undeploy"] {
            requests.push(api("POST", format!("/{base}/u-0{path}"), Value::Null));
        }
        requests.push(api("POST", format!("/{base}"), definition.clone()));
        requests.push(api("POST", format!("/{base}"), json!({"url": 7})));
        requests.push(api("POST", format!("/list/{base}"), json!({})));
        for (method, path) in [("GET", ""), ("GET", "/canDeploy"), ("POST", "/deploy"), ("DELETE", "")] {
            requests.push(api(method, format!("/{base}/{uid}{path}"), Value::Null));
        }
        requests.push(api("PUT", format!("/{base}/{uid}"), definition));
        requests.push(api("POST", format!("/{base}/{uid}/undeploy"), Value::Null));
        requests.push(api("DELETE", format!("/{base}/{uid}?forceDelete=true"), Value::Null));
        requests.push(api("PATCH", format!("/{base}/{uid}"), Value::Null));
    }
    for missing in ["authorization", "x-api-key", "x-gw-ims-org-id", "x-sandbox-name"] {
        let mut request = api("POST", "/list/endpointConfigs".to_owned(), json!({}));
        request.headers_mut().remove(missing);
        requests.push(request);
    }
    for fault in
        ["gateway:429050", "service:1463", "status:502", "html:503", "problem:403", "lost:504", "garbage", "nonsense"]
    {
        let mut request = api("POST", "/list/throttlingConfigs".to_owned(), json!({}));
        request.headers_mut().insert("x-emulator-fault", fault.parse().expect("a header"));
        requests.push(request);
    }
    for (method, path, body) in [
        ("POST", "/ims/token/v3", "grant_type=x"),
        ("GET", "/ims/token/v3", ""),
        ("GET", "/nowhere", ""),
        ("GET", "/_emulator/state", ""),
    ] {
        requests.push(Request::builder().method(method).uri(path).body(Bytes::from(body)).expect("a request"));
    }
    requests
}

/// Puts the uid that was created last in the place that is kept for it.
fn addressed(request: &Request<Bytes>, uid: &str) -> Request<Bytes> {
    let mut addressed = Request::new(request.body().clone());
    *addressed.method_mut() = request.method().clone();
    *addressed.headers_mut() = request.headers().clone();
    *addressed.uri_mut() =
        request.uri().to_string().replace("%7Buid%7D", uid).replace("{uid}", uid).parse().expect("a path");
    addressed
}

fn uid_of(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<Value>(body).ok()?.get("uid")?.as_str().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_adapter_gives_the_same_bytes() {
    let mut direct = Caller::new();
    let mut in_process = InProcess::new(World::new(Settings::default()), || START);
    let emulator = Emulator::builder().clock(|| START).start().await.expect("an emulator");
    // All three are asked for a token first: from the same seed it is the same one.
    let caller = direct.world.settings().callers[0].clone();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
        caller.client_id,
        caller.secrets[0].expose(),
        caller.scopes
    );
    let token = Request::post("/ims/token/v3").body(Bytes::from(form)).expect("a request");
    in_process.call(token.clone()).await.expect("a token");
    over_http(emulator.address(), &token).await;

    let mut uid = "u-0".to_owned();
    let mut count = 0;
    for request in requests(&direct) {
        let request = addressed(&request, &uid);
        let expected = seen(&direct.send(&request));
        let shown = format!("{} {}", request.method(), request.uri());
        assert_eq!(seen(&in_process.call(request.clone()).await.expect("an answer")), expected, "in process: {shown}");
        assert_eq!(over_http(emulator.address(), &request).await, expected, "over HTTP: {shown}");
        uid = uid_of(&expected.2).unwrap_or(uid);
        count += 1;
    }
    assert!(count > 35 && uid != "u-0", "{count} requests");
    let calls = |world: &World| serde_json::to_value(world.calls().to_vec()).expect("JSON");
    assert_eq!(calls(&direct.world), calls(&in_process.world()));
    assert_eq!(calls(&direct.world), calls(&emulator.world()));
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
