//! Validates and encodes a definition by its schema, without its Rust type.
//!
//! It accepts the same JSON as [`crate::CappingDefinition`] and [`crate::ThrottlingDefinition`], with a tenth of the code, which
//! matters in WebAssembly. The fields come from the specification. Property tests compare it with those types.

use ajo_engine::json::{JsonObject, JsonValue, MAX_DEPTH, Value, parse, write_string};
use ajo_engine::untrusted_text::message_excerpt;

use crate::Operation;
use crate::parse::config_definition::{EXTRA, ORG_ID};
use crate::parse::json_text::{describe_syntax_error, push_separator, write_json};
use crate::types::object_schema::{self, FieldSchema, FieldType, ObjectSchema};

/// The fields of an object.
type Fields<'v> = <Value<'v> as JsonValue>::Object;

/// Encodes a definition as it is sent: fills in the organization if the schema has a field for it, and moves the fields in
/// `extra` to their places. It rejects unknown fields elsewhere.
pub(crate) fn encode_payload(operation: &Operation, definition: &str, org_id: &str) -> Result<String, String> {
    let body = object_schema::request_body(operation.api, operation.verb.as_str());
    let schema = body.ok_or_else(|| "the operation takes no definition".to_owned())?;
    let mut definition = parse(definition.as_bytes(), MAX_DEPTH).map_err(describe_syntax_error)?;
    if let (Some(_), Value::Object(fields)) = (schema.field(ORG_ID), &mut definition)
        && JsonObject::get(&**fields, ORG_ID).is_none_or(JsonValue::is_null)
    {
        fields.push((ORG_ID.into(), Value::String(org_id.into())));
    }
    let mut json = String::new();
    match &definition {
        Value::Object(fields) => write_definition(fields, schema, &mut json)?,
        _ => return Err("the definition must be an object".to_owned()),
    }
    Ok(json)
}

fn write_definition(fields: &Fields<'_>, schema: &ObjectSchema, json: &mut String) -> Result<(), String> {
    let extra = match JsonObject::get(fields, EXTRA) {
        None | Some(Value::Null) => None,
        Some(Value::Object(extra)) => Some(&**extra),
        Some(_) => return Err(format!("field `{EXTRA}` must be an object")),
    };
    write_object(fields, schema, extra, true, json)
}

fn write_value(value: &Value<'_>, field_type: FieldType, name: &str, json: &mut String) -> Result<(), String> {
    let expected = match (field_type, value) {
        (FieldType::String, Value::String(text)) => {
            write_string(json, text);
            return Ok(());
        }
        (FieldType::Boolean, Value::Bool(flag)) => {
            json.push_str(if *flag { "true" } else { "false" });
            return Ok(());
        }
        (FieldType::Integer, Value::Number((digits, _))) if value.as_i64().is_some() => {
            json.push_str(digits);
            return Ok(());
        }
        (FieldType::Array(items), Value::Array(values)) => {
            json.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write_value(value, *items, name, json)?;
            }
            json.push(']');
            return Ok(());
        }
        (FieldType::Object(schema), Value::Object(object)) => return write_object(object, schema, None, false, json),
        (FieldType::String, _) => "a string",
        (FieldType::Boolean, _) => "true or false",
        (FieldType::Integer, _) => "an integer",
        (FieldType::Array(_), _) => "a list",
        (FieldType::Object(_), _) => "an object",
        // `cargo xtask generate` rejects them in a request body: writing a float costs 3 KB of WebAssembly.
        (FieldType::Number | FieldType::Any, _) => "a supported value",
    };
    Err(format!("{name} must be {expected}"))
}

fn write_object(
    object: &Fields<'_>,
    schema: &ObjectSchema,
    extra: Option<&Fields<'_>>,
    is_definition: bool,
    json: &mut String,
) -> Result<(), String> {
    let is_unknown = |name: &str| schema.field(name).is_none() && !(is_definition && name == EXTRA);
    if let Some((name, _)) = object.entries().find(|(name, _)| is_unknown(name)) {
        return Err(format!("unknown field `{}`", message_excerpt(name).unwrap_or_default()));
    }
    json.push('{');
    for FieldSchema { name, required, field_type, .. } in schema.fields {
        let value = match JsonObject::get(object, name) {
            None if *required => return Err(format!("missing field `{name}`")),
            None => continue,
            Some(value) if value.is_null() && !required => continue,
            Some(value) => value,
        };
        push_name(name, json);
        match (field_type, value, extra.and_then(|extra| JsonObject::get(extra, name))) {
            (FieldType::Object(schema), Value::Object(object), Some(Value::Object(extra))) => {
                write_object(object, schema, Some(extra), false, json)?;
            }
            _ => write_value(value, *field_type, &format!("field `{name}`"), json)?,
        }
    }
    for (name, value) in extra.into_iter().flat_map(JsonObject::entries) {
        match (schema.field(name).map(|field| field.field_type), value) {
            (None, _) => {
                push_name(name, json);
                write_json(value, json);
            }
            // Written above, unless the definition does not have the object.
            (Some(FieldType::Object(_)), Value::Object(_)) => {}
            (Some(_), _) => return Err(format!("`{EXTRA}` must not contain the known field `{name}`")),
        }
    }
    json.push('}');
    Ok(())
}

/// Writes the name of the next field.
fn push_name(name: &str, json: &mut String) {
    push_separator(json);
    write_string(json, name);
    json.push(':');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use crate::Operation;
    use crate::types::object_schema::{self, FieldSchema, FieldType, ObjectSchema};
    use crate::{Api, CappingDefinition, ThrottlingDefinition, Verb};

    const ORG_ID: &str = "A1@AdobeOrg";

    fn encode(api: Api, definition: &str) -> Result<String, String> {
        super::encode_payload(Operation::find(api, Verb::Create).expect("an operation"), definition, ORG_ID)
    }

    /// The JSON that the Rust type writes, or `None` if it does not accept the definition.
    fn encode_typed(api: Api, definition: &str) -> Option<String> {
        match api {
            Api::Capping => {
                let mut definition: CappingDefinition = serde_json::from_str(definition).ok()?;
                definition.org_id.get_or_insert_with(|| ORG_ID.to_owned());
                serde_json::to_string(&definition).ok()
            }
            Api::Throttling => {
                let definition: ThrottlingDefinition = serde_json::from_str(definition).ok()?;
                serde_json::to_string(&definition).ok()
            }
        }
    }

    /// Any JSON value, often of a type that fields have.
    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            4 => any::<String>().prop_map(Value::from),
            4 => any::<i64>().prop_map(Value::from),
            4 => prop::collection::vec("[A-Z]{0,5}", 0..3).prop_map(Value::from),
            1 => Just(Value::Null),
            1 => any::<u64>().prop_map(Value::from),
            1 => any::<bool>().prop_map(Value::from),
            1 => (-1e20..1e20).prop_map(Value::from),
            1 => Just(json!([1])),
            1 => Just(json!({})),
        ]
    }

    /// A value of this type.
    fn valid_value(field_type: FieldType) -> BoxedStrategy<Value> {
        match field_type {
            FieldType::String => any::<String>().prop_map(Value::from).boxed(),
            FieldType::Integer => any::<i64>().prop_map(Value::from).boxed(),
            FieldType::Number => (-1e20..1e20).prop_map(Value::from).boxed(),
            FieldType::Boolean => any::<bool>().prop_map(Value::from).boxed(),
            FieldType::Array(FieldType::String) => {
                prop::collection::vec("[A-Z]{0,5}", 0..3).prop_map(Value::from).boxed()
            }
            FieldType::Array(items) => prop::collection::vec(valid_value(*items), 0..3).prop_map(Value::from).boxed(),
            FieldType::Object(schema) => object(schema),
            FieldType::Any => any_value().boxed(),
        }
    }

    /// An object by this schema. Now and then a field is missing, mistyped, or unknown.
    fn object(schema: &ObjectSchema) -> BoxedStrategy<Value> {
        let mut object = Just(Map::new()).boxed();
        for FieldSchema { name, field_type, .. } in schema.fields {
            let valid = valid_value(*field_type);
            let field = prop_oneof![30 => valid.prop_map(Some), 1 => Just(None), 1 => any_value().prop_map(Some)];
            object = (object, field)
                .prop_map(|(mut object, value)| {
                    object.extend(value.map(|value| ((*name).to_owned(), value)));
                    object
                })
                .boxed();
        }
        let unknown_field = prop_oneof![30 => Just(None), 1 => ("[a-z]{1,3}", any_value()).prop_map(Some)];
        (object, unknown_field)
            .prop_map(|(mut object, unknown_field)| {
                object.extend(unknown_field);
                Value::Object(object)
            })
            .boxed()
    }

    fn compare(api: Api, definition: &Value) -> Result<(), TestCaseError> {
        let json = definition.to_string();
        prop_assert_eq!(encode(api, &json).ok(), encode_typed(api, &json), "{}", json);
        Ok(())
    }

    proptest! {
        #[test]
        fn capping_encodes_like_its_type(definition in object(&object_schema::CAPPING_DEFINITION)) {
            compare(Api::Capping, &definition)?;
        }

        #[test]
        fn throttling_encodes_like_its_type(definition in object(&object_schema::THROTTLING_DEFINITION)) {
            compare(Api::Throttling, &definition)?;
        }

        #[test]
        fn non_objects_fail(definition in any_value()) {
            compare(Api::Capping, &definition)?;
            compare(Api::Throttling, &definition)?;
        }
    }

    /// A definition with every field.
    fn full(schema: &ObjectSchema) -> Value {
        let sample = |field_type| match field_type {
            FieldType::String => json!("text"),
            FieldType::Integer | FieldType::Number => json!(1),
            FieldType::Boolean => json!(true),
            FieldType::Array(_) => json!(["GET"]),
            FieldType::Object(schema) => full(schema),
            FieldType::Any => json!({}),
        };
        schema.fields.iter().map(|field| (field.name.to_owned(), sample(field.field_type))).collect()
    }

    #[test]
    fn schema_has_every_field_of_types() {
        for (api, schema) in [
            (Api::Capping, &object_schema::CAPPING_DEFINITION),
            (Api::Throttling, &object_schema::THROTTLING_DEFINITION),
        ] {
            let json = full(schema).to_string();
            let typed = encode_typed(api, &json).expect("the type has every field");
            assert_eq!(encode(api, &json), Ok(typed));
        }
    }

    #[test]
    fn extra_fields_move_to_their_places() {
        let body = encode(
            Api::Capping,
            r#"{"url": "u", "methods": [], "services": {"action": {"rating": {"maxCallsCount": 1, "periodInMs": 2}}},
                "extra": {"priority": 3.50, "services": {"action": {"rating": {"timeUnit": "s"}}, "dataSource": {"a": 1}}}}"#,
        );
        let expected = r#"{"methods":[],"orgId":"A1@AdobeOrg","services":{"action":{"rating":{"maxCallsCount":1,"periodInMs":2,"timeUnit":"s"}}},"url":"u","priority":3.50}"#;
        assert_eq!(body.as_deref(), Ok(expected), "the fields of a missing object are dropped");
    }

    #[test]
    fn error_names_the_field() {
        for (definition, expected) in [
            (r#"{"url": "u", "servces": {}}"#, "unknown field `servces`"),
            (r#"{"methods": [], "services": {}}"#, "missing field `url`"),
            (r#"{"methods": [7], "services": {}, "url": "u"}"#, "field `methods` must be a string"),
            (
                r#"{"methods": [], "services": {"action": {"rating": {"maxCallsCount": 1.5, "periodInMs": 1}}}, "url": "u"}"#,
                "field `maxCallsCount` must be an integer",
            ),
            (r#"{"url": "u", "methods": [], "services": {}, "extra": 1}"#, "field `extra` must be an object"),
            (
                r#"{"url": "u", "methods": [], "services": {}, "extra": {"url": "v"}}"#,
                "`extra` must not contain the known field `url`",
            ),
            (r#"{"url": "u", "methods": [], "services": {"extra": {}}}"#, "unknown field `extra`"),
            // serde would accept a list of the field values.
            ("[[], null, {}, \"u\"]", "the definition must be an object"),
            ("", "it is not JSON (line 1, column 0)"),
        ] {
            let error = encode(Api::Capping, definition).expect_err(definition);
            assert_eq!(error, expected);
        }
    }
}
