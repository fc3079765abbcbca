//! Renders request bodies as JSON Schema, for editors.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Map, Value, json};

use super::operation_model::{api_name, json_body_schema};
use crate::spec::{Spec, referenced_schema_name};
use crate::validate::rust_names::to_pascal_case;

/// Renders the JSON Schema (draft 7) of each request body, with references inlined.
pub(super) fn render(specs: &[Spec]) -> Result<TokenStream, String> {
    let mut rows = Vec::new();
    for spec in specs {
        let api = format_ident!("{}", to_pascal_case(&api_name(spec)?));
        for operation in spec.operations() {
            let id = operation.value["operationId"].as_str().unwrap_or_default();
            let body = spec.resolve(&operation.value["requestBody"]).map_or(&Value::Null, json_body_schema);
            if referenced_schema_name(body).is_some() {
                let text = inline_references(spec, body, &mut Vec::new()).to_string();
                rows.push(quote!((Api::#api, #id, #text)));
            }
        }
    }
    Ok(quote! {
        use crate::spec::api::Api;

        /// The JSON Schema of each operation with a request body.
        pub(crate) const JSON_SCHEMAS: &[(Api, &str, &str)] = &[#(#rows,)*];
    })
}

/// Inlines the references of a schema. `within` has the enclosing schemas; a recursive reference becomes `{}`.
fn inline_references<'s>(spec: &'s Spec, schema: &'s Value, within: &mut Vec<&'s str>) -> Value {
    const COPIED_KEYWORDS: [&str; 8] =
        ["description", "type", "minimum", "maximum", "minLength", "maxLength", "pattern", "required"];
    let name = referenced_schema_name(schema);
    if name.is_some_and(|name| within.contains(&name)) {
        return json!({});
    }
    within.extend(name);
    let resolved = spec.resolve(schema).unwrap_or(schema);
    let mut inlined: Map<String, Value> =
        COPIED_KEYWORDS.iter().filter_map(|key| Some(((*key).to_owned(), resolved.get(*key)?.clone()))).collect();
    if let Some(example) = resolved.get("example") {
        inlined.insert("examples".to_owned(), json!([example]));
    }
    if let Some(known) = resolved.get("x-extensible-enum") {
        inlined.shift_remove("type");
        inlined.insert("anyOf".to_owned(), json!([{ "enum": known }, { "type": "string" }]));
    }
    if let Some(items) = resolved.get("items") {
        inlined.insert("items".to_owned(), self::inline_references(spec, items, within));
    }
    if let Some(properties) = resolved["properties"].as_object() {
        let properties: Map<String, Value> = properties
            .iter()
            .map(|(name, schema)| (name.clone(), self::inline_references(spec, schema, within)))
            .collect();
        inlined.insert("properties".to_owned(), properties.into());
        inlined.insert("additionalProperties".to_owned(), false.into());
    }
    within.truncate(within.len() - usize::from(name.is_some()));
    inlined.into()
}
