//! Rules for capping definitions.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::callers::{Caller, check_address, check_connections, check_data_source_rate};
use super::diagnostic::Diagnostic;
use super::hidden_characters;
use super::methods::check_methods;
use super::url_pattern_syntax::{UrlPatternError, parse_url_pattern};

use crate::json::{JsonKind, JsonObject, JsonValue, escape_pointer_token};
use crate::untrusted_text::excerpt;

/// Documented maximum number of connections. Adobe's own samples use more, so a higher value only gets a note.
const MAX_HTTP_CONNECTIONS: i64 = 400;

/// Validates a capping definition: all findings of the service, plus this project's own notes.
pub fn validate_capping(definition: &impl JsonValue) -> Vec<Diagnostic> {
    let Some(definition) = definition.as_object() else {
        let finding = Diagnostic::error("ERR_ENDPOINTCONFIG_112", "", "the payload must be a JSON object");
        return vec![finding.rejecting()];
    };
    validate_capping_fields(definition)
}

/// Like [`validate_capping`], for the fields of a definition.
pub fn validate_capping_fields(definition: &(impl JsonObject + ?Sized)) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let services = definition.get("services");
    let names = services.and_then(JsonValue::as_object).into_iter().flat_map(JsonObject::entries);
    let mut callers: Vec<Caller> = Vec::new();
    for caller in names.filter_map(|(name, _)| Caller::from_service(name)) {
        // An insertion sort: a library sort adds kilobytes to a WebAssembly build.
        callers.insert(callers.partition_point(|other| *other < caller), caller);
    }
    check_url(definition.get("url"), &callers, &mut findings);
    check_method_list(definition.get("methods"), &callers, &mut findings);
    check_services(services, &mut findings);
    if definition.get("orgId").is_some_and(|org_id| !matches!(org_id.kind(), JsonKind::String | JsonKind::Null)) {
        findings.push(Diagnostic::error("ERR_ENDPOINTCONFIG_111", "/orgId", "orgId must be a string").rejecting());
    }
    hidden_characters::check_fields(definition, "", &mut findings);
    findings
}

fn check_url(url: Option<&impl JsonValue>, callers: &[Caller], findings: &mut Vec<Diagnostic>) {
    let missing = |message: &str| Diagnostic::error("ERR_ENDPOINTCONFIG_100", "/url", message).rejecting();
    let problem = match non_null(url) {
        None => missing("the url is missing"),
        Some(url) => match url.as_str() {
            None => missing("the url must be a string"),
            Some("") => missing("the url is empty"),
            Some(url) => match parse_url_pattern(url) {
                Ok(pattern) => return check_address(&pattern, "/url", callers, findings),
                Err(UrlPatternError::Malformed(reason)) => {
                    Diagnostic::error("ERR_ENDPOINTCONFIG_101", "/url", format!("the url is malformed: {reason}"))
                }
                Err(UrlPatternError::WildcardInHost) => Diagnostic::error(
                    "ERR_ENDPOINTCONFIG_102",
                    "/url",
                    "the host of the url contains a wildcard; wildcards are only allowed in the path",
                ),
            },
        },
    };
    findings.push(problem);
}

/// A value that is neither absent nor `null`.
fn non_null<J: JsonValue>(value: Option<&J>) -> Option<&J> {
    value.filter(|value| !value.is_null())
}

fn check_method_list(methods: Option<&impl JsonValue>, callers: &[Caller], findings: &mut Vec<Diagnostic>) {
    let Some(methods) = non_null(methods) else {
        findings.push(Diagnostic::error("ERR_ENDPOINTCONFIG_103", "/methods", "the methods are missing").rejecting());
        return;
    };
    match methods.items() {
        Some([]) => {
            findings.push(Diagnostic::error("ERR_ENDPOINTCONFIG_103", "/methods", "at least one method is required"));
        }
        Some(methods) if methods.iter().all(|method| method.as_str().is_some()) => {
            check_methods(methods, callers, findings);
        }
        _ => findings.push(
            Diagnostic::error("ERR_ENDPOINTCONFIG_111", "/methods", "methods must be a list of strings").rejecting(),
        ),
    }
}

fn check_services(services: Option<&impl JsonValue>, findings: &mut Vec<Diagnostic>) {
    let Some(services) = non_null(services) else {
        let message = "no call rating is defined: services is missing; add a rating to action or dataSource";
        findings.push(Diagnostic::error("ERR_ENDPOINTCONFIG_104", "/services", message).rejecting());
        return;
    };
    let Some(services) = services.as_object() else {
        let message = "services must be an object with action or dataSource";
        findings.push(Diagnostic::error("ERR_ENDPOINTCONFIG_111", "/services", message).rejecting());
        return;
    };
    if services.entries().next().is_none() {
        let message = "no call rating is defined; add a rating to action or dataSource";
        findings.push(Diagnostic::error("ERR_ENDPOINTCONFIG_104", "/services", message));
    }
    for (name, limit) in services.entries() {
        // Formatted only on demand, because most definitions have no findings.
        let pointer = |rest: &str| format!("/services/{}{rest}", escape_pointer_token(name));
        if name != "action" && name != "dataSource" {
            let shown = excerpt(name, 40);
            let message = format!("invalid service name '{shown}': must be 'dataSource' or 'action'");
            findings.push(Diagnostic::error("ERR_AUTHORING_ENDPOINTCONFIG_1", pointer(""), message).rejecting());
            continue;
        }
        if let Some(limit) = limit.as_object() {
            check_service(name, &pointer, limit, findings);
        } else if limit.is_null() {
            let message = format!("no call rating is defined for {name}");
            findings
                .push(Diagnostic::error("ERR_ENDPOINTCONFIG_104", pointer(""), message).with_service(name).rejecting());
        } else {
            let message = format!("{name} must be an object with a rating");
            findings
                .push(Diagnostic::error("ERR_ENDPOINTCONFIG_111", pointer(""), message).with_service(name).rejecting());
        }
    }
}

fn check_service(
    name: &str,
    pointer: &dyn Fn(&str) -> String,
    limit: &(impl JsonObject + ?Sized),
    findings: &mut Vec<Diagnostic>,
) {
    let mut add = |finding: Diagnostic| findings.push(finding.with_service(name));
    let location = || pointer("/maxHttpConnections");
    match non_null(limit.get("maxHttpConnections")) {
        None => add(Diagnostic::warning(
            "ERR_ENDPOINTCONFIG_106",
            location(),
            "maxHttpConnections is not defined: no limitation by default",
        )),
        Some(value) => match value.as_i64() {
            Some(1..=MAX_HTTP_CONNECTIONS) => {}
            Some(count) => add(Diagnostic::note(
                "AJO_LIMITS_MAX_HTTP_CONNECTIONS",
                location(),
                format!("maxHttpConnections is {count}; the documented range is 1 to {MAX_HTTP_CONNECTIONS}"),
            )),
            None => {
                add(Diagnostic::error("ERR_ENDPOINTCONFIG_111", location(), "maxHttpConnections must be an integer")
                    .rejecting());
            }
        },
    }
    let rating = limit.get("rating");
    match non_null(rating).map(JsonValue::as_object) {
        Some(Some(rating)) => {
            let counts = ["maxCallsCount", "periodInMs"].map(|field| rating.get(field).and_then(JsonValue::as_i64));
            if let [Some(calls @ 1..), Some(period @ 1..)] = counts {
                if let Some(connections @ 1..) = limit.get("maxHttpConnections").and_then(JsonValue::as_i64)
                    && let Some(found) = check_connections(calls, period, connections)
                {
                    add(Diagnostic { pointer: location(), ..found });
                }
                if name == "dataSource"
                    && let Some(found) = check_data_source_rate(calls, period)
                {
                    add(Diagnostic { pointer: pointer("/rating/maxCallsCount"), ..found });
                }
            }
            for (field, code) in [("maxCallsCount", "ERR_ENDPOINTCONFIG_107"), ("periodInMs", "ERR_ENDPOINTCONFIG_108")]
            {
                let value = rating.get(field);
                let count = value.and_then(JsonValue::as_i64);
                if count.is_none_or(|count| count < 1) {
                    let message = format!("{field} must be an integer >= 1");
                    let finding = Diagnostic::error(code, pointer(&format!("/rating/{field}")), message);
                    // Inferred: a definition whose number is too small or missing is stored and cannot be deployed; a
                    // value of another type is not stored.
                    let mistyped = value.is_some() && count.is_none();
                    add(if mistyped { finding.rejecting() } else { finding });
                }
            }
        }
        None => {
            let message = format!("no call rating is defined for {name}");
            let finding = Diagnostic::error("ERR_ENDPOINTCONFIG_104", pointer("/rating"), message);
            add(if rating.is_some() { finding.rejecting() } else { finding });
        }
        Some(None) => {
            let message = "the rating must be an object with maxCallsCount and periodInMs";
            add(Diagnostic::error("ERR_ENDPOINTCONFIG_111", pointer("/rating"), message).rejecting());
        }
    }
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
