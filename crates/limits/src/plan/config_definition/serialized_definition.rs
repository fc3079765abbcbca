//! Definitions as JSON. Secrets are written as placeholders and HMACs.

use std::collections::BTreeMap;

use ajo_core::Api;
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::ConfigDefinition;
use crate::SecretHmac;
use crate::definition_schema::definition_schema;

impl ConfigDefinition {
    fn serialize_with<S: Serializer>(&self, serializer: S, url: Option<&str>) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("api", &self.api)?;
        for (name, value) in self.fields.iter() {
            match url.filter(|_| name == self.url_field()) {
                Some(url) => map.serialize_entry(name, url)?,
                None => map.serialize_entry(name, value)?,
            }
        }
        if !self.extra.is_empty() {
            map.serialize_entry("extra", &self.extra)?;
        }
        let secrets = self.secret_hmacs();
        if !secrets.is_empty() {
            map.serialize_entry("secrets", &secrets)?;
        }
        map.end()
    }
}

/// Serializes a definition with the normal form of its URL, for digests.
pub(in crate::plan) struct NormalForm<'d>(pub(in crate::plan) &'d ConfigDefinition);

impl Serialize for NormalForm<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_with(serializer, self.0.normal_url.as_deref())
    }
}

impl Serialize for ConfigDefinition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize_with(serializer, None)
    }
}

impl<'de> Deserialize<'de> for ConfigDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Value::deserialize(deserializer)?;
        let api = Api::deserialize(&json["api"]).map_err(D::Error::custom)?;
        let extra = match json.get("extra") {
            None => Map::new(),
            Some(Value::Object(extra)) => extra.clone(),
            Some(_) => return Err(D::Error::custom("`extra` must be an object")),
        };
        let secrets = match json.get("secrets") {
            None => BTreeMap::new(),
            Some(secrets) => BTreeMap::deserialize(secrets).map_err(D::Error::custom)?,
        };
        let definition = Self::from_json(api, &json).map(|definition| definition.with_extra(extra));
        let definition = definition.map(|definition| definition.with_stored_secrets(secrets));
        definition.ok_or_else(|| D::Error::custom(format_args!("not a {api} definition")))
    }
}

impl JsonSchema for ConfigDefinition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ConfigDefinition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        let mut api_schema = |api: Api| {
            let mut schema = definition_schema(api);
            schema["properties"]["api"] = serde_json::json!({ "const": api });
            schema["properties"]["extra"] = serde_json::json!({
                "description": "Fields that are not in the specification, nested as in the definition.",
                "type": "object",
            });
            schema["properties"]["secrets"] = serde_json::json!({
                "description": "The secrets whose placeholders `${NAME}` are in the strings of the definition.",
                "type": "object",
                "additionalProperties": SecretHmac::json_schema(generator),
            });
            schema["required"] = serde_json::json!(["api"]);
            schema
        };
        schemars::json_schema!({
            "description": "A normalized definition.",
            "oneOf": [api_schema(Api::Capping), api_schema(Api::Throttling)],
        })
    }
}
