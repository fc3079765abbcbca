//! A stub of the gateway and the token endpoint, which records all requests.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::fake_server::{FakeServer, json_response};
use crate::support::{CommandOutput, ajo_command};

/// A request that a stub received.
#[derive(Clone, Debug)]
pub(crate) struct StubRequest {
    /// The method and the target, as in `GET /ajo/journey?page=1`.
    pub(crate) line: String,
    head: String,
    pub(crate) body: String,
}

impl StubRequest {
    /// Reads the rest of a request that began with `start`.
    fn read(start: &str, connection: &mut TcpStream) -> Self {
        let (head, body) = start.split_once("\r\n\r\n").unwrap_or((start, ""));
        let (head, mut body) = (head.to_owned(), body.as_bytes().to_owned());
        let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
        let mut request = Self { line, head, body: String::new() };
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while body.len() < length {
            let mut part = [0; 4096];
            match connection.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(count) => body.extend_from_slice(&part[..count]),
            }
        }
        request.body = String::from_utf8_lossy(&body).into_owned();
        request
    }

    /// The value of a header. `name` is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// A stub of the gateway and the token endpoint. The tokens are `access-token-1`, `access-token-2`, and so on.
pub(crate) struct Stub {
    server: FakeServer,
    requests: Arc<Mutex<Vec<StubRequest>>>,
}

impl Stub {
    /// Responds to each call with these bytes.
    pub(crate) fn start(respond: impl Fn(&StubRequest) -> String + Send + Sync + 'static) -> Self {
        let requests = Arc::new(Mutex::new(Vec::<StubRequest>::new()));
        let recorded = requests.clone();
        let server = FakeServer::start(move |start, mut connection| {
            let request = StubRequest::read(start, &mut connection);
            let is_token = request.line == "POST /ims/token/v3";
            let tokens = {
                let mut recorded = recorded.lock().expect("not poisoned");
                recorded.push(request.clone());
                recorded.iter().filter(|request| request.line == "POST /ims/token/v3").count()
            };
            let response = if is_token {
                let token = format!("access-token-{tokens}");
                json_response(200, &format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":86399}}"#))
            } else {
                respond(&request)
            };
            let _ = connection.write_all(response.as_bytes());
        });
        Self { server, requests }
    }

    /// Responds to all calls with a status and JSON.
    pub(crate) fn with_json(status: u16, body: &'static str) -> Self {
        Self::start(move |_| json_response(status, body))
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// `ajo` with this stub as service and token endpoint.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = ajo_command(arguments);
        command.env("AJO_BASE_URL", format!("{}/journey/orchestration", self.url())).env("AJO_IMS_URL", self.url());
        command.env("AJO_CLIENT_ID", "a-client-id").env("AJO_CLIENT_SECRET", "a-s3cr3t-of-the-stub");
        command.env("AJO_ORG_ID", "0123456789ABCDEF01234567@AdobeOrg").env("AJO_SCOPES", "openid");
        command.env("AJO_SANDBOX", "dev-1");
        command
    }

    /// Runs `ajo api` with these arguments.
    pub(crate) fn run(&self, arguments: &[&str]) -> CommandOutput {
        let arguments: Vec<&str> = ["api"].into_iter().chain(arguments.iter().copied()).collect();
        self.command(&arguments).output().expect("ajo runs").into()
    }

    /// All requests but those for tokens.
    pub(crate) fn calls(&self) -> Vec<StubRequest> {
        let requests = self.requests.lock().expect("not poisoned");
        requests.iter().filter(|request| request.line != "POST /ims/token/v3").cloned().collect()
    }

    /// The methods and targets of all requests but those for tokens.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.calls().into_iter().map(|call| call.line).collect()
    }

    pub(crate) fn token_request_count(&self) -> usize {
        let calls = self.calls().len();
        self.requests.lock().expect("not poisoned").len() - calls
    }
}

/// A response with a status, headers, and a body.
pub(crate) fn response(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}")
}
