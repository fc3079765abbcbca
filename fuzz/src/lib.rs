//! What the targets share with the suite `properties` of the workspace: the properties themselves.

#[path = "../../tests/properties/properties.rs"]
pub mod properties;
