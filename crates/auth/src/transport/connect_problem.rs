//! Why no connection was made, from the typed causes of an error of the HTTP client.

use std::error::Error;
use std::io;

use crate::TransportProblem;

/// How hyper-util 0.1 reports that a proxy refused a tunnel. Its error type is private; a test fails when the words change.
const REFUSED_BY_PROXY: [&str; 2] = ["tunnel error: proxy authorization required", "tunnel error: unsuccessful"];

/// What stood in the way of a connection, as far as the causes of the error say: a certificate, a proxy, or anything else.
pub fn connect_problem(error: &(dyn Error + 'static)) -> TransportProblem {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref().is_some_and(is_about_certificate) {
            return TransportProblem::Certificate;
        }
        if is_refusal_of_proxy(error) {
            return TransportProblem::Proxy;
        }
        // An I/O error names the cause of what it wraps as its own, and so leaves that out.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| error.source());
    }
    TransportProblem::Connect
}

fn is_about_certificate(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::InvalidCertRevocationList(_)
    )
}

/// Whole texts only: no text that repeats a URL equals them.
fn is_refusal_of_proxy(error: &(dyn Error + 'static)) -> bool {
    REFUSED_BY_PROXY.contains(&error.to_string().as_str())
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// The error of a request to https through a proxy that responds so to `CONNECT`.
    async fn through_proxy(response: &'static str) -> reqwest::Error {
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
    async fn refusal_of_a_proxy_is_typed() {
        for response in ["HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n\r\n"] {
            let error = through_proxy(response).await;
            assert!(error.is_connect(), "{error:?}");
            assert_eq!(connect_problem(&error), TransportProblem::Proxy, "{error:?}");
        }
        let error = through_proxy("").await;
        assert_eq!(connect_problem(&error), TransportProblem::Connect, "{error:?}");
    }

    #[test]
    fn text_about_a_certificate_is_no_certificate_problem() {
        let text = io::Error::other("https://a.example/certificate tunnel error: unsuccessful");
        assert_eq!(connect_problem(&text), TransportProblem::Connect);
        let typed = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let typed = io::Error::new(io::ErrorKind::InvalidData, io::Error::other(typed));
        assert_eq!(connect_problem(&typed), TransportProblem::Certificate);
    }
}
