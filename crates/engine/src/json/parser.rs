//! Parses JSON like `serde_json`, into values that borrow from the input.
//!
//! Two differences are deliberate. Numbers beyond the range of `f64` are accepted, because the check needs tables of 10
//! KB. The nesting limit counts an innermost empty array or object.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use hifijson::token::Lex as _;
use hifijson::{SliceLexer, value};

use super::json_value::{JsonKind, JsonObject, JsonValue};
use crate::text::{concat, decimal, parse_decimal};

/// The nesting limit of `serde_json`.
pub const MAX_DEPTH: usize = 128;

/// A JSON value that borrows from its input. Numbers are stored as text.
pub type Value<'b> = value::Value<&'b str, Cow<'b, str>>;

/// The position of a syntax error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorPosition {
    /// Counted from 1.
    pub line: usize,
    /// In bytes, counted from 1; 0 if the line is empty.
    pub column: usize,
}

impl ErrorPosition {
    pub fn message(self) -> String {
        concat(&["it is not JSON (line ", &decimal(self.line as u64), ", column ", &decimal(self.column as u64), ")"])
    }
}

impl fmt::Display for ErrorPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

/// Parses JSON (RFC 8259) with at most `max_depth` levels of nesting.
pub fn parse(bytes: &[u8], max_depth: usize) -> Result<Value<'_>, ErrorPosition> {
    let mut lexer = SliceLexer::new(bytes);
    lexer
        .exactly_one(SliceLexer::ws_peek, |next, lexer| value::parse_bounded(max_depth, next, lexer))
        .map_err(|_: hifijson::Error| error_position(bytes, bytes.len() - lexer.as_slice().len()))
}

fn error_position(bytes: &[u8], offset: usize) -> ErrorPosition {
    let before = &bytes[..offset];
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    ErrorPosition { line: before.split(|byte| *byte == b'\n').count(), column: (offset + 1).min(bytes.len()) - start }
}

impl<'b> JsonValue for Value<'b> {
    type Object = [(Cow<'b, str>, Self)];

    fn kind(&self) -> JsonKind {
        match self {
            Self::Null => JsonKind::Null,
            Self::Bool(_) => JsonKind::Bool,
            Self::Number(_) => JsonKind::Number,
            Self::String(_) => JsonKind::String,
            Self::Array(_) => JsonKind::Array,
            Self::Object(_) => JsonKind::Object,
        }
    }

    fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    fn as_i64(&self) -> Option<i64> {
        match integer_digits(self)?.strip_prefix('-') {
            Some(digits) => 0_i64.checked_sub_unsigned(parse_decimal(digits)?),
            None => self.as_u64()?.try_into().ok(),
        }
    }

    fn as_u64(&self) -> Option<u64> {
        parse_decimal(integer_digits(self)?)
    }

    fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    fn as_object(&self) -> Option<&[(Cow<'b, str>, Self)]> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }
}

/// The text of an integer.
fn integer_digits<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        // serde_json reads `-0` as a float.
        Value::Number((text, parts)) if parts.is_int() && *text != "-0" => Some(text),
        _ => None,
    }
}

impl<'b> JsonObject for [(Cow<'b, str>, Value<'b>)] {
    type Value = Value<'b>;

    fn get(&self, name: &str) -> Option<&Value<'b>> {
        self.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    fn entries(&self) -> Vec<(&str, &Value<'b>)> {
        let mut entries: Vec<(&str, &Value<'b>)> = Vec::new();
        for (index, (name, value)) in self.iter().enumerate() {
            if self[index + 1..].iter().all(|(later, _)| later != name) {
                entries.push((name, value));
            }
        }
        entries
    }
}
