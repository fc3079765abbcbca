//! One limit of a file.

use ajo_core::Api;
use ajo_core::rules::{self, Severity};
use ajo_core::schema::{Kind, Object};
use serde_json::{Map, Value};

use super::findings::{Findings, quote};
use super::known_keys::{check_keys, meant};
use super::node::{Is, Node};
use super::schema_types;
use crate::plan::{ORG_ID, first_mistyped, ordered, schema_of};
use crate::{Definition, Finding, Wanted};

/// The code for a kind of caller that there is not.
const SERVICE_NAME: &str = "ERR_AUTHORING_ENDPOINTCONFIG_1";
/// The field with a limit for each kind of caller.
const SERVICES: &str = "services";

/// Checks an entry, and gives what it wants if that can be made out of it.
pub(crate) fn read(entry: &Node, api: Api, findings: &mut Findings) -> Option<Wanted> {
    if entry.map().is_none() {
        let message = format!("a {api} limit must be a mapping, and is {}", entry.kind());
        findings.error("AJO_LIMITS_TYPE", &entry.mark, message);
        return None;
    }
    let first = findings.count();
    let deployed = deployed(entry, findings);
    let json = Value::Object(definition(entry, api, findings));
    check_rules(entry, api, &json, deployed, findings);
    let definition = Definition::from_json(api, &json);
    let is_explained = findings.since(first).iter().any(|finding| finding.severity == Severity::Error);
    if definition.is_none()
        && !is_explained
        && let Value::Object(fields) = &json
    {
        check_types(entry, api, fields, findings);
    }
    let key = definition.as_ref().map(Definition::key);
    for finding in findings.since(first) {
        finding.key.clone_from(&key);
    }
    Some(Wanted { definition: definition?, deployed, place: Some(entry.used.place()) })
}

/// Whether it shall limit, which it shall unless it says otherwise.
fn deployed(entry: &Node, findings: &mut Findings) -> bool {
    match entry.get("deployed") {
        None => true,
        Some(Node { is: Is::Bool(deployed), .. }) => *deployed,
        Some(node) => {
            let message = format!("`deployed` must be true or false, and is {}", node.kind());
            findings.error("AJO_LIMITS_TYPE", &node.mark, message);
            true
        }
    }
}

/// What of it is the service's, without what is not known, of which each is found.
fn definition(entry: &Node, api: Api, findings: &mut Findings) -> Map<String, Value> {
    let (mut own, mut org) = (entry.clone(), None);
    if let Is::Map(map) = &mut own.is {
        let at = map.iter().position(|(name, _)| name.text() == Some(ORG_ID));
        org = at.map(|at| map.remove(at));
    }
    if let Some((name, _)) = org {
        findings.error("AJO_LIMITS_ORG_ID", &name.mark, "the organization is not the file's to say").hint =
            Some("it is filled in from the credential: leave `orgId` out".to_owned());
    }
    let mut unknown = Vec::new();
    check_keys(&own, &schema_types::entry_keys(api), &mut unknown, findings);
    check_keys_below(&own, schema_of(api), findings);
    let Value::Object(mut definition) = own.json() else { return Map::new() };
    definition.retain(|name, _| !unknown.contains(name) && name != "deployed" && name != "absent");
    definition
}

/// Checks the keys of the objects within an object. Those of `services` are a rule of the service.
fn check_keys_below(node: &Node, schema: &Object, findings: &mut Findings) {
    for field in ordered(schema) {
        let (Kind::Object(below), Some(node)) = (field.kind, node.get(field.name)) else { continue };
        if field.name != SERVICES {
            let names: Vec<_> = ordered(below).iter().map(|field| field.name).collect();
            check_keys(node, &names, &mut Vec::new(), findings);
        }
        check_keys_below(node, below, findings);
    }
}

/// Finds the value of another type that no rule of the service is about.
fn check_types(entry: &Node, api: Api, definition: &Map<String, Value>, findings: &mut Findings) {
    let Some((pointer, expected)) = first_mistyped(schema_of(api), definition) else { return };
    let (mark, kind) = match entry.find(&pointer) {
        Ok(node) => (&node.mark, node.kind()),
        Err(mark) => (mark, "nothing"),
    };
    let name = pointer.rsplit('/').next().unwrap_or_default();
    findings.error("AJO_LIMITS_TYPE", mark, format!("`{name}` must be {expected}, and is {kind}"));
}

/// What the service's own rules say, each where it stands in the file.
fn check_rules(entry: &Node, api: Api, definition: &Value, deployed: bool, findings: &mut Findings) {
    for found in api.validate(definition) {
        let place = entry.find(&found.pointer);
        let (mark, node) = match place {
            Ok(node) => (&node.mark, Some(node)),
            Err(mark) => (mark, None),
        };
        // The service keeps a draft with such a mistake; one that lacks something can be sent by nobody.
        let draft = !deployed && !found.refuses_payload && node.is_some();
        let severity = if draft && found.severity == Severity::Error { Severity::Warning } else { found.severity };
        // An invalid service is one by its name.
        let name = entry.name_of(&found.pointer).filter(|_| found.code == SERVICE_NAME);
        let mark = name.unwrap_or(mark);
        findings.add(severity, found.code, mark, found.message.clone()).hint = hint(&found, node);
    }
}

fn hint(found: &rules::Finding, node: Option<&Node>) -> Option<String> {
    let last = found.pointer.rsplit('/').next().unwrap_or_default();
    match (found.code, node) {
        (SERVICE_NAME, _) => Some(meant(last, &service_names())),
        (_, Some(Node { is: Is::Text(text), .. })) if text.parse::<i64>().is_ok() => {
            Some(format!("write the number {} without quotes; a variable is always text", quote(text)))
        }
        ("ERR_ENDPOINTCONFIG_106", None) => Some("set maxHttpConnections, to be sure of it".to_owned()),
        _ => None,
    }
}

/// The kinds of callers.
fn service_names() -> Vec<&'static str> {
    match schema_of(Api::Capping).field(SERVICES).map(|field| field.kind) {
        Some(Kind::Object(services)) => ordered(services).iter().map(|field| field.name).collect(),
        _ => Vec::new(),
    }
}

/// What is remarked on two limits of one URL whose methods are partly the same.
pub(crate) fn overlap(one: &Wanted, other: &Wanted) -> Option<Finding> {
    let (first, second) = (one.key(), other.key());
    let both: Vec<_> = first.methods.intersection(&second.methods).map(String::as_str).collect();
    if first.url != second.url || first.methods == second.methods || both.is_empty() {
        return None;
    }
    let place = one.place.as_ref().map(ToString::to_string).unwrap_or_default();
    Some(Finding {
        code: "AJO_LIMITS_OVERLAP".to_owned(),
        severity: Severity::Remark,
        message: format!("{} of this URL is limited at {place} too", quote(&both.join(", "))),
        hint: Some("which of the two limits a call is not documented: name each method once".to_owned()),
        place: other.place.clone(),
        key: Some(second),
    })
}
