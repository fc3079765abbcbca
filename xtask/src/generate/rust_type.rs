//! The Rust type of a schema.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::spec::Spec;
use crate::validate::names::pascal;

/// Schemas whose Rust type is written by hand in `ajo-core`, because it guarantees something that a schema cannot.
pub(super) const HAND_WRITTEN: [(&str, &str); 2] = [("Uid", "crate::Uid"), ("ServiceCode", "crate::ServiceCode")];

/// Whether a schema says nothing of an object but that it is one.
pub(crate) fn is_any_object(schema: &Value) -> bool {
    schema["type"] == "object" && schema.get("properties").is_none() && schema.get("additionalProperties").is_none()
}

/// The Rust type that typify gives a schema.
pub(super) fn rust_type(spec: &Spec, schema: &Value) -> TokenStream {
    let Some(resolved) = spec.resolve(schema) else { return quote!(::serde_json::Value) };
    if is_any_object(resolved) {
        return quote!(::serde_json::Map<String, ::serde_json::Value>);
    }
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    match (name, resolved["type"].as_str()) {
        (Some(name), _) if HAND_WRITTEN.iter().any(|(schema, _)| *schema == name) => {
            let name = format_ident!("{name}");
            quote!(crate::#name)
        }
        (Some(name), _) => {
            let name = format_ident!("{}", pascal(name));
            if resolved.get("x-extensible-enum").is_some() {
                quote!(crate::generated::enums::#name)
            } else {
                quote!(types::#name)
            }
        }
        (None, Some("array")) => {
            let item = rust_type(spec, &resolved["items"]);
            quote!(Vec<#item>)
        }
        (None, Some("string")) => quote!(String),
        (None, Some("integer")) => quote!(i64),
        (None, Some("number")) => quote!(f64),
        (None, Some("boolean")) => quote!(bool),
        (None, _) => quote!(::serde_json::Value),
    }
}
