//! The definition in the JSON of a configuration.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::string::String;
use alloc::vec::Vec;

use crate::json::{JsonValue as _, MAX_DEPTH, Value, parse};
use crate::parse::json_text::write_json;
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
    let config = parse(config.as_bytes(), MAX_DEPTH).map_err(|position| position.message())?;
    let Value::Object(fields) = config else { return Err("the configuration must be an object".to_owned()) };
    let request = object_schema::request_body(api, "create").expect("both APIs have a create operation");
    let (mut definition, extra) = split_fields(fields, request, object_schema::config(api));
    if !extra.is_empty() {
        definition.push((EXTRA.into(), Value::Object(extra)));
    }
    let mut json = String::new();
    write_json(&Value::Object(definition), &mut json);
    Ok(json)
}

type Fields<'v> = Vec<(Cow<'v, str>, Value<'v>)>;

/// Splits the fields of a configuration into request fields and unknown ones, both nested as before.
fn split_fields<'v>(fields: Fields<'v>, request: &ObjectSchema, response: &ObjectSchema) -> (Fields<'v>, Fields<'v>) {
    let (mut known, mut extra) = (Vec::new(), Vec::new());
    for (name, value) in fields {
        let (sent, returned) = (request.field(&name), response.field(&name));
        let nested = (sent.map(|field| field.field_type), returned.map(|field| field.field_type));
        match (nested, value) {
            ((Some(_), _), Value::Null) | ((None, Some(_)), _) => {}
            ((Some(FieldType::Object(request)), Some(FieldType::Object(response))), Value::Object(fields)) => {
                let (nested, unknown) = split_fields(fields, request, response);
                if !unknown.is_empty() {
                    extra.push((name.clone(), Value::Object(unknown)));
                }
                known.push((name, Value::Object(nested)));
            }
            ((Some(_), _), value) => {
                let is_unset = name == MAX_HTTP_CONNECTIONS && value.as_i64() == Some(-1);
                if name != ORG_ID && !is_unset {
                    known.push((name, value));
                }
            }
            ((None, None), value) => extra.push((name, value)),
        }
    }
    (known, extra)
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
    fn config_must_be_an_object() {
        for (config, expected) in
            [("[]", "the configuration must be an object"), ("{", "it is not JSON (line 1, column 1)")]
        {
            assert_eq!(config_definition(Api::Capping, config), Err(expected.to_owned()));
        }
    }
}
