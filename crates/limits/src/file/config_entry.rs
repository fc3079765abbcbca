//! One entry of a limits file.

use ajo_core::Api;
use ajo_core::object_schema::{self, FieldType, ObjectSchema};
use ajo_core::rules::{self, Severity};
use serde_json::{Map, Value};

use super::file_diagnostics::{FileDiagnostics, quote_excerpt};
use super::known_keys::{check_keys, suggest_key};
use super::lookalikes::find_lookalike;
use super::schema_types::{self, EXTRA};
use super::yaml_node::{YamlNode, YamlValue};
use crate::plan::{ORG_ID, first_mistyped, ordered_fields, request_body_schema};
use crate::url_form::{normalize_url_pattern, normalized_host};
use crate::{ConfigDefinition, ConfigKey, DesiredConfig, SecretValues};

/// The service's code for an unknown key in `services`.
const SERVICE_NAME_CODE: &str = "ERR_AUTHORING_ENDPOINTCONFIG_1";
/// The field that holds one limit per kind of caller.
const SERVICES: &str = "services";

/// Checks an entry and returns the configuration it describes, if it is complete enough. `known_keys` are the keys that it
/// may have. Its strings have placeholders in place of the secrets.
pub(crate) fn parse_entry(
    entry: &YamlNode,
    api: Api,
    known_keys: &[&str],
    secrets: &SecretValues,
    diagnostics: &mut FileDiagnostics,
) -> Option<DesiredConfig> {
    if entry.as_mapping().is_none() {
        let message = format!("a {api} limit must be a mapping, not {}", entry.type_name());
        diagnostics.error("AJO_LIMITS_TYPE", &entry.span, message);
        return None;
    }
    let first = diagnostics.count();
    let deployed = parse_deployed(entry, diagnostics);
    let json = Value::Object(parse_definition(entry, api, known_keys, diagnostics));
    check_rules(entry, api, &json, deployed, diagnostics);
    check_lookalikes(entry, diagnostics);
    let extra = parse_extra(entry, api, diagnostics);
    let definition =
        ConfigDefinition::from_json(api, &json).map(|definition| definition.with_extra(extra).seal(secrets));
    if let Some(definition) = definition.as_ref().filter(|definition| definition.has_secrets()) {
        check_secret_places(entry, definition, diagnostics);
    }
    let is_explained = diagnostics.added_since(first).iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    if definition.is_none()
        && !is_explained
        && let Value::Object(fields) = &json
    {
        check_first_type(entry, api, fields, diagnostics);
    }
    let key = definition.as_ref().map(ConfigDefinition::key);
    for diagnostic in diagnostics.added_since(first) {
        diagnostic.key.clone_from(&key);
    }
    let location = Some(entry.reference_span.to_location());
    Some(DesiredConfig { definition: definition?, deployed, file: None, location })
}

/// The value of `deployed`; a limit is deployed by default.
fn parse_deployed(entry: &YamlNode, diagnostics: &mut FileDiagnostics) -> bool {
    match entry.get("deployed") {
        None => true,
        Some(YamlNode { value: YamlValue::Bool(deployed), .. }) => *deployed,
        Some(node) => {
            let message = format!("`deployed` must be true or false, not {}", node.type_name());
            diagnostics.error("AJO_LIMITS_TYPE", &node.span, message);
            true
        }
    }
}

/// The definition of an entry: its fields without the unknown ones, which are reported.
fn parse_definition(
    entry: &YamlNode,
    api: Api,
    known_keys: &[&str],
    diagnostics: &mut FileDiagnostics,
) -> Map<String, Value> {
    let (mut own, mut org) = (entry.clone(), None);
    if let YamlValue::Mapping(map) = &mut own.value {
        let at = map.iter().position(|(name, _)| name.as_str() == Some(ORG_ID));
        org = at.map(|at| map.remove(at));
    }
    if let Some((name, _)) = org {
        diagnostics.error("AJO_LIMITS_ORG_ID", &name.span, "a limits file must not set the organization").hint =
            Some("remove `orgId`: it is filled in from the credentials".to_owned());
    }
    let mut unknown = Vec::new();
    let first = diagnostics.count();
    check_keys(&own, known_keys, &mut unknown, diagnostics);
    check_nested_keys(&own, request_body_schema(api), diagnostics);
    for hint in diagnostics.added_since(first).iter_mut().filter_map(|diagnostic| diagnostic.hint.as_mut()) {
        if hint.starts_with("known keys") {
            hint.push_str("; a field that only the service knows goes under `extra`");
        }
    }
    let Value::Object(mut definition) = own.to_json() else { return Map::new() };
    definition.retain(|name, _| !unknown.contains(name) && !schema_types::FILE_ONLY_KEYS.contains(&name.as_str()));
    definition
}

/// The fields under `extra`, which are sent although the specification does not have them.
fn parse_extra(entry: &YamlNode, api: Api, diagnostics: &mut FileDiagnostics) -> Map<String, Value> {
    let Some(node) = entry.get(EXTRA).filter(|node| !node.is_null()) else { return Map::new() };
    if node.as_mapping().is_none() {
        let message = format!("`{EXTRA}` must be a mapping, not {}", node.type_name());
        diagnostics.error("AJO_LIMITS_TYPE", &node.span, message);
        return Map::new();
    }
    check_extra(node, Some(request_body_schema(api)), diagnostics);
    check_service_fields(node, api, diagnostics);
    match node.to_json() {
        Value::Object(extra) => without_nulls(extra),
        _ => Map::new(),
    }
}

/// Reports fields of the specification, which belong outside of `extra`.
fn check_extra(node: &YamlNode, schema: Option<&ObjectSchema>, diagnostics: &mut FileDiagnostics) {
    let YamlValue::Mapping(map) = &node.value else { return };
    for (name, value) in map {
        let key = name.to_key_string();
        match schema.and_then(|schema| schema.field(&key)).map(|field| field.field_type) {
            Some(FieldType::Object(below)) if value.as_mapping().is_some() => {
                check_extra(value, Some(below), diagnostics);
            }
            Some(_) => {
                let message = format!("`{}` is a known field and does not belong under `{EXTRA}`", quote_excerpt(&key));
                diagnostics.error("AJO_LIMITS_EXTRA", &name.span, message).hint =
                    Some(format!("write it outside of `{EXTRA}`"));
            }
            None => {}
        }
    }
}

/// Reports fields that only the service sets, such as `state`: it would ignore them, so the file would always differ.
fn check_service_fields(node: &YamlNode, api: Api, diagnostics: &mut FileDiagnostics) {
    for (name, _) in node.as_mapping().into_iter().flatten() {
        let key = name.to_key_string();
        if object_schema::config(api).field(&key).is_some() && request_body_schema(api).field(&key).is_none() {
            let message =
                format!("`{}` is a field that the service sets, so it cannot be in a file", quote_excerpt(&key));
            diagnostics.error("AJO_LIMITS_EXTRA", &name.span, message).hint =
                Some(format!("remove it; `{EXTRA}` is for fields of the definition"));
        }
    }
}

/// `null` removes a field, as in an overlay.
pub(crate) fn without_nulls(fields: Map<String, Value>) -> Map<String, Value> {
    let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
    kept.map(|(name, value)| match value {
        Value::Object(nested) => (name, without_nulls(nested).into()),
        value => (name, value),
    })
    .collect()
}

/// Checks the keys of nested objects. The keys of `services` are checked by the service's own rules.
fn check_nested_keys(node: &YamlNode, schema: &ObjectSchema, diagnostics: &mut FileDiagnostics) {
    for field in ordered_fields(schema) {
        let (FieldType::Object(below), Some(node)) = (field.field_type, node.get(field.name)) else { continue };
        if field.name != SERVICES {
            let names: Vec<_> = ordered_fields(below).iter().map(|field| field.name).collect();
            check_keys(node, &names, &mut Vec::new(), diagnostics);
        }
        check_nested_keys(node, below, diagnostics);
    }
}

/// Reports the first value of a wrong type that no rule of the service covers.
fn check_first_type(entry: &YamlNode, api: Api, definition: &Map<String, Value>, diagnostics: &mut FileDiagnostics) {
    let Some((pointer, expected)) = first_mistyped(request_body_schema(api), definition) else { return };
    let (span, type_name) = match entry.resolve_pointer(&pointer) {
        Ok(node) => (&node.span, node.type_name()),
        Err(span) => (span, "missing"),
    };
    let name = pointer.rsplit('/').next().unwrap_or_default();
    diagnostics.error("AJO_LIMITS_TYPE", span, format!("`{name}` must be {expected}, not {type_name}"));
}

/// Reports violations of the service's own rules, each at its position in the file.
fn check_rules(entry: &YamlNode, api: Api, definition: &Value, deployed: bool, diagnostics: &mut FileDiagnostics) {
    for found in api.validate(definition) {
        let (span, node) = match entry.resolve_pointer(&found.pointer) {
            Ok(node) => (&node.span, Some(node)),
            Err(span) => (span, None),
        };
        // The service saves a draft with such a mistake, but a request without a required field cannot be built.
        let draft = !deployed && !found.rejects_payload && node.is_some();
        let severity = if draft && found.severity == Severity::Error { Severity::Warning } else { found.severity };
        // An unknown service is reported at its key.
        let name = entry.key_span(&found.pointer).filter(|_| found.code == SERVICE_NAME_CODE);
        let span = name.unwrap_or(span);
        diagnostics.add(severity, found.code, span, found.message.clone()).hint = rule_hint(&found, node);
    }
}

/// Notes letters that look like others in the URL and the methods.
fn check_lookalikes(entry: &YamlNode, diagnostics: &mut FileDiagnostics) {
    let methods = entry.get("methods").map(|node| &node.value);
    let methods = if let Some(YamlValue::Sequence(items)) = methods { &items[..] } else { &[] };
    for node in ["url", "urlPattern"].iter().filter_map(|name| entry.get(name)).chain(methods) {
        if let Some(problem) = node.as_str().and_then(find_lookalike) {
            diagnostics.add(Severity::Note, "AJO_LIMITS_LOOKALIKE", &node.span, problem).hint =
                Some("if it is not intended, type the text again".to_owned());
        }
    }
}

/// Reports secrets in a host or a method: a policy must see the real ones, and a host is not secret (DNS, TLS).
fn check_secret_places(entry: &YamlNode, definition: &ConfigDefinition, diagnostics: &mut FileDiagnostics) {
    let ConfigKey { url: sealed, methods, .. } = definition.key();
    let is_wrong_host = |url: &&YamlNode| {
        let url = normalize_url_pattern(url.as_str().unwrap_or_default());
        normalized_host(&url) != normalized_host(&sealed)
    };
    let url = ["url", "urlPattern"].iter().find_map(|name| entry.get(name)).filter(is_wrong_host);
    let names = definition.secret_names();
    let is_secret = |method: &String| names.iter().any(|name| method.contains(&format!("${{{name}}}")));
    let methods = entry.get("methods").filter(|_| methods.iter().any(is_secret));
    for node in url.into_iter().chain(methods) {
        diagnostics.error("AJO_LIMITS_SECRET", &node.span, "a secret must not be in a host or a method").hint =
            Some("write the scheme and the host into the file, and only the rest of the URL as a secret".to_owned());
    }
}

fn rule_hint(found: &rules::Diagnostic, node: Option<&YamlNode>) -> Option<String> {
    let last = found.pointer.rsplit('/').next().unwrap_or_default();
    match (found.code, node) {
        (SERVICE_NAME_CODE, _) => Some(suggest_key(last, &service_names())),
        (_, Some(YamlNode { value: YamlValue::String(text), .. })) if text.parse::<i64>().is_ok() => {
            Some(format!("write the number {} without quotes; a variable is always a string", quote_excerpt(text)))
        }
        ("ERR_THROTTLING_CONFIG_101", Some(YamlNode { value: YamlValue::Number(number), .. }))
            if number.as_i64().is_some_and(|count| count < 200) =>
        {
            Some("an endpoint under throttling must handle 200 calls per second; below that, use capping".to_owned())
        }
        ("ERR_ENDPOINTCONFIG_106", None) => Some("set maxHttpConnections explicitly".to_owned()),
        _ => None,
    }
}

/// The known keys of `services`.
fn service_names() -> Vec<&'static str> {
    match request_body_schema(Api::Capping).field(SERVICES).map(|field| field.field_type) {
        Some(FieldType::Object(services)) => ordered_fields(services).iter().map(|field| field.name).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
