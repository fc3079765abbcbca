//! Rules for capping definitions.

use alloc::vec::Vec;

use super::callers::{Caller, check_address, check_connections, check_data_source_rate};
use super::diagnostic::Diagnostic;
use super::findings::Findings;
use super::hidden_characters;
use super::methods::check_methods;
use super::url_pattern_syntax::{UrlPatternError, parse_url_pattern};
use crate::json::{JsonKind, JsonObject, JsonValue, escape_pointer_token};
use crate::text::{concat, decimal, signed_decimal};
use crate::untrusted_text::excerpt;

/// Documented maximum number of connections. Adobe's own samples use more, so a higher value only gets a note.
const MAX_HTTP_CONNECTIONS: i64 = 400;

/// The names in `services`.
const SERVICES: [&str; 2] = ["action", "dataSource"];

/// Validates a capping definition: all findings of the service, plus this project's own notes.
pub fn validate_capping(definition: &impl JsonValue) -> Vec<Diagnostic> {
    if let Some(fields) = definition.as_object() {
        return validate_capping_fields(fields);
    }
    let mut findings = Findings::default();
    findings.rejection("ERR_ENDPOINTCONFIG_112", "", &["the payload must be a JSON object"]);
    findings.into_vec()
}

/// Like [`validate_capping`], for the fields of a definition.
pub fn validate_capping_fields(definition: &(impl JsonObject + ?Sized)) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    let services = definition.get("services");
    let has = |name| services.is_some_and(|services| services.get(name).is_some());
    let callers: &[Caller] = match (has("action"), has("dataSource")) {
        (true, true) => &[Caller::CustomAction, Caller::DataSource],
        (true, false) => &[Caller::CustomAction],
        (false, true) => &[Caller::DataSource],
        (false, false) => &[],
    };
    check_url(non_null(definition.get("url")), callers, &mut findings);
    check_method_list(non_null(definition.get("methods")), callers, &mut findings);
    check_services(non_null(services), &mut findings);
    if definition.get("orgId").is_some_and(|org_id| !matches!(org_id.kind(), JsonKind::String | JsonKind::Null)) {
        findings.rejection("ERR_ENDPOINTCONFIG_111", "/orgId", &["orgId must be a string"]);
    }
    hidden_characters::check_fields(definition, "", &mut findings);
    findings.into_vec()
}

fn check_url(url: Option<&impl JsonValue>, callers: &[Caller], findings: &mut Findings) {
    let missing = match url.map(JsonValue::as_str) {
        None => "the url is missing",
        Some(None) => "the url must be a string",
        Some(Some("")) => "the url is empty",
        Some(Some(url)) => {
            return match parse_url_pattern(url) {
                Ok(pattern) => check_address(&pattern, "/url", callers, findings),
                Err(UrlPatternError::WildcardInHost) => {
                    let message = "the host of the url contains a wildcard; wildcards are only allowed in the path";
                    findings.error("ERR_ENDPOINTCONFIG_102", "/url", &[message]);
                }
                Err(error) => {
                    findings.error("ERR_ENDPOINTCONFIG_101", "/url", &["the url is malformed: ", &error.reason()]);
                }
            };
        }
    };
    findings.rejection("ERR_ENDPOINTCONFIG_100", "/url", &[missing]);
}

/// A value that is neither absent nor `null`.
fn non_null<J: JsonValue>(value: Option<&J>) -> Option<&J> {
    value.filter(|value| !value.is_null())
}

fn check_method_list(methods: Option<&impl JsonValue>, callers: &[Caller], findings: &mut Findings) {
    match methods.map(JsonValue::items) {
        None => findings.rejection("ERR_ENDPOINTCONFIG_103", "/methods", &["the methods are missing"]),
        Some(Some([])) => findings.error("ERR_ENDPOINTCONFIG_103", "/methods", &["at least one method is required"]),
        Some(Some(methods)) if methods.iter().all(|method| method.kind() == JsonKind::String) => {
            check_methods(methods, callers, findings);
        }
        Some(_) => findings.rejection("ERR_ENDPOINTCONFIG_111", "/methods", &["methods must be a list of strings"]),
    }
}

fn check_services<J: JsonValue>(services: Option<&J>, findings: &mut Findings) {
    let Some(services) = services else {
        let message = "no call rating is defined: services is missing; add a rating to action or dataSource";
        return findings.rejection("ERR_ENDPOINTCONFIG_104", "/services", &[message]);
    };
    let Some(services) = services.as_object() else {
        let message = "services must be an object with action or dataSource";
        return findings.rejection("ERR_ENDPOINTCONFIG_111", "/services", &[message]);
    };
    let services = services.entries();
    if services.is_empty() {
        let message = "no call rating is defined; add a rating to action or dataSource";
        findings.error("ERR_ENDPOINTCONFIG_104", "/services", &[message]);
    }
    for (name, limit) in services {
        let Some(service) = SERVICES.into_iter().find(|service| *service == name) else {
            let pointer = concat(&["/services/", &escape_pointer_token(name)]);
            let message = ["invalid service name '", &excerpt(name, 40), "': must be 'dataSource' or 'action'"];
            findings.rejection("ERR_AUTHORING_ENDPOINTCONFIG_1", &pointer, &message);
            continue;
        };
        findings.set_service(Some(service));
        if let Some(limit) = limit.as_object() {
            check_limit(name, limit, findings);
        } else if limit.is_null() {
            findings.rejection("ERR_ENDPOINTCONFIG_104", "", &["no call rating is defined for ", name]);
        } else {
            findings.rejection("ERR_ENDPOINTCONFIG_111", "", &[name, " must be an object with a rating"]);
        }
        findings.set_service(None);
    }
}

fn check_limit(name: &str, limit: &(impl JsonObject + ?Sized), findings: &mut Findings) {
    const CONNECTIONS: &str = "/maxHttpConnections";
    let connections = non_null(limit.get("maxHttpConnections"));
    match connections.map(JsonValue::as_i64) {
        None => {
            let message = "maxHttpConnections is not defined: no limitation by default";
            findings.warning("ERR_ENDPOINTCONFIG_106", CONNECTIONS, &[message]);
        }
        Some(Some(1..=MAX_HTTP_CONNECTIONS)) => {}
        Some(Some(count)) => {
            let max = decimal(MAX_HTTP_CONNECTIONS as u64);
            let message = ["maxHttpConnections is ", &signed_decimal(count), "; the documented range is 1 to ", &max];
            findings.note("AJO_LIMITS_MAX_HTTP_CONNECTIONS", CONNECTIONS, &message);
        }
        Some(None) => {
            findings.rejection("ERR_ENDPOINTCONFIG_111", CONNECTIONS, &["maxHttpConnections must be an integer"]);
        }
    }
    let value = limit.get("rating");
    let Some(rating) = non_null(value) else {
        let message = ["no call rating is defined for ", name];
        return findings.error_if(value.is_some(), "ERR_ENDPOINTCONFIG_104", "/rating", &message);
    };
    if rating.as_object().is_none() {
        let message = "the rating must be an object with maxCallsCount and periodInMs";
        return findings.rejection("ERR_ENDPOINTCONFIG_111", "/rating", &[message]);
    }
    if let (Some(calls), Some(period)) = (positive(rating.get("maxCallsCount")), positive(rating.get("periodInMs"))) {
        if let Some(connections) = positive(connections) {
            check_connections(calls, period, connections, findings);
        }
        if name == "dataSource" {
            check_data_source_rate(calls, period, findings);
        }
    }
    for (field, code) in [("maxCallsCount", "ERR_ENDPOINTCONFIG_107"), ("periodInMs", "ERR_ENDPOINTCONFIG_108")] {
        let value = rating.get(field);
        if positive(value).is_none() {
            // Inferred: a definition whose number is too small or missing is stored and cannot be deployed; a value of
            // another type is not stored.
            let is_mistyped = value.is_some_and(|value| value.as_i64().is_none());
            let pointer = concat(&["/rating/", field]);
            let problem = if value.is_some() { " must be an integer >= 1" } else { " is missing" };
            findings.error_if(is_mistyped, code, &pointer, &[field, problem]);
        }
    }
}

/// A number that is at least 1.
fn positive(value: Option<&impl JsonValue>) -> Option<u64> {
    value?.as_i64().and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Severity;
    use serde_json::{Value, json};

    fn valid() -> Value {
        json!({
            "url": "https://api.example.org/data/2.5/weather", "methods": ["GET"],
            "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}},
        })
    }

    fn diagnostics_after(change: impl FnOnce(&mut Value)) -> Vec<(&'static str, String, bool)> {
        let mut definition = valid();
        change(&mut definition);
        validate_capping(&definition).into_iter().map(|f| (f.code, f.pointer, f.rejects_payload)).collect()
    }

    fn single_diagnostic(
        code: &'static str,
        pointer: &str,
        rejects_payload: bool,
    ) -> Vec<(&'static str, String, bool)> {
        vec![(code, pointer.to_owned(), rejects_payload)]
    }

    #[test]
    fn documented_sample_has_no_findings() {
        assert_eq!(validate_capping(&valid()), []);
    }

    #[test]
    fn code_has_its_field() {
        let limit = "/services/action";
        for url in [json!(null), json!(""), json!(7)] {
            assert_eq!(
                diagnostics_after(|d| d["url"] = url),
                single_diagnostic("ERR_ENDPOINTCONFIG_100", "/url", true)
            );
        }
        assert_eq!(
            diagnostics_after(|d| d["url"] = json!("nowhere")),
            single_diagnostic("ERR_ENDPOINTCONFIG_101", "/url", false)
        );
        assert_eq!(
            diagnostics_after(|d| d["url"] = json!("https://*.example.org/")),
            single_diagnostic("ERR_ENDPOINTCONFIG_102", "/url", false)
        );
        assert_eq!(
            diagnostics_after(|d| d["methods"] = json!([])),
            single_diagnostic("ERR_ENDPOINTCONFIG_103", "/methods", false)
        );
        assert_eq!(
            diagnostics_after(|d| d["methods"] = json!(null)),
            single_diagnostic("ERR_ENDPOINTCONFIG_103", "/methods", true)
        );
        assert_eq!(
            diagnostics_after(|d| d["methods"] = json!("GET")),
            single_diagnostic("ERR_ENDPOINTCONFIG_111", "/methods", true)
        );
        assert_eq!(
            diagnostics_after(|d| d["services"] = json!({})),
            single_diagnostic("ERR_ENDPOINTCONFIG_104", "/services", false)
        );
        assert_eq!(
            diagnostics_after(|d| d["services"] = json!(null)),
            single_diagnostic("ERR_ENDPOINTCONFIG_104", "/services", true)
        );
        assert_eq!(
            diagnostics_after(|d| d["services"] = json!([])),
            single_diagnostic("ERR_ENDPOINTCONFIG_111", "/services", true)
        );
        assert_eq!(
            diagnostics_after(|d| d["services"]["action"]["rating"] = json!(null)),
            single_diagnostic("ERR_ENDPOINTCONFIG_104", &format!("{limit}/rating"), true)
        );
        assert_eq!(
            diagnostics_after(|d| d["services"]["action"] = json!({"maxHttpConnections": 50})),
            single_diagnostic("ERR_ENDPOINTCONFIG_104", &format!("{limit}/rating"), false)
        );
        for (count, rejects_payload) in
            [(json!(0), false), (json!(-1), false), (json!("500"), true), (json!(1.5), true), (json!(null), true)]
        {
            assert_eq!(
                diagnostics_after(|d| d["services"]["action"]["rating"]["maxCallsCount"] = count),
                single_diagnostic("ERR_ENDPOINTCONFIG_107", &format!("{limit}/rating/maxCallsCount"), rejects_payload)
            );
        }
        assert_eq!(
            diagnostics_after(|d| d["orgId"] = json!({})),
            single_diagnostic("ERR_ENDPOINTCONFIG_111", "/orgId", true)
        );
        assert_eq!(
            diagnostics_after(|d| d["services"]["action"]["rating"]["periodInMs"] = json!(0)),
            single_diagnostic("ERR_ENDPOINTCONFIG_108", &format!("{limit}/rating/periodInMs"), false)
        );
        assert_eq!(
            diagnostics_after(|d| d["services"]["act/ion"] = json!({})),
            single_diagnostic("ERR_AUTHORING_ENDPOINTCONFIG_1", "/services/act~1ion", true)
        );
    }

    #[test]
    fn payload_must_be_an_object() {
        for payload in [json!(null), json!([]), json!("text"), json!(1)] {
            let findings = validate_capping(&payload);
            assert_eq!((findings.len(), findings[0].code), (1, "ERR_ENDPOINTCONFIG_112"));
            assert!(findings[0].rejects_payload);
        }
    }

    #[test]
    fn max_http_connections_is_optional() {
        let mut definition = valid();
        definition["services"]["action"].as_object_mut().expect("an object").remove("maxHttpConnections");
        let findings = validate_capping(&definition);
        assert_eq!((findings[0].code, findings[0].severity), ("ERR_ENDPOINTCONFIG_106", Severity::Warning));
        assert_eq!(findings[0].service.as_deref(), Some("action"));

        definition["services"]["action"]["maxHttpConnections"] = json!(30000);
        let findings = validate_capping(&definition);
        assert_eq!((findings[0].code, findings[0].severity), ("AJO_LIMITS_MAX_HTTP_CONNECTIONS", Severity::Note));
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn note_suggests_option_for_options() {
        let findings = validate_capping(&{
            let mut definition = valid();
            definition["methods"] = json!(["GET", "OPTIONS", "get", "TRACE"]);
            definition
        });
        let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`OPTIONS` is not a documented method; did you mean `OPTION`?",
                "`get` is not a documented method; did you mean `GET`?",
                "`TRACE` is not a documented method; use one of GET, POST, PUT, PATCH, DELETE, OPTION",
            ]
        );
    }

    #[test]
    fn limit_without_effect_is_a_warning() {
        let service =
            |calls: i64| json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}});
        let mut definition = valid();
        definition["url"] = json!("https://10.0.0.1:8443/");
        definition["methods"] = json!(["GET", "DELETE"]);
        definition["services"] = json!({"action": service(2000), "dataSource": service(16)});
        let findings = validate_capping(&definition);
        let found: Vec<_> = findings.iter().map(|it| (it.code, it.severity, it.pointer.as_str())).collect();
        assert_eq!(
            found,
            [
                ("AJO_LIMITS_IP_ADDRESS", Severity::Warning, "/url"),
                ("AJO_LIMITS_PORT", Severity::Warning, "/url"),
                ("AJO_LIMITS_UNUSED_METHOD", Severity::Warning, "/methods/1"),
                ("AJO_LIMITS_CONNECTIONS", Severity::Note, "/services/action/maxHttpConnections"),
                ("AJO_LIMITS_DATA_SOURCE_RATE", Severity::Warning, "/services/dataSource/rating/maxCallsCount"),
            ]
        );
        assert_eq!(findings[4].service.as_deref(), Some("dataSource"));
        assert!(findings.iter().all(|found| !found.is_published() && !found.rejects_payload));
    }

    #[test]
    fn all_findings_are_reported() {
        let findings = validate_capping(&json!({
            "url": "https://api.example*.org:8*0/data/2.5/weather",
            "services": {"action": {"rating": {}}, "dataSource": {}},
        }));
        let codes: Vec<_> = findings.iter().map(|finding| finding.code.rsplit('_').next().expect("a number")).collect();
        assert_eq!(codes, ["101", "103", "106", "107", "108", "106", "104"]);
    }
}
