//! The JSON traits for `serde_json` values.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::json_value::{JsonKind, JsonObject, JsonValue};

impl JsonValue for Value {
    type Object = Map<String, Self>;

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
        self.as_bool()
    }

    fn as_i64(&self) -> Option<i64> {
        self.as_i64()
    }

    fn as_u64(&self) -> Option<u64> {
        self.as_u64()
    }

    fn as_str(&self) -> Option<&str> {
        self.as_str()
    }

    fn items(&self) -> Option<&[Self]> {
        self.as_array().map(Vec::as_slice)
    }

    fn as_object(&self) -> Option<&Map<String, Self>> {
        self.as_object()
    }
}

impl JsonObject for Map<String, Value> {
    type Value = Value;

    fn get(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }

    fn entries(&self) -> Vec<(&str, &Value)> {
        self.iter().map(|(name, value)| (name.as_str(), value)).collect()
    }
}
