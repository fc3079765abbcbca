//! progenitor's part: the types of one spec, as a Rust syntax tree. Its client is not used.

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, TypeImpl};
use serde_json::Value;

use super::patches;
use super::rust_type::{HAND_WRITTEN, is_any_object};
use crate::spec::Spec;

/// Runs progenitor over a validated spec.
pub(super) fn generate(spec: &Spec, enums: &[String]) -> Result<syn::File, String> {
    let mut patched: Value = spec.value.clone();
    patches::apply(&mut patched).map_err(|problem| format!("{}: {problem}", spec.file))?;
    let document: OpenAPI = serde_json::from_value(patched)
        .map_err(|error| format!("{}: this is no OpenAPI 3.0 document: {error}", spec.file))?;

    let mut settings = GenerationSettings::new();
    settings.with_derive("PartialEq");
    for (schema, path) in HAND_WRITTEN {
        settings.with_replacement(schema, path, implements());
    }
    for name in any_objects(spec) {
        settings.with_replacement(name, "::serde_json::Map<String, ::serde_json::Value>", std::iter::empty());
    }
    for name in enums {
        settings.with_replacement(name, format!("crate::generated::enums::{name}"), implements());
    }
    // The validator knows the panics that were met; one that was not is still said in one line.
    let generated = std::panic::catch_unwind(|| Generator::new(&settings).generate_tokens(&document));
    let tokens = generated
        .map_err(|_| {
            format!("{}: progenitor panicked on it (above); a check for this belongs in xtask/src/validate", spec.file)
        })?
        .map_err(|error| format!("{}: progenitor refused it: {error}", spec.file))?;
    syn::parse2(tokens).map_err(|error| format!("{}: progenitor generated no Rust: {error}", spec.file))
}

/// Schemas that say of an object nothing but that it is one.
fn any_objects(spec: &Spec) -> impl Iterator<Item = &String> {
    let schemas = spec.value["components"]["schemas"].as_object().into_iter().flatten();
    schemas.filter(|(_, schema)| is_any_object(schema)).map(|(name, _)| name)
}

fn implements() -> impl Iterator<Item = TypeImpl> {
    [TypeImpl::Display, TypeImpl::FromStr].into_iter()
}
