//! Reads JSON from JavaScript field by field. Typed deserializers would make up a third of the WebAssembly.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ajo_engine::json::{JsonValue as _, MAX_DEPTH, Value, parse};

/// The fields of an object. A null field counts as absent. [`JsonReader::finish`] reports the first error.
pub(crate) struct JsonReader<'t> {
    values: Vec<(Cow<'t, str>, Value<'t>)>,
    /// The fields that were requested.
    requested: Vec<&'static str>,
    error: Option<String>,
}

impl<'t> JsonReader<'t> {
    /// Parses an object.
    pub(crate) fn parse(text: &'t str) -> Result<Self, String> {
        match parse(text.as_bytes(), MAX_DEPTH) {
            Ok(Value::Object(values)) => Ok(Self { values, requested: Vec::new(), error: None }),
            Ok(_) => Err("it is not a JSON object".to_owned()),
            Err(_) => Err("it is not JSON".to_owned()),
        }
    }

    fn record_error(&mut self, message: String) {
        self.error.get_or_insert(message);
    }

    /// Takes a field of any type.
    pub(crate) fn take_value(&mut self, name: &'static str) -> Option<Value<'t>> {
        self.requested.push(name);
        let field = self.values.iter_mut().rev().find(|(other, _)| other == name);
        field.map(|(_, value)| core::mem::replace(value, Value::Null)).filter(|value| !value.is_null())
    }

    pub(crate) fn string(&mut self, name: &'static str) -> Option<String> {
        let value = self.take_value(name)?;
        let string = into_string(value);
        if string.is_none() {
            self.record_error(format!("field `{name}` must be a string"));
        }
        string
    }

    /// False if absent.
    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        let Some(value) = self.take_value(name) else { return false };
        value.as_bool().unwrap_or_else(|| {
            self.record_error(format!("field `{name}` must be true or false"));
            false
        })
    }

    /// Empty if absent.
    pub(crate) fn strings(&mut self, name: &'static str) -> Vec<String> {
        let strings = match self.take_value(name) {
            None => Some(Vec::new()),
            Some(Value::Array(items)) => items.into_iter().map(into_string).collect(),
            Some(_) => None,
        };
        strings.unwrap_or_else(|| {
            self.record_error(format!("field `{name}` must be a list of strings"));
            Vec::new()
        })
    }

    /// Returns the first error: a field of the wrong type, or an unknown field.
    pub(crate) fn finish(mut self) -> Result<(), String> {
        if let Some(name) = self.values.iter().map(|(name, _)| name).find(|name| !self.requested.contains(&&***name)) {
            let message = format!("unknown field `{name}`");
            self.record_error(message);
        }
        self.error.map_or(Ok(()), Err)
    }
}

fn into_string(value: Value<'_>) -> Option<String> {
    match value {
        Value::String(string) => Some(string.into_owned()),
        _ => None,
    }
}
