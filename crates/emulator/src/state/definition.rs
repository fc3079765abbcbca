//! A definition as it is stored: as JSON text, because a parsed one takes several times the memory.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The text of a JSON object.
#[derive(Clone, Debug)]
pub(crate) struct Definition(Box<str>);

impl Definition {
    /// Its keys are strings, so it always serializes.
    pub(crate) fn new(fields: &Map<String, Value>) -> Self {
        Self(serde_json::to_string(fields).unwrap_or_default().into())
    }

    /// Its fields, parsed.
    pub(crate) fn fields(&self) -> Map<String, Value> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// Its fields, each as JSON text.
    pub(crate) fn texts(&self) -> IndexMap<String, &RawValue> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// In bytes of JSON.
    pub(crate) fn length(&self) -> usize {
        self.0.len()
    }
}

impl PartialEq for Definition {
    fn eq(&self, other: &Self) -> bool {
        self.fields() == other.fields()
    }
}

impl Serialize for Definition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(|fields| Self::new(&fields))
    }
}
