//! The traits that rules and parsers read JSON through.

/// The type of a JSON value.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A JSON value.
pub trait Json: Sized {
    /// The fields of an object.
    type Object: Fields<Value = Self> + ?Sized;

    /// The type of the value.
    fn kind(&self) -> Kind;

    /// The value of a boolean.
    fn as_bool(&self) -> Option<bool>;

    /// The value of an integer that is written without fraction and exponent.
    fn as_i64(&self) -> Option<i64>;

    /// The value of such an integer, up to `u64::MAX`.
    fn as_u64(&self) -> Option<u64>;

    /// The value of a string.
    fn as_str(&self) -> Option<&str>;

    /// The items of an array.
    fn items(&self) -> Option<&[Self]>;

    /// The fields of an object.
    fn as_object(&self) -> Option<&Self::Object>;

    /// A field, if this is an object that has it.
    fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// A string in a field.
    fn str_at(&self, name: &str) -> Option<&str> {
        Json::get(self, name)?.as_str()
    }

    /// Whether this is `null`.
    fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }
}

/// The fields of a JSON object. Of two fields with one name, the last counts.
pub trait Fields {
    /// The value of a field.
    type Value: Json<Object = Self>;

    /// A field.
    fn get(&self, name: &str) -> Option<&Self::Value>;

    /// All fields, each name once.
    fn entries(&self) -> impl Iterator<Item = (&str, &Self::Value)>;
}
