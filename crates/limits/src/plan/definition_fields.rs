//! The fields of a definition, as defined by the specification.

use ajo_core::Api;
use ajo_core::object_schema::{self, FieldSchema, FieldType, ObjectSchema};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

/// The organization, which the client fills in from the credentials.
pub(crate) const ORG_ID: &str = "orgId";
/// A list whose order has no meaning.
const METHODS: &str = "methods";
/// The service returns -1 if a deployed definition does not set it (observed).
const MAX_HTTP_CONNECTIONS: &str = "maxHttpConnections";

/// The fields of an object that have a value, in schema order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DefinitionFields(Vec<(&'static str, FieldValue)>);

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldValue {
    /// A nested object.
    Object(DefinitionFields),
    /// Any other value.
    Leaf(Value),
}

/// How JSON is parsed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParseMode {
    /// For user input: a value of the wrong type or a missing URL is an error.
    Strict,
    /// For responses of the service: a value of the wrong type counts as missing.
    Lenient,
}

/// The schema of a definition.
pub(crate) fn request_body_schema(api: Api) -> &'static ObjectSchema {
    object_schema::request_body(api, "create").expect("a test reads a definition of each API")
}

/// The schema of a configuration in responses.
pub(crate) fn response_schema(api: Api) -> &'static ObjectSchema {
    match api {
        Api::Capping => &object_schema::CAPPING_CONFIG,
        Api::Throttling => &object_schema::THROTTLING_CONFIG,
    }
}

/// The fields of an object in schema order, without `orgId`.
pub(crate) fn ordered_fields(schema: &ObjectSchema) -> Vec<&'static FieldSchema> {
    let mut fields: Vec<_> = schema.fields.iter().filter(|field| field.name != ORG_ID).collect();
    fields.sort_by_key(|field| field.position);
    fields
}

impl DefinitionFields {
    /// Parses and normalizes a definition. Required strings, lists, and objects are always present in the result.
    pub(crate) fn parse_definition(api: Api, json: &Map<String, Value>, mode: ParseMode) -> Option<Self> {
        let mut fields = Self::parse_object(request_body_schema(api), json, mode)?.0;
        let mut complete = Vec::with_capacity(fields.len());
        for field in ordered_fields(request_body_schema(api)) {
            if fields.first().is_some_and(|(name, _)| *name == field.name) {
                complete.push(fields.remove(0));
                continue;
            }
            let empty_value = match field.field_type {
                FieldType::String => FieldValue::Leaf(Value::from("")),
                FieldType::Array(_) => FieldValue::Leaf(Value::Array(Vec::new())),
                FieldType::Object(_) => FieldValue::Object(Self::default()),
                // A draft may lack a number.
                FieldType::Integer | FieldType::Number | FieldType::Boolean | FieldType::Any => continue,
            };
            if !field.required {
                continue;
            }
            // `null` is not a valid string, list, or object, and without a URL there is no key.
            let is_invalid = json.contains_key(field.name) || matches!(field.field_type, FieldType::String);
            if mode == ParseMode::Strict && is_invalid {
                return None;
            }
            complete.push((field.name, empty_value));
        }
        Some(Self(complete))
    }

    fn parse_object(schema: &ObjectSchema, json: &Map<String, Value>, mode: ParseMode) -> Option<Self> {
        let mut fields = Vec::new();
        for field in ordered_fields(schema) {
            let Some(value) = json.get(field.name).filter(|value| !value.is_null()) else { continue };
            match (parse_value(field, value, mode), mode) {
                (Some(value), _) if value.is_unset(field) => {}
                (Some(value), _) => fields.push((field.name, value)),
                (None, ParseMode::Lenient) => {}
                (None, ParseMode::Strict) => return None,
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

    /// The first missing required field, including nested ones.
    pub(crate) fn first_missing(&self, schema: &ObjectSchema) -> Option<&'static str> {
        ordered_fields(schema).into_iter().find_map(|field| match (self.get(field.name), field.field_type) {
            (None, _) => field.required.then_some(field.name),
            (Some(FieldValue::Object(fields)), FieldType::Object(schema)) => fields.first_missing(schema),
            _ => None,
        })
    }

    pub(crate) fn to_json(&self) -> Map<String, Value> {
        self.iter().map(|(name, value)| (name.to_owned(), value.to_json())).collect()
    }
}

impl FieldValue {
    /// Whether the value equals a missing field. Whether the service stores an empty string is unknown.
    fn is_unset(&self, field: &FieldSchema) -> bool {
        let Self::Leaf(value) = self else { return false };
        (!field.required && value == "") || (field.name == MAX_HTTP_CONNECTIONS && *value == -1)
    }

    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Object(fields) => fields.to_json().into(),
            Self::Leaf(value) => value.clone(),
        }
    }
}

/// Normalizes a value; `None` if it has the wrong type.
fn parse_value(field: &FieldSchema, value: &Value, mode: ParseMode) -> Option<FieldValue> {
    if let (FieldType::Object(schema), Value::Object(json)) = (field.field_type, value) {
        return DefinitionFields::parse_object(schema, json, mode).map(FieldValue::Object);
    }
    let mut value = value.clone();
    if let Value::Array(items) = &mut value
        && field.name == METHODS
    {
        items.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
        items.dedup();
    }
    matches_type(field.field_type, &value).then_some(FieldValue::Leaf(value))
}

fn matches_type(field_type: FieldType, value: &Value) -> bool {
    match field_type {
        FieldType::String => value.is_string(),
        FieldType::Integer => value.is_i64(),
        FieldType::Number => value.is_number(),
        FieldType::Boolean => value.is_boolean(),
        FieldType::Array(items) => {
            value.as_array().is_some_and(|values| values.iter().all(|value| matches_type(*items, value)))
        }
        FieldType::Object(_) => value.is_object(),
        FieldType::Any => true,
    }
}

/// The JSON pointer of the first value of a wrong type, and the expected type.
pub(crate) fn first_mistyped(schema: &ObjectSchema, json: &Map<String, Value>) -> Option<(String, &'static str)> {
    ordered_fields(schema).into_iter().find_map(|field| {
        let value = json.get(field.name).filter(|value| !value.is_null())?;
        let nested = match (field.field_type, value) {
            (FieldType::Object(schema), Value::Object(nested)) => first_mistyped(schema, nested),
            (expected, value) => (!matches_type(expected, value)).then(|| (String::new(), type_description(expected))),
        };
        nested.map(|(pointer, expected)| (format!("/{}{pointer}", field.name), expected))
    })
}

const fn type_description(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::String => "a string",
        FieldType::Integer => "an integer",
        FieldType::Number => "a number",
        FieldType::Boolean => "true or false",
        FieldType::Array(_) => "a list",
        FieldType::Object(_) => "a mapping",
        FieldType::Any => "anything",
    }
}

// In schema order, because digests depend on it.
impl Serialize for DefinitionFields {
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
            Self::Leaf(value) => value.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mistyped(json: &Value) -> Option<(String, &'static str)> {
        first_mistyped(request_body_schema(Api::Capping), json.as_object().expect("an object"))
    }

    #[test]
    fn first_mistyped_value_is_found() {
        let limit = |calls: Value| json!({"action": {"rating": {"maxCallsCount": calls, "periodInMs": null}}});
        let json = json!({"url": "u", "methods": ["GET"], "services": limit(json!(1.5)), "unknown": 1});
        let pointer = "/services/action/rating/maxCallsCount".to_owned();
        assert_eq!(mistyped(&json), Some((pointer, "an integer")));
        assert_eq!(
            mistyped(&json!({"methods": [1], "services": limit(json!(1))})),
            Some(("/methods".to_owned(), "a list"))
        );
        assert_eq!(mistyped(&json!({"services": 1})), Some(("/services".to_owned(), "a mapping")));
        assert_eq!(mistyped(&json!({"services": limit(json!(1))})), None);
    }

    #[test]
    fn strict_mode_rejects_and_lenient_mode_skips() {
        let parse = |json: &Value, mode| {
            DefinitionFields::parse_definition(Api::Throttling, json.as_object().expect("an object"), mode)
        };
        let complete = json!({"urlPattern": "u", "methods": [], "name": "", "maxThroughput": 1});
        let expected = json!({"urlPattern": "u", "methods": [], "maxThroughput": 1});
        for mode in [ParseMode::Strict, ParseMode::Lenient] {
            assert_eq!(parse(&complete, mode).map(|fields| Value::from(fields.to_json())), Some(expected.clone()));
        }
        let invalid = json!({"urlPattern": 1, "methods": null, "name": [], "maxThroughput": "400"});
        assert_eq!(parse(&invalid, ParseMode::Strict), None);
        let fields = parse(&invalid, ParseMode::Lenient).expect("the valid fields");
        assert_eq!(Value::from(fields.to_json()), json!({"urlPattern": "", "methods": []}));
    }
}
