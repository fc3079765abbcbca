//! The Rust type of a schema.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::spec::Spec;
use crate::validate::rust_names::to_pascal_case;

/// Schemas whose Rust type is hand-written in `ajo-core`, because it guarantees more than a schema can.
pub(super) const MANUAL_TYPES: [(&str, &str); 2] = [("Uid", "crate::Uid"), ("ServiceCode", "crate::ServiceCode")];

/// Whether a schema describes an object without any fields.
pub(crate) fn is_free_form_object(schema: &Value) -> bool {
    schema["type"] == "object" && schema.get("properties").is_none() && schema.get("additionalProperties").is_none()
}

/// The Rust type that typify generates for a schema.
pub(super) fn rust_type(spec: &Spec, schema: &Value) -> TokenStream {
    let Some(resolved) = spec.resolve(schema) else { return quote!(::serde_json::Value) };
    if is_free_form_object(resolved) {
        return quote!(::serde_json::Map<String, ::serde_json::Value>);
    }
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    match (name, resolved["type"].as_str()) {
        (Some(name), _) if MANUAL_TYPES.iter().any(|(schema, _)| *schema == name) => {
            let name = format_ident!("{name}");
            quote!(crate::#name)
        }
        (Some(name), _) => {
            let name = format_ident!("{}", to_pascal_case(name));
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
