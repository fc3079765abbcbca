//! Renders open enums: strings with known values, where the service may add more. A schema with `x-extensible-enum` becomes a Rust enum
//! with a variant per value and `Other`, through the macro `open_enum!` of `ajo-core`.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::spec::Spec;

pub(super) struct OpenEnum {
    description: String,
    values: Vec<String>,
}

/// Collects all open enums by name. The validator ensures that the same name in two specs is the same enum.
pub(super) fn collect(specs: &[Spec]) -> BTreeMap<String, OpenEnum> {
    let mut enums = BTreeMap::new();
    for spec in specs {
        let Some(schemas) = spec.value["components"]["schemas"].as_object() else { continue };
        for (name, schema) in schemas {
            let Some(values) = schema["x-extensible-enum"].as_array() else { continue };
            enums.insert(
                name.clone(),
                OpenEnum {
                    description: schema["description"].as_str().unwrap_or_default().to_owned(),
                    values: values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                },
            );
        }
    }
    enums
}

pub(super) fn render(enums: &BTreeMap<String, OpenEnum>) -> TokenStream {
    let items = enums.iter().map(|(name, OpenEnum { description, values })| {
        let name = format_ident!("{name}");
        let variants = values.iter().map(|value| {
            let variant = format_ident!("{}", variant_name(value));
            let doc = format!("`{value}`");
            quote!(#[doc = #doc] #variant = #value)
        });
        quote! {
            crate::types::open_enum::open_enum! {
                #[doc = #description]
                pub enum #name { #(#variants,)* }
            }
        }
    });
    quote!(#(#items)*)
}

/// `GET` becomes `Get`, `not_yet` becomes `NotYet`.
fn variant_name(value: &str) -> String {
    value
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter_map(|word| {
            let mut characters = word.chars();
            let first = characters.next()?;
            Some(first.to_ascii_uppercase().to_string() + &characters.as_str().to_ascii_lowercase())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::variant_name;

    #[test]
    fn variant_names_are_pascal_case() {
        assert_eq!(variant_name("GET"), "Get");
        assert_eq!(variant_name("created"), "Created");
        assert_eq!(variant_name("not_yet-done"), "NotYetDone");
    }
}
