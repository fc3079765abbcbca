//! Lenient parsing of uids and service codes in responses.

use ajo_engine::{ServiceCode, Uid};

use crate::parse::lenient::LenientDeserialize;

impl LenientDeserialize<'_> for Uid {
    fn from_json_str<E>(value: &str) -> Option<Self> {
        value.parse().ok()
    }
}

impl LenientDeserialize<'_> for ServiceCode {
    fn from_json_str<E>(value: &str) -> Option<Self> {
        Some(Self::from(value))
    }

    fn from_json_integer(value: i64) -> Option<Self> {
        Some(Self::from(value))
    }
}
