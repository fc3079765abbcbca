//! Writes JSON.

use alloc::string::String;

use ajo_engine::json::write_string;
use ajo_engine::text::decimal;

/// Writes a JSON object field by field. It needs a fraction of the code of serde.
pub(crate) struct JsonWriter(String);

impl JsonWriter {
    pub(crate) fn new() -> Self {
        Self(String::new())
    }

    /// Adds a field whose value is JSON.
    pub(crate) fn raw_field(mut self, name: &str, json: &str) -> Self {
        self.0.push_str(if self.0.is_empty() { "{\"" } else { ",\"" });
        self.0.push_str(name);
        self.0.push_str("\":");
        self.0.push_str(json);
        self
    }

    pub(crate) fn string(self, name: &str, value: &str) -> Self {
        let json = json_string(value);
        self.raw_field(name, &json)
    }

    pub(crate) fn number(self, name: &str, number: u64) -> Self {
        self.raw_field(name, &decimal(number))
    }

    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        self.raw_field(name, if value { "true" } else { "false" })
    }

    pub(crate) fn optional_string(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.string(name, value),
            None => self,
        }
    }

    pub(crate) fn optional_number(self, name: &str, number: Option<u64>) -> Self {
        match number {
            Some(number) => self.number(name, number),
            None => self,
        }
    }

    pub(crate) fn finish(self) -> String {
        let mut json = self.0;
        json.push_str(if json.is_empty() { "{}" } else { "}" });
        json
    }
}

/// Joins JSON values into an array.
pub(crate) fn json_array(items: impl IntoIterator<Item = String>) -> String {
    let mut json = String::from("[");
    for item in items {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&item);
    }
    json.push(']');
    json
}

/// Encodes a string.
pub(crate) fn json_string(value: &str) -> String {
    let mut json = String::new();
    write_string(&mut json, value);
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_like_serde_json() {
        for text in ["", "plain", "\u{7f}é€", "a\"b", "a\\b", "a\nb", "\0", "\u{1f}", " "] {
            assert_eq!(json_string(text), serde_json::Value::from(text).to_string());
        }
    }
}
