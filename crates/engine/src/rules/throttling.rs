//! Rules for throttling definitions.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::callers::{Caller, check_address, check_throughput};
use super::diagnostic::Diagnostic;
use super::hidden_characters;
use super::methods::check_methods;
use super::url_pattern_syntax::{UrlPatternError, parse_url_pattern};
use crate::json::{JsonKind, JsonObject, JsonValue};

/// Valid values of `maxThroughput`, in calls per second (documented, code 101).
const THROUGHPUT_RANGE: core::ops::RangeInclusive<i64> = 200..=5000;
/// Throttling applies to custom actions only (documented).
const CALLERS: [Caller; 1] = [Caller::CustomAction];

/// Validates a throttling definition: all findings of the service, plus this project's own notes.
pub fn validate_throttling(definition: &impl JsonValue) -> Vec<Diagnostic> {
    let Some(definition) = definition.as_object() else {
        let finding = Diagnostic::error("ERR_THROTTLING_CONFIG_106", "", "the payload must be a JSON object");
        return vec![finding.rejecting()];
    };
    validate_throttling_fields(definition)
}

/// Like [`validate_throttling`], for the fields of a definition.
pub fn validate_throttling_fields(definition: &(impl JsonObject + ?Sized)) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let field = |name| definition.get(name).filter(|value| !value.is_null());
    match field("urlPattern").map(JsonValue::as_str) {
        None | Some(Some("")) => findings.push(missing_field("urlPattern").rejecting()),
        Some(None) => findings.push(wrong_type("urlPattern", "a string")),
        Some(Some(pattern)) => match parse_url_pattern(pattern) {
            Ok(pattern) => check_address(&pattern, "/urlPattern", &CALLERS, &mut findings),
            Err(UrlPatternError::Malformed(reason)) => {
                let message = format!("the url pattern is malformed: {reason}");
                findings.push(Diagnostic::error("ERR_THROTTLING_CONFIG_104", "/urlPattern", message));
            }
            Err(UrlPatternError::WildcardInHost) => {
                let message = "the host of the url pattern contains a wildcard; wildcards are only allowed in the path";
                findings.push(Diagnostic::error("ERR_THROTTLING_CONFIG_105", "/urlPattern", message));
            }
        },
    }
    match field("methods").map(JsonValue::items) {
        None => findings.push(missing_field("methods").rejecting()),
        Some(Some([])) => findings.push(missing_field("methods")),
        Some(Some(methods)) if methods.iter().all(|method| method.as_str().is_some()) => {
            check_methods(methods, &CALLERS, &mut findings);
        }
        Some(_) => findings.push(wrong_type("methods", "a list of strings")),
    }
    let throughput = field("maxThroughput").map(JsonValue::as_i64);
    if let Some(throughput) = throughput.flatten().filter(|count| THROUGHPUT_RANGE.contains(count)) {
        findings.extend(check_throughput(throughput));
    } else {
        let message =
            format!("maxThroughput must be an integer from {} to {}", THROUGHPUT_RANGE.start(), THROUGHPUT_RANGE.end());
        let finding = Diagnostic::error("ERR_THROTTLING_CONFIG_101", "/maxThroughput", message);
        // Inferred: a definition with a number out of range is stored and cannot be deployed; any other value is not
        // stored.
        let is_number = throughput.flatten().is_some();
        findings.push(if is_number { finding } else { finding.rejecting() });
    }
    for field in ["name", "description"] {
        if definition.get(field).is_some_and(|value| !matches!(value.kind(), JsonKind::String | JsonKind::Null)) {
            findings.push(wrong_type(field, "a string"));
        }
    }
    hidden_characters::check_fields(definition, "", &mut findings);
    findings
}

fn missing_field(field: &str) -> Diagnostic {
    Diagnostic::error(
        "ERR_THROTTLING_CONFIG_100",
        format!("/{field}"),
        format!("the mandatory attribute {field} is missing"),
    )
}

fn wrong_type(field: &str, expected: &str) -> Diagnostic {
    Diagnostic::error("ERR_THROTTLING_CONFIG_106", format!("/{field}"), format!("{field} must be {expected}"))
        .rejecting()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn valid() -> Value {
        json!({"name": "partner-api", "urlPattern": "https://partner.example.com/*", "methods": ["POST"], "maxThroughput": 400})
    }

    fn diagnostics_after(field: &str, value: Value) -> Vec<(&'static str, String, bool)> {
        let mut definition = valid();
        definition[field] = value;
        validate_throttling(&definition).into_iter().map(|f| (f.code, f.pointer, f.rejects_payload)).collect()
    }

    #[test]
    fn valid_definition_has_no_findings() {
        assert_eq!(validate_throttling(&valid()), []);
        assert_eq!(diagnostics_after("maxThroughput", json!(200)), []);
        let expected = ("AJO_LIMITS_CONNECTIONS", "/maxThroughput".to_owned(), false);
        assert_eq!(diagnostics_after("maxThroughput", json!(5000)), [expected]);
    }

    #[test]
    fn code_has_its_field() {
        let cases = [
            ("urlPattern", json!(null), "ERR_THROTTLING_CONFIG_100", true),
            ("urlPattern", json!(""), "ERR_THROTTLING_CONFIG_100", true),
            ("urlPattern", json!(1), "ERR_THROTTLING_CONFIG_106", true),
            ("urlPattern", json!("partner"), "ERR_THROTTLING_CONFIG_104", false),
            ("urlPattern", json!("https://*.example.com/"), "ERR_THROTTLING_CONFIG_105", false),
            ("methods", json!(null), "ERR_THROTTLING_CONFIG_100", true),
            ("methods", json!([]), "ERR_THROTTLING_CONFIG_100", false),
            ("methods", json!([1]), "ERR_THROTTLING_CONFIG_106", true),
            ("maxThroughput", json!(null), "ERR_THROTTLING_CONFIG_101", true),
            ("maxThroughput", json!(199), "ERR_THROTTLING_CONFIG_101", false),
            ("maxThroughput", json!(5001), "ERR_THROTTLING_CONFIG_101", false),
            ("maxThroughput", json!("400"), "ERR_THROTTLING_CONFIG_101", true),
            ("maxThroughput", json!(400.5), "ERR_THROTTLING_CONFIG_101", true),
            ("name", json!(7), "ERR_THROTTLING_CONFIG_106", true),
            ("description", json!([]), "ERR_THROTTLING_CONFIG_106", true),
        ];
        for (field, value, code, rejects_payload) in cases {
            assert_eq!(
                diagnostics_after(field, value.clone()),
                [(code, format!("/{field}"), rejects_payload)],
                "{field}: {value}"
            );
        }
    }

    #[test]
    fn empty_object_lacks_three_attributes() {
        let codes: Vec<_> = validate_throttling(&json!({})).into_iter().map(|finding| finding.code).collect();
        assert_eq!(codes, ["ERR_THROTTLING_CONFIG_100", "ERR_THROTTLING_CONFIG_100", "ERR_THROTTLING_CONFIG_101"]);
        assert_eq!(validate_throttling(&json!([]))[0].code, "ERR_THROTTLING_CONFIG_106");
    }
}
