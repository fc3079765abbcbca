//! Unknown fields of a configuration. An update replaces the whole definition, so it sends them back.

use ajo_core::object_schema::{FieldType, ObjectSchema};
use ajo_engine::json::escape_pointer_token;
use serde_json::{Map, Value};

/// The fields of a configuration that neither the request schema (`sent`) nor the response schema (`config`) describes, nested
/// as in the configuration.
pub(super) fn collect_unknown_fields(
    sent: &ObjectSchema,
    config: &ObjectSchema,
    json: &Map<String, Value>,
) -> Map<String, Value> {
    let mut unknown = Map::new();
    for (name, value) in json {
        let value =
            match (sent.field(name).map(|field| field.field_type), config.field(name).map(|field| field.field_type)) {
                (Some(FieldType::Object(sent)), Some(FieldType::Object(config))) => match value {
                    Value::Object(nested) => collect_unknown_fields(sent, config, nested).into(),
                    _ => continue,
                },
                (None, None) => value.clone(),
                // A field of the definition or of the service.
                (Some(_), _) | (None, Some(_)) => continue,
            };
        if !value.as_object().is_some_and(Map::is_empty) || sent.field(name).is_none() {
            unknown.insert(name.clone(), value);
        }
    }
    // Sorted, because plan digests include them.
    unknown.sort_keys();
    unknown.values_mut().for_each(Value::sort_all_objects);
    unknown
}

/// Adds fields that the schema does not describe to a body. Skips those in objects that the body does not have.
pub(super) fn merge_unknown_fields(schema: &ObjectSchema, body: &mut Map<String, Value>, unknown: &Map<String, Value>) {
    for (name, value) in unknown {
        match (schema.field(name).map(|field| field.field_type), body.get_mut(name), value) {
            (Some(FieldType::Object(schema)), Some(Value::Object(body)), Value::Object(unknown)) => {
                merge_unknown_fields(schema, body, unknown);
            }
            (Some(_), ..) => {}
            (None, ..) => merge_value(body, name, value),
        }
    }
}

/// Merges objects field by field; any other value replaces the old one.
fn merge_value(body: &mut Map<String, Value>, name: &str, value: &Value) {
    match (body.get_mut(name), value) {
        (Some(Value::Object(old)), Value::Object(new)) => {
            new.iter().for_each(|(name, value)| merge_value(old, name, value));
        }
        _ => {
            body.insert(name.to_owned(), value.clone());
        }
    }
}

/// The paths of the values in nested objects, as JSON pointers.
pub(super) fn leaf_paths(fields: &Map<String, Value>) -> Vec<String> {
    let mut paths = Vec::new();
    for (name, value) in fields {
        let name = escape_pointer_token(name);
        match value {
            Value::Object(nested) if !nested.is_empty() => {
                paths.extend(leaf_paths(nested).iter().map(|path| format!("/{name}{path}")));
            }
            _ => paths.push(format!("/{name}")),
        }
    }
    paths
}

/// The JSON pointers of the unknown fields of a configuration, except the ones in `set`, which the file sets.
pub(super) fn unset_paths(unknown: &Map<String, Value>, set: &[String]) -> Vec<String> {
    leaf_paths(unknown).into_iter().filter(|path| !set.contains(path)).collect()
}

/// The fields at these paths.
pub(super) fn select_fields(fields: &Map<String, Value>, paths: &[String]) -> Map<String, Value> {
    let mut selected = Map::new();
    for path in paths {
        let names: Vec<_> = path.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
        select_field(fields, &names, &mut selected);
    }
    selected
}

fn select_field(fields: &Map<String, Value>, names: &[String], selected: &mut Map<String, Value>) {
    match (names, names.first().and_then(|name| fields.get(name))) {
        ([name], Some(value)) => {
            selected.insert(name.clone(), value.clone());
        }
        ([name, rest @ ..], Some(Value::Object(nested))) => {
            let mut inner = Map::new();
            select_field(nested, rest, &mut inner);
            if !inner.is_empty() {
                merge_value(selected, name, &inner.into());
            }
        }
        _ => {}
    }
}

/// A JSON pointer with dots, as in other messages.
pub(super) fn dotted_path(pointer: &str) -> String {
    pointer[1..].replace('/', ".").replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use ajo_core::{CappingConfig, ThrottlingConfig};
    use serde_json::json;

    use super::*;
    use crate::{ConfigDefinition, ObservedConfig};

    #[test]
    fn update_preserves_unknown_fields() {
        let config: CappingConfig = serde_json::from_value(json!({
            "uid": "u-1", "state": "updated", "orgId": "o", "tenantId": "t", "burst": {"b": 1, "a": [2]},
            "url": "https://a.example/*", "methods": ["GET"], "deployedConfig": {"url": "u", "queue": 1},
            "metadata": {"createdBy": "me", "reviewedBy": "you"},
            "services": {
                "action": {"weight": 3, "rating": {"maxCallsCount": 5, "periodInMs": 1000, "jitter": true}},
                "dataSource": {"rating": {"maxCallsCount": 5, "periodInMs": 1000, "jitter": false}},
            },
        }))
        .expect("a configuration");
        let found = ObservedConfig::from(&config);
        let wanted = json!({
            "url": "https://a.example/*", "methods": ["GET"],
            "services": {"action": {"rating": {"maxCallsCount": 9, "periodInMs": 1000}}},
        });
        let wanted = ConfigDefinition::from_json(ajo_core::Api::Capping, &wanted).expect("a definition");
        let body = wanted.to_update_body(&found.unknown_fields).expect("complete");
        let expected = json!({
            "url": "https://a.example/*", "methods": ["GET"], "burst": {"a": [2], "b": 1},
            "services": {"action": {"weight": 3, "rating": {"maxCallsCount": 9, "periodInMs": 1000, "jitter": true}}},
        });
        assert_eq!(Value::Object(body), expected);
    }

    #[test]
    fn known_fields_are_not_unknown() {
        let config: ThrottlingConfig =
            serde_json::from_value(json!({"uid": "u", "urlPattern": "p", "maxThroughput": 1, "version": "1.0"}))
                .expect("a configuration");
        assert_eq!(ObservedConfig::from(&config).unknown_fields, Map::new());
    }
}
