//! Stored definitions. Values stay JSON text, because parsed ones take several times the memory.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

/// The fields of a JSON object, in their order.
#[derive(Clone, Debug)]
pub(crate) struct StoredDefinition(Box<[(String, Box<RawValue>)]>);

impl StoredDefinition {
    pub(crate) fn new(fields: Map<String, Value>) -> Self {
        Self(fields.into_iter().filter_map(|(name, value)| Some((name, to_raw_value(&value).ok()?))).collect())
    }

    /// Parses the fields.
    pub(crate) fn parse(&self) -> Map<String, Value> {
        self.0
            .iter()
            .map(|(name, value)| (name.clone(), serde_json::from_str(value.get()).unwrap_or_default()))
            .collect()
    }

    /// The fields, each as JSON text.
    pub(crate) fn fields(&self) -> &[(String, Box<RawValue>)] {
        &self.0
    }

    /// Reverses the order of the methods.
    pub(crate) fn reverse_methods(&mut self) {
        let mut fields = self.parse();
        if let Some(Value::Array(methods)) = fields.get_mut("methods") {
            methods.reverse();
        }
        *self = Self::new(fields);
    }

    /// The length in bytes of JSON.
    pub(crate) fn length(&self) -> usize {
        serde_json::to_string(self).map_or(0, |text| text.len())
    }
}

impl PartialEq for StoredDefinition {
    fn eq(&self, other: &Self) -> bool {
        self.parse() == other.parse()
    }
}

impl Serialize for StoredDefinition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for StoredDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::new)
    }
}
