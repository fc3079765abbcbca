//! The rules of capping definitions.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::finding::Finding;
use super::methods::unknown_methods;
use super::url_pattern::{UrlProblem, check};

use crate::json::{Fields, Json, Kind};
use crate::untrusted_text::excerpt;

/// Most connections, a count, that the documentation allows; its samples use more, so a higher value is only a remark.
const MAX_HTTP_CONNECTIONS: i64 = 400;

/// Everything the service would say about a capping definition, and a few remarks of this project.
pub fn capping(definition: &impl Json) -> Vec<Finding> {
    let Some(definition) = definition.as_object() else {
        let finding = Finding::error("ERR_ENDPOINTCONFIG_112", "", "the payload must be a JSON object");
        return vec![finding.refusing()];
    };
    capping_fields(definition)
}

/// The same for the fields of a definition, where they are no value of their own.
pub fn capping_fields(definition: &(impl Fields + ?Sized)) -> Vec<Finding> {
    let mut findings = Vec::new();
    url(definition.get("url"), &mut findings);
    methods(definition.get("methods"), &mut findings);
    services(definition.get("services"), &mut findings);
    if definition.get("orgId").is_some_and(|org_id| !matches!(org_id.kind(), Kind::String | Kind::Null)) {
        findings.push(Finding::error("ERR_ENDPOINTCONFIG_111", "/orgId", "the orgId must be text").refusing());
    }
    findings
}

fn url(url: Option<&impl Json>, findings: &mut Vec<Finding>) {
    let missing = |message: &str| Finding::error("ERR_ENDPOINTCONFIG_100", "/url", message).refusing();
    let problem = match present(url) {
        None => missing("the url is missing"),
        Some(url) => match url.as_str() {
            None => missing("the url must be text"),
            Some("") => missing("the url is empty"),
            Some(url) => match check(url) {
                Ok(()) => return,
                Err(UrlProblem::Malformed(why)) => {
                    Finding::error("ERR_ENDPOINTCONFIG_101", "/url", format!("the url is malformed: {why}"))
                }
                Err(UrlProblem::WildcardInHost) => Finding::error(
                    "ERR_ENDPOINTCONFIG_102",
                    "/url",
                    "a wildcard stands in the host of the url; it may stand in the path only",
                ),
            },
        },
    };
    findings.push(problem);
}

/// A value that is neither absent nor `null`.
fn present<J: Json>(value: Option<&J>) -> Option<&J> {
    value.filter(|value| !value.is_null())
}

fn methods(methods: Option<&impl Json>, findings: &mut Vec<Finding>) {
    let Some(methods) = present(methods) else {
        findings.push(Finding::error("ERR_ENDPOINTCONFIG_103", "/methods", "the methods are missing").refusing());
        return;
    };
    match methods.items() {
        Some([]) => {
            findings.push(Finding::error("ERR_ENDPOINTCONFIG_103", "/methods", "at least one method is needed"));
        }
        Some(methods) if methods.iter().all(|method| method.as_str().is_some()) => {
            findings.extend(unknown_methods(methods));
        }
        _ => findings.push(
            Finding::error("ERR_ENDPOINTCONFIG_111", "/methods", "the methods must be a list of texts").refusing(),
        ),
    }
}

fn services(services: Option<&impl Json>, findings: &mut Vec<Finding>) {
    let Some(services) = present(services) else {
        let message = "no call rating is defined: services is missing; give action or dataSource a rating";
        findings.push(Finding::error("ERR_ENDPOINTCONFIG_104", "/services", message).refusing());
        return;
    };
    let Some(services) = services.as_object() else {
        let message = "services must be an object with action or dataSource";
        findings.push(Finding::error("ERR_ENDPOINTCONFIG_111", "/services", message).refusing());
        return;
    };
    if services.entries().next().is_none() {
        let message = "no call rating is defined; give action or dataSource a rating";
        findings.push(Finding::error("ERR_ENDPOINTCONFIG_104", "/services", message));
    }
    for (name, limit) in services.entries() {
        // Most definitions have nothing wrong that it would point to.
        let pointer = |rest: &str| format!("/services/{}{rest}", name.replace('~', "~0").replace('/', "~1"));
        if name != "action" && name != "dataSource" {
            let shown = excerpt(name, 40);
            let message = format!("invalid service name '{shown}': must be 'dataSource' or 'action'");
            findings.push(Finding::error("ERR_AUTHORING_ENDPOINTCONFIG_1", pointer(""), message).refusing());
            continue;
        }
        if let Some(limit) = limit.as_object() {
            service(name, &pointer, limit, findings);
        } else if limit.is_null() {
            let message = format!("no call rating is defined for {name}");
            findings.push(Finding::error("ERR_ENDPOINTCONFIG_104", pointer(""), message).about(name).refusing());
        } else {
            let message = format!("{name} must be an object with a rating");
            findings.push(Finding::error("ERR_ENDPOINTCONFIG_111", pointer(""), message).about(name).refusing());
        }
    }
}

fn service(name: &str, pointer: &dyn Fn(&str) -> String, limit: &(impl Fields + ?Sized), findings: &mut Vec<Finding>) {
    let mut add = |finding: Finding| findings.push(finding.about(name));
    let place = || pointer("/maxHttpConnections");
    match present(limit.get("maxHttpConnections")) {
        None => add(Finding::warning(
            "ERR_ENDPOINTCONFIG_106",
            place(),
            "maxHttpConnections is not defined: no limitation by default",
        )),
        Some(value) => match value.as_i64() {
            Some(1..=MAX_HTTP_CONNECTIONS) => {}
            Some(count) => add(Finding::remark(
                "AJO_LIMITS_MAX_HTTP_CONNECTIONS",
                place(),
                format!("maxHttpConnections is {count}; the documentation says from 1 to {MAX_HTTP_CONNECTIONS}"),
            )),
            None => {
                add(Finding::error("ERR_ENDPOINTCONFIG_111", place(), "maxHttpConnections must be a whole number")
                    .refusing());
            }
        },
    }
    let rating = limit.get("rating");
    match present(rating).map(Json::as_object) {
        Some(Some(rating)) => {
            for (field, code, unit) in [
                ("maxCallsCount", "ERR_ENDPOINTCONFIG_107", "a number of calls"),
                ("periodInMs", "ERR_ENDPOINTCONFIG_108", "a number of milliseconds"),
            ] {
                let value = rating.get(field);
                let count = value.and_then(Json::as_i64);
                if count.is_none_or(|count| count < 1) {
                    let message = format!("{field} must be {unit}, whole and at least 1");
                    let finding = Finding::error(code, pointer(&format!("/rating/{field}")), message);
                    // Inferred: a number that is too small, or none, is stored and spoken against; another type is not stored.
                    let mistyped = value.is_some() && count.is_none();
                    add(if mistyped { finding.refusing() } else { finding });
                }
            }
        }
        None => {
            let message = format!("no call rating is defined for {name}");
            let finding = Finding::error("ERR_ENDPOINTCONFIG_104", pointer("/rating"), message);
            add(if rating.is_some() { finding.refusing() } else { finding });
        }
        Some(None) => {
            let message = "the rating must be an object with maxCallsCount and periodInMs";
            add(Finding::error("ERR_ENDPOINTCONFIG_111", pointer("/rating"), message).refusing());
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
            "services": {"dataSource": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}},
        })
    }

    fn found(change: impl FnOnce(&mut Value)) -> Vec<(&'static str, String, bool)> {
        let mut definition = valid();
        change(&mut definition);
        capping(&definition).into_iter().map(|f| (f.code, f.pointer, f.refuses_payload)).collect()
    }

    fn one(code: &'static str, pointer: &str, refuses: bool) -> Vec<(&'static str, String, bool)> {
        vec![(code, pointer.to_owned(), refuses)]
    }

    #[test]
    fn the_documented_sample_has_no_finding() {
        assert_eq!(capping(&valid()), []);
    }

    #[test]
    fn each_code_is_found_where_it_belongs() {
        let limit = "/services/dataSource";
        for url in [json!(null), json!(""), json!(7)] {
            assert_eq!(found(|d| d["url"] = url), one("ERR_ENDPOINTCONFIG_100", "/url", true));
        }
        assert_eq!(found(|d| d["url"] = json!("nowhere")), one("ERR_ENDPOINTCONFIG_101", "/url", false));
        assert_eq!(found(|d| d["url"] = json!("https://*.example.org/")), one("ERR_ENDPOINTCONFIG_102", "/url", false));
        assert_eq!(found(|d| d["methods"] = json!([])), one("ERR_ENDPOINTCONFIG_103", "/methods", false));
        assert_eq!(found(|d| d["methods"] = json!(null)), one("ERR_ENDPOINTCONFIG_103", "/methods", true));
        assert_eq!(found(|d| d["methods"] = json!("GET")), one("ERR_ENDPOINTCONFIG_111", "/methods", true));
        assert_eq!(found(|d| d["services"] = json!({})), one("ERR_ENDPOINTCONFIG_104", "/services", false));
        assert_eq!(found(|d| d["services"] = json!(null)), one("ERR_ENDPOINTCONFIG_104", "/services", true));
        assert_eq!(found(|d| d["services"] = json!([])), one("ERR_ENDPOINTCONFIG_111", "/services", true));
        assert_eq!(
            found(|d| d["services"]["dataSource"]["rating"] = json!(null)),
            one("ERR_ENDPOINTCONFIG_104", &format!("{limit}/rating"), true)
        );
        assert_eq!(
            found(|d| d["services"]["dataSource"] = json!({"maxHttpConnections": 50})),
            one("ERR_ENDPOINTCONFIG_104", &format!("{limit}/rating"), false)
        );
        for (count, refuses) in
            [(json!(0), false), (json!(-1), false), (json!("500"), true), (json!(1.5), true), (json!(null), true)]
        {
            assert_eq!(
                found(|d| d["services"]["dataSource"]["rating"]["maxCallsCount"] = count),
                one("ERR_ENDPOINTCONFIG_107", &format!("{limit}/rating/maxCallsCount"), refuses)
            );
        }
        assert_eq!(found(|d| d["orgId"] = json!({})), one("ERR_ENDPOINTCONFIG_111", "/orgId", true));
        assert_eq!(
            found(|d| d["services"]["dataSource"]["rating"]["periodInMs"] = json!(0)),
            one("ERR_ENDPOINTCONFIG_108", &format!("{limit}/rating/periodInMs"), false)
        );
        assert_eq!(
            found(|d| d["services"]["data/Source"] = json!({})),
            one("ERR_AUTHORING_ENDPOINTCONFIG_1", "/services/data~1Source", true)
        );
    }

    #[test]
    fn what_is_no_object_is_no_payload() {
        for payload in [json!(null), json!([]), json!("text"), json!(1)] {
            let findings = capping(&payload);
            assert_eq!((findings.len(), findings[0].code), (1, "ERR_ENDPOINTCONFIG_112"));
            assert!(findings[0].refuses_payload);
        }
    }

    #[test]
    fn connections_not_defined_are_a_warning_and_too_many_a_remark() {
        let mut definition = valid();
        definition["services"]["dataSource"].as_object_mut().expect("an object").remove("maxHttpConnections");
        let findings = capping(&definition);
        assert_eq!((findings[0].code, findings[0].severity), ("ERR_ENDPOINTCONFIG_106", Severity::Warning));
        assert_eq!(findings[0].service.as_deref(), Some("dataSource"));

        definition["services"]["dataSource"]["maxHttpConnections"] = json!(30000);
        let findings = capping(&definition);
        assert_eq!((findings[0].code, findings[0].severity), ("AJO_LIMITS_MAX_HTTP_CONNECTIONS", Severity::Remark));
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn options_is_pointed_to_option() {
        let findings = capping(&{
            let mut definition = valid();
            definition["methods"] = json!(["GET", "OPTIONS", "get", "TRACE"]);
            definition
        });
        let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "the service names no method `OPTIONS`; it spells it `OPTION`",
                "the service names no method `get`; it spells it `GET`",
                "the service names no method `TRACE`; it names GET, POST, PUT, PATCH, DELETE, OPTION",
            ]
        );
    }

    #[test]
    fn all_findings_come_at_once() {
        let findings = capping(&json!({
            "url": "https://api.example*.org:8*0/data/2.5/weather",
            "services": {"action": {"rating": {}}, "dataSource": {}},
        }));
        let codes: Vec<_> = findings.iter().map(|finding| finding.code.rsplit('_').next().expect("a number")).collect();
        assert_eq!(codes, ["101", "103", "106", "107", "108", "106", "104"]);
    }
}
