//! What JavaScript hands over, as JSON: read field by field, with one parser and no type of its own for each form, which would
//! make up a third of the WebAssembly.

use std::borrow::Cow;

use ajo_engine::json::{Json as _, MAX_DEPTH, Value, parse};

/// The fields of an object. One that is null is not there. What is wrong with them is kept until [`Fields::end`].
pub(crate) struct Fields<'t> {
    values: Vec<(Cow<'t, str>, Value<'t>)>,
    /// Those that were asked for.
    known: Vec<&'static str>,
    problem: Option<String>,
}

impl<'t> Fields<'t> {
    /// Reads an object.
    pub(crate) fn read(text: &'t str) -> Result<Self, String> {
        match parse(text.as_bytes(), MAX_DEPTH) {
            Ok(Value::Object(fields)) => Ok(Self::of(fields)),
            Ok(_) => Err("it is not a JSON object".to_owned()),
            Err(_) => Err("it is not JSON".to_owned()),
        }
    }

    fn of(values: Vec<(Cow<'t, str>, Value<'t>)>) -> Self {
        Self { values, known: Vec::new(), problem: None }
    }

    fn complain(&mut self, problem: String) {
        self.problem.get_or_insert(problem);
    }

    /// Takes a field, if `read` can make something of it.
    fn take<T>(&mut self, name: &'static str, expected: &str, read: impl FnOnce(Value<'t>) -> Option<T>) -> Option<T> {
        let value = self.json(name)?;
        let read = read(value);
        if read.is_none() {
            self.complain(format!("the field `{name}` must be {expected}"));
        }
        read
    }

    /// Whatever the field is.
    pub(crate) fn json(&mut self, name: &'static str) -> Option<Value<'t>> {
        self.known.push(name);
        let field = self.values.iter_mut().rev().find(|(other, _)| other == name);
        field.map(|(_, value)| std::mem::replace(value, Value::Null)).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        self.take(name, "text", text)
    }

    /// False where it is not there.
    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        self.take(name, "true or false", |value| value.as_bool()).unwrap_or_default()
    }

    /// A number, rounded up; the largest one for one that is larger.
    pub(crate) fn number(&mut self, name: &'static str) -> Option<u64> {
        self.take(name, "a number", |value| match value {
            Value::Number((text, _)) if text.starts_with('-') => None,
            // `JSON.stringify` writes an exponent from 1e21 on, and for less than a millionth.
            Value::Number((text, _)) if text.contains(['e', 'E']) => {
                Some(if text.contains('-') { 1 } else { u64::MAX })
            }
            Value::Number((text, _)) => {
                let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
                let more = u64::from(fraction.bytes().any(|digit| digit != b'0'));
                Some(whole.parse::<u64>().unwrap_or(u64::MAX).saturating_add(more))
            }
            _ => None,
        })
    }

    pub(crate) fn count(&mut self, name: &'static str) -> Option<u32> {
        self.take(name, "a whole number", |value| u32::try_from(value.as_u64()?).ok())
    }

    /// No texts where it is not there.
    pub(crate) fn texts(&mut self, name: &'static str) -> Vec<String> {
        self.take(name, "a list of texts", texts).unwrap_or_default()
    }

    /// Names with what they stand for, such as headers; none where it is not there.
    pub(crate) fn pairs(&mut self, name: &'static str) -> Vec<(String, String)> {
        self.take(name, "a list of pairs of texts", pairs).unwrap_or_default()
    }

    /// An object in it; without fields where it is not there.
    pub(crate) fn object(&mut self, name: &'static str) -> Self {
        Self::of(self.take(name, "an object", object).unwrap_or_default())
    }

    /// Whether the fields that were asked for were of their form.
    pub(crate) fn is_sound(&self) -> bool {
        self.problem.is_none()
    }

    /// Says what was wrong with the fields that were asked for, or that others are there.
    pub(crate) fn end(mut self) -> Result<(), String> {
        if let Some(name) = self.values.iter().map(|(name, _)| name).find(|name| !self.known.contains(&&***name)) {
            let problem = format!("unknown field `{name}`");
            self.complain(problem);
        }
        self.problem.map_or(Ok(()), Err)
    }
}

fn text(value: Value<'_>) -> Option<String> {
    match value {
        Value::String(text) => Some(text.into_owned()),
        _ => None,
    }
}

fn object(value: Value<'_>) -> Option<Vec<(Cow<'_, str>, Value<'_>)>> {
    match value {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

fn list(value: Value<'_>) -> Option<Vec<Value<'_>>> {
    match value {
        Value::Array(items) => Some(items),
        _ => None,
    }
}

fn texts(value: Value<'_>) -> Option<Vec<String>> {
    list(value)?.into_iter().map(text).collect()
}

fn pairs(value: Value<'_>) -> Option<Vec<(String, String)>> {
    let pair = |value| {
        let pair: [String; 2] = texts(value)?.try_into().ok()?;
        Some(pair.into())
    };
    list(value)?.into_iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_rounded_up() {
        let number = |json: &str| Fields::read(&format!(r#"{{"n": {json}}}"#)).expect("an object").number("n");
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
