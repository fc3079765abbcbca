//! What the targets share with the suite `fuzz` of the workspace: the laws themselves.

#[path = "../../tests/laws.rs"]
pub mod laws;
