//! The values of secrets.

use std::collections::BTreeMap;

use ajo_engine::Secret;
use serde_json::{Map, Value};

use super::placeholders::{TextPart, decode_byte, decode_percent, format_placeholders, parse_placeholders};

/// Minimum length of a value in characters. A shorter one may be part of other text by coincidence, and can be found by trying
/// all values against its HMAC.
pub(crate) const MIN_SECRET_LENGTH: usize = 16;

/// The values of the secrets that limits files declare, by name.
///
/// ```
/// use ajo_engine::Secret;
/// use ajo_limits::SecretValues;
///
/// let mut secrets = SecretValues::default();
/// secrets.insert("TOKEN", Secret::new("s3cr3t/0123456789"));
/// let sealed = secrets.seal("https://a.example/?key=s3cr3t%2f0123456789");
/// assert_eq!(sealed, "https://a.example/?key=${TOKEN}");
/// assert_eq!(secrets.expand(&sealed), "https://a.example/?key=s3cr3t/0123456789");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecretValues(BTreeMap<String, Secret>);

impl Eq for SecretValues {}

impl SecretValues {
    /// Adds or replaces a value.
    pub fn insert(&mut self, name: &str, value: Secret) {
        self.0.insert(name.to_owned(), value);
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values that are long enough to search for them.
    pub(crate) fn long_values(&self) -> Self {
        let is_long = |value: &Secret| value.expose().chars().count() >= MIN_SECRET_LENGTH;
        Self(
            self.0
                .iter()
                .filter(|(_, value)| is_long(value))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }

    /// Replaces all values in a text with their placeholders.
    pub fn seal(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        format_placeholders(&self.split(text), &|name| self.0.contains_key(name))
    }

    /// Replaces all values in a text that may already have placeholders of these secrets.
    pub fn seal_literals(&self, text: &str) -> String {
        self.seal_literals_with(text, &|name| self.0.contains_key(name))
    }

    /// Replaces all values in a text that may already have placeholders.
    pub(crate) fn seal_literals_with(&self, text: &str, is_secret: &dyn Fn(&str) -> bool) -> String {
        let parts = parse_placeholders(text, is_secret).into_iter().flat_map(|part| match part {
            TextPart::Literal(literal) => self.split(&literal),
            secret @ TextPart::Secret(_) => vec![secret],
        });
        format_placeholders(&parts.collect::<Vec<_>>(), is_secret)
    }

    fn split(&self, text: &str) -> Vec<TextPart> {
        let mut needles: Vec<_> = self.iter().map(|(name, value)| (name, decode_percent(value.expose()))).collect();
        // The longest match wins. The order of names decides between equal values.
        needles.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        let (mut parts, mut copied, mut position) = (Vec::new(), 0, 0);
        while position < text.len() {
            let mut matches =
                needles.iter().filter_map(|(name, value)| Some((*name, match_end(text, position, value)?)));
            let Some((name, end)) = matches.next() else {
                position += 1;
                continue;
            };
            if copied < position {
                parts.push(TextPart::Literal(text[copied..position].to_owned()));
            }
            parts.push(TextPart::Secret(name.to_owned()));
            (copied, position) = (end, end);
        }
        if copied < text.len() {
            parts.push(TextPart::Literal(text[copied..].to_owned()));
        }
        parts
    }

    /// Replaces the placeholders in a text with the values.
    pub fn expand(&self, text: &str) -> String {
        let parts = parse_placeholders(text, &|name| self.0.contains_key(name));
        let expand = |part: TextPart| match part {
            TextPart::Literal(literal) => literal,
            TextPart::Secret(name) => self.0[&name].expose().to_owned(),
        };
        parts.into_iter().map(expand).collect()
    }

    /// Replaces the placeholders in the strings of an object.
    pub fn expand_fields(&self, fields: &mut Map<String, Value>) {
        if !self.is_empty() {
            fields.values_mut().for_each(|value| for_each_string(value, &mut |text| *text = self.expand(text)));
        }
    }
}

/// The end of a value, in any percent-encoding, that starts at a position.
fn match_end(text: &str, start: usize, value: &[u8]) -> Option<usize> {
    let mut end = start;
    for expected in value {
        let (byte, length) = decode_byte(text.as_bytes().get(end..)?)?;
        if byte != *expected {
            return None;
        }
        end += length;
    }
    (end > start && text.is_char_boundary(start) && text.is_char_boundary(end)).then_some(end)
}

/// Calls a function for each string in a value.
fn for_each_string(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| for_each_string(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|value| for_each_string(value, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn sealed_text_expands_to_itself(text in "[$ab{}T]{0,12}", value in "[$ab{}]{2,4}") {
            let mut secrets = SecretValues::default();
            secrets.insert("T", Secret::new(value.clone()));
            secrets.insert("b", Secret::new(value.repeat(2)));
            let sealed = secrets.seal(&text);
            prop_assert_eq!(secrets.expand(&sealed), text);
        }
    }
}
