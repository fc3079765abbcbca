//! Tests of tokens and token stores through the public API.

#[cfg(feature = "reqwest")]
mod other_api;
#[cfg(feature = "reqwest")]
mod provider;
#[cfg(feature = "reqwest")]
mod stores;

/// A socket that keeps a port on which nothing listens, so connections to it are refused.
#[cfg(feature = "reqwest")]
fn closed_port() -> (tokio::net::TcpSocket, u16) {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
    let port = socket.local_addr().expect("an address").port();
    (socket, port)
}
