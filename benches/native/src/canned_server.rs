//! A minimal HTTP/1.1 server that returns prepared bytes for each request.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// The issued token: a made-up JWT with the length of real ones (observed), because the cost of a copy depends on it. It expires in a
/// hundred years, because Adobe's library reads the expiry from it.
pub const ACCESS_TOKEN: &str = include_str!("token.txt");

/// A configuration like the vendor's sample.
const CONFIG_JSON: &str = r#"{"_id":"7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10","uid":"7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10","orgId":"A1B2C3@AdobeOrg","sandboxId":"1f0a","sandboxName":"prod","url":"https://api.example.org/data/2.5/*","methods":["GET","POST"],"services":{"action":{"maxHttpConnections":50,"rating":{"maxCallsCount":500,"periodInMs":1000}},"dataSource":{"maxHttpConnections":50,"rating":{"maxCallsCount":500,"periodInMs":1000}}},"state":"created","hasBeenDeployed":false,"authoringFormatVersion":"1.0","metadata":{"createdBy":"someone@AdobeID","createdById":"1@AdobeID","createdAt":"2024-03-05T10:26:34.123456Z","lastModifiedBy":"someone@AdobeID","lastModifiedById":"1@AdobeID","lastModifiedAt":"2024-03-05T10:26:34.123456Z"}}"#;

/// A server that runs until the program exits.
#[derive(Clone, Debug)]
pub struct CannedServer {
    pub address: SocketAddr,
    /// Number of token requests so far.
    pub token_requests: Arc<AtomicUsize>,
}

/// The prepared responses.
struct CannedResponses {
    token: Vec<u8>,
    get: Vec<u8>,
    list: Vec<u8>,
    /// Delay of a token response. Without it, the first of many callers would finish before the last one starts.
    token_delay: Duration,
    token_requests: Arc<AtomicUsize>,
}

impl CannedServer {
    /// Starts a server whose list has `configs` configurations.
    ///
    /// # Panics
    ///
    /// If it cannot listen on the loopback address.
    pub fn start(configs: usize, token_delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on the loopback address");
        let address = listener.local_addr().expect("an address");
        let token = format!(r#"{{"access_token":"{}","token_type":"bearer","expires_in":86399}}"#, ACCESS_TOKEN.trim());
        let tokens = Arc::<AtomicUsize>::default();
        let responses = Arc::new(CannedResponses {
            token: json_response(&token),
            get: json_response(&format!(r#"{{"result":{CONFIG_JSON}}}"#)),
            list: json_response(&list_json(configs)),
            token_delay,
            token_requests: tokens.clone(),
        });
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let responses = responses.clone();
                thread::spawn(move || responses.serve_connection(connection));
            }
        });
        Self { address, token_requests: tokens }
    }
}

/// The JSON of a list of `configs` configurations.
pub fn list_json(configs: usize) -> String {
    format!(r#"{{"results":[{}]}}"#, vec![CONFIG_JSON; configs].join(","))
}

/// A complete HTTP response with this JSON.
fn json_response(json: &str) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: kXqhyV3uLgmWoRzvVY0oMtiRKaUTmWxq";
    format!("{head}\r\ncontent-length: {}\r\n\r\n{json}", json.len()).into_bytes()
}

impl CannedResponses {
    /// Serves one connection until it closes. Errors are ignored, because the client notices them.
    fn serve_connection(&self, mut connection: TcpStream) -> Option<()> {
        connection.set_nodelay(true).ok()?;
        let mut read = Vec::with_capacity(16 * 1024);
        let mut part = [0; 16 * 1024];
        loop {
            let end = loop {
                if let Some(end) = request_length(&read) {
                    break end;
                }
                match connection.read(&mut part).ok()? {
                    0 => return None,
                    length => read.extend_from_slice(&part[..length]),
                }
            };
            let response = if read.starts_with(b"GET ") {
                &self.get
            } else if read.starts_with(b"POST /ims/") {
                self.token_requests.fetch_add(1, Ordering::Relaxed);
                thread::sleep(self.token_delay);
                &self.token
            } else {
                &self.list
            };
            connection.write_all(response).ok()?;
            read.drain(..end);
        }
    }
}

/// The length of the first request, once it is complete.
fn request_length(read: &[u8]) -> Option<usize> {
    let head = read.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&read[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let end = head + length.unwrap_or(0);
    (read.len() >= end).then_some(end)
}
