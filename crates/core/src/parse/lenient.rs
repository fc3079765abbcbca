//! Parses fields that may be missing, null, or of another type than described.
//!
//! In an answer only `uid` can be relied on. A field that does not have the described type reads as absent, so that one odd
//! value in one configuration never hides the others. Nothing is buffered: the value is looked at once, where it stands.

use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What a value can be made of. Every shape that is not accepted reads as `None`.
pub(crate) trait Lenient<'de>: Sized {
    fn of_str<E>(_value: &str) -> Option<Self> {
        None
    }

    fn of_integer(_value: i64) -> Option<Self> {
        None
    }

    fn of_bool(_value: bool) -> Option<Self> {
        None
    }

    fn of_list<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn of_object<A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl Lenient<'_> for String {
    fn of_str<E>(value: &str) -> Option<Self> {
        Some(value.to_owned())
    }
}

impl Lenient<'_> for i64 {
    fn of_integer(value: i64) -> Option<Self> {
        Some(value)
    }
}

impl Lenient<'_> for bool {
    fn of_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Vec<T> {
    fn of_list<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut items = Self::new();
        while let Some(Read(item)) = list.next_element()? {
            items.extend(item);
        }
        Ok(Some(items))
    }
}

/// Lets a struct be read from an object; its own fields decide how lenient they are.
macro_rules! object {
    ($name:ident) => {
        impl<'de> crate::parse::lenient::Lenient<'de> for $name {
            fn of_object<A: ::serde::de::MapAccess<'de>>(object: A) -> Result<::std::option::Option<Self>, A::Error> {
                let object = ::serde::de::value::MapAccessDeserializer::new(object);
                <Self as ::serde::Deserialize>::deserialize(object).map(Some)
            }
        }
    };
}

pub(crate) use object;

/// Reads a field whose absence is its default: `None`, no elements, an empty text.
pub(crate) fn field<'de, D: Deserializer<'de>, T: Field<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read(deserializer)
}

/// The Rust types that an optional field can have.
pub(crate) trait Field<'de>: Sized {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl<'de, T: Lenient<'de>> Field<'de> for Option<T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Read::deserialize(deserializer).map(|Read(value)| value)
    }
}

impl<'de, T: Lenient<'de>> Field<'de> for Vec<T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::read(deserializer).map(Option::unwrap_or_default)
    }
}

impl<'de> Field<'de> for String {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::read(deserializer).map(Option::unwrap_or_default)
    }
}

/// A value, or `None` where it has another type.
struct Read<T>(Option<T>);

impl<'de, T: Lenient<'de>> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Lenient<'de>> Visitor<'de> for Reader<T> {
    type Value = Read<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Read(None))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Read(T::of_bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Read(T::of_integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Read(i64::try_from(value).ok().and_then(T::of_integer)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        // JSON has one kind of number: 500.0 is 500. Beyond 2^53 a float no longer names one integer.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        let whole = (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64);
        Ok(Read(whole.and_then(T::of_integer)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Read(T::of_str::<E>(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::of_list(list).map(Read)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::of_object(object).map(Read).map_err(A::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{CappingConfig, ConfigState};

    fn read(value: Value) -> CappingConfig {
        let text = value.to_string();
        serde_json::from_value(value).unwrap_or_else(|error| panic!("{text} must be readable: {error}"))
    }

    #[test]
    fn only_uid_is_needed() {
        let config = read(json!({"uid": "a-1"}));
        assert_eq!(config.uid.as_str(), "a-1");
        assert_eq!((config.url.as_str(), config.state, config.methods.len()), ("", None, 0));
        assert!(serde_json::from_value::<CappingConfig>(json!({"url": "https://a.example"})).is_err());
    }

    #[test]
    fn every_field_may_be_null_or_of_any_other_type() {
        let full = json!({
            "uid": "a-1", "_id": "x", "url": "u", "methods": ["GET"], "state": "created", "hasBeenDeployed": true,
            "services": {"action": {"maxHttpConnections": 1, "rating": {"maxCallsCount": 1, "periodInMs": 1}}},
            "deployedConfig": {"url": "u"}, "metadata": {"createdBy": "me"}, "orgId": "o", "tenantId": "t",
            "sandboxName": "s", "sandboxId": "i", "authoringFormatVersion": "1.0",
        });
        let oddities =
            [json!(null), json!(1), json!(-1.5), json!(true), json!("text"), json!([1, {}]), json!({"a": [1]})];
        for field in full.as_object().expect("an object").keys().filter(|field| *field != "uid") {
            for oddity in &oddities {
                let mut odd = full.clone();
                odd[field] = oddity.clone();
                assert_eq!(read(odd).uid.as_str(), "a-1");
            }
        }
    }

    #[test]
    fn a_field_of_another_type_reads_as_absent_and_its_neighbors_as_they_are() {
        let config = read(json!({
            "uid": "a-1", "state": 7, "url": "https://a.example",
            "services": {"action": {"maxHttpConnections": -1, "rating": {"maxCallsCount": "many", "periodInMs": 1000.0}}},
        }));
        let limit = config.services.and_then(|services| services.action).expect("an action");
        let rating = limit.rating.expect("a rating");
        assert_eq!((config.state, config.url.as_str()), (None, "https://a.example"));
        assert_eq!(
            (limit.max_http_connections, rating.max_calls_count, rating.period_in_ms),
            (Some(-1), None, Some(1000))
        );
    }

    #[test]
    fn new_fields_and_values_are_read() {
        let config = read(json!({"uid": "a-1", "state": "archived", "color": {"of": ["any", "shape"]}}));
        assert_eq!(config.state, Some(ConfigState::Other("archived".to_owned())));
    }

    #[test]
    fn what_was_absent_stays_absent_when_written() {
        let config = read(json!({"uid": "a-1"}));
        assert_eq!(serde_json::to_value(&config).expect("writable"), json!({"uid": "a-1"}));
    }
}
