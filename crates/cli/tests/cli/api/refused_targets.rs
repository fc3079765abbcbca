//! No request, and no request for a token, goes to another host.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::stub::{Stub, response};
use crate::fake_server::FakeServer;
use crate::support::CommandOutput;

/// Counts connections, as a proxy or as another host.
struct Recorder {
    server: FakeServer,
    connections: Arc<AtomicUsize>,
}

impl Recorder {
    fn start() -> Self {
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = connections.clone();
        let server = FakeServer::start(move |_, _| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        Self { server, connections }
    }

    fn count(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Sends everything to this recorder that a proxy may see.
    fn set_proxy(&self, command: &mut Command) {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"] {
            command.env(name, self.server.url());
        }
    }
}

#[test]
fn other_hosts_get_nothing() {
    let stub = Stub::with_json(200, "{}");
    let recorder = Recorder::start();
    let port = recorder.server.port();
    let mut targets: Vec<String> = [
        "https://evil.runtime.adobe.io/x",
        "https://runtime.adobe.io/x",
        "https://adobe.io/x",
        "https://platform.adobe.io.evil.example/x",
        "https://xplatform.adobe.io/x",
        "https://ims-na1.adobelogin.com/x",
        "//evil.example/x",
        "///evil.example/x",
        "/\\evil.example/x",
        "\\\\evil.example\\x",
        "https:/\\evil.example/x",
        "https://user@platform.adobe.io/x",
        "https://user:p4ssw0rd@platform.adobe.io/x",
        "https://platform.adobe.io@evil.example/x",
        "https://platform.adobe.io:p4ssw0rd@evil.example/x",
        "https://platform.adobe.io:443/x",
        "https://platform.adobe.io:8443/x",
        "https://platform.adobe.io:/x",
        "http://platform.adobe.io/x",
        "ftp://platform.adobe.io/x",
        "HTTPS://platform.adobe.io/x",
        "https://PLATFORM.adobe.io/x",
        "https://Cjm.Adobe.io/imp/",
        "https://platform.adobe.io./x",
        "https://platform.adobe.io%2eevil.example/x",
        "https://platform.adobe.io\\@evil.example/x",
        "https://platform.adobe.io\\.evil.example/x",
        "https://platform.adobe.io#@evil.example/x\\",
        "https://pl\u{430}tform.adobe.io/x",
        "https://platform\u{3002}adobe\u{3002}io/x",
        "https://platform.adobe.\u{ff49}\u{ff4f}/x",
        "https://plat\u{ad}form.adobe.io/x",
        "https://platform.adobe.io\u{200b}/x",
        "https://xn--pltform-5fg.adobe.io/x",
        "platform.adobe.io/x",
        "ajo/journey",
        "../ajo/journey",
        "",
        " /ajo/journey",
        "/ajo/../../x",
        "/ajo/%2e%2e/x",
        "/ajo/.%2E/x",
        "/ajo/./x",
        "/ajo/journey\nx",
        "/ajo/journey\tx",
        "/ajo/\u{1b}[2J",
        "/ajo\\..\\x",
        "https://platform.adobe.io/ajo/../x",
    ]
    .map(str::to_owned)
    .into();
    targets.extend([
        format!("http://127.0.0.1:{port}/x"),
        format!("http://localhost:{port}/x"),
        format!("https://127.0.0.1:{port}/x"),
        format!("//127.0.0.1:{port}/x"),
        format!("{}@127.0.0.1:{port}/x", stub.url()),
        format!("{}.evil.example:{port}/x", stub.url()),
    ]);
    for target in &targets {
        for method in ["GET", "POST"] {
            let mut command = stub.command(&["api", method, target]);
            recorder.set_proxy(&mut command);
            let output = CommandOutput::from(command.output().expect("ajo runs"));
            assert_eq!((output.exit_code, output.stdout.as_str()), (Some(64), ""), "{target:?}: {}", output.stderr);
            assert!(output.stderr.starts_with("error: "), "{target:?}: {}", output.stderr);
            assert!(!output.stderr.contains("p4ssw0rd") && !output.stderr.contains('\u{1b}'), "{}", output.stderr);
            assert_eq!((stub.lines(), stub.token_request_count(), recorder.count()), (Vec::new(), 0, 0), "{target:?}");
        }
    }
}

/// The same setup does reach the proxy with an allowed host, so that the test above can fail.
#[test]
fn allowed_host_uses_the_proxy() {
    for target in ["https://cjm.adobe.io/imp/", "https://platform.adobe.io/ajo/journey"] {
        let stub = Stub::with_json(200, "{}");
        let recorder = Recorder::start();
        let mut command = stub.command(&["api", "POST", target]);
        command.env("AJO_ACCESS_TOKEN", "an-access-token-of-the-test");
        recorder.set_proxy(&mut command);
        let output = CommandOutput::from(command.output().expect("ajo runs"));
        assert_eq!(output.exit_code, Some(1), "{}", output.stderr);
        assert!(recorder.count() > 0, "{target}: {}", output.stderr);
    }
}

#[test]
fn redirect_is_an_error() {
    for status in [301, 302, 303, 307, 308] {
        for method in ["GET", "POST"] {
            let recorder = Recorder::start();
            let location = format!("location: {}/x\r\n", recorder.server.url());
            let stub = Stub::start(move |_| response(status, &location, ""));
            let output = stub.run(&[method, "/ajo/journey"]);
            assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""), "{}", output.stderr);
            assert!(output.stderr.contains("redirect"), "{}", output.stderr);
            assert_eq!((stub.calls().len(), recorder.count()), (1, 0), "{status} {method}");
        }
    }
}

#[test]
fn only_the_option_allows_hosts() {
    let stub = Stub::with_json(200, "{}");
    let other = Stub::with_json(200, r#"{"other":true}"#);
    let target = format!("{}/x", other.url());
    let host = other.url().replace("http://", "");
    for variables in [&[][..], &[("AJO_ALLOW_HOST", host.as_str()), ("AJO_ALLOWED_HOSTS", host.as_str())]] {
        let mut command = stub.command(&["api", "GET", &target]);
        let output = CommandOutput::from(command.envs(variables.iter().copied()).output().expect("ajo runs"));
        assert_eq!(output.exit_code, Some(64), "{}", output.stderr);
    }
    assert_eq!((stub.token_request_count(), other.calls().len()), (0, 0));
    let output = stub.run(&["GET", &target, "--allow-host", "api.example", "--allow-host", &host]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), "{\"other\":true}\n"), "{}", output.stderr);
    assert_eq!(other.calls()[0].header("authorization"), Some("Bearer access-token-1"));
    for wrong in ["*", "*.adobe.io", "https://api.example", "API.example", "api.example/x", "u@api.example", ""] {
        let output = stub.run(&["GET", "/x", "--allow-host", wrong]);
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(64), ""), "{wrong}: {}", output.stderr);
    }
    assert_eq!(stub.calls().len(), 0);
}

#[test]
fn hint_allows_other_host() {
    let stub = Stub::with_json(200, "{}");
    let output = stub.run(&["GET", "https://api.example.org/x?y"]);
    let hint = "hint: to send it the access token, pass --allow-host api.example.org\n";
    assert!(output.exit_code == Some(64) && output.stderr.ends_with(hint), "{}", output.stderr);
    for target in ["https://user@api.example.org/x", "ftp://api.example.org/x", "https://platform.adobe.io/\\x"] {
        let output = stub.run(&["GET", target]);
        assert!(output.exit_code == Some(64) && !output.stderr.contains("--allow-host"), "{}", output.stderr);
    }
}
