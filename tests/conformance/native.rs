//! The native driver, over HTTP: a server that answers what it is told to, to one request a connection.

use std::sync::{Arc, Mutex};

use ajo_core::{Api, Client, Verb};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::conformance::suite::{self, Made};

/// Runs a case.
pub(crate) async fn run(client: &Value, case: &Value) -> (Vec<Made>, Result<Value, Value>) {
    let made = Arc::new(Mutex::new(Vec::new()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let root = format!("http://{}", listener.local_addr().expect("an address"));
    let answers = case["exchange"].as_array().expect("an exchange").clone();
    let server = tokio::spawn(serve(listener, answers, made.clone()));
    let client = suite::built(Client::builder(), client, case, &root).build().expect("a client");
    let result = call(&client, &case["call"]).await;
    server.abort();
    let made = std::mem::take(&mut *made.lock().expect("no panic"));
    (made, result)
}

async fn call(client: &Client, call: &Value) -> Result<Value, Value> {
    let operation = suite::operation(call);
    let (uid, delete) = (suite::uid(call), suite::delete(call));
    let uid = || uid.as_ref().expect("a uid");
    let client = client.with_options(suite::options(call));
    macro_rules! of {
        ($api:expr) => {{
            let api = $api;
            let definition = || serde_json::from_value(call["definition"].clone()).expect("a definition");
            match operation.verb {
                Verb::List => api.list().response().await.map(|answer| answer.body),
                Verb::Create => api.create(&definition()).response().await.map(|answer| answer.body),
                Verb::Get => api.get(uid()).response().await.map(|answer| answer.body),
                Verb::Update => api.update(uid(), &definition()).response().await.map(|answer| answer.body),
                Verb::Delete => api.delete(uid(), delete).response().await.map(|answer| answer.body),
                Verb::CanDeploy => api.can_deploy(uid()).response().await.map(|answer| answer.body),
                Verb::Deploy => api.deploy(uid()).response().await.map(|answer| answer.body),
                Verb::Undeploy => api.undeploy(uid()).response().await.map(|answer| answer.body),
                other => panic!("no case is for {other}"),
            }
        }};
    }
    let body = match operation.api {
        Api::Capping => of!(client.capping()),
        Api::Throttling => of!(client.throttling()),
    };
    body.map(|body| suite::value(operation, &body)).map_err(|error| suite::failed(&error))
}

async fn serve(listener: TcpListener, exchange: Vec<Value>, made: Arc<Mutex<Vec<Made>>>) {
    // Beyond what the case lists, requests are counted, and answered by the end of their connection.
    let mut answers = exchange.iter().map(|exchange| &exchange["answer"]);
    while let Ok((mut stream, _)) = listener.accept().await {
        let Some(request) = read(&mut stream).await else { continue };
        made.lock().expect("no panic").push(request);
        let Some(answer) = answers.next().filter(|answer| answer.get("problem").is_none()) else { continue };
        let (status, body) = (&answer["status"], suite::body(answer));
        let mut head = format!("HTTP/1.1 {status} Scripted\r\nconnection: close\r\n");
        for (name, value) in suite::headers(answer) {
            head.extend([&name, ": ", &value, "\r\n"]);
        }
        if status != 204 {
            head.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
        }
        let _ = stream.write_all(format!("{head}\r\n{body}").as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}

async fn read(stream: &mut TcpStream) -> Option<Made> {
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
                return Some(Made { method, target, headers, body: body.to_owned() });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
