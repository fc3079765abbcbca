//! Proves that no output contains a secret: runs all operations at level TRACE with recognizable secrets, and searches
//! all logs, `Debug` output, errors, and panics for them.

use std::io::{self, Read as _, Write as _};
use std::net::TcpListener;
use std::panic;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ajo_auth::{
    BaseUrl, Credentials, FileStore, MemoryStore, Runtime, Secret, Sleep, SystemRuntime, Timestamp, TokenProvider,
    TokenStore, http_client,
};
use ajo_core::{CallOptions, CappingDefinition, Client, OPERATIONS};
use ajo_emulator::{Emulator, EmulatorSettings, GatewayError, RegisteredClient};
use ajo_tests::{capping_json, run_operation};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Part of every secret, token, header value, and body of this test.
const CANARY: &str = "c4nary";

const ORG_ID: &str = "C4NARYORG@AdobeOrg";

/// The captured output of all kinds.
#[derive(Clone, Default)]
struct CapturedOutput(Arc<Mutex<Vec<u8>>>);

impl CapturedOutput {
    fn append(&self, text: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(text.as_bytes());
    }

    fn contents(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl io::Write for CapturedOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for CapturedOutput {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// A server that responds to every request with this status and the whole request, including headers, as the body.
fn echo_server(status: u16) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let Ok(mut connection) = connection else { return };
            let _ = connection.set_read_timeout(Some(Duration::from_millis(200)));
            let mut request = vec![0; 64 * 1024];
            let mut length = 0;
            // The request is complete when no more data arrives.
            while let Ok(read) = connection.read(&mut request[length..]) {
                length += read;
                if read == 0 || length == request.len() {
                    break;
                }
            }
            let body = String::from_utf8_lossy(&request[..length]).into_owned();
            let head = format!(
                "HTTP/1.1 {status} Echo\r\ncontent-length: {}\r\nx-debug-id: {CANARY}-no-secret\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(body.as_bytes()));
        }
    });
    url
}

/// Panics when a random number is needed, in the middle of a call.
struct PanickingEnv(SystemRuntime);

impl Runtime for PanickingEnv {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        self.0.sleep(duration)
    }

    fn random(&self) -> u64 {
        panic!("no random numbers")
    }
}

fn credentials(secret: &str) -> Credentials {
    Credentials::new(&format!("{CANARY}-client"), secret, ORG_ID, "openid").expect("credentials")
}

fn client(emulator: &Emulator, credentials: Credentials, store: Option<Arc<dyn TokenStore>>) -> Client {
    let builder = Client::builder()
        .credentials(credentials)
        .sandbox("prod")
        .base_url(&emulator.base_url())
        .ims_url(&emulator.ims_url());
    match store {
        Some(store) => builder.token_store(store),
        None => builder,
    }
    .build()
    .expect("a client")
}

/// The result of a call in all printable formats.
fn debug_result<T: std::fmt::Debug>(result: &Result<T, ajo_core::CallError>) -> String {
    match result {
        Ok(value) => format!("{value:?}\n"),
        Err(error) => {
            let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
            let causes: Vec<String> = causes.map(|cause| format!("{cause} {cause:?}")).collect();
            format!("{error} {error:?} {error:#?} {:?} {causes:?}\n", error.hint())
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_output_contains_a_secret() {
    let written = CapturedOutput::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(written.clone())
        .init();
    let panics = written.clone();
    panic::set_hook(Box::new(move |panic| panics.append(&format!("{panic} {panic:?}\n"))));

    let secret = format!("{CANARY}-secret");
    let settings = EmulatorSettings {
        clients: vec![RegisteredClient::new(&format!("{CANARY}-client"), &secret, ORG_ID, "openid")],
        ..EmulatorSettings::default()
    };
    let emulator = Emulator::builder().settings(settings).start().await.expect("an emulator");
    let definition: CappingDefinition = {
        let mut json = capping_json();
        json["url"] = format!("https://{CANARY}.example.org/x").into();
        serde_json::from_value(json).expect("a definition")
    };
    let options = CallOptions::default().header("x-extra", &format!("{CANARY}-header")).expect("a header").attempts(2);
    written.append(&format!("{options:?} {:?}\n", credentials(&secret)));

    // All operations and all gateway errors, with tokens stored in a file and in memory.
    let directory = tempfile::tempdir().expect("a directory");
    let stores: [Arc<dyn TokenStore>; 2] =
        [Arc::new(FileStore::new(directory.path())), Arc::new(MemoryStore::default())];
    for store in stores {
        let client = client(&emulator, credentials(&secret), Some(store)).with_options(options.clone());
        written.append(&format!("{client:?} {:?} {:?}\n", client.capping(), Client::builder()));
        let created = client.capping().create(&definition).await;
        written.append(&debug_result(&created));
        let uid = created.expect("created").uid;
        for operation in &OPERATIONS {
            written.append(&debug_result(&run_operation(&client, operation, &uid).await));
        }
        for error in GatewayError::ALL {
            emulator.state().clear_faults();
            emulator.state().add_fault(format!("*.*=gateway:{}", error.code).parse().expect("a fault")).expect("room");
            written.append(&debug_result(
                &client.with_options(CallOptions::default().attempts(1)).capping().list().await.map(drop),
            ));
        }
        emulator.state().clear_faults();
        emulator.state().revoke_tokens();
        written.append(&debug_result(&client.capping().list().await.map(drop)));
    }

    // A file with garbage instead of a token, and a wrong secret.
    for entry in std::fs::read_dir(directory.path()).expect("a directory") {
        std::fs::write(entry.expect("a file").path(), format!("{CANARY}-garbage")).expect("written");
    }
    let store: Arc<dyn TokenStore> = Arc::new(FileStore::new(directory.path()));
    written
        .append(&debug_result(&client(&emulator, credentials(&secret), Some(store)).capping().list().await.map(drop)));
    let wrong = client(&emulator, credentials(&format!("{CANARY}-wrong")), None);
    written.append(&debug_result(&wrong.capping().list().await.map(drop)));

    // Servers that echo the request.
    for status in [200, 400, 401, 500] {
        let url = echo_server(status);
        let builder = Client::builder().sandbox("prod").base_url(&url).ims_url(&url);
        let token = Secret::new(format!("{CANARY}-token"));
        let echo_client = builder.access_token(token, &format!("{CANARY}-client"), ORG_ID).build().expect("a client");
        let echo_client = echo_client.with_options(options.clone().attempts(1));
        let result = echo_client.capping().create(&definition).await;
        if let Err(error) = &result {
            let body = String::from_utf8_lossy(error.body());
            assert!(!body.contains(&format!("{CANARY}-token")), "{body}");
        }
        written.append(&debug_result(&result.map(drop)));
        let ims = BaseUrl::parse(&url).expect("an endpoint");
        let tokens = TokenProvider::new(credentials(&secret), &ims, http_client(&ims).expect("a client"));
        written.append(&format!("{:?}\n", tokens.token().await.map_err(|error| (error.to_string(), error))));
    }

    // A panic in the middle of a call.
    let panicking = Client::builder()
        .credentials(credentials(&secret))
        .sandbox("prod")
        .base_url(&emulator.base_url())
        .ims_url(&emulator.ims_url())
        .runtime(Arc::new(PanickingEnv(SystemRuntime::default())))
        .build()
        .expect("a client");
    let panicked = tokio::spawn(async move { panicking.capping().list().await.map(drop) }).await.expect_err("a panic");
    written.append(&format!("{panicked} {panicked:?}\n"));
    let _ = panic::take_hook();

    let text = written.contents();
    assert!(
        text.contains("no random numbers")
            && text.contains("call{")
            && text.contains("url.template=\"/journey/orchestration/list/endpointConfigs\""),
        "nothing was captured"
    );
    for kind in ["secret", "wrong", "token", "header", "garbage"] {
        let canary = format!("{CANARY}-{kind}");
        let line = text.lines().find(|line| line.contains(&canary));
        assert_eq!(line, None, "{canary} is written");
    }
    // Logs must also not contain bodies, header values, or tokens without a secret.
    let levels = ["TRACE", "DEBUG", " INFO", " WARN", "ERROR"];
    let logged: Vec<&str> =
        text.lines().filter(|line| levels.iter().any(|level| line.get(28..33) == Some(level))).collect();
    assert!(logged.len() > 500, "{} lines", logged.len());
    for marker in [CANARY, ORG_ID, "eyJ", "maxCallsCount", "Bearer "] {
        let line = logged.iter().find(|line| line.contains(marker));
        assert_eq!(line, None, "{marker} is logged");
    }
}
