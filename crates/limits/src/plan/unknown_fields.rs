//! Fields of a configuration that this version does not know. An update replaces the whole definition, so it sends them back.

use ajo_core::schema::{Kind, Object};
use serde_json::{Map, Value};

use super::fields::schema_of;
use crate::Definition;

/// The fields of a configuration that belong to its definition and that no specification knows, each within the objects that it
/// is in. `config` is the schema that the specification has of the configuration.
pub(super) fn unknown_fields(sent: &Object, config: &Object, json: &Map<String, Value>) -> Map<String, Value> {
    let mut unknown = Map::new();
    for (name, value) in json {
        let value = match (sent.field(name).map(|field| field.kind), config.field(name).map(|field| field.kind)) {
            (Some(Kind::Object(sent)), Some(Kind::Object(config))) => match value {
                Value::Object(below) => unknown_fields(sent, config, below).into(),
                _ => continue,
            },
            (None, None) => value.clone(),
            // It is part of the definition, or the service's own.
            (Some(_), _) | (None, Some(_)) => continue,
        };
        if !value.as_object().is_some_and(Map::is_empty) || sent.field(name).is_none() {
            unknown.insert(name.clone(), value);
        }
    }
    // Plans are digested with what they read.
    unknown.sort_keys();
    unknown.values_mut().for_each(Value::sort_all_objects);
    unknown
}

impl Definition {
    /// The body of an `update` of a configuration that has these unknown fields: it keeps them, except in an object that the
    /// definition no longer has.
    ///
    /// # Errors
    ///
    /// A field is missing without which the service would refuse it.
    pub fn to_send_with(&self, unknown: &Map<String, Value>) -> Result<Map<String, Value>, crate::Unsendable> {
        let mut body = self.to_send()?;
        merge(schema_of(self.api()), &mut body, unknown);
        Ok(body)
    }
}

fn merge(schema: &Object, body: &mut Map<String, Value>, unknown: &Map<String, Value>) {
    for (name, value) in unknown {
        match (schema.field(name).map(|field| field.kind), body.get_mut(name), value) {
            (Some(Kind::Object(schema)), Some(Value::Object(body)), Value::Object(unknown)) => {
                merge(schema, body, unknown);
            }
            (Some(_), ..) => {}
            (None, ..) => {
                body.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ajo_core::{CappingConfig, ThrottlingConfig};
    use serde_json::json;

    use super::*;
    use crate::Found;

    #[test]
    fn an_update_keeps_fields_that_nobody_knows_and_not_those_of_the_service() {
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
        let found = Found::from(&config);
        let wanted = json!({
            "url": "https://a.example/*", "methods": ["GET"],
            "services": {"action": {"rating": {"maxCallsCount": 9, "periodInMs": 1000}}},
        });
        let wanted = Definition::from_json(ajo_core::Api::Capping, &wanted).expect("a definition");
        let body = wanted.to_send_with(&found.unknown_fields).expect("complete");
        let expected = json!({
            "url": "https://a.example/*", "methods": ["GET"], "burst": {"a": [2], "b": 1},
            "services": {"action": {"weight": 3, "rating": {"maxCallsCount": 9, "periodInMs": 1000, "jitter": true}}},
        });
        assert_eq!(Value::Object(body), expected);
    }

    #[test]
    fn a_configuration_with_known_fields_has_no_unknown_ones() {
        let config: ThrottlingConfig =
            serde_json::from_value(json!({"uid": "u", "urlPattern": "p", "maxThroughput": 1, "version": "1.0"}))
                .expect("a configuration");
        assert_eq!(Found::from(&config).unknown_fields, Map::new());
    }
}
