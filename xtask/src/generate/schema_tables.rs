//! Renders the object schemas as tables of fields, for code that handles untyped JSON.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::operation_model::{api_name, json_body_schema};
use super::type_adapter::SchemaUsage;
use crate::spec::{Spec, referenced_schema_name};
use crate::validate::rust_names::to_pascal_case;

/// Renders one table per object schema, and the table of each operation's request body.
pub(super) fn render(specs: &[Spec]) -> Result<TokenStream, String> {
    let mut objects = BTreeMap::new();
    let mut bodies = Vec::new();
    for spec in specs {
        let api = format_ident!("{}", to_pascal_case(&api_name(spec)?));
        for name in SchemaUsage::from_spec(spec).names() {
            let schema = &spec.value["components"]["schemas"][name];
            if schema["type"] == "object" && !objects.contains_key(name) {
                objects.insert(name.clone(), render_object(spec, name, schema));
            }
        }
        for operation in spec.operations() {
            let id = operation.value["operationId"].as_str().unwrap_or_default();
            let body = spec.resolve(&operation.value["requestBody"]).map_or(&Value::Null, json_body_schema);
            if let Some(name) = referenced_schema_name(body) {
                let table = constant_name(name);
                bodies.push(quote!((Api::#api, #id, &#table)));
            }
        }
    }
    let tables = objects.values();
    Ok(quote! {
        use crate::spec::api::Api;
        use crate::spec::object_schema::{FieldSchema, FieldType, ObjectSchema};

        #(#tables)*

        /// The schema of each operation with a request body.
        pub(crate) const REQUEST_BODIES: &[(Api, &str, &ObjectSchema)] = &[#(#bodies,)*];
    })
}

fn render_object(spec: &Spec, name: &str, schema: &Value) -> TokenStream {
    let required = |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name));
    let properties = schema["properties"].as_object();
    let mut fields: Vec<_> = properties
        .into_iter()
        .flatten()
        .zip(0usize..)
        .map(|((name, property), position)| {
            let (required, field_type) = (required(name), field_type(spec, property));
            (
                name,
                quote!(FieldSchema { name: #name, required: #required, position: #position, field_type: #field_type }),
            )
        })
        .collect();
    fields.sort_by_key(|(name, _)| *name);
    let fields = fields.into_iter().map(|(_, field)| field);
    let constant = constant_name(name);
    let doc = format!("`{name}`");
    quote! {
        #[doc = #doc]
        pub static #constant: ObjectSchema = ObjectSchema { fields: &[#(#fields,)*] };
    }
}

fn field_type(spec: &Spec, schema: &Value) -> TokenStream {
    let Some(resolved) = spec.resolve(schema) else { return quote!(FieldType::Any) };
    match resolved["type"].as_str() {
        Some("string") => quote!(FieldType::String),
        Some("integer") => quote!(FieldType::Integer),
        Some("number") => quote!(FieldType::Number),
        Some("boolean") => quote!(FieldType::Boolean),
        Some("array") => {
            let items = field_type(spec, &resolved["items"]);
            quote!(FieldType::Array(&#items))
        }
        // Only a named schema has a table. An object without properties can contain anything.
        Some("object") => match referenced_schema_name(schema) {
            Some(name) if resolved.get("properties").is_some() => {
                let table = constant_name(name);
                quote!(FieldType::Object(&#table))
            }
            _ => quote!(FieldType::Any),
        },
        _ => quote!(FieldType::Any),
    }
}

/// `CappingConfig` → `CAPPING_CONFIG`
fn constant_name(name: &str) -> Ident {
    let mut constant = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !constant.is_empty() {
            constant.push('_');
        }
        constant.push(character.to_ascii_uppercase());
    }
    format_ident!("{constant}")
}
