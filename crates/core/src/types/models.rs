//! The definitions of both APIs under common names, for tests that are the same for both.

use ajo_auth::OrgId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{CappingDefinition, ThrottlingDefinition};

/// The definition of one API.
pub(crate) trait Models {
    /// What is created and updated.
    type Definition: Serialize + DeserializeOwned;

    /// Fills in the organization where the definition has a field for it and leaves it out.
    fn complete(definition: &mut Self::Definition, org_id: &OrgId);
}

/// The definition of capping.
pub(crate) struct CappingModels;

impl Models for CappingModels {
    type Definition = CappingDefinition;

    fn complete(definition: &mut CappingDefinition, org_id: &OrgId) {
        definition.org_id.get_or_insert_with(|| org_id.to_string());
    }
}

/// The definition of throttling.
pub(crate) struct ThrottlingModels;

impl Models for ThrottlingModels {
    type Definition = ThrottlingDefinition;

    fn complete(_: &mut ThrottlingDefinition, _: &OrgId) {}
}
