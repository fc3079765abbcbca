//! The definition in a configuration that the service returned.

use std::borrow::Cow;
use std::fmt;

use ajo_engine::json::{JsonValue as _, MAX_DEPTH, Value, parse};

use crate::parse::json_text::{describe_syntax_error, write_json};
use crate::types::object_schema::{self, FieldType, ObjectSchema};
use crate::{Api, CappingConfig, CappingDefinition, ThrottlingConfig, ThrottlingDefinition};

/// The field that contains the organization.
pub(crate) const ORG_ID: &str = "orgId";
/// The field of a definition that holds the fields that this version does not know.
pub(crate) const EXTRA: &str = "extra";
/// The service returns -1 if a definition does not set it (observed in `deployedConfig`).
const MAX_HTTP_CONNECTIONS: &str = "maxHttpConnections";

/// A configuration without a complete definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncompleteConfigError(String);

impl fmt::Display for IncompleteConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has no complete definition: {}", self.0)
    }
}

impl std::error::Error for IncompleteConfigError {}

impl TryFrom<&CappingConfig> for CappingDefinition {
    type Error = IncompleteConfigError;

    /// The saved definition, for `update` or for `create` in another sandbox. Drops the fields that the service adds, including the
    /// organization, which the client fills in. Unknown fields go to `extra`.
    ///
    /// ```
    /// use ajo_core::{CappingConfig, CappingDefinition};
    ///
    /// let config: CappingConfig = serde_json::from_str(
    ///     r#"{"uid": "u-1", "state": "deployed", "url": "https://api.example.org/*", "methods": ["GET"], "priority": 3,
    ///         "services": {"action": {"rating": {"maxCallsCount": 500, "periodInMs": 1000}}}}"#,
    /// )?;
    /// let definition = CappingDefinition::try_from(&config)?;
    /// assert_eq!(definition.url, config.url);
    /// assert_eq!(definition.extra["priority"], 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn try_from(config: &CappingConfig) -> Result<Self, IncompleteConfigError> {
        convert(Api::Capping, config)
    }
}

impl TryFrom<&ThrottlingConfig> for ThrottlingDefinition {
    type Error = IncompleteConfigError;

    /// Like the conversion of a [`CappingConfig`].
    fn try_from(config: &ThrottlingConfig) -> Result<Self, IncompleteConfigError> {
        convert(Api::Throttling, config)
    }
}

fn convert<D: serde::de::DeserializeOwned>(
    api: Api,
    config: &impl serde::Serialize,
) -> Result<D, IncompleteConfigError> {
    let json = serde_json::to_string(config).map_err(|error| error.to_string());
    let definition = json.and_then(|json| config_definition(api, &json)).map_err(IncompleteConfigError)?;
    serde_json::from_str(&definition).map_err(|error| IncompleteConfigError(error.to_string()))
}

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
    let config = parse(config.as_bytes(), MAX_DEPTH).map_err(describe_syntax_error)?;
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

#[cfg(all(test, feature = "client"))]
mod tests;
