//! Compares the fields of spans and events with `docs/errors.md`, and checks their values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use ajo_core::{CallOptions, Client, Credentials, Method};
use ajo_emulator::Emulator;
use ajo_tests::{ORG_ID, emulator_client};
use httpmock::MockServer;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// A span or an event of the project: its name, the names of its fields, and their values.
#[derive(Clone, Default)]
struct Recorded {
    /// `None` for an event.
    id: Option<Id>,
    name: String,
    names: BTreeSet<&'static str>,
    values: BTreeMap<&'static str, String>,
}

impl Recorded {
    fn new(metadata: &Metadata<'static>) -> Self {
        let name = if metadata.is_span() { metadata.name() } else { "event" };
        Self {
            name: name.to_owned(),
            names: metadata.fields().iter().map(|field| field.name()).collect(),
            ..Self::default()
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

impl Visit for Recorded {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.values.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.values.insert(field.name(), format!("{value:?}"));
    }
}

/// Records the project's spans and events, in the order in which they begin.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Recorded>>>);

impl Recorder {
    fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }

    fn take_named(&self, name: &str) -> Vec<Recorded> {
        self.take().into_iter().filter(|recorded| recorded.name == name).collect()
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("ajo_")
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Recorder {
    fn on_new_span(&self, span: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        if is_ours(span.metadata()) {
            let mut recorded = Recorded::new(span.metadata());
            recorded.id = Some(id.clone());
            span.record(&mut recorded);
            self.0.lock().expect("not poisoned").push(recorded);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut all = self.0.lock().expect("not poisoned");
        // Ids are reused after a span has ended.
        if let Some(recorded) = all.iter_mut().rev().find(|recorded| recorded.id.as_ref() == Some(id)) {
            values.record(recorded);
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if is_ours(event.metadata()) {
            let mut recorded = Recorded::new(event.metadata());
            event.record(&mut recorded);
            self.0.lock().expect("not poisoned").push(recorded);
        }
    }
}

fn subscriber(recorder: &Recorder) -> impl Subscriber + use<> {
    tracing_subscriber::registry().with(recorder.clone())
}

const CALL: [&str; 10] = [
    "ajo.attempts",
    "ajo.duration_ms",
    "ajo.operation",
    "ajo.request_id",
    "ajo.service_request_id",
    "error.type",
    "http.request.method",
    "http.response.status_code",
    "url.path",
    "url.template",
];
const ATTEMPT: [&str; 9] = [
    "ajo.duration_ms",
    "ajo.service_request_id",
    "error.type",
    "http.request.method",
    "http.request.resend_count",
    "http.response.status_code",
    "server.address",
    "server.port",
    "url.template",
];
const TOKEN_REQUEST: [&str; 7] = [
    "ajo.duration_ms",
    "error.type",
    "http.request.method",
    "http.response.status_code",
    "server.address",
    "server.port",
    "url.template",
];

#[tokio::test]
async fn span_fields_are_documented() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(subscriber(&recorder));
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod").with_options(CallOptions::default().attempts(2));
    client.capping().list().await.expect("listed");
    emulator.state().add_fault("*.*=gateway:503000".parse().expect("a fault")).expect("room");
    client.capping().list().await.expect_err("rejected");
    let mut fields: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for recorded in recorder.take() {
        fields.entry(recorded.name).or_default().extend(recorded.names);
    }
    let fields_of = |name: &str| fields[name].iter().copied().collect::<Vec<_>>();
    assert_eq!(fields_of("call"), CALL);
    assert_eq!(fields_of("attempt"), ATTEMPT);
    assert_eq!(fields_of("token request"), TOKEN_REQUEST);
    assert_eq!(fields_of("event"), ["after_ms", "attempt", "message", "status"]);
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md")).expect("docs/errors.md");
    let section = page.split("\n## ").find(|section| section.starts_with("Logs\n")).expect("the section");
    for field in CALL.iter().chain(&ATTEMPT).chain(&TOKEN_REQUEST) {
        assert!(section.contains(&format!("`{field}`")), "docs/errors.md does not list {field}");
    }
}

#[tokio::test]
async fn each_sent_request_has_a_span() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(subscriber(&recorder));
    let emulator = Emulator::start().await.expect("an emulator");
    let port = emulator.address().port().to_string();
    let client = emulator_client(&emulator, "prod");
    let uid = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7".parse().expect("a uid");
    client.capping().get(&uid).await.expect_err("unknown");
    let all = recorder.take();
    assert_eq!(all.iter().map(|recorded| &*recorded.name).collect::<Vec<_>>(), ["call", "token request", "attempt"]);
    let template = "/journey/orchestration/endpointConfigs/{uid}";
    let [call, token, attempt] = &all[..] else { unreachable!() };
    for (recorded, name, value) in [
        (call, "ajo.operation", Some("capping get")),
        (call, "http.request.method", Some("GET")),
        (call, "url.template", Some(template)),
        (call, "url.path", Some("/journey/orchestration/endpointConfigs/9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7")),
        (call, "ajo.attempts", Some("1")),
        (call, "http.response.status_code", Some("404")),
        (call, "error.type", Some("404")),
        (token, "http.request.method", Some("POST")),
        (token, "url.template", Some("/ims/token/v3")),
        (token, "server.address", Some("127.0.0.1")),
        (token, "server.port", Some(&*port)),
        (token, "http.response.status_code", Some("200")),
        (token, "error.type", None),
        (attempt, "http.request.method", Some("GET")),
        (attempt, "url.template", Some(template)),
        (attempt, "server.address", Some("127.0.0.1")),
        (attempt, "server.port", Some(&*port)),
        (attempt, "http.request.resend_count", None),
        (attempt, "http.response.status_code", Some("404")),
        (attempt, "error.type", Some("404")),
    ] {
        assert_eq!(recorded.value(name), value, "{name} of {}", recorded.name);
    }
    assert_eq!(call.value("ajo.request_id").expect("an id").len(), 36);
    for recorded in &all {
        recorded.value("ajo.duration_ms").expect("a duration").parse::<u64>().expect("a number");
    }

    // A replay after a 401 is a request of its own.
    emulator.state().revoke_tokens();
    client.capping().list().await.expect("listed");
    let attempts = recorder.take_named("attempt");
    let sent: Vec<_> = attempts
        .iter()
        .map(|attempt| {
            (
                attempt.value("http.response.status_code"),
                attempt.value("error.type"),
                attempt.value("http.request.resend_count"),
            )
        })
        .collect();
    assert_eq!(sent, [(Some("401"), Some("401"), None), (Some("200"), None, Some("1"))]);

    // No connection.
    drop(emulator);
    client.capping().list().await.expect_err("no server");
    let all = recorder.take();
    let error_types: BTreeSet<_> =
        all.iter().filter(|recorded| recorded.name != "event").map(|recorded| recorded.value("error.type")).collect();
    assert!(
        error_types.contains(&Some("connection")) || error_types.contains(&Some("disconnected")),
        "{error_types:?}"
    );
    assert!(!error_types.contains(&None));
}

#[tokio::test]
async fn spans_have_no_secrets() {
    const CANARY: &str = "canary-7f3a";
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(subscriber(&recorder));
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.path("/ims/token/v3");
            then.status(200).body(format!(r#"{{"access_token": "{CANARY}-token", "expires_in": 86399}}"#));
        })
        .await;
    for (path, status) in [("/ok", 200), ("/moved", 302), ("/broken", 500)] {
        server
            .mock_async(|when, then| {
                when.path(path);
                then.status(status)
                    .header("location", format!("https://{CANARY}:{CANARY}@evil.example/{CANARY}?{CANARY}"))
                    .header("x-request-id", format!("{CANARY}-token"))
                    .body(format!("{CANARY}-response"));
            })
            .await;
    }
    let credentials = Credentials::new("client-1", format!("{CANARY}-secret"), ORG_ID, "openid").expect("credentials");
    let builder = Client::builder().credentials(credentials).sandbox("prod");
    let client = builder.base_url(&server.base_url()).ims_url(&server.base_url()).build().expect("a client");
    for path in ["/ok", "/moved", "/broken"] {
        let request = client.request(Method::Post, &format!("{path}?first={CANARY}")).query("second", CANARY);
        let request = request.header("x-own", CANARY).json(&CANARY);
        let _ = request.response().await;
        let all = recorder.take();
        let call = all.iter().find(|recorded| recorded.name == "call").expect("a span");
        assert_eq!((call.value("url.path"), call.value("url.template")), (Some(path), None));
        assert_eq!(call.value("ajo.operation"), None);
        for recorded in &all {
            for (name, value) in &recorded.values {
                assert!(!value.contains(CANARY), "{} {name}: {value}", recorded.name);
            }
        }
    }
}
