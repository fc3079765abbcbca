//! The fields of a definition, as the specification has them.

use ajo_core::Api;
use ajo_core::schema::{self, Field, Kind, Object};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

/// The field that the client fills in: the organization is that of the credential.
pub(crate) const ORG_ID: &str = "orgId";
/// Its order means nothing.
const METHODS: &str = "methods";
/// -1 is shown where a deployed definition set none (observed).
const MAX_HTTP_CONNECTIONS: &str = "maxHttpConnections";

/// The fields of an object that have a value, in the order of the specification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(&'static str, FieldValue)>);

/// What one field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldValue {
    /// Fields of its own.
    Object(Fields),
    /// Anything else.
    Plain(Value),
}

/// How JSON is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A value of another type, or a missing URL, makes the whole unreadable: somebody wrote it.
    Strict,
    /// A value of another type is as good as none: the service said it.
    Lenient,
}

/// The schema of a definition.
pub(crate) fn schema_of(api: Api) -> &'static Object {
    schema::request_body(api, "create").expect("a test reads a definition of each API")
}

/// The fields of an object in the order of the specification, without the one that the client fills in.
pub(crate) fn ordered(schema: &Object) -> Vec<&'static Field> {
    let mut fields: Vec<_> = schema.fields.iter().filter(|field| field.name != ORG_ID).collect();
    fields.sort_by_key(|field| field.position);
    fields
}

impl Fields {
    /// The fields of a definition in normal form, which has its required texts, lists, and objects always.
    pub(crate) fn of_definition(api: Api, json: &Map<String, Value>, reading: Reading) -> Option<Self> {
        let mut fields = Self::read(schema_of(api), json, reading)?.0;
        let mut complete = Vec::with_capacity(fields.len());
        for field in ordered(schema_of(api)) {
            if fields.first().is_some_and(|(name, _)| *name == field.name) {
                complete.push(fields.remove(0));
                continue;
            }
            let missing = match field.kind {
                Kind::String => FieldValue::Plain(Value::from("")),
                Kind::Array(_) => FieldValue::Plain(Value::Array(Vec::new())),
                Kind::Object(_) => FieldValue::Object(Self::default()),
                // A draft may lack a number.
                Kind::Integer | Kind::Number | Kind::Boolean | Kind::Any => continue,
            };
            if !field.required {
                continue;
            }
            // `null` is no text, list, or object, and without a URL it has no key.
            let is_wrong = json.contains_key(field.name) || matches!(field.kind, Kind::String);
            if reading == Reading::Strict && is_wrong {
                return None;
            }
            complete.push((field.name, missing));
        }
        Some(Self(complete))
    }

    fn read(schema: &Object, json: &Map<String, Value>, reading: Reading) -> Option<Self> {
        let mut fields = Vec::new();
        for field in ordered(schema) {
            let Some(value) = json.get(field.name).filter(|value| !value.is_null()) else { continue };
            match (read_value(field, value, reading), reading) {
                (Some(value), _) if value.is_none(field) => {}
                (Some(value), _) => fields.push((field.name, value)),
                (None, Reading::Lenient) => {}
                (None, Reading::Strict) => return None,
            }
        }
        Some(Self(fields))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &FieldValue)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&FieldValue> {
        self.iter().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// The first required field that is missing, here or below.
    pub(crate) fn missing(&self, schema: &Object) -> Option<&'static str> {
        ordered(schema).into_iter().find_map(|field| match (self.get(field.name), field.kind) {
            (None, _) => field.required.then_some(field.name),
            (Some(FieldValue::Object(fields)), Kind::Object(schema)) => fields.missing(schema),
            _ => None,
        })
    }

    pub(crate) fn to_json(&self) -> Map<String, Value> {
        self.iter().map(|(name, value)| (name.to_owned(), value.to_json())).collect()
    }
}

impl FieldValue {
    /// Whether it says as little as a missing field does. Whether the service keeps an empty text is unknown.
    fn is_none(&self, field: &Field) -> bool {
        let Self::Plain(value) = self else { return false };
        (!field.required && value == "") || (field.name == MAX_HTTP_CONNECTIONS && *value == -1)
    }

    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Object(fields) => fields.to_json().into(),
            Self::Plain(value) => value.clone(),
        }
    }
}

/// A value in normal form; `None` if it is of another type.
fn read_value(field: &Field, value: &Value, reading: Reading) -> Option<FieldValue> {
    if let (Kind::Object(schema), Value::Object(json)) = (field.kind, value) {
        return Fields::read(schema, json, reading).map(FieldValue::Object);
    }
    let mut value = value.clone();
    if let Value::Array(items) = &mut value
        && field.name == METHODS
    {
        items.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
        items.dedup();
    }
    is_of(field.kind, &value).then_some(FieldValue::Plain(value))
}

fn is_of(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::String => value.is_string(),
        Kind::Integer => value.is_i64(),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Array(items) => value.as_array().is_some_and(|values| values.iter().all(|value| is_of(*items, value))),
        Kind::Object(_) => value.is_object(),
        Kind::Any => true,
    }
}

/// The first value that is of another type than the specification says, by its JSON pointer, and the type that it should have.
pub(crate) fn first_mistyped(schema: &Object, json: &Map<String, Value>) -> Option<(String, &'static str)> {
    ordered(schema).into_iter().find_map(|field| {
        let value = json.get(field.name).filter(|value| !value.is_null())?;
        let below = match (field.kind, value) {
            (Kind::Object(schema), Value::Object(below)) => first_mistyped(schema, below),
            (kind, value) => (!is_of(kind, value)).then(|| (String::new(), described(kind))),
        };
        below.map(|(pointer, expected)| (format!("/{}{pointer}", field.name), expected))
    })
}

const fn described(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "text",
        Kind::Integer => "a whole number",
        Kind::Number => "a number",
        Kind::Boolean => "true or false",
        Kind::Array(_) => "a list",
        Kind::Object(_) => "a mapping",
        Kind::Any => "anything",
    }
}

// In the order of the specification, which is part of digests.
impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(fields) => fields.serialize(serializer),
            Self::Plain(value) => value.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mistyped(json: &Value) -> Option<(String, &'static str)> {
        first_mistyped(schema_of(Api::Capping), json.as_object().expect("an object"))
    }

    #[test]
    fn the_first_value_of_another_type_is_found() {
        let limit = |calls: Value| json!({"action": {"rating": {"maxCallsCount": calls, "periodInMs": null}}});
        let json = json!({"url": "u", "methods": ["GET"], "services": limit(json!(1.5)), "unknown": 1});
        let pointer = "/services/action/rating/maxCallsCount".to_owned();
        assert_eq!(mistyped(&json), Some((pointer, "a whole number")));
        assert_eq!(
            mistyped(&json!({"methods": [1], "services": limit(json!(1))})),
            Some(("/methods".to_owned(), "a list"))
        );
        assert_eq!(mistyped(&json!({"services": 1})), Some(("/services".to_owned(), "a mapping")));
        assert_eq!(mistyped(&json!({"services": limit(json!(1))})), None);
    }

    #[test]
    fn a_definition_that_somebody_wrote_is_of_the_right_types_and_what_the_service_says_is_read_all_the_same() {
        let of = |json: &Value, reading| {
            Fields::of_definition(Api::Throttling, json.as_object().expect("an object"), reading)
        };
        let complete = json!({"urlPattern": "u", "methods": [], "name": "", "maxThroughput": 1});
        let expected = json!({"urlPattern": "u", "methods": [], "maxThroughput": 1});
        for reading in [Reading::Strict, Reading::Lenient] {
            assert_eq!(of(&complete, reading).map(|fields| Value::from(fields.to_json())), Some(expected.clone()));
        }
        let odd = json!({"urlPattern": 1, "methods": null, "name": [], "maxThroughput": "400"});
        assert_eq!(of(&odd, Reading::Strict), None);
        let read = of(&odd, Reading::Lenient).expect("what can be read");
        assert_eq!(Value::from(read.to_json()), json!({"urlPattern": "", "methods": []}));
    }
}
