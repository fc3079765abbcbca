//! A raw TCP server that plays a script, records every received byte, and stops when it is dropped.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// The size of the peer's send buffer. It is small, so that the bytes written are close to the bytes read by the client.
const SEND_BUFFER: u32 = 64 * 1024;

/// A step of a peer's script. The peer closes the connection after the last step.
#[derive(Clone)]
pub(crate) enum PeerStep {
    /// Waits for a complete request.
    ReadRequest,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes one at a time, with a delay before each.
    Drip(Vec<u8>, Duration),
    /// Sends these bytes repeatedly, as fast as possible.
    Endless(Vec<u8>),
    /// Sends these bytes repeatedly, with a delay before each.
    Paced(Vec<u8>, Duration),
    /// Sends nothing and waits until the client closes the connection.
    HoldOpen,
    /// Resets the connection.
    Reset,
}

/// The observations of a peer.
#[derive(Default)]
struct PeerRecord {
    /// The received bytes of each connection, after TLS decryption.
    received: Mutex<Vec<Vec<u8>>>,
    written: AtomicU64,
    /// The number of connections that either side has closed.
    closed: AtomicUsize,
}

impl PeerRecord {
    fn received(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct ScriptedPeer {
    address: SocketAddr,
    record: Arc<PeerRecord>,
    accepting: JoinHandle<()>,
}

impl ScriptedPeer {
    /// Plays the same script on every connection.
    pub(crate) fn new(script: Vec<PeerStep>) -> Self {
        Self::start(vec![script], None)
    }

    /// Plays one script per connection. The last script repeats.
    pub(crate) fn per_connection(scripts: Vec<Vec<PeerStep>>) -> Self {
        Self::start(scripts, None)
    }

    /// Plays the script inside TLS.
    #[cfg(target_os = "linux")]
    pub(crate) fn tls(acceptor: TlsAcceptor, script: Vec<PeerStep>) -> Self {
        Self::start(vec![script], Some(acceptor))
    }

    /// Accepts connections and sends nothing. Used where no request should arrive.
    pub(crate) fn silent() -> Self {
        Self::new(vec![PeerStep::HoldOpen])
    }

    fn start(scripts: Vec<Vec<PeerStep>>, acceptor: Option<TlsAcceptor>) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_send_buffer_size(SEND_BUFFER).expect("a buffer");
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let listener = socket.listen(64).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let record = Arc::<PeerRecord>::default();
        let accepting = tokio::spawn(accept(listener, scripts, acceptor, record.clone()));
        Self { address, record, accepting }
    }

    /// The root URL, on plain http.
    pub(crate) fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The number of connections.
    pub(crate) fn connections(&self) -> usize {
        self.record.received().len()
    }

    /// The received bytes of all connections.
    pub(crate) fn received(&self) -> String {
        String::from_utf8_lossy(&self.record.received().concat()).into_owned()
    }

    /// The number of requests received.
    pub(crate) fn requests(&self) -> usize {
        self.received().matches(" HTTP/1.1\r\n").count()
    }

    /// The number of bytes written.
    pub(crate) fn written(&self) -> u64 {
        self.record.written.load(Ordering::Relaxed)
    }

    /// Waits until all connections are closed. Returns false after five seconds.
    pub(crate) async fn all_connections_closed(&self) -> bool {
        let closed = async {
            while self.record.closed.load(Ordering::Acquire) < self.connections() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), closed).await.is_ok()
    }
}

impl Drop for ScriptedPeer {
    fn drop(&mut self) {
        // Aborting this task closes its connections.
        self.accepting.abort();
    }
}

async fn accept(
    listener: TcpListener,
    scripts: Vec<Vec<PeerStep>>,
    acceptor: Option<TlsAcceptor>,
    record: Arc<PeerRecord>,
) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let number = {
            let mut received = record.received();
            received.push(Vec::new());
            received.len() - 1
        };
        let script = scripts.get(number).or(scripts.last()).cloned().unwrap_or_default();
        let connection = PeerConnection { number, record: record.clone() };
        let acceptor = acceptor.clone();
        connections.spawn(async move {
            match acceptor {
                None => connection.serve_plain(stream, script).await,
                Some(acceptor) => {
                    // Fails if the client rejects the certificate.
                    if let Ok(mut stream) = acceptor.accept(stream).await {
                        connection.run_script(&mut stream, script).await;
                    }
                }
            }
            connection.record.closed.fetch_add(1, Ordering::Release);
        });
    }
}

struct PeerConnection {
    number: usize,
    record: Arc<PeerRecord>,
}

impl PeerConnection {
    async fn serve_plain(&self, mut stream: TcpStream, script: Vec<PeerStep>) {
        if self.run_script(&mut stream, script).await {
            stream.set_zero_linger().expect("a reset");
        }
    }

    /// Plays the script. Returns whether to reset the connection.
    async fn run_script(&self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), script: Vec<PeerStep>) -> bool {
        for step in script {
            let is_open = match step {
                PeerStep::ReadRequest => self.read_input(stream, true).await,
                PeerStep::HoldOpen => self.read_input(stream, false).await,
                PeerStep::Send(bytes) => self.write(stream, &bytes).await,
                PeerStep::Drip(bytes, delay) => self.write_paced(stream, bytes.chunks(1), delay).await,
                PeerStep::Paced(bytes, delay) => self.write_paced(stream, std::iter::repeat(&*bytes), delay).await,
                PeerStep::Endless(bytes) => {
                    while self.write(stream, &bytes).await {}
                    false
                }
                PeerStep::Reset => return true,
            };
            if !is_open {
                return false;
            }
        }
        // Closing with unread input would send a reset, which can overtake the response.
        let _ = stream.shutdown().await;
        self.read_input(stream, false).await;
        false
    }

    async fn write(&self, stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> bool {
        let sent = stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok();
        if sent {
            self.record.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
        sent
    }

    async fn write_paced<'b>(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        pieces: impl Iterator<Item = &'b [u8]>,
        delay: Duration,
    ) -> bool {
        for piece in pieces {
            // Reading detects early that the client closed the connection.
            let is_closed = tokio::time::timeout(delay, self.read_input(stream, false)).await.is_ok();
            if is_closed || !self.write(stream, piece).await {
                return false;
            }
        }
        true
    }

    /// Reads one request, or everything until the client closes the connection.
    async fn read_input(&self, stream: &mut (impl AsyncRead + Unpin), one_request: bool) -> bool {
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !(one_request && is_complete_request(&request)) {
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

/// Whether the head and the announced body are complete.
fn is_complete_request(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.to_ascii_lowercase().split("content-length: ").nth(1).and_then(|rest| {
        let digits = rest.split("\r\n").next()?;
        digits.parse::<usize>().ok()
    });
    body.len() >= length.unwrap_or(0)
}
