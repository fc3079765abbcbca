//! The definition in the JSON of a configuration.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::string::String;

use crate::json::{ErrorPosition, JsonValue as _, MAX_DEPTH, Value, parse};
use crate::parse::json_text::{push_name, write_json};
use crate::spec::Api;
use crate::spec::object_schema::{self, EXTRA, FieldType, ORG_ID, ObjectSchema};

/// The service returns -1 if a definition does not set it (observed in `deployedConfig`).
const MAX_HTTP_CONNECTIONS: &str = "maxHttpConnections";

/// The definition in the JSON of a configuration, as JSON. Fields that the service adds are dropped, and unknown ones go to
/// `extra`. Values are not checked.
///
/// # Errors
///
/// The text is not a JSON object.
///
/// # Panics
///
/// Never: both APIs have a `create` operation.
pub fn config_definition(api: Api, config: &str) -> Result<String, String> {
    let config = parse(config.as_bytes(), MAX_DEPTH).map_err(ErrorPosition::message)?;
    let Value::Object(fields) = config else { return Err("the configuration must be an object".to_owned()) };
    let request = object_schema::request_body(api, "create").expect("both APIs have a create operation");
    let (mut definition, mut extra) = (String::from("{"), String::from("{"));
    split_fields(&fields, request, object_schema::config(api), &mut definition, &mut extra);
    if extra.len() > 1 {
        push_name(EXTRA, &mut definition);
        definition.push_str(&extra);
        definition.push('}');
    }
    definition.push('}');
    Ok(definition)
}

/// Writes the request fields and the unknown fields of a configuration, both nested as before.
fn split_fields(
    fields: &[(Cow<'_, str>, Value<'_>)],
    request: &ObjectSchema,
    response: &ObjectSchema,
    known: &mut String,
    extra: &mut String,
) {
    for (name, value) in fields {
        let sent = request.field(name).map(|field| field.field_type);
        let returned = response.field(name).map(|field| field.field_type);
        match (sent, returned, value) {
            (Some(_), _, Value::Null) | (None, Some(_), _) => {}
            (Some(FieldType::Object(request)), Some(FieldType::Object(response)), Value::Object(fields)) => {
                let outside = extra.len();
                for json in [&mut *known, &mut *extra] {
                    push_name(name, json);
                    json.push('{');
                }
                split_fields(fields, request, response, known, extra);
                known.push('}');
                if extra.ends_with('{') {
                    extra.truncate(outside);
                } else {
                    extra.push('}');
                }
            }
            (Some(_), _, value) => {
                let is_unset = name == MAX_HTTP_CONNECTIONS && value.as_i64() == Some(-1);
                if name != ORG_ID && !is_unset {
                    push_name(name, known);
                    write_json(value, known);
                }
            }
            (None, None, value) => {
                push_name(name, extra);
                write_json(value, extra);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::config_definition;
    use crate::spec::Api;

    #[test]
    fn unset_connections_are_dropped() {
        let limit = |connections| json!({"maxHttpConnections": connections, "rating": {}});
        let config = json!({"uid": "u", "services": {"action": limit(json!(-1)), "dataSource": limit(json!(null))}});
        let definition = config_definition(Api::Capping, &config.to_string()).expect("an object");
        assert_eq!(definition, r#"{"services":{"action":{"rating":{}},"dataSource":{"rating":{}}}}"#);
    }

    #[test]
    fn unknown_fields_stay_nested() {
        let config = r#"{"new":1,"services":{"action":{"rating":{"burst":2}}},"url":"u"}"#;
        let expected = r#"{"services":{"action":{"rating":{}}},"url":"u","extra":{"new":1,"services":{"action":{"rating":{"burst":2}}}}}"#;
        assert_eq!(config_definition(Api::Capping, config).as_deref(), Ok(expected));
    }

    #[test]
    fn config_must_be_an_object() {
        for (config, expected) in
            [("[]", "the configuration must be an object"), ("{", "it is not JSON (line 1, column 1)")]
        {
            assert_eq!(config_definition(Api::Capping, config), Err(expected.to_owned()));
        }
    }
}
