//! A server that gives the same response to every request, or one to reads and one to writes.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

pub(crate) struct StubService {
    url: String,
    responses: Arc<Mutex<StubResponses>>,
}

struct StubResponses {
    read: (u16, String),
    write: Option<(u16, String)>,
}

impl StubService {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let responses = Arc::new(Mutex::new(StubResponses { read: (200, "{}".to_owned()), write: None }));
        let current = responses.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut request = [0; 16 * 1024];
                let _ = stream.read(&mut request);
                let (status, body) = {
                    let current = current.lock().expect("not poisoned");
                    let line = String::from_utf8_lossy(&request);
                    let is_read =
                        line.starts_with("GET ") || line.lines().next().is_some_and(|it| it.contains("/list/"));
                    let write = current.write.as_ref().filter(|_| !is_read);
                    write.unwrap_or(&current.read).clone()
                };
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
            }
        });
        Self { url, responses }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn respond_with(&self, status: u16, body: &serde_json::Value) {
        self.responses.lock().expect("not poisoned").read = (status, body.to_string());
    }

    /// From now on, requests that change something get this response.
    pub(crate) fn respond_to_writes(&self, status: u16, body: &serde_json::Value) {
        self.responses.lock().expect("not poisoned").write = Some((status, body.to_string()));
    }
}
