//! Offline validation.

use ajo_core::Api;
use ajo_core::rules::Diagnostic;
use ajo_engine::json::{MAX_DEPTH, Value, parse};

use crate::json_writer::{JsonWriter, json_array};

/// Validates a definition. Returns the diagnostics as JSON.
pub(crate) fn validate(api: &str, definition: &str) -> String {
    let api = if api == Api::Capping.as_str() { Api::Capping } else { Api::Throttling };
    // The rules report that invalid JSON is not an object.
    let definition = parse(definition.as_bytes(), MAX_DEPTH).unwrap_or(Value::Null);
    json_array(api.validate(&definition).iter().map(diagnostic_json))
}

fn diagnostic_json(diagnostic: &Diagnostic) -> String {
    JsonWriter::new()
        .string("code", diagnostic.code)
        .string("severity", diagnostic.severity.as_str())
        .string("pointer", &diagnostic.pointer)
        .string("message", &diagnostic.message)
        .optional_string("service", diagnostic.service.as_deref())
        .flag("rejectsPayload", diagnostic.rejects_payload)
        .finish()
}
