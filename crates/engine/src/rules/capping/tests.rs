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

fn single_diagnostic(code: &'static str, pointer: &str, rejects_payload: bool) -> Vec<(&'static str, String, bool)> {
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
        assert_eq!(diagnostics_after(|d| d["url"] = url), single_diagnostic("ERR_ENDPOINTCONFIG_100", "/url", true));
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
