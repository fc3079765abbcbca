//! Requests that a web page could send: foreign hosts and origins, on every path, over raw TCP.

use ajo_emulator::{AuthMode, Emulator, EmulatorSettings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const PATHS: [&str; 9] = [
    "POST /journey/orchestration/list/endpointConfigs",
    "GET /journey/orchestration/endpointConfigs/u-1",
    "POST /ims/token/v3",
    "POST /ims/token/v2",
    "GET /_emulator",
    "POST /_emulator/reset",
    "GET /",
    "GET /ui/main.js",
    "GET /nowhere",
];

async fn start_emulator(allowed_hosts: &[&str]) -> Emulator {
    let settings = EmulatorSettings {
        auth: AuthMode::Off,
        allowed_hosts: allowed_hosts.iter().map(|host| (*host).to_owned()).collect(),
        ..EmulatorSettings::default()
    };
    Emulator::builder().settings(settings).start().await.expect("an emulator")
}

/// Sends a request with these header lines; returns the status and the whole response.
async fn send(emulator: &Emulator, line: &str, headers: &[u8], body: &str) -> (u16, String) {
    let mut connection = TcpStream::connect(emulator.address()).await.expect("a connection");
    let head = format!("content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    let version = if line.contains(" HTTP/") { "" } else { " HTTP/1.1" };
    let sent = [line.as_bytes(), version.as_bytes(), b"\r\n", headers, head.as_bytes()].concat();
    connection.write_all(&sent).await.expect("sent");
    let mut received = Vec::new();
    connection.read_to_end(&mut received).await.expect("a response");
    let received = String::from_utf8_lossy(&received).into_owned();
    let status = received.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("{line}: {received}")), received)
}

#[tokio::test]
async fn foreign_host_is_rejected_everywhere() {
    let emulator = start_emulator(&[]).await;
    for line in PATHS {
        for host in ["evil.example:4010", "localhost.evil.example", "192.168.0.1:4010", "a@localhost", "0.0.0.0"] {
            let (status, received) = send(&emulator, line, format!("host: {host}\r\n").as_bytes(), "").await;
            assert_eq!(status, 403, "{line} {host}: {received}");
            assert!(received.contains("does not accept the host name"), "{received}");
        }
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:4010", "127.0.0.2", "[::1]:4010"] {
            let (status, received) = send(&emulator, line, format!("host: {host}\r\n").as_bytes(), "").await;
            assert!(!received.contains("does not accept") && status != 403, "{line} {host}: {received}");
        }
    }
    assert!(emulator.state().calls().iter().all(|call| call.status != 403), "rejected requests are not processed");
}

#[tokio::test]
async fn foreign_page_changes_nothing() {
    let emulator = start_emulator(&[]).await;
    let body = r#"{"url":"https://a.example/*","methods":["GET"],"services":{"action":{"rating":{"maxCallsCount":5,"periodInMs":1000}}}}"#;
    let line = "POST /journey/orchestration/endpointConfigs";
    for origin in ["https://evil.example", "null", "http://localhost.evil.example", ""] {
        // A page may send this without asking: `fetch(url, {mode: "no-cors", method: "POST", body})`.
        let headers = format!("host: localhost:4010\r\norigin: {origin}\r\ncontent-type: text/plain;charset=UTF-8\r\n");
        let (status, received) = send(&emulator, line, headers.as_bytes(), body).await;
        assert_eq!(status, 403, "{origin}: {received}");
        for line in PATHS {
            assert_eq!(send(&emulator, line, headers.as_bytes(), "").await.0, 403, "{line} {origin}");
        }
    }
    assert_eq!(emulator.state().default_organization().config_counts().0, 0);
    assert_eq!(emulator.state().calls().len(), 0, "not even logged");
    for origin in ["http://localhost:4010", "http://localhost:3000"] {
        let headers = format!("host: localhost:4010\r\norigin: {origin}\r\n");
        assert_eq!(send(&emulator, line, headers.as_bytes(), body).await.0, 200, "{origin}");
        let control = send(&emulator, "GET /_emulator/calls", headers.as_bytes(), "").await.0;
        assert_eq!(control == 200, origin.ends_with("4010"), "{origin}: the control API needs the same origin");
    }
}

#[tokio::test]
async fn malformed_host_or_origin_is_rejected() {
    let emulator = start_emulator(&[]).await;
    for line in PATHS {
        for headers in [
            &b""[..],
            b"host: \xff\xfe\r\n",
            b"host: localhost\r\nhost: localhost\r\n",
            b"host: localhost\r\nHost: evil.example\r\n",
            b"host: localhost\r\norigin: http://localhost\r\norigin: http://localhost\r\n",
            b"host: localhost\r\norigin: http://localhost\r\nOrigin: http://evil.example\r\n",
            b"host: localhost\r\norigin: http://\xffocalhost\r\n",
        ] {
            let (status, received) = send(&emulator, line, headers, "").await;
            assert_eq!(status, 400, "{line} {}: {received}", String::from_utf8_lossy(headers));
        }
    }
    assert_eq!(emulator.state().calls().len(), 0);
    // HTTP/1.0 has no Host, and an absolute target overrides it.
    assert_eq!(send(&emulator, "GET /_emulator HTTP/1.0", b"", "").await.0, 200);
    assert_eq!(send(&emulator, "GET http://evil.example/_emulator", b"host: localhost\r\n", "").await.0, 403);
    assert_eq!(send(&emulator, "GET http://localhost/_emulator", b"host: localhost\r\n", "").await.0, 200);
}

#[tokio::test]
async fn allowed_host_passes() {
    let emulator = start_emulator(&["emulator.test", "ajo"]).await;
    for line in PATHS {
        for (host, origin) in [
            ("emulator.test", "https://emulator.test"),
            ("Emulator.Test:8080", "http://Emulator.Test:8080"),
            ("ajo:4010", "http://emulator.test"),
        ] {
            let headers = format!("host: {host}\r\norigin: {origin}\r\n");
            let (status, received) = send(&emulator, line, headers.as_bytes(), "").await;
            assert!(status != 403 && !received.contains("does not accept"), "{line} {host}: {received}");
        }
        let headers = b"host: a.emulator.test\r\n";
        assert_eq!(send(&emulator, line, headers, "").await.0, 403, "{line}");
    }
}

#[tokio::test]
async fn only_loopback_servers_check_services() {
    let emulator = Emulator::builder()
        .settings(EmulatorSettings { auth: AuthMode::Off, ..EmulatorSettings::default() })
        .host([0, 0, 0, 0].into())
        .start()
        .await
        .expect("an emulator");
    let headers = b"host: ajo-emulator:4010\r\n";
    assert_eq!(send(&emulator, "POST /journey/orchestration/list/endpointConfigs", headers, "{}").await.0, 200);
    assert_eq!(send(&emulator, "GET /_emulator", headers, "").await.0, 403);
    assert_eq!(send(&emulator, "GET /_emulator", b"host: 192.168.0.1:4010\r\n", "").await.0, 200);
}
