//! Sends the requests that create buckets.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// Sends a `PUT` without a body, and expects that something is created.
pub(crate) fn put(server: SocketAddr, target: &str, headers: &[(&str, &str)]) {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let request =
        format!("PUT {target} HTTP/1.1\r\nHost: {server}\r\nContent-Length: 0\r\nConnection: close\r\n{headers}\r\n");
    let mut connection = TcpStream::connect(server).expect("a connection");
    connection.write_all(request.as_bytes()).expect("the request is sent");
    let mut response = String::new();
    connection.read_to_string(&mut response).expect("a response");
    let status = response.split(' ').nth(1).unwrap_or_default();
    assert!(["200", "201"].contains(&status), "PUT {target}: {response}");
}
