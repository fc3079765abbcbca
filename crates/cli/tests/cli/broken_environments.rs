//! `ajo doctor` in environments that are broken outside the service: proxies, certificates, pages, and directories.

use std::io::Write as _;
use std::net::ToSocketAddrs as _;
#[cfg(unix)]
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use httpmock::MockServer;
use serde_json::json;

use crate::doctor::{DoctorOutput, start_emulator};
use crate::fake_server::FakeServer;
#[cfg(unix)]
use crate::pipe::make_pipe;
#[cfg(unix)]
use crate::support::wait_or_kill;
use crate::support::{ClosedPort, CommandOutput, ajo_command, print_skipped};

/// A host that only a proxy could reach.
const UNREACHABLE_URL: &str = "https://ims.invalid";
const PASSWORD: &str = "proxy-canary";

/// A proxy that refuses each `CONNECT` request with this status line.
struct RefusingProxy {
    server: FakeServer,
    connects: Arc<AtomicUsize>,
}

impl RefusingProxy {
    fn start(status: &'static str) -> Self {
        let connects = Arc::<AtomicUsize>::default();
        let counter = connects.clone();
        let server = FakeServer::start(move |request, mut connection| {
            // The counts of other requests are wrong, so their tests fail.
            let request = request.to_lowercase();
            if request.starts_with("connect ims.invalid:443 ") && request.contains("proxy-authorization: basic ") {
                counter.fetch_add(1, Ordering::SeqCst);
            }
            let page = "<html>proxy</html>";
            let _ = write!(connection, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
        });
        Self { server, connects }
    }

    fn port(&self) -> u16 {
        self.server.port()
    }

    fn url(&self) -> String {
        format!("http://user:{PASSWORD}@127.0.0.1:{}", self.port())
    }

    fn connects(&self) -> usize {
        self.connects.load(Ordering::SeqCst)
    }
}

/// Runs `ajo` with a credential for [`UNREACHABLE_URL`] and this proxy.
fn run_through_proxy(arguments: &[&str], proxy: &str) -> CommandOutput {
    let mut command = ajo_command(arguments);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        command.env_remove(name);
    }
    command.envs([
        ("AJO_CLIENT_ID", "client-1"),
        ("AJO_CLIENT_SECRET", "secret-1"),
        ("AJO_ORG_ID", "AAAA@AdobeOrg"),
        ("AJO_SCOPES", "openid"),
        ("AJO_SANDBOX", "prod"),
        ("AJO_IMS_URL", UNREACHABLE_URL),
        ("HTTPS_PROXY", proxy),
    ]);
    command.output().expect("ajo runs").into()
}

#[tokio::test(flavor = "multi_thread")]
async fn refusing_proxy_is_named() {
    let emulator = start_emulator().await;
    for (status, cause) in [
        ("403 Forbidden", "; the proxy responded 403 to CONNECT"),
        ("404 Not Found", "; the proxy responded 404 to CONNECT"),
        ("502 Bad Gateway", "; the proxy responded 502 to CONNECT"),
        ("302 Found", "; the proxy responded 302 to CONNECT"),
    ] {
        let proxy = RefusingProxy::start(status);
        let changes = [("AJO_IMS_URL", UNREACHABLE_URL), ("HTTPS_PROXY", &proxy.url())];
        let output = DoctorOutput::run(&emulator, &changes).await;
        let address = format!("through the proxy 127.0.0.1:{} (HTTPS_PROXY)", proxy.port());
        output.assert_network_failure("proxy", &[cause, &address, "ask its administrators"]);
        assert_eq!(output.checks_with_status("ok"), ["credentials"], "{status}");
        assert_eq!(proxy.connects(), 2, "one by the HTTP client, one to learn the status");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_407_is_final() {
    let emulator = start_emulator().await;
    let proxy = RefusingProxy::start("407 Proxy Authentication Required");
    let changes = [("AJO_IMS_URL", UNREACHABLE_URL), ("HTTPS_PROXY", &proxy.url())];
    let output = DoctorOutput::run(&emulator, &changes).await;
    let address = format!("127.0.0.1:{} (HTTPS_PROXY)", proxy.port());
    output.assert_network_failure("proxy", &[&address, "the proxy rejected its credentials"]);
    assert_eq!(proxy.connects(), 1);
    for arguments in [["capping", "list"], ["auth", "status"], ["auth", "token"]] {
        let proxy = RefusingProxy::start("407 Proxy Authentication Required");
        let output = run_through_proxy(&arguments, &proxy.url());
        assert_eq!(output.exit_code, Some(3), "{}", output.stderr);
        assert!(output.stderr.contains("hint: the proxy rejected its credentials"), "{}", output.stderr);
        assert!(output.stderr.contains("(HTTPS_PROXY)") && !output.stderr.contains(PASSWORD), "{}", output.stderr);
        assert_eq!(proxy.connects(), 1, "{arguments:?}");
    }
}

/// The proxy of the gateway can be another problem than that of the token endpoint.
#[tokio::test(flavor = "multi_thread")]
async fn proxy_before_gateway_is_named() {
    let emulator = start_emulator().await;
    for (status, cause, connects) in [
        ("407 Proxy Authentication Required", "the proxy rejected its credentials", 1),
        // Three attempts, and one request to learn the status.
        ("403 Forbidden", "; the proxy responded 403 to CONNECT", 4),
    ] {
        let proxy = RefusingProxy::start(status);
        let changes = [("AJO_BASE_URL", UNREACHABLE_URL), ("HTTPS_PROXY", &proxy.url())];
        let output = DoctorOutput::run(&emulator, &changes).await;
        assert_eq!((output.checks_with_status("failed"), output.exit_code), (vec!["proxy"], Some(1)));
        let message = output.detail_and_hint("proxy");
        assert!(message.contains(cause) && message.contains("(HTTPS_PROXY)"), "{message}");
        assert!(!format!("{:?}", output.checks).contains(PASSWORD), "{message}");
        assert_eq!(output.checks_with_status("ok"), ["credentials", "token_endpoint", "token", "clock"]);
        assert_eq!(proxy.connects(), connects, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_route_fails_its_check() {
    let emulator = start_emulator().await;
    let closed = ClosedPort::new();
    // A resolver fails without a query, because a label has at most 63 characters.
    let unknown = format!("{}.example:1", "x".repeat(64));
    let (unknown_url, unknown_name) = (format!("http://{unknown}"), format!("{unknown} (HTTPS_PROXY)"));
    let (down, quoted) =
        (format!("http://u:{PASSWORD}@{}", closed.address()), format!("\"http://u:{PASSWORD}@p:8080\""));
    let spaced = format!("http://u:{PASSWORD}@p:8080 ");
    let missing = concat!(env!("CARGO_TARGET_TMPDIR"), "/no-certificates.pem");
    let cases: [(&str, &str, &str, &[&str]); 7] = [
        ("HTTPS_PROXY", &down, "proxy", &["through the proxy 127.0.0.1:", "the proxy cannot be reached"]),
        ("HTTPS_PROXY", &unknown_url, "proxy", &[&unknown_name, "cannot be reached"]),
        ("HTTPS_PROXY", &quoted, "proxy", &["HTTPS_PROXY is not the URL of a proxy: it has quotes", "without quotes"]),
        ("https_proxy", &spaced, "proxy", &["https_proxy is not the URL of a proxy: it has white space"]),
        ("ALL_PROXY", "socks5://p:1080", "proxy", &["ALL_PROXY is not", "only http and https proxies are supported"]),
        (
            "SSL_CERT_FILE",
            missing,
            "certificates",
            &["the file in SSL_CERT_FILE", "install the package ca-certificates"],
        ),
        ("SSL_CERT_DIR", missing, "certificates", &["the directory in SSL_CERT_DIR", "set SSL_CERT_FILE"]),
    ];
    for (variable, value, check, causes) in cases {
        let output = DoctorOutput::run(&emulator, &[("AJO_IMS_URL", UNREACHABLE_URL), (variable, value)]).await;
        output.assert_network_failure(check, causes);
        assert_eq!(output.checks_with_status("ok"), ["credentials"], "{variable}");
    }
}

/// Reading a device or a pipe may never end.
#[cfg(unix)]
#[test]
fn special_ca_file_is_an_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let pipe = directory.path().join("ca.pem");
    make_pipe(&pipe);
    let mut command = ajo_command(&["auth", "token"]);
    command.envs([
        ("AJO_CLIENT_ID", "client-1"),
        ("AJO_CLIENT_SECRET", "secret-1"),
        ("AJO_ORG_ID", "AAAA@AdobeOrg"),
        ("AJO_SCOPES", "openid"),
        ("AJO_IMS_URL", UNREACHABLE_URL),
    ]);
    let child = command.env("SSL_CERT_FILE", &pipe).stderr(Stdio::piped()).spawn().expect("ajo runs");
    let output = wait_or_kill(child, "a pipe");
    assert_eq!(output.exit_code, Some(3), "{}", output.stderr);
    assert!(output.stderr.contains("no CA certificates were found in the file in SSL_CERT_FILE"), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_host_is_reported() {
    // RFC 6761 reserves `.invalid`, but some networks resolve every name.
    if ("ims.invalid", 443).to_socket_addrs().is_ok() {
        return print_skipped("this network resolves ims.invalid");
    }
    let proxy = RefusingProxy::start("502 Bad Gateway");
    for changes in [&[][..], &[("HTTPS_PROXY", proxy.url().as_str()), ("NO_PROXY", "*")]] {
        let changes = [&[("AJO_IMS_URL", UNREACHABLE_URL)], changes].concat();
        let output = DoctorOutput::run(&start_emulator().await, &changes).await;
        output.assert_network_failure("token_endpoint", &["the host name cannot be resolved", "set HTTPS_PROXY"]);
        assert_eq!(output.checks_with_status("ok"), ["credentials"]);
    }
    assert_eq!(proxy.connects(), 0, "NO_PROXY exempts the host");
}

impl DoctorOutput {
    fn assert_network_failure(&self, check: &str, causes: &[&str]) {
        self.assert_fails(check, 3, causes);
        let all = format!("{:?}", self.checks);
        assert!(!all.contains(PASSWORD), "{all}");
    }
}

/// A server that sends this response to every request.
async fn start_server(status: u16, content_type: &str, body: &str) -> MockServer {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(status).header("content-type", content_type).header("location", "/login").body(body);
        })
        .await;
    server
}

const HTML: &str = "<html>a page</html>";
const JSON: &str = r#"{"message":"no Route matched with those values"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn gateway_page_proves_nothing() {
    let cases = [
        (302, "text/html", ""),
        (403, "text/html", HTML),
        (403, "text/plain", ""),
        (404, "text/html", HTML),
        (404, "application/json", JSON),
        (404, "application/json", r#"{"status":404,"error":"Not Found","path":"/"}"#),
        (407, "text/html", HTML),
        (502, "text/html", HTML),
        (200, "text/html", HTML),
    ];
    let runs = cases.map(|(status, content_type, body)| async move {
        let emulator = start_emulator().await;
        let server = start_server(status, content_type, body).await;
        let output = DoctorOutput::run(&emulator, &[("AJO_BASE_URL", &server.base_url())]).await;
        output.assert_fails(
            "api_key",
            1,
            &["something in between responded", "no proxy is in use", &status.to_string()],
        );
        assert_eq!(output.checks_with_status("ok"), ["credentials", "token_endpoint", "token", "clock"], "{status}");
    });
    join_all(runs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn token_page_is_not_a_rejection() {
    let cases = [
        (200, "text/html", HTML),
        (302, "text/html", ""),
        (401, "text/html", HTML),
        (403, "text/html", HTML),
        (404, "text/html", HTML),
        (403, "application/json", r#"{"error":"Forbidden"}"#),
        (404, "application/json", JSON),
        (404, "application/json", r#"{"status":404,"error":"Not Found","path":"/"}"#),
        (502, "text/html", HTML),
        (503, "text/plain", ""),
    ];
    let runs = cases.map(|(status, content_type, body)| async move {
        let emulator = start_emulator().await;
        let server = start_server(status, content_type, body).await;
        let output = DoctorOutput::run(&emulator, &[("AJO_IMS_URL", &server.base_url())]).await;
        output.assert_fails("token_endpoint", 3, &["something in between responded", "no proxy is in use"]);
        assert!(!output.detail_and_hint("token_endpoint").contains("client secret"), "{status}");
        assert_eq!(output.checks_with_status("ok"), ["credentials"], "{status}");
    });
    join_all(runs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_reported() {
    let emulator = start_emulator().await;
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(429).header("retry-after", "30");
        })
        .await;
    let mut command = ajo_command(&["auth", "status"]);
    command.envs(emulator.environment()).env("AJO_IMS_URL", server.base_url()).env("AJO_TOKEN_CACHE", "off");
    let output: CommandOutput = command.output().expect("ajo runs").into();
    assert!(output.stderr.contains("responded 429; retry after 30 s"), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_token_cache_is_a_warning() {
    let emulator = start_emulator().await;
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("file"), "").expect("written");
    let below_file = directory.path().join("file").join("tokens").display().to_string();
    let usable = directory.path().join("usable").display().to_string();
    let output = DoctorOutput::run(&emulator, &[("AJO_TOKEN_CACHE", &below_file)]).await;
    assert_eq!((output.checks_with_status("warning"), output.exit_code), (vec!["token_cache"], Some(0)));
    let message = output.detail_and_hint("token_cache");
    assert!(message.contains("it is not writable") && message.contains("set AJO_TOKEN_CACHE"), "{message}");
    let output = DoctorOutput::run(&emulator, &[("AJO_TOKEN_CACHE", &usable)]).await;
    assert!(output.checks_with_status("ok").contains(&"token_cache"), "{:?}", output.checks);
    assert_eq!(std::fs::read_dir(&usable).expect("created").count(), 0, "the test file is deleted");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        // The token files in it are private, so reading the directory is harmless.
        std::fs::set_permissions(&usable, std::fs::Permissions::from_mode(0o755)).expect("changed");
        let output = DoctorOutput::run(&emulator, &[("AJO_TOKEN_CACHE", &usable)]).await;
        assert!(output.checks_with_status("ok").contains(&"token_cache"), "{:?}", output.checks);
        std::fs::set_permissions(&usable, std::fs::Permissions::from_mode(0o777)).expect("changed");
        let output = DoctorOutput::run(&emulator, &[("AJO_TOKEN_CACHE", &usable)]).await;
        let message = output.detail_and_hint("token_cache");
        assert!(message.contains("other users can write to it (its mode is 777)"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn static_token_claims_are_checked() {
    // The payloads of unsigned JWTs, in base64.
    let token = |claims: serde_json::Value| {
        use base64::Engine as _;
        let payload = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
        format!("e30.{payload}.c2ln")
    };
    let emulator = start_emulator().await;
    let expired = json!({"created_at": "1000", "expires_in": "86400000", "client_id": "emulator-client"});
    let of_other_client = json!({"client_id": "another-client"});
    let of_other_org = json!({"client_id": "emulator-client", "org": "BBBB@AdobeOrg"});
    for (claims, cause) in [
        (expired, "the access token in AJO_ACCESS_TOKEN expired at 1970-01-02T00:00:01Z"),
        (of_other_client, "the token in AJO_ACCESS_TOKEN was issued for another client id"),
        (of_other_org, "the token in AJO_ACCESS_TOKEN was issued for another organization"),
    ] {
        let output = DoctorOutput::run(&emulator, &[("AJO_ACCESS_TOKEN", &token(claims))]).await;
        assert_eq!((output.checks_with_status("failed"), output.exit_code), (vec!["token"], Some(3)));
        assert!(output.detail_and_hint("token").contains(cause), "{:?}", output.checks);
        assert_eq!(output.checks_with_status("ok"), ["credentials"]);
    }
    let mut command = ajo_command(&["auth", "token"]);
    command.envs(emulator.environment());
    let issued: CommandOutput = command.output().expect("ajo runs").into();
    let output = DoctorOutput::run(&emulator, &[("AJO_ACCESS_TOKEN", issued.stdout.trim())]).await;
    assert_eq!((output.checks_with_status("failed"), output.exit_code), (vec![], Some(0)), "{:?}", output.checks);
    let message = output.detail_and_hint("token");
    assert!(message.contains("from AJO_ACCESS_TOKEN; expiry 20") && message.contains("scopes openid,"), "{message}");
    assert!(output.checks_with_status("ok").contains(&"token"), "the gateway accepted it");
}
