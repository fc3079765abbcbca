//! The one normal form in which what is wanted and what is there are compared.

use std::collections::BTreeSet;

use ajo_core::Api;
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::fields::{FieldValue, Fields, Reading, schema_of};
use crate::Key;
use crate::definition_schema::definition_schema;

/// A definition in normal form: methods are a set, `maxHttpConnections: -1` is none, empty texts are none, and the organization
/// is not part of it, because it is that of the credential. Which fields it can have is what the specification says.
///
/// A number can be missing, and so can whatever is within a field: the service keeps drafts that cannot be deployed.
///
/// ```
/// use ajo_core::Api;
/// use ajo_limits::{Definition, InForce, Key, Standing, Unsendable};
/// use serde_json::{Value, json};
///
/// let capping = |calls: Value| Definition::from_json(Api::Capping, &json!({
///     "url": "https://api.example.org/*",
///     "methods": ["GET"],
///     "services": {"action": {"maxHttpConnections": -1, "rating": {"maxCallsCount": calls, "periodInMs": 1000}}},
/// })).expect("a definition");
/// assert_eq!(capping(Value::Null).to_send().unwrap_err(), Unsendable("maxCallsCount"));
///
/// // Without a limit of connections it is the same, and so is its key.
/// let definition = capping(200.into());
/// assert_eq!(definition.integer(&["services", "action", "maxHttpConnections"]), None);
/// let Key { api: Api::Capping, url, .. } = definition.key() else { panic!() };
/// assert_eq!((definition.api(), url.as_str()), (Api::Capping, "https://api.example.org/*"));
///
/// // An update of capping changes what is saved; what limits is what was deployed.
/// let lower = capping(100.into());
/// let standing = Standing::of(definition.clone(), Some(definition.clone()));
/// assert!(standing.in_force == InForce::Saved && standing.is_deployed());
/// assert_eq!(standing.after(ajo_core::Verb::Update, &lower).in_force, InForce::Other(definition));
///
/// // One of throttling cannot lack its number either.
/// let throttling = Definition::from_json(Api::Throttling, &json!({"urlPattern": url})).expect("a draft");
/// assert!(throttling.to_send().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    api: Api,
    fields: Fields,
}

/// A draft that lacks something without which the service would refuse it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it has no {0}")]
pub struct Unsendable(pub &'static str);

impl Definition {
    /// A definition from JSON that somebody wrote. Fields that are not known are left out. `None` if it has no URL, or if
    /// anything in it is of another type than the specification says.
    pub fn from_json(api: Api, json: &Value) -> Option<Self> {
        Some(Self { api, fields: Fields::of_definition(api, json.as_object()?, Reading::Strict)? })
    }

    /// A definition from what the service says, of which nothing can be relied on.
    pub(super) fn observed(api: Api, json: &Map<String, Value>) -> Self {
        let fields = Fields::of_definition(api, json, Reading::Lenient).unwrap_or_default();
        Self { api, fields }
    }

    /// Which API it is of.
    pub const fn api(&self) -> Api {
        self.api
    }

    /// What it is known by.
    pub fn key(&self) -> Key {
        let url = match self.api {
            Api::Capping => "url",
            Api::Throttling => "urlPattern",
        };
        let url = self.string(&[url]).unwrap_or_default().to_owned();
        Key { api: self.api, url, methods: self.methods() }
    }

    fn methods(&self) -> BTreeSet<String> {
        let methods = self.plain(&["methods"]).and_then(Value::as_array).into_iter().flatten();
        methods.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The integer at a path of field names.
    pub fn integer(&self, path: &[&str]) -> Option<i64> {
        self.plain(path)?.as_i64()
    }

    /// The string at a path of field names.
    pub fn string(&self, path: &[&str]) -> Option<&str> {
        self.plain(path)?.as_str()
    }

    /// The names of the fields of the object at a path.
    pub(crate) fn names(&self, path: &[&str]) -> Vec<&'static str> {
        let mut fields = &self.fields;
        for name in path {
            let Some(FieldValue::Object(below)) = fields.get(name) else { return Vec::new() };
            fields = below;
        }
        fields.iter().map(|(name, _)| name).collect()
    }

    pub(crate) const fn fields(&self) -> &Fields {
        &self.fields
    }

    fn plain(&self, path: &[&str]) -> Option<&Value> {
        let (last, parents) = path.split_last()?;
        let mut fields = &self.fields;
        for name in parents {
            let FieldValue::Object(below) = fields.get(name)? else { return None };
            fields = below;
        }
        match fields.get(last)? {
            FieldValue::Plain(value) => Some(value),
            FieldValue::Object(_) => None,
        }
    }

    /// Its fields as JSON.
    pub fn to_json(&self) -> Map<String, Value> {
        self.fields.to_json()
    }

    /// The body of `create` and `update`.
    ///
    /// # Errors
    ///
    /// A field is missing without which the service would refuse it.
    pub fn to_send(&self) -> Result<Map<String, Value>, Unsendable> {
        match self.fields.missing(schema_of(self.api)) {
            Some(name) => Err(Unsendable(name)),
            None => Ok(self.to_json()),
        }
    }
}

impl Serialize for Definition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("api", &self.api)?;
        for (name, value) in self.fields.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Value::deserialize(deserializer)?;
        let api = Api::deserialize(&json["api"]).map_err(D::Error::custom)?;
        Self::from_json(api, &json).ok_or_else(|| D::Error::custom(format_args!("this is no definition of {api}")))
    }
}

impl JsonSchema for Definition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Definition".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
        let of = |api: Api| {
            let mut schema = definition_schema(api);
            schema["properties"]["api"] = serde_json::json!({ "const": api });
            schema["required"] = serde_json::json!(["api"]);
            schema
        };
        schemars::json_schema!({
            "description": "A definition in normal form.",
            "oneOf": [of(Api::Capping), of(Api::Throttling)],
        })
    }
}
