//! Parses JSON (RFC 8259) like `serde_json`, into values that borrow from the input.
//!
//! Two differences are deliberate. Numbers beyond the range of `f64` are accepted, because the check needs tables of 10
//! KB. The nesting limit counts an innermost empty array or object.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::json_value::{JsonKind, JsonObject, JsonValue};
use crate::text::{concat, decimal, parse_decimal};

/// The nesting limit of `serde_json`.
pub const MAX_DEPTH: usize = 128;

/// A JSON value that borrows from its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'b> {
    Null,
    Bool(bool),
    /// The text of the number.
    Number(&'b str),
    String(Cow<'b, str>),
    Array(Vec<Self>),
    /// The fields as written, also those whose name occurs again.
    Object(Vec<(Cow<'b, str>, Self)>),
}

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

/// Parses JSON with at most `max_depth` levels of nesting.
pub fn parse(bytes: &[u8], max_depth: usize) -> Result<Value<'_>, ErrorPosition> {
    let text = core::str::from_utf8(bytes).map_err(|error| error_position(bytes, error.valid_up_to()))?;
    let mut parser = Parser { text, offset: 0 };
    let value = parser.value(max_depth);
    let is_at_end = parser.skip_spaces() == END && parser.offset == text.len();
    value.filter(|_| is_at_end).ok_or_else(|| error_position(bytes, parser.offset))
}

fn error_position(bytes: &[u8], offset: usize) -> ErrorPosition {
    let before = &bytes[..offset];
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    ErrorPosition { line: before.split(|byte| *byte == b'\n').count(), column: (offset + 1).min(bytes.len()) - start }
}

/// What [`Parser::byte`] returns at the end of the text. JSON does not contain this byte.
const END: u8 = 0;

struct Parser<'b> {
    text: &'b str,
    /// If the text is invalid, the position of the error.
    offset: usize,
}

impl<'b> Parser<'b> {
    /// The current byte.
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.offset).copied().unwrap_or(END)
    }

    /// Skips white space and returns the byte after it.
    fn skip_spaces(&mut self) -> u8 {
        while matches!(self.byte(), b' ' | b'\n' | b'\r' | b'\t') {
            self.offset += 1;
        }
        self.byte()
    }

    /// Skips the current byte if it is this one.
    fn skip(&mut self, byte: u8) -> bool {
        let is_same = self.byte() == byte;
        self.offset += usize::from(is_same);
        is_same
    }

    fn value(&mut self, depth: usize) -> Option<Value<'b>> {
        match self.skip_spaces() {
            b'"' => self.string().map(Value::String),
            b'[' => self.array(depth.checked_sub(1)?),
            b'{' => self.object(depth.checked_sub(1)?),
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            _ => self.number().map(Value::Number),
        }
    }

    fn word(&mut self, word: &str, value: Value<'b>) -> Option<Value<'b>> {
        word.bytes().all(|byte| self.skip(byte)).then_some(value)
    }

    fn array(&mut self, depth: usize) -> Option<Value<'b>> {
        let mut items = Vec::new();
        while self.has_next(b']', items.is_empty())? {
            items.push(self.value(depth)?);
        }
        Some(Value::Array(items))
    }

    fn object(&mut self, depth: usize) -> Option<Value<'b>> {
        let mut fields = Vec::new();
        while self.has_next(b'}', fields.is_empty())? {
            self.skip_spaces();
            let name = self.string()?;
            self.skip_spaces();
            if !self.skip(b':') {
                return None;
            }
            fields.push((name, self.value(depth)?));
        }
        Some(Value::Object(fields))
    }

    /// Skips the start, the separator, or the end of a list. Returns whether an item follows.
    fn has_next(&mut self, end: u8, is_first: bool) -> Option<bool> {
        if is_first {
            // The bracket.
            self.offset += 1;
        }
        self.skip_spaces();
        if self.skip(end) { Some(false) } else { (is_first || self.skip(b',')).then_some(true) }
    }

    fn number(&mut self) -> Option<&'b str> {
        let start = self.offset;
        self.skip(b'-');
        if !self.skip(b'0') {
            self.digits()?;
        }
        if self.skip(b'.') {
            self.digits()?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            let _has_sign = self.skip(b'+') || self.skip(b'-');
            self.digits()?;
        }
        self.text.get(start..self.offset)
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.offset;
        while self.byte().is_ascii_digit() {
            self.offset += 1;
        }
        (self.offset > start).then_some(())
    }

    fn string(&mut self) -> Option<Cow<'b, str>> {
        if !self.skip(b'"') {
            return None;
        }
        let mut unescaped = String::new();
        let mut start = self.offset;
        loop {
            match self.byte() {
                // A control character or the end of the text.
                ..b' ' => return None,
                b'"' => break,
                b'\\' => {
                    unescaped.push_str(self.text.get(start..self.offset)?);
                    self.offset += 1;
                    unescaped.push(self.escape()?);
                    start = self.offset;
                }
                _ => self.offset += 1,
            }
        }
        let rest = self.text.get(start..self.offset)?;
        self.offset += 1;
        Some(if unescaped.is_empty() { Cow::Borrowed(rest) } else { Cow::Owned(unescaped + rest) })
    }

    /// The character of an escape, after its backslash.
    fn escape(&mut self) -> Option<char> {
        let character = match self.byte() {
            plain @ (b'"' | b'\\' | b'/') => char::from(plain),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return None,
        };
        self.offset += 1;
        Some(character)
    }

    /// The character of `u` and four digits, or of a surrogate pair.
    fn code_point(&mut self) -> Option<char> {
        let first = self.code_unit()?;
        if !matches!(first, 0xd800..0xdc00) {
            return char::from_u32(first);
        }
        if !self.skip(b'\\') {
            return None;
        }
        let second = self.code_unit()?;
        let is_pair = matches!(second, 0xdc00..0xe000);
        char::from_u32((first - 0xd800) * 0x400 + (second & 0x3ff) + 0x1_0000).filter(|_| is_pair)
    }

    /// `u` and four hexadecimal digits.
    fn code_unit(&mut self) -> Option<u32> {
        if !self.skip(b'u') {
            return None;
        }
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + char::from(self.byte()).to_digit(16)?;
            self.offset += 1;
        }
        Some(unit)
    }
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
        match number_text(self)?.strip_prefix('-') {
            Some(digits) => 0_i64.checked_sub_unsigned(parse_decimal(digits)?),
            None => self.as_u64()?.try_into().ok(),
        }
    }

    fn as_u64(&self) -> Option<u64> {
        parse_decimal(number_text(self)?)
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

/// The text of a number other than `-0`.
fn number_text<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        // serde_json reads `-0` as a float.
        Value::Number(text) if *text != "-0" => Some(text),
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
