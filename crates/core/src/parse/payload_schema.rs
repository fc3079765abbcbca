//! Validates a definition as JSON, without its type.
//!
//! It accepts what [`crate::CappingDefinition`] and [`crate::ThrottlingDefinition`] read, and gives what they write, at a tenth of
//! their code: that is for WebAssembly. The fields come from the specification; the tests compare it with those types.

use ajo_engine::json::{Fields, Json, MAX_DEPTH, Value, parse, write_string};
use ajo_engine::untrusted_text::message_excerpt;

use crate::Operation;
use crate::parse::response::not_json;
use crate::types::schema::{self, Field, Kind, Object};

/// The field for the organization.
pub(crate) const ORG_ID: &str = "orgId";

/// A definition as it is sent: of nothing but known fields, and with the organization where there is a place for it.
pub(crate) fn completed(operation: &Operation, definition: &str, org_id: &str) -> Result<String, String> {
    let body = schema::request_body(operation.api, operation.verb.as_str());
    let schema = body.ok_or_else(|| "the operation takes no definition".to_owned())?;
    let mut definition = parse(definition.as_bytes(), MAX_DEPTH).map_err(not_json)?;
    if let (Some(_), Value::Object(fields)) = (schema.field(ORG_ID), &mut definition)
        && Fields::get(&**fields, ORG_ID).is_none_or(Json::is_null)
    {
        fields.push((ORG_ID.into(), Value::String(org_id.into())));
    }
    let mut json = String::new();
    write(&definition, Kind::Object(schema), "it", &mut json)?;
    Ok(json)
}

fn write(value: &Value<'_>, kind: Kind, place: &str, json: &mut String) -> Result<(), String> {
    let expected = match (kind, value) {
        (Kind::String, Value::String(text)) => {
            write_string(json, text);
            return Ok(());
        }
        (Kind::Boolean, Value::Bool(flag)) => {
            json.push_str(if *flag { "true" } else { "false" });
            return Ok(());
        }
        (Kind::Integer, Value::Number((digits, _))) if value.as_i64().is_some() => {
            json.push_str(digits);
            return Ok(());
        }
        (Kind::Array(items), Value::Array(values)) => {
            json.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write(value, *items, place, json)?;
            }
            json.push(']');
            return Ok(());
        }
        (Kind::Object(schema), Value::Object(object)) => return write_object(object, schema, json),
        (Kind::String, _) => "text",
        (Kind::Boolean, _) => "true or false",
        (Kind::Integer, _) => "a whole number",
        (Kind::Array(_), _) => "a list",
        (Kind::Object(_), _) => "an object",
        // `cargo xtask generate` finds them in a request body: writing a float costs 3 KB of WebAssembly.
        (Kind::Number | Kind::Any, _) => "a value that can be sent",
    };
    Err(format!("{place} is not {expected}"))
}

fn write_object(object: &<Value<'_> as Json>::Object, schema: &Object, json: &mut String) -> Result<(), String> {
    if let Some((name, _)) = object.entries().find(|(name, _)| schema.field(name).is_none()) {
        return Err(format!("unknown field `{}`", message_excerpt(name).unwrap_or_default()));
    }
    json.push('{');
    let empty = json.len();
    for Field { name, required, kind, .. } in schema.fields {
        let value = match Fields::get(object, name) {
            None if *required => return Err(format!("missing field `{name}`")),
            None => continue,
            Some(value) if value.is_null() && !required => continue,
            Some(value) => value,
        };
        if json.len() > empty {
            json.push(',');
        }
        json.push('"');
        json.push_str(name);
        json.push_str("\":");
        write(value, *kind, &format!("the field `{name}`"), json)?;
    }
    json.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use crate::Operation;
    use crate::types::schema::{self, Field, Kind, Object};
    use crate::{Api, CappingDefinition, ThrottlingDefinition, Verb};

    const ORG_ID: &str = "A1@AdobeOrg";

    fn completed(api: Api, definition: &str) -> Result<String, String> {
        super::completed(Operation::find(api, Verb::Create).expect("an operation"), definition, ORG_ID)
    }

    /// What the type makes of it; `None` where it cannot be read.
    fn typed(api: Api, definition: &str) -> Option<String> {
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

    /// Anything, and often what a field may hold.
    fn value() -> impl Strategy<Value = Value> {
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

    /// What a field of this kind may hold.
    fn right(kind: Kind) -> BoxedStrategy<Value> {
        match kind {
            Kind::String => any::<String>().prop_map(Value::from).boxed(),
            Kind::Integer => any::<i64>().prop_map(Value::from).boxed(),
            Kind::Number => (-1e20..1e20).prop_map(Value::from).boxed(),
            Kind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
            Kind::Array(Kind::String) => prop::collection::vec("[A-Z]{0,5}", 0..3).prop_map(Value::from).boxed(),
            Kind::Array(items) => prop::collection::vec(right(*items), 0..3).prop_map(Value::from).boxed(),
            Kind::Object(schema) => object(schema),
            Kind::Any => value().boxed(),
        }
    }

    /// A definition of these fields, in which now and then one is missing, another, or one too many.
    fn object(schema: &Object) -> BoxedStrategy<Value> {
        let mut object = Just(Map::new()).boxed();
        for Field { name, kind, .. } in schema.fields {
            let right = right(*kind);
            let field = prop_oneof![30 => right.prop_map(Some), 1 => Just(None), 1 => value().prop_map(Some)];
            object = (object, field)
                .prop_map(|(mut object, value)| {
                    object.extend(value.map(|value| ((*name).to_owned(), value)));
                    object
                })
                .boxed();
        }
        let more = prop_oneof![30 => Just(None), 1 => ("[a-z]{1,3}", value()).prop_map(Some)];
        (object, more)
            .prop_map(|(mut object, more)| {
                object.extend(more);
                Value::Object(object)
            })
            .boxed()
    }

    fn compare(api: Api, definition: &Value) -> Result<(), TestCaseError> {
        let text = definition.to_string();
        prop_assert_eq!(completed(api, &text).ok(), typed(api, &text), "{}", text);
        Ok(())
    }

    proptest! {
        #[test]
        fn capping_is_accepted_and_written_as_by_its_type(definition in object(&schema::CAPPING_DEFINITION)) {
            compare(Api::Capping, &definition)?;
        }

        #[test]
        fn throttling_is_accepted_and_written_as_by_its_type(definition in object(&schema::THROTTLING_DEFINITION)) {
            compare(Api::Throttling, &definition)?;
        }

        #[test]
        fn what_is_no_object_is_accepted_by_neither(definition in value()) {
            compare(Api::Capping, &definition)?;
            compare(Api::Throttling, &definition)?;
        }
    }

    /// A definition that has every field.
    fn full(schema: &Object) -> Value {
        let sample = |kind| match kind {
            Kind::String => json!("text"),
            Kind::Integer | Kind::Number => json!(1),
            Kind::Boolean => json!(true),
            Kind::Array(_) => json!(["GET"]),
            Kind::Object(schema) => full(schema),
            Kind::Any => json!({}),
        };
        schema.fields.iter().map(|field| (field.name.to_owned(), sample(field.kind))).collect()
    }

    #[test]
    fn every_field_of_the_types_is_known() {
        for (api, schema) in
            [(Api::Capping, &schema::CAPPING_DEFINITION), (Api::Throttling, &schema::THROTTLING_DEFINITION)]
        {
            let text = full(schema).to_string();
            let typed = typed(api, &text).expect("the type knows every field");
            assert_eq!(completed(api, &text), Ok(typed));
        }
    }

    #[test]
    fn the_refusal_names_the_field() {
        for (definition, expected) in [
            (r#"{"url": "u", "servces": {}}"#, "unknown field `servces`"),
            (r#"{"methods": [], "services": {}}"#, "missing field `url`"),
            (r#"{"methods": [7], "services": {}, "url": "u"}"#, "the field `methods` is not text"),
            (
                r#"{"methods": [], "services": {"action": {"rating": {"maxCallsCount": 1.5, "periodInMs": 1}}}, "url": "u"}"#,
                "the field `maxCallsCount` is not a whole number",
            ),
            // serde reads a list as an object, field by field; nobody means that.
            ("[[], null, {}, \"u\"]", "it is not an object"),
            ("", "it is not JSON (line 1, column 0)"),
        ] {
            let refused = completed(Api::Capping, definition).expect_err(definition);
            assert_eq!(refused, expected);
        }
    }
}
