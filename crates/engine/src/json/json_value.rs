//! The traits through which rules and parsers read JSON.

use alloc::vec::Vec;

/// The type of a JSON value.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub enum JsonKind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

/// A JSON value.
pub trait JsonValue: Sized {
    type Object: JsonObject<Value = Self> + ?Sized;

    fn kind(&self) -> JsonKind;

    fn as_bool(&self) -> Option<bool>;

    /// The value of an integer without fraction and exponent.
    fn as_i64(&self) -> Option<i64>;

    /// Like [`JsonValue::as_i64`], for values up to `u64::MAX`.
    fn as_u64(&self) -> Option<u64>;

    fn as_str(&self) -> Option<&str>;

    fn items(&self) -> Option<&[Self]>;

    fn as_object(&self) -> Option<&Self::Object>;

    /// A field of an object.
    fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// The string in a field of an object.
    fn get_str(&self, name: &str) -> Option<&str> {
        JsonValue::get(self, name)?.as_str()
    }

    fn is_null(&self) -> bool {
        self.kind() == JsonKind::Null
    }
}

/// The fields of a JSON object. If a name occurs twice, the last field wins.
pub trait JsonObject {
    type Value: JsonValue<Object = Self>;

    fn get(&self, name: &str) -> Option<&Self::Value>;

    /// All fields without duplicates.
    fn entries(&self) -> Vec<(&str, &Self::Value)>;
}
