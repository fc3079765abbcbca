//! Writes JSON.

use ajo_engine::json::write_string;

/// A JSON object, written field by field. It costs a fraction of what types do that serde writes.
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn new() -> Self {
        Self(String::new())
    }

    /// A field that is JSON already.
    pub(crate) fn json(mut self, name: &str, json: &str) -> Self {
        self.0.push_str(if self.0.is_empty() { "{\"" } else { ",\"" });
        self.0.push_str(name);
        self.0.push_str("\":");
        self.0.push_str(json);
        self
    }

    pub(crate) fn text(self, name: &str, text: &str) -> Self {
        let json = quoted(text);
        self.json(name, &json)
    }

    pub(crate) fn number(self, name: &str, number: u32) -> Self {
        self.json(name, &number.to_string())
    }

    pub(crate) fn flag(self, name: &str, is: bool) -> Self {
        self.json(name, if is { "true" } else { "false" })
    }

    pub(crate) fn text_if_any(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    pub(crate) fn number_if_any(self, name: &str, number: Option<u32>) -> Self {
        match number {
            Some(number) => self.number(name, number),
            None => self,
        }
    }

    pub(crate) fn end(self) -> String {
        let mut json = self.0;
        json.push_str(if json.is_empty() { "{}" } else { "}" });
        json
    }
}

/// A list of JSON.
pub(crate) fn list(items: impl IntoIterator<Item = String>) -> String {
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

/// A text as JSON; it always encodes.
pub(crate) fn quoted(text: &str) -> String {
    let mut json = String::new();
    write_string(&mut json, text);
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_is_quoted_as_any_other_is() {
        for text in ["", "plain", "\u{7f}é€", "a\"b", "a\\b", "a\nb", "\0", "\u{1f}", " "] {
            assert_eq!(quoted(text), serde_json::Value::from(text).to_string());
        }
    }
}
