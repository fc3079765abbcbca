//! Validates a definition as JSON, without its type.
//!
//! It accepts what [`crate::CappingDefinition`] and [`crate::ThrottlingDefinition`] read, and gives what they write, at a tenth of
//! their code: that is for WebAssembly. The tests hold it against those types.

use serde_json::{Map, Value};

use crate::Api;
use crate::parse::response::not_json;

/// One field of an object.
struct Field {
    name: &'static str,
    required: bool,
    form: Form,
}

/// What a field holds.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Texts,
    Whole,
    Object(&'static [Field]),
}

const fn needed(name: &'static str, form: Form) -> Field {
    Field { name, required: true, form }
}

const fn possible(name: &'static str, form: Form) -> Field {
    Field { name, required: false, form }
}

// In the order in which the types write them.
const CAPPING: &[Field] = &[
    needed("methods", Form::Texts),
    possible("orgId", Form::Text),
    needed("services", Form::Object(SERVICES)),
    needed("url", Form::Text),
];
const SERVICES: &[Field] = &[possible("action", Form::Object(LIMIT)), possible("dataSource", Form::Object(LIMIT))];
const LIMIT: &[Field] = &[possible("maxHttpConnections", Form::Whole), needed("rating", Form::Object(RATING))];
const RATING: &[Field] = &[needed("maxCallsCount", Form::Whole), needed("periodInMs", Form::Whole)];
const THROTTLING: &[Field] = &[
    possible("description", Form::Text),
    needed("maxThroughput", Form::Whole),
    needed("methods", Form::Texts),
    possible("name", Form::Text),
    needed("urlPattern", Form::Text),
];

/// A definition as it is sent: of nothing but known fields, and with the organization where there is a place for it.
pub(crate) fn completed(api: Api, definition: &str, org_id: &str) -> Result<String, String> {
    let mut definition: Value = serde_json::from_slice(definition.as_bytes()).map_err(|error| not_json(&error))?;
    let fields = match api {
        Api::Capping => CAPPING,
        Api::Throttling => THROTTLING,
    };
    if let (Api::Capping, Value::Object(object)) = (api, &mut definition)
        && object.get("orgId").is_none_or(Value::is_null)
    {
        object.insert("orgId".to_owned(), Value::from(org_id));
    }
    let mut json = String::new();
    write(&definition, Form::Object(fields), "it", &mut json)?;
    Ok(json)
}

fn write(value: &Value, form: Form, place: &str, json: &mut String) -> Result<(), String> {
    match (form, value) {
        (Form::Text, Value::String(text)) => json.push_str(&quoted(text)),
        (Form::Texts, Value::Array(items)) => {
            json.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write(item, Form::Text, place, json)?;
            }
            json.push(']');
        }
        (Form::Whole, Value::Number(number)) => {
            let number = number.as_i64().ok_or_else(|| format!("{place} is not a whole number"))?;
            json.push_str(&number.to_string());
        }
        (Form::Object(fields), Value::Object(object)) => write_object(object, fields, json)?,
        _ => {
            let expected = match form {
                Form::Text => "text",
                Form::Texts => "a list",
                Form::Whole => "a whole number",
                Form::Object(_) => "an object",
            };
            return Err(format!("{place} is not {expected}"));
        }
    }
    Ok(())
}

fn write_object(object: &Map<String, Value>, fields: &[Field], json: &mut String) -> Result<(), String> {
    if let Some(name) = object.keys().find(|name| !fields.iter().any(|field| field.name == **name)) {
        return Err(format!(
            "unknown field `{}`",
            ajo_engine::untrusted_text::message_excerpt(name).unwrap_or_default()
        ));
    }
    json.push('{');
    let empty = json.len();
    for Field { name, required, form } in fields {
        let value = match object.get(*name) {
            None if *required => return Err(format!("missing field `{name}`")),
            None => continue,
            Some(Value::Null) if !required => continue,
            Some(value) => value,
        };
        if json.len() > empty {
            json.push(',');
        }
        json.push_str(&quoted(name));
        json.push(':');
        write(value, *form, &format!("the field `{name}`"), json)?;
    }
    json.push('}');
    Ok(())
}

/// A text as JSON; it always encodes.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ajo_auth::OrgId;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{
        CappingDefinition, CappingModels, CappingServices, HttpMethod, Models, Rating, ServiceLimit,
        ThrottlingDefinition, ThrottlingModels,
    };

    /// What the type makes of it; `None` where it cannot be read.
    fn typed<M: Models>(definition: &str, org_id: &OrgId) -> Option<String> {
        let mut definition: M::Definition = serde_json::from_str(definition).ok()?;
        M::complete(&mut definition, org_id);
        serde_json::to_string(&definition).ok()
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

    /// A definition of these fields, in which now and then one is missing, another, or one too many.
    fn object(fields: &'static [Field]) -> BoxedStrategy<Value> {
        let mut object = Just(Map::new()).boxed();
        for Field { name, form, .. } in fields {
            let right = match form {
                Form::Text => any::<String>().prop_map(Value::from).boxed(),
                Form::Texts => prop::collection::vec("[A-Z]{0,5}", 0..3).prop_map(Value::from).boxed(),
                Form::Whole => any::<i64>().prop_map(Value::from).boxed(),
                Form::Object(fields) => self::object(fields),
            };
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
        let (text, org_id) = (definition.to_string(), "A1@AdobeOrg".parse().expect("an organization"));
        let expected = match api {
            Api::Capping => typed::<CappingModels>(&text, &org_id),
            Api::Throttling => typed::<ThrottlingModels>(&text, &org_id),
        };
        prop_assert_eq!(completed(api, &text, org_id.as_str()).ok(), expected, "{}", text);
        Ok(())
    }

    proptest! {
        #[test]
        fn capping_is_accepted_and_written_as_by_its_type(definition in object(CAPPING)) {
            compare(Api::Capping, &definition)?;
        }

        #[test]
        fn throttling_is_accepted_and_written_as_by_its_type(definition in object(THROTTLING)) {
            compare(Api::Throttling, &definition)?;
        }

        #[test]
        fn what_is_no_object_is_accepted_by_neither(definition in value()) {
            compare(Api::Capping, &definition)?;
            compare(Api::Throttling, &definition)?;
        }
    }

    /// Without `..`, so that a field that the specifications add is missed here by the compiler.
    #[test]
    fn every_field_of_the_types_is_known() {
        let limit =
            ServiceLimit { max_http_connections: Some(1), rating: Rating { max_calls_count: 2, period_in_ms: 3 } };
        let capping = CappingDefinition {
            methods: vec![HttpMethod::Get],
            org_id: Some("A2@AdobeOrg".to_owned()),
            services: CappingServices { action: Some(limit.clone()), data_source: Some(limit) },
            url: "u".to_owned(),
        };
        let text = serde_json::to_string(&capping).expect("JSON");
        assert_eq!(completed(Api::Capping, &text, "A1@AdobeOrg"), Ok(text));
        let throttling = ThrottlingDefinition {
            description: Some("d".to_owned()),
            max_throughput: 1,
            methods: vec![HttpMethod::Get],
            name: Some("n".to_owned()),
            url_pattern: "u".to_owned(),
        };
        let text = serde_json::to_string(&throttling).expect("JSON");
        assert_eq!(completed(Api::Throttling, &text, "A1@AdobeOrg"), Ok(text));
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
            let refused = completed(Api::Capping, definition, "A1@AdobeOrg").expect_err(definition);
            assert_eq!(refused, expected);
        }
    }
}
