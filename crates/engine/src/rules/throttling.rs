//! The rules of throttling definitions.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::finding::Finding;
use super::methods::unknown_methods;
use super::url_pattern::{UrlProblem, check};
use crate::json::{Fields, Json, Kind};

/// Calls per second that a throttling configuration can allow (documented, code 101).
const THROUGHPUT: core::ops::RangeInclusive<i64> = 200..=5000;

/// Everything the service would say about a throttling definition, and a few remarks of this project.
pub fn throttling(definition: &impl Json) -> Vec<Finding> {
    let Some(definition) = definition.as_object() else {
        let finding = Finding::error("ERR_THROTTLING_CONFIG_106", "", "the payload must be a JSON object");
        return vec![finding.refusing()];
    };
    throttling_fields(definition)
}

/// The same for the fields of a definition, where they are no value of their own.
pub fn throttling_fields(definition: &(impl Fields + ?Sized)) -> Vec<Finding> {
    let mut findings = Vec::new();
    let field = |name| definition.get(name).filter(|value| !value.is_null());
    match field("urlPattern").map(Json::as_str) {
        None | Some(Some("")) => findings.push(missing("urlPattern").refusing()),
        Some(None) => findings.push(mistyped("urlPattern", "text")),
        Some(Some(pattern)) => match check(pattern) {
            Ok(()) => {}
            Err(UrlProblem::Malformed(why)) => {
                let message = format!("the url pattern is malformed: {why}");
                findings.push(Finding::error("ERR_THROTTLING_CONFIG_104", "/urlPattern", message));
            }
            Err(UrlProblem::WildcardInHost) => {
                let message = "a wildcard stands in the host of the url pattern; it may stand in the path only";
                findings.push(Finding::error("ERR_THROTTLING_CONFIG_105", "/urlPattern", message));
            }
        },
    }
    match field("methods").map(Json::items) {
        None => findings.push(missing("methods").refusing()),
        Some(Some([])) => findings.push(missing("methods")),
        Some(Some(methods)) if methods.iter().all(|method| method.as_str().is_some()) => {
            findings.extend(unknown_methods(methods));
        }
        Some(_) => findings.push(mistyped("methods", "a list of texts")),
    }
    let throughput = field("maxThroughput").map(Json::as_i64);
    if !throughput.flatten().is_some_and(|count| THROUGHPUT.contains(&count)) {
        let message = format!(
            "maxThroughput must be a whole number of calls per second, {} to {}",
            THROUGHPUT.start(),
            THROUGHPUT.end()
        );
        let finding = Finding::error("ERR_THROTTLING_CONFIG_101", "/maxThroughput", message);
        // Inferred: a number out of bounds is stored and spoken against; anything else is not stored.
        let is_number = throughput.flatten().is_some();
        findings.push(if is_number { finding } else { finding.refusing() });
    }
    for field in ["name", "description"] {
        if definition.get(field).is_some_and(|value| !matches!(value.kind(), Kind::String | Kind::Null)) {
            findings.push(mistyped(field, "text"));
        }
    }
    findings
}

fn missing(field: &str) -> Finding {
    Finding::error(
        "ERR_THROTTLING_CONFIG_100",
        format!("/{field}"),
        format!("the mandatory attribute {field} is missing"),
    )
}

fn mistyped(field: &str, expected: &str) -> Finding {
    Finding::error("ERR_THROTTLING_CONFIG_106", format!("/{field}"), format!("{field} must be {expected}")).refusing()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn valid() -> Value {
        json!({"name": "partner-api", "urlPattern": "https://partner.example.com/*", "methods": ["POST"], "maxThroughput": 400})
    }

    fn found(field: &str, value: Value) -> Vec<(&'static str, String, bool)> {
        let mut definition = valid();
        definition[field] = value;
        throttling(&definition).into_iter().map(|f| (f.code, f.pointer, f.refuses_payload)).collect()
    }

    #[test]
    fn a_full_definition_has_no_finding_and_neither_have_the_bounds() {
        assert_eq!(throttling(&valid()), []);
        for bound in [200, 5000] {
            assert_eq!(found("maxThroughput", json!(bound)), []);
        }
    }

    #[test]
    fn each_code_is_found_where_it_belongs() {
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
        for (field, value, code, refuses) in cases {
            assert_eq!(found(field, value.clone()), [(code, format!("/{field}"), refuses)], "{field}: {value}");
        }
    }

    #[test]
    fn an_empty_object_lacks_all_three_mandatory_attributes() {
        let codes: Vec<_> = throttling(&json!({})).into_iter().map(|finding| finding.code).collect();
        assert_eq!(codes, ["ERR_THROTTLING_CONFIG_100", "ERR_THROTTLING_CONFIG_100", "ERR_THROTTLING_CONFIG_101"]);
        assert_eq!(throttling(&json!([]))[0].code, "ERR_THROTTLING_CONFIG_106");
    }
}
