//! A server that gives the same response to every request.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

pub(crate) struct StubService {
    url: String,
    response: Arc<Mutex<(u16, String)>>,
}

impl StubService {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let response = Arc::new(Mutex::new((200, "{}".to_owned())));
        let current = response.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut request = [0; 16 * 1024];
                let _ = stream.read(&mut request);
                let (status, body) = current.lock().expect("not poisoned").clone();
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
            }
        });
        Self { url, response }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn respond_with(&self, status: u16, body: &serde_json::Value) {
        *self.response.lock().expect("not poisoned") = (status, body.to_string());
    }
}
