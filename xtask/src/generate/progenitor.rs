//! Generates the types of one spec with progenitor, as a Rust syntax tree. progenitor's client is not used.

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, TypeImpl};
use serde_json::Value;

use super::rust_type::{MANUAL_TYPES, is_free_form_object};
use super::spec_patches;
use crate::spec::Spec;

/// Runs progenitor over a validated spec.
pub(super) fn generate_types(spec: &Spec, enums: &[String]) -> Result<syn::File, String> {
    let mut patched: Value = spec.value.clone();
    spec_patches::apply(&mut patched).map_err(|problem| format!("{}: {problem}", spec.file))?;
    let document: OpenAPI = serde_json::from_value(patched)
        .map_err(|error| format!("{}: not a valid OpenAPI 3.0 document: {error}", spec.file))?;

    let mut settings = GenerationSettings::new();
    settings.with_derive("PartialEq");
    for (schema, path) in MANUAL_TYPES {
        settings.with_replacement(schema, path, string_traits());
    }
    for name in free_form_objects(spec) {
        settings.with_replacement(name, "::serde_json::Map<String, ::serde_json::Value>", std::iter::empty());
    }
    for name in enums {
        settings.with_replacement(name, format!("crate::generated::enums::{name}"), string_traits());
    }
    // The validator prevents the known panics. Report an unknown one in one line.
    let generated = std::panic::catch_unwind(|| Generator::new(&settings).generate_tokens(&document));
    let tokens = generated
        .map_err(|_| {
            format!("{}: progenitor panicked (see above); add a check for this to xtask/src/validate", spec.file)
        })?
        .map_err(|error| format!("{}: progenitor rejected the spec: {error}", spec.file))?;
    syn::parse2(tokens).map_err(|error| format!("{}: progenitor generated invalid Rust: {error}", spec.file))
}

/// The names of object schemas without any fields.
fn free_form_objects(spec: &Spec) -> impl Iterator<Item = &String> {
    let schemas = spec.value["components"]["schemas"].as_object().into_iter().flatten();
    schemas.filter(|(_, schema)| is_free_form_object(schema)).map(|(name, _)| name)
}

fn string_traits() -> impl Iterator<Item = TypeImpl> {
    [TypeImpl::Display, TypeImpl::FromStr].into_iter()
}
