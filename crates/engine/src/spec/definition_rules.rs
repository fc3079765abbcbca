//! Validates definitions offline by the rules of their API.

use alloc::vec::Vec;

use super::api::Api;
use crate::json::{JsonObject, JsonValue};
use crate::rules::{self, Diagnostic};

impl Api {
    /// Validates a definition by the rules that the service applies.
    pub fn validate(self, definition: &impl JsonValue) -> Vec<Diagnostic> {
        match self {
            Self::Capping => rules::validate_capping(definition),
            Self::Throttling => rules::validate_throttling(definition),
        }
    }

    /// Validates the fields of a definition that are not one JSON value.
    pub fn validate_fields(self, definition: &(impl JsonObject + ?Sized)) -> Vec<Diagnostic> {
        match self {
            Self::Capping => rules::validate_capping_fields(definition),
            Self::Throttling => rules::validate_throttling_fields(definition),
        }
    }
}
