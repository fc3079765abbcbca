//! An HTTP/1.1 server that does next to nothing: it reads a request to its end and answers bytes that were made before.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// The token that it grants. It is made up, has the form and the length that the token host's have (a JWT of about a kilobyte,
/// observed), which is what copies of it cost, and says that it is good for a hundred years: Adobe's library reads that in it.
pub const GOOD_TOKEN: &str = include_str!("token.txt");

/// A configuration in the form of the vendor's sample.
const CONFIG: &str = r#"{"_id":"7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10","uid":"7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10","orgId":"A1B2C3@AdobeOrg","sandboxId":"1f0a","sandboxName":"prod","url":"https://api.example.org/data/2.5/*","methods":["GET","POST"],"services":{"action":{"maxHttpConnections":50,"rating":{"maxCallsCount":500,"periodInMs":1000}},"dataSource":{"maxHttpConnections":50,"rating":{"maxCallsCount":500,"periodInMs":1000}}},"state":"created","hasBeenDeployed":false,"authoringFormatVersion":"1.0","metadata":{"createdBy":"someone@AdobeID","createdById":"1@AdobeID","createdAt":"2024-03-05T10:26:34.123456Z","lastModifiedBy":"someone@AdobeID","lastModifiedById":"1@AdobeID","lastModifiedAt":"2024-03-05T10:26:34.123456Z"}}"#;

/// The server. It runs until the program ends.
#[derive(Clone, Debug)]
pub struct Canned {
    /// Where it listens.
    pub address: SocketAddr,
    /// How many tokens it was asked for.
    pub tokens: Arc<AtomicUsize>,
}

/// What it answers.
struct Answers {
    token: Vec<u8>,
    get: Vec<u8>,
    list: Vec<u8>,
    /// How long a token takes. Zero would let the first of many be done before the last has begun.
    token_takes: Duration,
    tokens: Arc<AtomicUsize>,
}

impl Canned {
    /// Starts one whose list has so many configurations.
    ///
    /// # Panics
    ///
    /// It cannot listen on the loopback address.
    pub fn start(configs: usize, token_takes: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on the loopback address");
        let address = listener.local_addr().expect("an address");
        let token = format!(r#"{{"access_token":"{}","token_type":"bearer","expires_in":86399}}"#, GOOD_TOKEN.trim());
        let tokens = Arc::<AtomicUsize>::default();
        let answers = Arc::new(Answers {
            token: whole(&token),
            get: whole(&format!(r#"{{"result":{CONFIG}}}"#)),
            list: whole(&list(configs)),
            token_takes,
            tokens: tokens.clone(),
        });
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let answers = answers.clone();
                thread::spawn(move || answers.serve(connection));
            }
        });
        Self { address, tokens }
    }
}

/// A list of so many configurations.
pub fn list(configs: usize) -> String {
    format!(r#"{{"results":[{}]}}"#, vec![CONFIG; configs].join(","))
}

/// An answer with this JSON, down to its last byte.
fn whole(json: &str) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: kXqhyV3uLgmWoRzvVY0oMtiRKaUTmWxq";
    format!("{head}\r\ncontent-length: {}\r\n\r\n{json}", json.len()).into_bytes()
}

impl Answers {
    /// Answers one connection's requests until it ends. Nothing that goes wrong here matters: the other side notices.
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
            let answer = if read.starts_with(b"GET ") {
                &self.get
            } else if read.starts_with(b"POST /ims/") {
                self.tokens.fetch_add(1, Ordering::Relaxed);
                thread::sleep(self.token_takes);
                &self.token
            } else {
                &self.list
            };
            connection.write_all(answer).ok()?;
            read.drain(..end);
        }
    }
}

/// How long the first request is, if all of it is there.
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
