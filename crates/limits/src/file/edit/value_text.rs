//! Writes values in the style of the text around them.

use serde_json::Value;

use crate::file::export::scalar::{format_scalar, quote_scalar};

/// How keys and strings are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TextStyle {
    Yaml,
    /// Everything is quoted.
    Json,
}

impl TextStyle {
    pub(super) fn entry(self, key: &str, value: &Value) -> String {
        format!("{}: {}", self.string(key), self.value(value))
    }

    /// A value in one line.
    pub(super) fn value(self, value: &Value) -> String {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                format!("[{}]", items.iter().map(|item| self.value(item)).collect::<Vec<_>>().join(", "))
            }
            Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
            Value::Object(fields) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| self.entry(name, value)).collect();
                format!("{{ {} }}", fields.join(", "))
            }
            other => other.to_string(),
        }
    }

    fn string(self, text: &str) -> String {
        match self {
            Self::Yaml => format_scalar(text),
            Self::Json => quote_scalar(&text.replace("${", "$${")),
        }
    }
}
