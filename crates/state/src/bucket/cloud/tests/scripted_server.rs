//! A server that sends the same bytes to every client.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The reaction of the server to a request.
#[derive(Clone, Debug)]
pub(super) enum Script {
    /// Sends these bytes and closes the connection.
    Send(String),
    /// Closes the connection.
    Close,
    /// Sends these bytes, and then nothing.
    Stall(&'static str),
    /// Sends these bytes, and then others without end.
    Endless(String),
}

#[derive(Debug)]
pub(super) struct ScriptedServer {
    pub(super) url: String,
    /// Head and body of each request.
    requests: Arc<Mutex<Vec<String>>>,
}

impl ScriptedServer {
    pub(super) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let received = requests.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, script.clone(), received.clone()));
            }
        });
        Self { url, requests }
    }

    /// Starts a server with this status, these headers, and this body.
    pub(super) async fn respond(status: u16, headers: &str, body: &str) -> Self {
        Self::start(Script::Send(response(status, headers, body))).await
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("not poisoned").clone()
    }
}

/// Headers end with `\r\n`.
fn response(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}", body.len())
}

async fn serve(mut connection: TcpStream, script: Script, requests: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    while !is_complete(&request) {
        match connection.read_buf(&mut request).await {
            Ok(1..) => {}
            _ => return,
        }
    }
    requests.lock().expect("not poisoned").push(String::from_utf8_lossy(&request).into_owned());
    match script {
        Script::Send(bytes) => drop(connection.write_all(bytes.as_bytes()).await),
        Script::Close => {}
        Script::Stall(bytes) => {
            let _ = connection.write_all(bytes.as_bytes()).await;
            std::future::pending::<()>().await;
        }
        Script::Endless(bytes) => {
            let mut sent = connection.write_all(bytes.as_bytes()).await;
            while sent.is_ok() {
                sent = connection.write_all(&[b'a'; 1000]).await;
            }
        }
    }
}

fn is_complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
