//! Validates definitions offline by the rules of their API.

use ajo_engine::json::{JsonObject, JsonValue};
use ajo_engine::rules::{self, Diagnostic};

use super::operation::Api;

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

#[cfg(test)]
mod tests {
    use ajo_engine::rules::METHODS;

    use crate::HttpMethod;

    #[test]
    fn rules_and_specs_have_same_methods() {
        assert_eq!(HttpMethod::KNOWN, METHODS);
    }
}
