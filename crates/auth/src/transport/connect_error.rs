//! Classifies connection errors of the HTTP client by their typed causes.

use std::error::Error;
use std::io;

use crate::TransportErrorKind;

/// The messages of hyper-util 0.1 for a name that cannot be resolved and for a failed tunnel through a proxy. Its error types
/// are private, so a test checks the text.
const MESSAGES: [(&str, TransportErrorKind); 7] = [
    ("tunnel error: proxy authorization required", TransportErrorKind::ProxyAuthentication),
    ("tunnel error: unsuccessful", TransportErrorKind::Proxy),
    ("tunnel error: failed to create underlying connection", TransportErrorKind::ProxyUnreachable),
    ("tunnel error: io error establishing tunnel", TransportErrorKind::ProxyUnreachable),
    ("tunnel error: proxy response headers too long", TransportErrorKind::ProxyUnreachable),
    ("tunnel error: unexpected end of file", TransportErrorKind::ProxyUnreachable),
    ("dns error", TransportErrorKind::NameResolution),
];

/// Classifies a connection error by its causes. A rejected certificate counts first, also that of a proxy.
pub fn classify_connect_error(error: &(dyn Error + 'static)) -> TransportErrorKind {
    if causes(error).any(|cause| cause.downcast_ref().is_some_and(is_certificate_error)) {
        return TransportErrorKind::Certificate;
    }
    causes(error).find_map(kind_of_message).unwrap_or(TransportErrorKind::Connect)
}

/// The error and its causes.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // The `source` of an I/O error skips the wrapped error, so it is read with `get_ref`.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

fn is_certificate_error(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::InvalidCertRevocationList(_)
    )
}

/// Compares whole messages, because a URL in a longer message could contain the same text.
fn kind_of_message(error: &(dyn Error + 'static)) -> Option<TransportErrorKind> {
    let message = error.to_string();
    MESSAGES.iter().find(|(text, _)| *text == message).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// The error of an https request through a proxy that sends this response to `CONNECT`.
    async fn proxy_error(response: &'static str) -> reqwest::Error {
        let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = proxy.local_addr().expect("an address");
        std::thread::spawn(move || {
            let (mut connection, _) = proxy.accept().expect("a connection");
            let _ = connection.read(&mut [0; 1024]);
            connection.write_all(response.as_bytes()).expect("a response");
        });
        let proxy = reqwest::Proxy::all(format!("http://{address}")).expect("a proxy");
        let client = reqwest::Client::builder().proxy(proxy).tls_certs_only([]).build().expect("a client");
        client.get("https://certificate.example/").send().await.expect_err("no tunnel")
    }

    #[tokio::test]
    async fn proxy_rejection_is_classified() {
        for (response, kind) in [
            ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", TransportErrorKind::ProxyAuthentication),
            ("HTTP/1.1 403 Forbidden\r\n\r\n", TransportErrorKind::Proxy),
            ("HTTP/1.1 502 Bad Gateway\r\n\r\n", TransportErrorKind::Proxy),
            ("", TransportErrorKind::ProxyUnreachable),
        ] {
            let error = proxy_error(response).await;
            assert!(error.is_connect(), "{error:?}");
            assert_eq!(classify_connect_error(&error), kind, "{error:?}");
        }
    }

    #[tokio::test]
    async fn unreachable_hosts_are_classified() {
        // Keeps a port on which nothing listens.
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
        let closed = socket.local_addr().expect("an address");
        // A resolver fails without a query, because a label has at most 63 characters.
        let unknown = format!("http://{}.example", "x".repeat(64));
        for (proxy, url, kind) in [
            (Some(format!("http://{closed}")), "https://a.example/", TransportErrorKind::ProxyUnreachable),
            (Some(unknown.clone()), "https://a.example/", TransportErrorKind::ProxyUnreachable),
            (None, &unknown, TransportErrorKind::NameResolution),
            (None, &format!("https://{closed}/certificate"), TransportErrorKind::Connect),
        ] {
            let builder = reqwest::Client::builder().tls_certs_only([]).no_proxy();
            let builder = match proxy {
                Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy).expect("a proxy")),
                None => builder,
            };
            let error = builder.build().expect("a client").get(url).send().await.expect_err(url);
            assert!(error.is_connect(), "{error:?}");
            assert_eq!(classify_connect_error(&error), kind, "{error:?}");
        }
    }

    #[test]
    fn message_text_is_not_classified() {
        let text = io::Error::other("https://a.example/certificate tunnel error: unsuccessful");
        assert_eq!(classify_connect_error(&text), TransportErrorKind::Connect);
        let typed = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let typed = io::Error::new(io::ErrorKind::InvalidData, io::Error::other(typed));
        assert_eq!(classify_connect_error(&typed), TransportErrorKind::Certificate);
    }
}
