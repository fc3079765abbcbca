//! Connections with a limit, an idle timeout and fault injection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

/// Nothing more is written, and the connection is closed.
const CLOSE: u8 = 1;
/// The same, with a reset.
const RESET: u8 = 2;
/// What has been handed over is written, and then the connection is closed.
const CLOSE_AFTER_FLUSH: u8 = 3;

/// What a connection is told that is one too many.
const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-type: application/json\r\n\
    content-length: 62\r\n\r\n{\"message\":\"the emulator has too many connections at a time\"}\n";

/// How long after a connection could not be accepted the next is.
const RETRY: Duration = Duration::from_millis(100);

/// Accepts connections, up to so many at a time.
pub(crate) struct BoundedListener {
    listener: TcpListener,
    free: Arc<Semaphore>,
    patience: Duration,
}

/// A connection.
pub(crate) struct Connection {
    stream: TcpStream,
    handle: ConnectionHandle,
    patience: Duration,
    /// When the client is not waited for any longer.
    deadline: Instant,
    /// Wakes the connection at a deadline, or at an earlier one that has been put off since.
    alarm: Pin<Box<Sleep>>,
    /// Whether some of a request has come.
    begun: bool,
    /// Its place among the connections, free again when it is dropped.
    _place: OwnedSemaphorePermit,
}

/// What the answering of a request says to the connection that it came by.
#[derive(Clone, Default)]
pub(crate) struct ConnectionHandle(Arc<ConnectionState>);

#[derive(Default)]
struct ConnectionState {
    cut: AtomicU8,
    /// Whether the request has come as a whole, so that the client waits and is not waited for.
    answering: AtomicBool,
}

impl ConnectionHandle {
    /// What would be written from now on is an error to the server, which then closes the connection.
    pub(crate) fn close(&self) {
        self.0.cut.store(CLOSE, Ordering::Relaxed);
    }

    /// The same, and the client sees a reset.
    pub(crate) fn reset(&self) {
        self.0.cut.store(RESET, Ordering::Relaxed);
    }

    /// The connection is closed as soon as the server has written all that it was given.
    pub(crate) fn close_after_flush(&self) {
        self.0.cut.store(CLOSE_AFTER_FLUSH, Ordering::Relaxed);
    }

    /// The request has come as a whole: until something of the answer is written, the client is not waited for.
    pub(crate) fn answering(&self) {
        self.0.answering.store(true, Ordering::Relaxed);
    }

    fn check_write(&self) -> io::Result<()> {
        let cut = self.0.cut.load(Ordering::Relaxed);
        if [CLOSE, RESET].contains(&cut) { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}

impl BoundedListener {
    pub(crate) fn new(listener: TcpListener, connections: usize, patience: Duration) -> Self {
        Self { listener, free: Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS))), patience }
    }

    pub(crate) async fn accept(&self) -> Connection {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                // Perhaps too many files are open: until some are closed, there is nothing to do.
                sleep(RETRY).await;
                continue;
            };
            let Ok(place) = self.free.clone().try_acquire_owned() else {
                // The buffer of a new connection has room for it; whoever does not take it is not waited for.
                if stream.writable().await.is_ok() {
                    let _ = stream.try_write(TOO_MANY);
                }
                continue;
            };
            // An answer is one small write: waiting for more would only delay it.
            let _ = stream.set_nodelay(true);
            let alarm = Box::pin(sleep(self.patience));
            return Connection {
                stream,
                handle: ConnectionHandle::default(),
                patience: self.patience,
                deadline: alarm.deadline(),
                alarm,
                begun: false,
                _place: place,
            };
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.handle.0.cut.load(Ordering::Relaxed) == RESET {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl Connection {
    pub(crate) fn handle(&self) -> ConnectionHandle {
        self.handle.clone()
    }

    /// The client did something: it has as long again for the next. The alarm stays, because moving it takes a lock.
    fn wait_anew(&mut self) {
        if let Some(deadline) = Instant::now().checked_add(self.patience) {
            self.deadline = deadline;
        }
    }

    /// An error once the client has had its time.
    fn wait_for_client<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        while self.alarm.as_mut().poll(context).is_ready() {
            if self.alarm.deadline() >= self.deadline {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.alarm.as_mut().reset(self.deadline);
        }
        Poll::Pending
    }

    /// Some of an answer was written, or the client does not take it.
    fn written(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let answer_begins = self.handle.0.answering.swap(false, Ordering::Relaxed);
        if answer_begins || written.is_ready() {
            self.begun = false;
            self.wait_anew();
        }
        if written.is_pending() { self.wait_for_client(context) } else { written }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before && !self.begun {
            self.begun = true;
            self.wait_anew();
        }
        let answering = self.handle.0.answering.load(Ordering::Relaxed);
        if read.is_pending() && !answering { self.wait_for_client(context) } else { read }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.handle.check_write()?;
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The server flushes when all that it was given is written.
        if self.handle.0.cut.load(Ordering::Relaxed) == CLOSE_AFTER_FLUSH {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
