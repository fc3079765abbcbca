//! Validates definitions by the rules of their API.

use ajo_engine::json::{Fields, Json};
use ajo_engine::rules::{self, Finding};

use super::operation::Api;

impl Api {
    /// What the service would say about a definition of this API.
    pub fn validate(self, definition: &impl Json) -> Vec<Finding> {
        match self {
            Self::Capping => rules::capping(definition),
            Self::Throttling => rules::throttling(definition),
        }
    }

    /// The same for the fields of a definition, where they are no value of their own.
    pub fn validate_fields(self, definition: &(impl Fields + ?Sized)) -> Vec<Finding> {
        match self {
            Self::Capping => rules::capping_fields(definition),
            Self::Throttling => rules::throttling_fields(definition),
        }
    }
}

#[cfg(test)]
mod tests {
    use ajo_engine::rules::METHODS;

    use crate::HttpMethod;

    #[test]
    fn rules_know_the_methods_of_the_specs() {
        assert_eq!(HttpMethod::KNOWN, METHODS);
    }
}
