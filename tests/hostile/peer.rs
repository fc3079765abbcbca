//! A raw TCP server that does what its script says, keeps every byte it receives, and stops when it is dropped.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// Bytes that the system keeps of what the peer sends. Small, so that what was written is nearly what was read.
const SEND_BUFFER: u32 = 64 * 1024;

/// What a peer does on a connection, one step after the other; at the end of its script it closes.
#[derive(Clone)]
pub(crate) enum Step {
    /// Waits for a whole request.
    Request,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes one at a time, with so long before each.
    Drip(Vec<u8>, Duration),
    /// Sends these bytes again and again, as fast as it can.
    Endless(Vec<u8>),
    /// Sends these bytes again and again, with so long before each time.
    Paced(Vec<u8>, Duration),
    /// Sends nothing more, and waits for the client to hang up.
    Hold,
    /// Breaks the connection off, with a reset in place of an end.
    Reset,
}

/// What a peer has seen.
#[derive(Default)]
struct Record {
    /// What came in, by connection; on TLS, what was decrypted.
    received: Mutex<Vec<Vec<u8>>>,
    written: AtomicU64,
    /// Connections that have ended, whoever ended them.
    ended: AtomicUsize,
}

impl Record {
    fn received(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server.
pub(crate) struct Peer {
    address: SocketAddr,
    record: Arc<Record>,
    accepting: JoinHandle<()>,
}

impl Peer {
    /// Plays the same script on every connection.
    pub(crate) fn new(script: Vec<Step>) -> Self {
        Self::start(vec![script], None)
    }

    /// Plays the first script on the first connection, and so on; the last one on all that follow.
    pub(crate) fn one_after_the_other(scripts: Vec<Vec<Step>>) -> Self {
        Self::start(scripts, None)
    }

    /// Plays the script inside TLS.
    #[cfg(target_os = "linux")]
    pub(crate) fn tls(acceptor: TlsAcceptor, script: Vec<Step>) -> Self {
        Self::start(vec![script], Some(acceptor))
    }

    /// Takes whatever comes and answers nothing: where nothing should come.
    pub(crate) fn bystander() -> Self {
        Self::new(vec![Step::Hold])
    }

    fn start(scripts: Vec<Vec<Step>>, acceptor: Option<TlsAcceptor>) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_send_buffer_size(SEND_BUFFER).expect("a buffer");
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let listener = socket.listen(64).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let record = Arc::<Record>::default();
        let accepting = tokio::spawn(accept(listener, scripts, acceptor, record.clone()));
        Self { address, record, accepting }
    }

    /// Its root, on plain http.
    pub(crate) fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its port.
    #[cfg(target_os = "linux")]
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.record.received().len()
    }

    /// All that came in, on all connections.
    pub(crate) fn received(&self) -> String {
        String::from_utf8_lossy(&self.record.received().concat()).into_owned()
    }

    /// How many requests came in.
    pub(crate) fn requests(&self) -> usize {
        self.received().matches(" HTTP/1.1\r\n").count()
    }

    /// How many bytes it could send.
    pub(crate) fn written(&self) -> u64 {
        self.record.written.load(Ordering::Relaxed)
    }

    /// Waits until no connection is left; whether that is soon.
    pub(crate) async fn is_left_alone(&self) -> bool {
        let alone = async {
            while self.record.ended.load(Ordering::Acquire) < self.connections() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), alone).await.is_ok()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The connections belong to this task and end with it.
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, scripts: Vec<Vec<Step>>, acceptor: Option<TlsAcceptor>, record: Arc<Record>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let number = {
            let mut received = record.received();
            received.push(Vec::new());
            received.len() - 1
        };
        let script = scripts.get(number).or(scripts.last()).cloned().unwrap_or_default();
        let connection = Connection { number, record: record.clone() };
        let acceptor = acceptor.clone();
        connections.spawn(async move {
            match acceptor {
                None => connection.plain(stream, script).await,
                Some(acceptor) => {
                    // A client that does not accept the certificate ends it here.
                    if let Ok(mut stream) = acceptor.accept(stream).await {
                        connection.play(&mut stream, script).await;
                    }
                }
            }
            connection.record.ended.fetch_add(1, Ordering::Release);
        });
    }
}

struct Connection {
    number: usize,
    record: Arc<Record>,
}

impl Connection {
    async fn plain(&self, mut stream: TcpStream, script: Vec<Step>) {
        if self.play(&mut stream, script).await {
            stream.set_zero_linger().expect("a reset");
        }
    }

    /// Whether the connection is to be reset.
    async fn play(&self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), script: Vec<Step>) -> bool {
        for step in script {
            let goes_on = match step {
                Step::Request => self.read(stream, true).await,
                Step::Hold => self.read(stream, false).await,
                Step::Send(bytes) => self.write(stream, &bytes).await,
                Step::Drip(bytes, every) => self.paced(stream, bytes.chunks(1), every).await,
                Step::Paced(bytes, every) => self.paced(stream, std::iter::repeat(&*bytes), every).await,
                Step::Endless(bytes) => {
                    while self.write(stream, &bytes).await {}
                    false
                }
                Step::Reset => return true,
            };
            if !goes_on {
                return false;
            }
        }
        // Closing while there is something unread would be a reset, which can overtake what was sent.
        let _ = stream.shutdown().await;
        self.read(stream, false).await;
        false
    }

    async fn write(&self, stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> bool {
        let sent = stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok();
        if sent {
            self.record.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
        sent
    }

    async fn paced<'b>(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        pieces: impl Iterator<Item = &'b [u8]>,
        every: Duration,
    ) -> bool {
        for piece in pieces {
            // Reading is how it sees soon that the client has hung up.
            let hung_up = tokio::time::timeout(every, self.read(stream, false)).await.is_ok();
            if hung_up || !self.write(stream, piece).await {
                return false;
            }
        }
        true
    }

    /// Reads one request, or all that comes until the client hangs up.
    async fn read(&self, stream: &mut (impl AsyncRead + Unpin), one: bool) -> bool {
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !(one && is_whole(&request)) {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return false,
                Ok(length) => {
                    request.extend_from_slice(&buffer[..length]);
                    self.record.received()[self.number].extend_from_slice(&buffer[..length]);
                }
            }
        }
        true
    }
}

/// Whether the head is there, and the body that it announces.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.to_ascii_lowercase().split("content-length: ").nth(1).and_then(|rest| {
        let digits = rest.split("\r\n").next()?;
        digits.parse::<usize>().ok()
    });
    body.len() >= length.unwrap_or(0)
}
