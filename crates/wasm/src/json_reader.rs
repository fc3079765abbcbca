//! Reads JSON from JavaScript field by field. Typed deserializers would make up a third of the WebAssembly.

use std::borrow::Cow;

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
            Ok(Value::Object(fields)) => Ok(Self::from_fields(fields)),
            Ok(_) => Err("it is not a JSON object".to_owned()),
            Err(_) => Err("it is not JSON".to_owned()),
        }
    }

    fn from_fields(values: Vec<(Cow<'t, str>, Value<'t>)>) -> Self {
        Self { values, requested: Vec::new(), error: None }
    }

    fn record_error(&mut self, message: String) {
        self.error.get_or_insert(message);
    }

    /// Takes a field and converts it. Records an error if `convert` fails.
    fn take_as<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        convert: impl FnOnce(Value<'t>) -> Option<T>,
    ) -> Option<T> {
        let value = self.take_value(name)?;
        let converted = convert(value);
        if converted.is_none() {
            self.record_error(format!("field `{name}` must be {expected}"));
        }
        converted
    }

    /// Takes a field of any type.
    pub(crate) fn take_value(&mut self, name: &'static str) -> Option<Value<'t>> {
        self.requested.push(name);
        let field = self.values.iter_mut().rev().find(|(other, _)| other == name);
        field.map(|(_, value)| std::mem::replace(value, Value::Null)).filter(|value| !value.is_null())
    }

    pub(crate) fn string(&mut self, name: &'static str) -> Option<String> {
        self.take_as(name, "a string", into_string)
    }

    /// False if absent.
    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        self.take_as(name, "true or false", |value| value.as_bool()).unwrap_or_default()
    }

    /// A number, rounded up and capped at `u64::MAX`.
    pub(crate) fn number(&mut self, name: &'static str) -> Option<u64> {
        self.take_as(name, "a number", |value| match value {
            Value::Number((digits, _)) if digits.starts_with('-') => None,
            // `JSON.stringify` writes an exponent from 1e21 on and below 1e-6.
            Value::Number((digits, _)) if digits.contains(['e', 'E']) => {
                Some(if digits.contains('-') { 1 } else { u64::MAX })
            }
            Value::Number((digits, _)) => {
                let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
                let round_up = u64::from(fraction.bytes().any(|digit| digit != b'0'));
                Some(whole.parse::<u64>().unwrap_or(u64::MAX).saturating_add(round_up))
            }
            _ => None,
        })
    }

    pub(crate) fn integer(&mut self, name: &'static str) -> Option<u32> {
        self.take_as(name, "an integer", |value| u32::try_from(value.as_u64()?).ok())
    }

    /// Empty if absent.
    pub(crate) fn strings(&mut self, name: &'static str) -> Vec<String> {
        self.take_as(name, "a list of strings", into_strings).unwrap_or_default()
    }

    /// Names and values, such as headers. Empty if absent.
    pub(crate) fn string_pairs(&mut self, name: &'static str) -> Vec<(String, String)> {
        self.take_as(name, "a list of string pairs", into_string_pairs).unwrap_or_default()
    }

    /// A nested object. Empty if absent.
    pub(crate) fn object(&mut self, name: &'static str) -> Self {
        Self::from_fields(self.take_as(name, "an object", into_object).unwrap_or_default())
    }

    /// Whether all requested fields had the right type.
    pub(crate) fn is_valid(&self) -> bool {
        self.error.is_none()
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

fn into_object(value: Value<'_>) -> Option<Vec<(Cow<'_, str>, Value<'_>)>> {
    match value {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

fn into_array(value: Value<'_>) -> Option<Vec<Value<'_>>> {
    match value {
        Value::Array(items) => Some(items),
        _ => None,
    }
}

fn into_strings(value: Value<'_>) -> Option<Vec<String>> {
    into_array(value)?.into_iter().map(into_string).collect()
}

fn into_string_pairs(value: Value<'_>) -> Option<Vec<(String, String)>> {
    let pair = |value| {
        let pair: [String; 2] = into_strings(value)?.try_into().ok()?;
        Some(pair.into())
    };
    into_array(value)?.into_iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_rounded_up() {
        let number = |json: &str| JsonReader::parse(&format!(r#"{{"n": {json}}}"#)).expect("an object").number("n");
        for (json, expected) in [
            ("0", 0),
            ("1500", 1500),
            ("0.5", 1),
            ("2.0", 2),
            ("1e-7", 1),
            ("1e21", u64::MAX),
            ("99999999999999999999", u64::MAX),
        ] {
            assert_eq!(number(json), Some(expected), "{json}");
        }
        assert_eq!((number("-1"), number("\"1\""), number("null")), (None, None, None));
    }
}
