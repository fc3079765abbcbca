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

/// Writes fail, and the connection is closed.
const CLOSE: u8 = 1;
/// Writes fail, and the connection is reset.
const RESET: u8 = 2;
/// The connection is closed after pending writes.
const CLOSE_AFTER_FLUSH: u8 = 3;

/// Sent to a connection over the limit.
const TOO_MANY_CONNECTIONS_RESPONSE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-type: application/json\r\n\
    content-length: 62\r\n\r\n{\"message\":\"the emulator has too many connections at a time\"}\n";

/// Delay after a failed accept.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// Accepts a limited number of concurrent connections.
pub(crate) struct BoundedListener {
    listener: TcpListener,
    permits: Arc<Semaphore>,
    idle_timeout: Duration,
}

/// An accepted connection.
pub(crate) struct Connection {
    stream: TcpStream,
    handle: ConnectionHandle,
    idle_timeout: Duration,
    /// The time at which an idle client is disconnected.
    deadline: Instant,
    /// Fires at the deadline, or at an earlier one that was extended since.
    idle_timer: Pin<Box<Sleep>>,
    /// Whether some bytes of a request have arrived.
    has_request_started: bool,
    /// Counts against the limit until dropped.
    _permit: OwnedSemaphorePermit,
}

/// Lets the request handler control its connection.
#[derive(Clone, Default)]
pub(crate) struct ConnectionHandle(Arc<ConnectionState>);

#[derive(Default)]
struct ConnectionState {
    close_mode: AtomicU8,
    /// Whether the request is complete. The idle timeout is off while the client waits for us.
    is_responding: AtomicBool,
}

impl ConnectionHandle {
    /// Makes later writes fail, so that the server closes the connection.
    pub(crate) fn close(&self) {
        self.0.close_mode.store(CLOSE, Ordering::Relaxed);
    }

    /// Makes later writes fail; the client sees a reset.
    pub(crate) fn reset(&self) {
        self.0.close_mode.store(RESET, Ordering::Relaxed);
    }

    /// Closes the connection as soon as pending data is written.
    pub(crate) fn close_after_flush(&self) {
        self.0.close_mode.store(CLOSE_AFTER_FLUSH, Ordering::Relaxed);
    }

    /// Marks the request as complete: the idle timeout pauses until a part of the response is written.
    pub(crate) fn begin_response(&self) {
        self.0.is_responding.store(true, Ordering::Relaxed);
    }

    fn check_write(&self) -> io::Result<()> {
        let mode = self.0.close_mode.load(Ordering::Relaxed);
        if [CLOSE, RESET].contains(&mode) { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}

impl BoundedListener {
    pub(crate) fn new(listener: TcpListener, connections: usize, idle_timeout: Duration) -> Self {
        Self { listener, permits: Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS))), idle_timeout }
    }

    pub(crate) async fn accept(&self) -> Connection {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                // Probably too many open files; wait until some are closed.
                sleep(ACCEPT_RETRY_DELAY).await;
                continue;
            };
            let Ok(permit) = self.permits.clone().try_acquire_owned() else {
                // A new connection has an empty send buffer, so this does not block on a slow client.
                if stream.writable().await.is_ok() {
                    let _ = stream.try_write(TOO_MANY_CONNECTIONS_RESPONSE);
                }
                continue;
            };
            // A response is one small write; Nagle's algorithm would only delay it.
            let _ = stream.set_nodelay(true);
            let timer = Box::pin(sleep(self.idle_timeout));
            return Connection {
                stream,
                handle: ConnectionHandle::default(),
                idle_timeout: self.idle_timeout,
                deadline: timer.deadline(),
                idle_timer: timer,
                has_request_started: false,
                _permit: permit,
            };
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.handle.0.close_mode.load(Ordering::Relaxed) == RESET {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl Connection {
    pub(crate) fn handle(&self) -> ConnectionHandle {
        self.handle.clone()
    }

    /// Extends the deadline after activity. The timer is not moved, because that takes a lock.
    fn extend_deadline(&mut self) {
        if let Some(deadline) = Instant::now().checked_add(self.idle_timeout) {
            self.deadline = deadline;
        }
    }

    /// Fails once the deadline has passed.
    fn poll_idle_timeout<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        while self.idle_timer.as_mut().poll(context).is_ready() {
            if self.idle_timer.deadline() >= self.deadline {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.idle_timer.as_mut().reset(self.deadline);
        }
        Poll::Pending
    }

    /// Updates the idle timeout after a write.
    fn after_write(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let response_started = self.handle.0.is_responding.swap(false, Ordering::Relaxed);
        if response_started || written.is_ready() {
            self.has_request_started = false;
            self.extend_deadline();
        }
        if written.is_pending() { self.poll_idle_timeout(context) } else { written }
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
        if buffer.filled().len() > before && !self.has_request_started {
            self.has_request_started = true;
            self.extend_deadline();
        }
        let is_responding = self.handle.0.is_responding.load(Ordering::Relaxed);
        if read.is_pending() && !is_responding { self.poll_idle_timeout(context) } else { read }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.handle.check_write()?;
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.after_write(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // hyper flushes after it has written everything.
        if self.handle.0.close_mode.load(Ordering::Relaxed) == CLOSE_AFTER_FLUSH {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
