//! Validates and encodes a definition by its schema, without its Rust type.
//!
//! It accepts the same JSON as the types of `ajo-core`, with a tenth of the code, which matters in WebAssembly. The fields come from
//! the specification. Property tests in `ajo-core` compare it with those types.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::json::{ErrorPosition, JsonObject, JsonValue, MAX_DEPTH, Value, parse, write_string};
use crate::parse::json_text::{push_name, write_json};
use crate::parse::untrusted_text::message_excerpt;
use crate::spec::object_schema::{self, EXTRA, FieldSchema, FieldType, ORG_ID, ObjectSchema};
use crate::spec::{Api, Verb};
use crate::text::concat;

/// The fields of an object.
type Fields<'v> = <Value<'v> as JsonValue>::Object;

/// Encodes a definition as it is sent: fills in the organization if the schema has a field for it, and moves the fields in
/// `extra` to their places. It rejects unknown fields elsewhere.
///
/// # Errors
///
/// The definition is not JSON, or does not match the schema. The message names the field.
pub fn encode_payload(api: Api, verb: Verb, definition: &str, org_id: &str) -> Result<String, String> {
    let body = object_schema::request_body(api, verb.as_str());
    let schema = body.ok_or_else(|| "the operation takes no definition".to_owned())?;
    let mut definition = parse(definition.as_bytes(), MAX_DEPTH).map_err(ErrorPosition::message)?;
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
        Some(_) => return Err(concat(&["field `", EXTRA, "` must be an object"])),
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
        (FieldType::Integer, Value::Number(digits)) if value.as_i64().is_some() => {
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
    Err(concat(&[name, " must be ", expected]))
}

fn write_object(
    object: &Fields<'_>,
    schema: &ObjectSchema,
    extra: Option<&Fields<'_>>,
    is_definition: bool,
    json: &mut String,
) -> Result<(), String> {
    let is_unknown = |name: &str| schema.field(name).is_none() && !(is_definition && name == EXTRA);
    if let Some((name, _)) = object.entries().iter().find(|(name, _)| is_unknown(name)) {
        return Err(concat(&["unknown field `", &message_excerpt(name).unwrap_or_default(), "`"]));
    }
    json.push('{');
    for FieldSchema { name, required, field_type, .. } in schema.fields {
        let value = match JsonObject::get(object, name) {
            None if *required => return Err(concat(&["missing field `", name, "`"])),
            None => continue,
            Some(value) if value.is_null() && !required => continue,
            Some(value) => value,
        };
        push_name(name, json);
        match (field_type, value, extra.and_then(|extra| JsonObject::get(extra, name))) {
            (FieldType::Object(schema), Value::Object(object), Some(Value::Object(extra))) => {
                write_object(object, schema, Some(extra), false, json)?;
            }
            _ => write_value(value, *field_type, &concat(&["field `", name, "`"]), json)?,
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
            (Some(_), _) => return Err(concat(&["`", EXTRA, "` must not contain the known field `", name, "`"])),
        }
    }
    json.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::spec::{Api, Verb};

    fn encode(api: Api, definition: &str) -> Result<String, String> {
        super::encode_payload(api, Verb::Create, definition, "A1@AdobeOrg")
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
