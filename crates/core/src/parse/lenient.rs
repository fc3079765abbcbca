//! Parses fields that may be missing, null, or of an undocumented type.
//!
//! Only `uid` is guaranteed in a response. A field of an unexpected type parses as absent, so that one odd value never hides the
//! other configurations. Values are parsed in one pass without buffering.

use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The JSON types that a value accepts. Every other JSON type parses as `None`.
pub(crate) trait LenientDeserialize<'de>: Sized {
    fn from_json_str<E>(_value: &str) -> Option<Self> {
        None
    }

    fn from_json_integer(_value: i64) -> Option<Self> {
        None
    }

    fn from_json_bool(_value: bool) -> Option<Self> {
        None
    }

    fn from_json_array<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn from_json_object<A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl LenientDeserialize<'_> for String {
    fn from_json_str<E>(value: &str) -> Option<Self> {
        Some(value.to_owned())
    }
}

impl LenientDeserialize<'_> for i64 {
    fn from_json_integer(value: i64) -> Option<Self> {
        Some(value)
    }
}

impl LenientDeserialize<'_> for bool {
    fn from_json_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl<'de, T: LenientDeserialize<'de>> LenientDeserialize<'de> for Vec<T> {
    fn from_json_array<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut items = Self::new();
        while let Some(LenientOption(item)) = list.next_element()? {
            items.extend(item);
        }
        Ok(Some(items))
    }
}

/// Parses a struct from a JSON object. Its fields decide how lenient they are.
macro_rules! impl_lenient_object {
    ($name:ident) => {
        impl<'de> crate::parse::lenient::LenientDeserialize<'de> for $name {
            fn from_json_object<A: ::serde::de::MapAccess<'de>>(
                object: A,
            ) -> Result<::std::option::Option<Self>, A::Error> {
                let object = ::serde::de::value::MapAccessDeserializer::new(object);
                <Self as ::serde::Deserialize>::deserialize(object).map(Some)
            }
        }
    };
}

pub(crate) use impl_lenient_object;

/// Parses a field that defaults to `None`, an empty list, or an empty string.
pub(crate) fn deserialize_field<'de, D: Deserializer<'de>, T: LenientField<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::deserialize_lenient(deserializer)
}

/// The Rust types of lenient fields.
pub(crate) trait LenientField<'de>: Sized {
    fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl<'de, T: LenientDeserialize<'de>> LenientField<'de> for Option<T> {
    fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        LenientOption::deserialize(deserializer).map(|LenientOption(value)| value)
    }
}

impl<'de, T: LenientDeserialize<'de>> LenientField<'de> for Vec<T> {
    fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize_lenient(deserializer).map(Option::unwrap_or_default)
    }
}

impl<'de> LenientField<'de> for String {
    fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize_lenient(deserializer).map(Option::unwrap_or_default)
    }
}

/// A value, or `None` if it has another type.
struct LenientOption<T>(Option<T>);

impl<'de, T: LenientDeserialize<'de>> Deserialize<'de> for LenientOption<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor(PhantomData))
    }
}

struct LenientVisitor<T>(PhantomData<T>);

impl<'de, T: LenientDeserialize<'de>> Visitor<'de> for LenientVisitor<T> {
    type Value = LenientOption<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(LenientOption(None))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(LenientOption(T::from_json_bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(LenientOption(T::from_json_integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(LenientOption(i64::try_from(value).ok().and_then(T::from_json_integer)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        // JSON does not distinguish 500.0 from 500. Beyond 2^53 a float no longer identifies one integer.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        let whole = (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64);
        Ok(LenientOption(whole.and_then(T::from_json_integer)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(LenientOption(T::from_json_str::<E>(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::from_json_array(list).map(LenientOption)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::from_json_object(object).map(LenientOption).map_err(A::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{CappingConfig, ConfigState};

    fn parse(value: Value) -> CappingConfig {
        let json = value.to_string();
        serde_json::from_value(value).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    #[test]
    fn only_uid_is_required() {
        let config = parse(json!({"uid": "a-1"}));
        assert_eq!(config.uid.as_str(), "a-1");
        assert_eq!((config.url.as_str(), config.state, config.methods.len()), ("", None, 0));
        assert!(serde_json::from_value::<CappingConfig>(json!({"url": "https://a.example"})).is_err());
    }

    #[test]
    fn fields_may_be_null_or_mistyped() {
        let full = json!({
            "uid": "a-1", "_id": "x", "url": "u", "methods": ["GET"], "state": "created", "hasBeenDeployed": true,
            "services": {"action": {"maxHttpConnections": 1, "rating": {"maxCallsCount": 1, "periodInMs": 1}}},
            "deployedConfig": {"url": "u"}, "metadata": {"createdBy": "me"}, "orgId": "o", "tenantId": "t",
            "sandboxName": "s", "sandboxId": "i", "authoringFormatVersion": "1.0",
        });
        let odd_values =
            [json!(null), json!(1), json!(-1.5), json!(true), json!("text"), json!([1, {}]), json!({"a": [1]})];
        for field in full.as_object().expect("an object").keys().filter(|field| *field != "uid") {
            for odd_value in &odd_values {
                let mut odd = full.clone();
                odd[field] = odd_value.clone();
                assert_eq!(parse(odd).uid.as_str(), "a-1");
            }
        }
    }

    #[test]
    fn mistyped_field_is_absent() {
        let config = parse(json!({
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
    fn unknown_fields_and_values_parse() {
        let config = parse(json!({"uid": "a-1", "state": "archived", "color": {"of": ["any", "shape"]}}));
        assert_eq!(config.state, Some(ConfigState::Other("archived".to_owned())));
    }

    #[test]
    fn absent_fields_are_not_written() {
        let config = parse(json!({"uid": "a-1"}));
        assert_eq!(serde_json::to_value(&config).expect("writable"), json!({"uid": "a-1"}));
    }
}
