//! Identifiers and codes where a response may have them in another form.

use ajo_engine::{ServiceCode, Uid};

use crate::parse::lenient::Lenient;

impl Lenient<'_> for Uid {
    fn of_str<E>(value: &str) -> Option<Self> {
        value.parse().ok()
    }
}

impl Lenient<'_> for ServiceCode {
    fn of_str<E>(value: &str) -> Option<Self> {
        Some(Self::from(value))
    }

    fn of_integer(value: i64) -> Option<Self> {
        Some(Self::from(value))
    }
}
