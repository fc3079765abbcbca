//! A minimal HTTP/1.1 server: it reads a whole request and returns bytes that were prepared at the start.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// The token that it issues: a made-up JWT of about a kilobyte, as long as those of the token endpoint (observed), because copies
/// cost by length. It expires in a hundred years: Adobe's library reads the expiry from it.
pub const GOOD_TOKEN: &str = include_str!("token.txt");

/// A configuration like the vendor's sample.
const CONFIG: &str = r#"{"_id":"7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10","uid":"7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10","orgId":"A1B2C3@AdobeOrg","sandboxId":"1f0a","sandboxName":"prod","url":"https://api.example.org/data/2.5/*","methods":["GET","POST"],"services":{"action":{"maxHttpConnections":50,"rating":{"maxCallsCount":500,"periodInMs":1000}},"dataSource":{"maxHttpConnections":50,"rating":{"maxCallsCount":500,"periodInMs":1000}}},"state":"created","hasBeenDeployed":false,"authoringFormatVersion":"1.0","metadata":{"createdBy":"someone@AdobeID","createdById":"1@AdobeID","createdAt":"2024-03-05T10:26:34.123456Z","lastModifiedBy":"someone@AdobeID","lastModifiedById":"1@AdobeID","lastModifiedAt":"2024-03-05T10:26:34.123456Z"}}"#;

/// The server. It runs until the program exits.
#[derive(Clone, Debug)]
pub struct Canned {
    /// Its listening address.
    pub address: SocketAddr,
    /// The number of token requests so far.
    pub tokens: Arc<AtomicUsize>,
}

/// The prepared responses.
struct Responses {
    token: Vec<u8>,
    get: Vec<u8>,
    list: Vec<u8>,
    /// Delay of a token response. Without it, the first of many callers would be done before the last one starts.
    token_delay: Duration,
    tokens: Arc<AtomicUsize>,
}

impl Canned {
    /// Starts one whose list has `configs` configurations.
    ///
    /// # Panics
    ///
    /// If it cannot listen on the loopback address.
    pub fn start(configs: usize, token_delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on the loopback address");
        let address = listener.local_addr().expect("an address");
        let token = format!(r#"{{"access_token":"{}","token_type":"bearer","expires_in":86399}}"#, GOOD_TOKEN.trim());
        let tokens = Arc::<AtomicUsize>::default();
        let responses = Arc::new(Responses {
            token: response_with(&token),
            get: response_with(&format!(r#"{{"result":{CONFIG}}}"#)),
            list: response_with(&list(configs)),
            token_delay,
            tokens: tokens.clone(),
        });
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let responses = responses.clone();
                thread::spawn(move || responses.serve(connection));
            }
        });
        Self { address, tokens }
    }
}

/// The JSON of a list of `configs` configurations.
pub fn list(configs: usize) -> String {
    format!(r#"{{"results":[{}]}}"#, vec![CONFIG; configs].join(","))
}

/// A complete response with this JSON.
fn response_with(json: &str) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: kXqhyV3uLgmWoRzvVY0oMtiRKaUTmWxq";
    format!("{head}\r\ncontent-length: {}\r\n\r\n{json}", json.len()).into_bytes()
}

impl Responses {
    /// Serves one connection until it ends. Errors do not matter here: the client notices them.
    fn serve(&self, mut connection: TcpStream) -> Option<()> {
        connection.set_nodelay(true).ok()?;
        let mut read = Vec::with_capacity(16 * 1024);
        let mut part = [0; 16 * 1024];
        loop {
            let end = loop {
                if let Some(end) = end_of_request(&read) {
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
                self.tokens.fetch_add(1, Ordering::Relaxed);
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

/// The length of the first request, once all of it has arrived.
fn end_of_request(read: &[u8]) -> Option<usize> {
    let head = read.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&read[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let end = head + length.unwrap_or(0);
    (read.len() >= end).then_some(end)
}
