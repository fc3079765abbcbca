//! Reads JSON as `serde_json` does, into values that borrow from the input.
//!
//! Two differences are deliberate: a number beyond the range of `f64` is accepted, because checking it takes 10 KB of tables, and the
//! limit of the nesting counts an innermost empty array or object.

use alloc::borrow::Cow;

use hifijson::token::Lex as _;
use hifijson::{SliceLexer, value};

use super::view::{Fields, Json, Kind};

/// The nesting that `serde_json` accepts.
pub const MAX_DEPTH: usize = 128;

/// A JSON value that borrows from its input. Numbers stay text.
pub type Value<'b> = value::Value<&'b str, Cow<'b, str>>;

/// Where in a text it stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Counted from 1.
    pub line: usize,
    /// In bytes, counted from 1; 0 if the line is empty.
    pub column: usize,
}

/// Parses a JSON text (RFC 8259) whose values are nested at most `max_depth` levels deep.
pub fn parse(bytes: &[u8], max_depth: usize) -> Result<Value<'_>, Position> {
    let mut lexer = SliceLexer::new(bytes);
    lexer
        .exactly_one(SliceLexer::ws_peek, |next, lexer| value::parse_bounded(max_depth, next, lexer))
        .map_err(|_: hifijson::Error| position(bytes, bytes.len() - lexer.as_slice().len()))
}

fn position(bytes: &[u8], offset: usize) -> Position {
    let before = &bytes[..offset];
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    Position { line: before.split(|byte| *byte == b'\n').count(), column: (offset + 1).min(bytes.len()) - start }
}

impl<'b> Json for Value<'b> {
    type Object = [(Cow<'b, str>, Self)];

    fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::String,
            Self::Array(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
        }
    }

    fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    fn as_i64(&self) -> Option<i64> {
        digits(self)?.parse().ok()
    }

    fn as_u64(&self) -> Option<u64> {
        digits(self)?.parse().ok()
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
fn digits<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        // serde_json reads `-0` as a float.
        Value::Number((text, parts)) if parts.is_int() && *text != "-0" => Some(text),
        _ => None,
    }
}

impl<'b> Fields for [(Cow<'b, str>, Value<'b>)] {
    type Value = Value<'b>;

    fn get(&self, name: &str) -> Option<&Value<'b>> {
        self.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &Value<'b>)> {
        let is_last = |index: usize, name: &str| !self[index + 1..].iter().any(|(other, _)| other == name);
        let entries = self.iter().enumerate().filter(move |(index, (name, _))| is_last(*index, name));
        entries.map(|(_, (name, value))| (&**name, value))
    }
}
