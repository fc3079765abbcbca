//! Definitions are encoded like their models.

use ajo_engine::encode_payload;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::object_schema::{self, FieldSchema, FieldType, ObjectSchema};
use crate::{Api, CappingDefinition, Operation, ThrottlingDefinition, Verb};

const ORG_ID: &str = "A1@AdobeOrg";

fn encode(api: Api, definition: &str) -> Result<String, String> {
    encode_payload(api, Verb::Create, definition, ORG_ID)
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
        FieldType::Array(FieldType::String) => prop::collection::vec("[A-Z]{0,5}", 0..3).prop_map(Value::from).boxed(),
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
    for (api, schema) in
        [(Api::Capping, &object_schema::CAPPING_DEFINITION), (Api::Throttling, &object_schema::THROTTLING_DEFINITION)]
    {
        let json = full(schema).to_string();
        let typed = encode_typed(api, &json).expect("the type has every field");
        assert_eq!(encode(api, &json), Ok(typed));
    }
}
