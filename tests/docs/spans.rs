//! The fields of spans and events against `docs/errors.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use ajo_core::CallOptions;
use ajo_emulator::Emulator;
use ajo_tests::emulated;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Records the fields of this project's spans and events.
struct Fields(Arc<Mutex<BTreeMap<String, BTreeSet<&'static str>>>>);

impl Fields {
    fn record(&self, metadata: &tracing::Metadata<'static>) {
        if metadata.target().starts_with("ajo_") {
            let name = if metadata.is_span() { metadata.name() } else { "event" };
            let mut fields = self.0.lock().expect("sound");
            fields.entry(name.to_owned()).or_default().extend(metadata.fields().iter().map(|field| field.name()));
        }
    }
}

impl<S: tracing::Subscriber> Layer<S> for Fields {
    fn on_new_span(&self, span: &tracing::span::Attributes<'_>, _: &tracing::Id, _: Context<'_, S>) {
        self.record(span.metadata());
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        self.record(event.metadata());
    }
}

#[tokio::test]
async fn spans_have_these_fields_and_no_others() {
    let fields = Arc::default();
    let subscriber = tracing_subscriber::registry().with(Fields(Arc::clone(&fields)));
    let _guard = tracing::subscriber::set_default(subscriber);
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulated(&emulator, "prod").with_options(CallOptions::default().attempts(2));
    client.capping().list().await.expect("listed");
    emulator.world().add_fault("*.*=gateway:503000".parse().expect("a fault")).expect("room");
    client.capping().list().await.expect_err("refused");
    let fields = fields.lock().expect("sound");
    let of = |name: &str| fields[name].iter().copied().collect::<Vec<_>>();
    assert_eq!(of("call"), ["attempt", "duration_ms", "method", "path", "request_id", "status"]);
    assert_eq!(of("attempt"), ["attempt", "duration_ms", "status"]);
    assert_eq!(of("event"), ["after_ms", "attempt", "message", "status"]);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md")).expect("the page");
    let section = page.split("\n## ").find(|section| section.starts_with("Logs\n")).expect("the section");
    for field in ["attempt", "duration_ms", "method", "path", "request_id", "status"] {
        assert!(section.contains(&format!("`{field}`")), "{field} is not on the page");
    }
}
