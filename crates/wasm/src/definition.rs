//! Definitions: encoding, validation, and the definition in a configuration.

use alloc::string::String;

use ajo_engine::json::{MAX_DEPTH, Value, parse};
use ajo_engine::rules::Diagnostic;
use ajo_engine::spec::Api;
use ajo_engine::{config_definition, encode_payload};

use crate::json_writer::{JsonWriter, json_array};
use crate::operation::CallOperation;

/// Encodes the definition of an operation, which is an index of the operation table. The error is a message.
pub(crate) fn encode(operation: u32, definition: &str, org_id: &str) -> Result<String, String> {
    let operation = CallOperation::find(operation).ok_or("there is no such operation")?;
    encode_payload(operation.api, operation.verb, definition, org_id)
}

/// The definition in a configuration, as JSON. The error is a message.
pub(crate) fn extract_definition(api: &str, config: &str) -> Result<String, String> {
    config_definition(parse_api(api), config)
}

/// Validates a definition. Returns the diagnostics as JSON.
pub(crate) fn validate(api: &str, definition: &str) -> String {
    // The rules report that invalid JSON is not an object.
    let definition = parse(definition.as_bytes(), MAX_DEPTH).unwrap_or(Value::Null);
    let api = parse_api(api);
    let mut found = api.validate(&definition);
    for unknown in api.find_unknown_fields(&definition) {
        // A rule covers the names of services.
        if found.iter().all(|other| other.pointer != unknown.pointer) {
            found.push(unknown);
        }
    }
    json_array(found.iter().map(diagnostic_json))
}

fn parse_api(name: &str) -> Api {
    if name == Api::Capping.as_str() { Api::Capping } else { Api::Throttling }
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
