//! Classifies connection errors of the HTTP client by their typed causes.

use std::error::Error;
use std::io;

use crate::TransportErrorKind;

/// The messages of hyper-util 0.1 for a tunnel that a proxy refused. Its error type is private, so a test checks the
/// text.
const PROXY_REJECTIONS: [&str; 2] = ["tunnel error: proxy authorization required", "tunnel error: unsuccessful"];

/// Classifies a connection error as a rejected certificate, a proxy that refused the connection, or any other cause.
pub fn classify_connect_error(error: &(dyn Error + 'static)) -> TransportErrorKind {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref().is_some_and(is_certificate_error) {
            return TransportErrorKind::Certificate;
        }
        if is_proxy_rejection(error) {
            return TransportErrorKind::Proxy;
        }
        // The `source` of an I/O error skips the wrapped error, so it is read with `get_ref`.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| error.source());
    }
    TransportErrorKind::Connect
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
fn is_proxy_rejection(error: &(dyn Error + 'static)) -> bool {
    PROXY_REJECTIONS.contains(&error.to_string().as_str())
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
        for response in ["HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n\r\n"] {
            let error = proxy_error(response).await;
            assert!(error.is_connect(), "{error:?}");
            assert_eq!(classify_connect_error(&error), TransportErrorKind::Proxy, "{error:?}");
        }
        let error = proxy_error("").await;
        assert_eq!(classify_connect_error(&error), TransportErrorKind::Connect, "{error:?}");
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
