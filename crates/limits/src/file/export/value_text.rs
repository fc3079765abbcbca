//! Writes JSON values in one line of a limits file.

use serde_json::{Map, Value};

use super::scalar::{format_key, quote_scalar};

/// How keys and strings are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::file) enum TextStyle {
    Yaml,
    /// Everything is quoted.
    Json,
}

impl TextStyle {
    pub(in crate::file) fn entry(self, key: &str, value: &Value) -> String {
        format!("{}: {}", self.key(key), self.value(value))
    }

    /// A value in one line.
    pub(in crate::file) fn value(self, value: &Value) -> String {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                format!("[{}]", items.iter().map(|item| self.value(item)).collect::<Vec<_>>().join(", "))
            }
            Value::Object(fields) => self.object(fields),
            // JSON is valid YAML.
            other => other.to_string(),
        }
    }

    pub(super) fn object(self, fields: &Map<String, Value>) -> String {
        let entries: Vec<_> = fields.iter().map(|(name, value)| self.entry(name, value)).collect();
        if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
    }

    /// A string as a value. `${` is escaped.
    fn string(self, text: &str) -> String {
        self.key(&text.replace("${", "$${"))
    }

    /// A key, in which variables are not substituted.
    fn key(self, text: &str) -> String {
        match self {
            Self::Yaml => format_key(text),
            Self::Json => quote_scalar(text),
        }
    }
}
