//! Runs a case with the native client, against a server that sends scripted responses, one per connection.

use std::sync::{Arc, Mutex};

use ajo_core::{Api, Client, Verb};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::conformance::suite::{self, RecordedRequest};

/// Runs a case. Returns the recorded requests and the result.
pub(crate) async fn run_case(client: &Value, case: &Value) -> (Vec<RecordedRequest>, Result<Value, Value>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let root = format!("http://{}", listener.local_addr().expect("an address"));
    let responses = case["exchanges"].as_array().expect("exchanges").clone();
    let server = tokio::spawn(serve_responses(listener, responses, requests.clone()));
    let client = suite::configure_client(Client::builder(), client, case, &root).build().expect("a client");
    let result = run_call(&client, &case["call"]).await;
    server.abort();
    let requests = std::mem::take(&mut *requests.lock().expect("no panic"));
    (requests, result)
}

async fn run_call(client: &Client, call: &Value) -> Result<Value, Value> {
    let operation = suite::find_operation(call);
    let (uid, delete) = (suite::call_uid(call), suite::delete_options(call));
    let uid = || uid.as_ref().expect("a uid");
    let client = client.with_options(suite::call_options(call));
    macro_rules! call_verb {
        ($api:expr) => {{
            let api = $api;
            let definition = || serde_json::from_value(call["definition"].clone()).expect("a definition");
            match operation.verb {
                Verb::List => api.list().response().await.map(|response| response.body),
                Verb::Create => api.create(&definition()).response().await.map(|response| response.body),
                Verb::Get => api.get(uid()).response().await.map(|response| response.body),
                Verb::Update => api.update(uid(), &definition()).response().await.map(|response| response.body),
                Verb::Delete => api.delete(uid(), delete).response().await.map(|response| response.body),
                Verb::CanDeploy => api.can_deploy(uid()).response().await.map(|response| response.body),
                Verb::Deploy => api.deploy(uid()).response().await.map(|response| response.body),
                Verb::Undeploy => api.undeploy(uid()).response().await.map(|response| response.body),
                other => panic!("no case covers {other}"),
            }
        }};
    }
    let body = match operation.api {
        Api::Capping => call_verb!(client.capping()),
        Api::Throttling => call_verb!(client.throttling()),
    };
    body.map(|body| suite::call_value(operation, &body)).map_err(|error| suite::error_json(&error))
}

async fn serve_responses(listener: TcpListener, exchanges: Vec<Value>, requests: Arc<Mutex<Vec<RecordedRequest>>>) {
    // Requests beyond the scripted ones are recorded, and their connections are closed without a response.
    let mut responses = exchanges.iter().map(|exchange| &exchange["response"]);
    while let Ok((mut stream, _)) = listener.accept().await {
        let Some(request) = read_request(&mut stream).await else { continue };
        requests.lock().expect("no panic").push(request);
        let Some(response) = responses.next().filter(|response| response.get("problem").is_none()) else { continue };
        let (status, body) = (&response["status"], suite::response_body(response));
        let mut head = format!("HTTP/1.1 {status} Scripted\r\nconnection: close\r\n");
        for (name, value) in suite::response_headers(response) {
            head.extend([&name, ": ", &value, "\r\n"]);
        }
        if status != 204 {
            head.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
        }
        let _ = stream.write_all(format!("{head}\r\n{body}").as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<RecordedRequest> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.split("\r\n");
            let mut first = lines.next()?.split(' ');
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length = length.map_or(0, |(_, length)| length.parse().expect("a length"));
            if body.len() >= length {
                let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
                return Some(RecordedRequest { method, target, headers, body: body.to_owned() });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
