//! A YAML document as a tree, every part of which knows where it stands.

use serde_json::{Number, Value};

use super::span::Mark;

/// One value, with the place where its text stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) is: Is,
    /// Where its text stands; of a map or list its first line.
    pub(crate) mark: Mark,
    /// Where it is used: for what an alias brings in, the alias.
    pub(crate) used: Mark,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Is {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Map),
}

/// Names with their values, in the order of the file; names are nodes, because a mistake can be about them.
pub(crate) type Map = Vec<(Node, Node)>;

impl Node {
    pub(crate) fn text(&self) -> Option<&str> {
        if let Is::Text(text) = &self.is { Some(text) } else { None }
    }

    pub(crate) fn map(&self) -> Option<&Map> {
        if let Is::Map(map) = &self.is { Some(map) } else { None }
    }

    pub(crate) const fn is_null(&self) -> bool {
        matches!(self.is, Is::Null)
    }

    /// The value of a name of a map.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.map()?.iter().find_map(|(key, value)| (key.text() == Some(name)).then_some(value))
    }

    /// What it is, for people.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.is {
            Is::Null => "nothing",
            Is::Bool(_) => "true or false",
            Is::Number(_) => "a number",
            Is::Text(_) => "text",
            Is::List(_) => "a list",
            Is::Map(_) => "a mapping",
        }
    }

    /// The same without places.
    pub(crate) fn json(&self) -> Value {
        match &self.is {
            Is::Null => Value::Null,
            Is::Bool(value) => Value::Bool(*value),
            Is::Number(number) => Value::Number(number.clone()),
            Is::Text(text) => Value::String(text.clone()),
            Is::List(items) => items.iter().map(Self::json).collect(),
            Is::Map(map) => map.iter().map(|(name, value)| (name.shown(), value.json())).collect(),
        }
    }

    /// A name as text; YAML allows anything to be one.
    pub(crate) fn shown(&self) -> String {
        self.text().map_or_else(|| self.json().to_string(), str::to_owned)
    }

    /// What a JSON pointer (RFC 6901) leads to, and otherwise the place where it should be.
    pub(crate) fn find(&self, pointer: &str) -> Result<&Self, &Mark> {
        let mut at = self;
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let next = match &at.is {
                Is::Map(map) => map.iter().find(|(name, _)| name.shown() == part).map(|(_, value)| value),
                Is::List(items) => part.parse::<usize>().ok().and_then(|index| items.get(index)),
                _ => None,
            };
            at = next.ok_or(&at.mark)?;
        }
        Ok(at)
    }

    /// Where the name stands under which a JSON pointer leads to something.
    pub(crate) fn name_of(&self, pointer: &str) -> Option<&Mark> {
        let (parent, _) = pointer.rsplit_once('/')?;
        let value: *const Self = self.find(pointer).ok()?;
        let names = self.find(parent).ok()?.map()?;
        names.iter().find_map(|(name, of)| std::ptr::eq(of, value).then_some(&name.mark))
    }
}
