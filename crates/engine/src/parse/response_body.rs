//! Checks response bodies of successful calls.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;

use crate::json::{ErrorPosition, JsonValue, MAX_DEPTH, Value, parse};
use crate::parse::uid::Uid;
use crate::spec::{Operation, ResponseValue};

impl Operation {
    /// Checks that a success body has the fields that clients rely on. The error does not quote the body.
    ///
    /// It accepts the same bodies as the typed responses of `ajo-core`, with a fraction of the code.
    pub fn check_response(&self, body: &[u8]) -> Result<(), String> {
        if self.value == ResponseValue::None {
            return Ok(());
        }
        if self.envelope.is_some() || self.value != ResponseValue::Any {
            check_json_object(body)?;
        }
        let body = parse(body, MAX_DEPTH).map_err(ErrorPosition::message)?;
        let field = |name: &str| JsonValue::get(&body, name).ok_or_else(|| format!("missing field `{name}`"));
        let value = self.envelope.map_or(Ok(&body), field)?;
        let name = self.envelope.unwrap_or_default();
        match self.value {
            ResponseValue::Configurations => {
                let configurations = value.items().ok_or_else(|| format!("field `{name}` must be a list"))?;
                configurations.iter().try_for_each(check_configuration)
            }
            ResponseValue::Configuration => check_configuration(value),
            ResponseValue::Object if value.as_object().is_none() => Err(format!("field `{name}` must be an object")),
            ResponseValue::Object | ResponseValue::Any | ResponseValue::None => Ok(()),
        }
    }
}

/// Checks a configuration, whose only required field is `uid`.
fn check_configuration(configuration: &Value<'_>) -> Result<(), String> {
    match JsonValue::get(configuration, "uid") {
        Some(uid) => match uid.as_str() {
            Some(uid) => Uid::validate_redacted(uid).map_err(|error| error.message()),
            None => Err("field `uid` must be a string".to_owned()),
        },
        None if configuration.as_object().is_some() => Err("missing field `uid`".to_owned()),
        None => Err("a configuration must be an object".to_owned()),
    }
}

/// Checks that a body is a JSON object, as far as its first character tells. The error does not quote the body.
pub fn check_json_object(body: &[u8]) -> Result<(), String> {
    if body.trim_ascii_start().starts_with(b"{") { Ok(()) } else { Err("it is not a JSON object".to_owned()) }
}
