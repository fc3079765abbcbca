//! The object schemas as tables of their fields, for code that handles JSON without its type.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::model::{api_name, json_schema};
use super::types::Schemas;
use crate::spec::{Spec, schema_name};
use crate::validate::names::pascal;

/// Renders the tables: one per object schema, and which of them each operation sends.
pub(super) fn render(specs: &[Spec]) -> Result<TokenStream, String> {
    let mut objects = BTreeMap::new();
    let mut bodies = Vec::new();
    for spec in specs {
        let api = format_ident!("{}", pascal(&api_name(spec)?));
        for name in Schemas::of(spec).names() {
            let schema = &spec.value["components"]["schemas"][name];
            if schema["type"] == "object" && !objects.contains_key(name) {
                objects.insert(name.clone(), object(spec, name, schema));
            }
        }
        for operation in spec.operations() {
            let id = operation.value["operationId"].as_str().unwrap_or_default();
            let body = spec.resolve(&operation.value["requestBody"]).map_or(&Value::Null, json_schema);
            if let Some(name) = schema_name(body) {
                let table = constant(name);
                bodies.push(quote!((Api::#api, #id, &#table)));
            }
        }
    }
    let tables = objects.values();
    Ok(quote! {
        use crate::types::operation::Api;
        use crate::types::schema::{Field, Kind, Object};

        #(#tables)*

        /// The schema of the body of each operation that has one.
        pub(crate) const REQUEST_BODIES: &[(Api, &str, &Object)] = &[#(#bodies,)*];
    })
}

fn object(spec: &Spec, name: &str, schema: &Value) -> TokenStream {
    let required = |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name));
    let properties = schema["properties"].as_object();
    let mut fields: Vec<_> = properties
        .into_iter()
        .flatten()
        .zip(0usize..)
        .map(|((name, property), position)| {
            let (required, kind) = (required(name), kind(spec, property));
            (name, quote!(Field { name: #name, required: #required, position: #position, kind: #kind }))
        })
        .collect();
    fields.sort_by_key(|(name, _)| *name);
    let fields = fields.into_iter().map(|(_, field)| field);
    let constant = constant(name);
    let doc = format!("`{name}`");
    quote! {
        #[doc = #doc]
        pub static #constant: Object = Object { fields: &[#(#fields,)*] };
    }
}

fn kind(spec: &Spec, schema: &Value) -> TokenStream {
    let Some(resolved) = spec.resolve(schema) else { return quote!(Kind::Any) };
    match resolved["type"].as_str() {
        Some("string") => quote!(Kind::String),
        Some("integer") => quote!(Kind::Integer),
        Some("number") => quote!(Kind::Number),
        Some("boolean") => quote!(Kind::Boolean),
        Some("array") => {
            let items = kind(spec, &resolved["items"]);
            quote!(Kind::Array(&#items))
        }
        // Only a named schema has a table; an object without properties holds anything.
        Some("object") => match schema_name(schema) {
            Some(name) if resolved.get("properties").is_some() => {
                let table = constant(name);
                quote!(Kind::Object(&#table))
            }
            _ => quote!(Kind::Any),
        },
        _ => quote!(Kind::Any),
    }
}

/// `CappingConfig` → `CAPPING_CONFIG`
fn constant(name: &str) -> Ident {
    let mut constant = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !constant.is_empty() {
            constant.push('_');
        }
        constant.push(character.to_ascii_uppercase());
    }
    format_ident!("{constant}")
}
