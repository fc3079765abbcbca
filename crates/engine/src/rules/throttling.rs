//! Rules for throttling definitions.

use alloc::vec::Vec;

use super::callers::{Caller, check_address, check_throughput};
use super::diagnostic::Diagnostic;
use super::findings::Findings;
use super::hidden_characters;
use super::methods::check_methods;
use super::url_pattern_syntax::{UrlPatternError, parse_url_pattern};
use crate::json::{JsonKind, JsonObject, JsonValue};
use crate::text::{concat, decimal};

/// Valid values of `maxThroughput`, in calls per second (documented, code 101).
const THROUGHPUT_RANGE: core::ops::RangeInclusive<u64> = 200..=5000;
/// Throttling applies to custom actions only (documented).
const CALLERS: [Caller; 1] = [Caller::CustomAction];
/// An attribute is missing.
const MISSING: &str = "ERR_THROTTLING_CONFIG_100";
/// A value has the wrong type.
const WRONG_TYPE: &str = "ERR_THROTTLING_CONFIG_106";

/// Validates a throttling definition: all findings of the service, plus this project's own notes.
pub fn validate_throttling(definition: &impl JsonValue) -> Vec<Diagnostic> {
    if let Some(fields) = definition.as_object() {
        return validate_throttling_fields(fields);
    }
    let mut findings = Findings::default();
    findings.rejection(WRONG_TYPE, "", &["the payload must be a JSON object"]);
    findings.into_vec()
}

/// Like [`validate_throttling`], for the fields of a definition.
pub fn validate_throttling_fields(definition: &(impl JsonObject + ?Sized)) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    let field = |name| definition.get(name).filter(|value| !value.is_null());
    match field("urlPattern").map(JsonValue::as_str) {
        None | Some(Some("")) => {
            findings.rejection(MISSING, "/urlPattern", &["the mandatory attribute urlPattern is missing"]);
        }
        Some(None) => findings.rejection(WRONG_TYPE, "/urlPattern", &["urlPattern must be a string"]),
        Some(Some(pattern)) => match parse_url_pattern(pattern) {
            Ok(pattern) => check_address(&pattern, "/urlPattern", &CALLERS, &mut findings),
            Err(UrlPatternError::WildcardInHost) => {
                let message = "the host of the url pattern contains a wildcard; wildcards are only allowed in the path";
                findings.error("ERR_THROTTLING_CONFIG_105", "/urlPattern", &[message]);
            }
            Err(error) => {
                let message = ["the url pattern is malformed: ", &error.reason()];
                findings.error("ERR_THROTTLING_CONFIG_104", "/urlPattern", &message);
            }
        },
    }
    let methods = field("methods").map(JsonValue::items);
    match methods {
        None | Some(Some([])) => {
            let message = "the mandatory attribute methods is missing";
            findings.error_if(methods.is_none(), MISSING, "/methods", &[message]);
        }
        Some(Some(methods)) if methods.iter().all(|method| method.kind() == JsonKind::String) => {
            check_methods(methods, &CALLERS, &mut findings);
        }
        Some(_) => findings.rejection(WRONG_TYPE, "/methods", &["methods must be a list of strings"]),
    }
    let throughput = field("maxThroughput").and_then(JsonValue::as_i64);
    let in_range =
        throughput.and_then(|count| u64::try_from(count).ok()).filter(|count| THROUGHPUT_RANGE.contains(count));
    if let Some(throughput) = in_range {
        check_throughput(throughput, &mut findings);
    } else {
        let [start, end] = [THROUGHPUT_RANGE.start(), THROUGHPUT_RANGE.end()].map(|bound| decimal(*bound));
        let problem =
            if field("maxThroughput").is_some() { "must be an integer" } else { "is missing; it is an integer" };
        let message = ["maxThroughput ", problem, " from ", &start, " to ", &end];
        // Inferred: a definition with a number out of range is stored and cannot be deployed; any other value is not
        // stored.
        findings.error_if(throughput.is_none(), "ERR_THROTTLING_CONFIG_101", "/maxThroughput", &message);
    }
    for name in ["name", "description"] {
        if field(name).is_some_and(|value| value.kind() != JsonKind::String) {
            findings.rejection(WRONG_TYPE, &concat(&["/", name]), &[name, " must be a string"]);
        }
    }
    hidden_characters::check_fields(definition, "", &mut findings);
    findings.into_vec()
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
