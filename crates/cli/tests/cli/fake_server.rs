//! Servers that send arbitrary bytes.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

pub(crate) struct FakeServer {
    address: SocketAddr,
}

impl FakeServer {
    /// Calls a function with the start of each request and the connection, on a thread of its own.
    pub(crate) fn start(respond: impl Fn(&str, TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let respond = Arc::new(respond);
        thread::spawn(move || {
            for mut connection in listener.incoming().flatten() {
                let respond = respond.clone();
                thread::spawn(move || {
                    let mut request = [0; 16 * 1024];
                    let length = connection.read(&mut request).unwrap_or(0);
                    respond(&String::from_utf8_lossy(&request[..length]), connection);
                });
            }
        });
        Self { address }
    }

    /// Sends the same bytes to every client.
    pub(crate) fn with_response(response: String) -> Self {
        Self::start(move |_, mut connection| drop(connection.write_all(response.as_bytes())))
    }

    /// Sends a start, and then the same part until the client closes the connection.
    pub(crate) fn endless(start: &'static str, part: String) -> Self {
        Self::start(move |_, mut connection| {
            let _ = connection.write_all(start.as_bytes());
            while connection.write_all(part.as_bytes()).is_ok() {}
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

pub(crate) fn json_response(status: u16, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// A server whose responses a test changes.
pub(crate) struct FakeService {
    server: FakeServer,
    responses: Arc<Mutex<FakeResponses>>,
}

struct FakeResponses {
    /// For reads, and for writes until they have their own.
    read: String,
    write: Option<String>,
}

impl FakeService {
    pub(crate) fn start() -> Self {
        let responses = Arc::new(Mutex::new(FakeResponses { read: json_response(200, "{}"), write: None }));
        let current = responses.clone();
        let server = FakeServer::start(move |request, mut connection| {
            let response = {
                let current = current.lock().expect("not poisoned");
                let line = request.lines().next().unwrap_or_default();
                let is_read = line.starts_with("GET ") || line.contains("/list/");
                current.write.as_ref().filter(|_| !is_read).unwrap_or(&current.read).clone()
            };
            let _ = connection.write_all(response.as_bytes());
        });
        Self { server, responses }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn respond_with(&self, status: u16, body: &Value) {
        self.responses.lock().expect("not poisoned").read = json_response(status, &body.to_string());
    }

    /// From now on, requests that change something get this response.
    pub(crate) fn respond_to_writes(&self, status: u16, body: &Value) {
        self.responses.lock().expect("not poisoned").write = Some(json_response(status, &body.to_string()));
    }
}

/// A configuration with a text in each field.
pub(crate) fn config_with(text: &str, uid: &str) -> Value {
    json!({"uid": uid, "url": text, "name": text, "urlPattern": text, "description": text, text: text,
        "methods": [text], "maxThroughput": 400, "state": text, "services": {},
        "metadata": {"createdBy": text, "lastModifiedBy": text, "createdAt": text}})
}

/// The body of a response that every command accepts as a success, with a text in each field.
pub(crate) fn success_with(text: &str) -> Value {
    let config = config_with(text, "00000000-0000-4000-8000-000000000001");
    let problems = json!([{"errorCode": text, "warningCode": text, "error": text, "warning": text}]);
    json!({"results": [config], "result": config,
        "canDeploy": {"validationStatus": text, "errors": problems, "warnings": problems},
        "emulator": text, "organization": text, "auth": text, "sandboxes": [{"name": text}]})
}

/// The body of an error response with a text in each field.
pub(crate) fn error_with(text: &str) -> Value {
    json!({"error_code": text, "error": text, "error_description": text, "message": text, "title": text,
        "requestId": text, "errors": [{"errorCode": text, "error": text}]})
}
