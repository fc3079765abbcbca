//! Compares the fields of spans and events with `docs/errors.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use ajo_core::CallOptions;
use ajo_emulator::Emulator;
use ajo_tests::emulator_client;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Records the fields of the project's spans and events.
struct FieldRecorder(Arc<Mutex<BTreeMap<String, BTreeSet<&'static str>>>>);

impl FieldRecorder {
    fn record(&self, metadata: &tracing::Metadata<'static>) {
        if metadata.target().starts_with("ajo_") {
            let name = if metadata.is_span() { metadata.name() } else { "event" };
            let mut fields = self.0.lock().expect("not poisoned");
            fields.entry(name.to_owned()).or_default().extend(metadata.fields().iter().map(|field| field.name()));
        }
    }
}

impl<S: tracing::Subscriber> Layer<S> for FieldRecorder {
    fn on_new_span(&self, span: &tracing::span::Attributes<'_>, _: &tracing::Id, _: Context<'_, S>) {
        self.record(span.metadata());
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        self.record(event.metadata());
    }
}

#[tokio::test]
async fn span_fields_are_documented() {
    let fields = Arc::default();
    let subscriber = tracing_subscriber::registry().with(FieldRecorder(Arc::clone(&fields)));
    let _guard = tracing::subscriber::set_default(subscriber);
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod").with_options(CallOptions::default().attempts(2));
    client.capping().list().await.expect("listed");
    emulator.state().add_fault("*.*=gateway:503000".parse().expect("a fault")).expect("room");
    client.capping().list().await.expect_err("rejected");
    let fields = fields.lock().expect("not poisoned");
    let fields_of = |name: &str| fields[name].iter().copied().collect::<Vec<_>>();
    assert_eq!(fields_of("call"), ["attempt", "duration_ms", "method", "path", "request_id", "status"]);
    assert_eq!(fields_of("attempt"), ["attempt", "duration_ms", "status"]);
    assert_eq!(fields_of("event"), ["after_ms", "attempt", "message", "status"]);
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md")).expect("docs/errors.md");
    let section = page.split("\n## ").find(|section| section.starts_with("Logs\n")).expect("the section");
    for field in ["attempt", "duration_ms", "method", "path", "request_id", "status"] {
        assert!(section.contains(&format!("`{field}`")), "docs/errors.md does not list {field}");
    }
}
