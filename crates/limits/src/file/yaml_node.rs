//! A YAML document as a tree whose nodes know their position.

use serde_json::{Number, Value};

use super::source_span::SourceSpan;

/// A value with its position.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct YamlNode {
    pub(crate) value: YamlValue,
    /// The position of the value; for a mapping or sequence, its first line.
    pub(crate) span: SourceSpan,
    /// The position where the value is used: for an aliased value, the alias.
    pub(crate) reference_span: SourceSpan,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum YamlValue {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Sequence(Vec<YamlNode>),
    Mapping(YamlMapping),
}

/// Keys and values in file order. Keys are nodes, because diagnostics can point to them.
pub(crate) type YamlMapping = Vec<(YamlNode, YamlNode)>;

impl YamlNode {
    pub(crate) fn as_str(&self) -> Option<&str> {
        if let YamlValue::String(text) = &self.value { Some(text) } else { None }
    }

    pub(crate) fn as_mapping(&self) -> Option<&YamlMapping> {
        if let YamlValue::Mapping(map) = &self.value { Some(map) } else { None }
    }

    pub(crate) const fn is_null(&self) -> bool {
        matches!(self.value, YamlValue::Null)
    }

    /// The value of a key of a mapping.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.as_mapping()?.iter().find_map(|(key, value)| (key.as_str() == Some(name)).then_some(value))
    }

    /// The type, for messages.
    pub(crate) const fn type_name(&self) -> &'static str {
        match self.value {
            YamlValue::Null => "null",
            YamlValue::Bool(_) => "a boolean",
            YamlValue::Number(_) => "a number",
            YamlValue::String(_) => "a string",
            YamlValue::Sequence(_) => "a list",
            YamlValue::Mapping(_) => "a mapping",
        }
    }

    /// The value without positions.
    pub(crate) fn to_json(&self) -> Value {
        match &self.value {
            YamlValue::Null => Value::Null,
            YamlValue::Bool(value) => Value::Bool(*value),
            YamlValue::Number(number) => Value::Number(number.clone()),
            YamlValue::String(text) => Value::String(text.clone()),
            YamlValue::Sequence(items) => items.iter().map(Self::to_json).collect(),
            YamlValue::Mapping(map) => {
                map.iter().map(|(name, value)| (name.to_key_string(), value.to_json())).collect()
            }
        }
    }

    /// The node as a mapping key; YAML allows keys of any type.
    pub(crate) fn to_key_string(&self) -> String {
        self.as_str().map_or_else(|| self.to_json().to_string(), str::to_owned)
    }

    /// The node at a JSON pointer (RFC 6901), or else the span of the closest parent.
    pub(crate) fn resolve_pointer(&self, pointer: &str) -> Result<&Self, &SourceSpan> {
        let mut at = self;
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let next = match &at.value {
                YamlValue::Mapping(map) => {
                    map.iter().find(|(name, _)| name.to_key_string() == part).map(|(_, value)| value)
                }
                YamlValue::Sequence(items) => part.parse::<usize>().ok().and_then(|index| items.get(index)),
                _ => None,
            };
            at = next.ok_or(&at.span)?;
        }
        Ok(at)
    }

    /// The span of the key of the node at a JSON pointer.
    pub(crate) fn key_span(&self, pointer: &str) -> Option<&SourceSpan> {
        let (parent, _) = pointer.rsplit_once('/')?;
        let value: *const Self = self.resolve_pointer(pointer).ok()?;
        let names = self.resolve_pointer(parent).ok()?.as_mapping()?;
        names.iter().find_map(|(name, node)| std::ptr::eq(node, value).then_some(&name.span))
    }
}
