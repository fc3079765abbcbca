//! Connections, timeouts, redirects, and bodies without end.

use std::time::{Duration, Instant};

use super::bucket_at;
use super::scripted_server::{Script, ScriptedServer};
use crate::bucket::{Bucket as _, BucketErrorKind, PutCondition, PutError};
use ajo_limits::BucketProvider::{Azure, Gcs, S3};

#[tokio::test]
async fn lost_response_is_unknown() {
    for provider in [S3, Gcs, Azure] {
        for script in
            [Script::Close, Script::Stall(""), Script::Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".to_owned())]
        {
            let server = ScriptedServer::start(script.clone()).await;
            let result = bucket_at(provider, &server.url).put("a", Vec::new(), PutCondition::Absent).await;
            let Err(PutError::Unknown(error)) = result else { panic!("{provider:?} {script:?}: {result:?}") };
            assert_eq!(error.kind, BucketErrorKind::Network, "{error}");
            assert_eq!(server.requests().len(), 1, "{provider:?} {script:?}: no retry");
        }
    }
}

#[tokio::test]
async fn unreachable_store_rejects_write() {
    // Keeps a port on which nothing listens.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    for provider in [S3, Gcs, Azure] {
        let result = bucket_at(provider, &url).put("a", Vec::new(), PutCondition::Absent).await;
        let Err(PutError::Rejected(error)) = result else { panic!("{provider:?}: {result:?}") };
        assert_eq!(error.kind, BucketErrorKind::Network, "{error}");
        assert!(error.message.starts_with("127.0.0.1: no connection: "), "{error}");
    }
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let other = ScriptedServer::respond(200, "ETag: \"1\"\r\n", "").await;
    for provider in [S3, Gcs, Azure] {
        for status in [301, 302, 303, 307, 308] {
            let location = format!("Location: {}/limits/team/a\r\n", other.url);
            let server = ScriptedServer::respond(status, &location, "").await;
            let bucket = bucket_at(provider, &server.url);
            let error = bucket.get("a").await.expect_err("a redirect");
            assert_eq!(error.kind, BucketErrorKind::InvalidSettings, "{error}");
            assert_eq!(error.message, format!("127.0.0.1: {status} (redirects are not followed)"));
            let put = bucket.put("a", Vec::new(), PutCondition::Absent).await;
            assert!(matches!(put, Err(PutError::Rejected(_))), "{put:?}");
        }
    }
    assert_eq!(other.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn endless_body_ends_at_limit() {
    let head = "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nx-goog-generation: 1\r\nContent-Length: 99999999999\r\n\
                Last-Modified: Mon, 30 Nov 2026 10:00:00 GMT\r\n\r\n";
    for provider in [S3, Gcs, Azure] {
        let server = ScriptedServer::start(Script::Endless(head.to_owned())).await;
        let error = bucket_at(provider, &server.url).get("a").await.expect_err("too large");
        assert_eq!(error.kind, BucketErrorKind::TooLarge, "{error}");
        let head = head.replace("200 OK", "403 Forbidden");
        let server = ScriptedServer::start(Script::Endless(head)).await;
        let error = bucket_at(provider, &server.url).get("a").await.expect_err("denied");
        assert_eq!(error.kind, BucketErrorKind::AccessDenied, "{error}");
    }
}

#[tokio::test]
async fn endless_list_ends_at_timeout() {
    let page = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>\
                </ListBucketResult>";
    let server = ScriptedServer::respond(200, "", page).await;
    let list = tokio::time::timeout(Duration::from_secs(20), bucket_at(S3, &server.url).list("")).await;
    let error = list.expect("an end").expect_err("no end");
    assert_eq!((error.kind, error.operation), (BucketErrorKind::Network, "list"), "{error}");
    assert!(server.requests().len() > 1, "{error}");
}

#[tokio::test]
async fn slow_body_ends_at_timeout() {
    let head = "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 5\r\n\r\n";
    let server = ScriptedServer::start(Script::Stall(head)).await;
    let started = Instant::now();
    let error = bucket_at(S3, &server.url).get("a").await.expect_err("no complete response");
    assert_eq!(error.kind, BucketErrorKind::Network, "{error}");
    assert!(error.message.contains("no response in time") && started.elapsed().as_secs() < 5, "{error}");
}

#[tokio::test]
async fn certificate_is_always_verified() {
    let url = untrusted_tls_server().await;
    let insecure = [
        ("AWS_ALLOW_INVALID_CERTIFICATES", "true"),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ENDPOINT_URL", &url),
        ("AWS_ACCESS_KEY_ID", "key-id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let error = super::bucket_with(S3, &insecure).get("a").await.expect_err("an untrusted certificate");
    assert_eq!(error.kind, BucketErrorKind::Network, "{error}");
    assert!(error.message.contains("certificate"), "{error}");
}

/// A TLS server that nobody trusts.
async fn untrusted_tls_server() -> String {
    use std::sync::Arc;

    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;

    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = certified.signing_key.serialize_der().try_into().expect("a key");
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![certified.cert.der().clone()], key).expect("a configuration");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let _ = acceptor.accept(connection).await;
        }
    });
    format!("https://localhost:{port}")
}
