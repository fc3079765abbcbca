//! The offline rules.

use ajo_core::Api;
use ajo_core::rules::Finding;
use ajo_engine::json::{MAX_DEPTH, Value, parse};

use crate::json_writer::{Object, list};

/// What the rules find in a definition.
pub(crate) fn validate(api: &str, definition: &str) -> String {
    let api = if api == Api::Capping.as_str() { Api::Capping } else { Api::Throttling };
    // What is no JSON is no object either, and the rules say so.
    let definition = parse(definition.as_bytes(), MAX_DEPTH).unwrap_or(Value::Null);
    list(api.validate(&definition).iter().map(finding))
}

fn finding(finding: &Finding) -> String {
    Object::new()
        .text("code", finding.code)
        .text("severity", finding.severity.as_str())
        .text("pointer", &finding.pointer)
        .text("message", &finding.message)
        .text_if_any("service", finding.service.as_deref())
        .flag("refusesPayload", finding.refuses_payload)
        .end()
}
