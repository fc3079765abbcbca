//! The bodies of requests as JSON Schema, for editors.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Map, Value, json};

use super::model::{api_name, json_schema};
use crate::spec::{Spec, schema_name};
use crate::validate::names::pascal;

/// Renders the JSON Schema (draft 7) of each request body, with everything it refers to inside.
pub(super) fn render(specs: &[Spec]) -> Result<TokenStream, String> {
    let mut rows = Vec::new();
    for spec in specs {
        let api = format_ident!("{}", pascal(&api_name(spec)?));
        for operation in spec.operations() {
            let id = operation.value["operationId"].as_str().unwrap_or_default();
            let body = spec.resolve(&operation.value["requestBody"]).map_or(&Value::Null, json_schema);
            if schema_name(body).is_some() {
                let text = inlined(spec, body, &mut Vec::new()).to_string();
                rows.push(quote!((Api::#api, #id, #text)));
            }
        }
    }
    Ok(quote! {
        use crate::types::operation::Api;

        /// The JSON Schema of the body of each operation that has one.
        pub(crate) const JSON_SCHEMAS: &[(Api, &str, &str)] = &[#(#rows,)*];
    })
}

/// A schema with what it refers to inside. `within` are the schemas that it is part of: one that contains itself is open there.
fn inlined<'s>(spec: &'s Spec, schema: &'s Value, within: &mut Vec<&'s str>) -> Value {
    const SAME: [&str; 8] =
        ["description", "type", "minimum", "maximum", "minLength", "maxLength", "pattern", "required"];
    let name = schema_name(schema);
    if name.is_some_and(|name| within.contains(&name)) {
        return json!({});
    }
    within.extend(name);
    let resolved = spec.resolve(schema).unwrap_or(schema);
    let mut inlined: Map<String, Value> =
        SAME.iter().filter_map(|key| Some(((*key).to_owned(), resolved.get(*key)?.clone()))).collect();
    if let Some(example) = resolved.get("example") {
        inlined.insert("examples".to_owned(), json!([example]));
    }
    if let Some(known) = resolved.get("x-extensible-enum") {
        inlined.shift_remove("type");
        inlined.insert("anyOf".to_owned(), json!([{ "enum": known }, { "type": "string" }]));
    }
    if let Some(items) = resolved.get("items") {
        inlined.insert("items".to_owned(), self::inlined(spec, items, within));
    }
    if let Some(properties) = resolved["properties"].as_object() {
        let properties: Map<String, Value> =
            properties.iter().map(|(name, schema)| (name.clone(), self::inlined(spec, schema, within))).collect();
        inlined.insert("properties".to_owned(), properties.into());
        inlined.insert("additionalProperties".to_owned(), false.into());
    }
    within.truncate(within.len() - usize::from(name.is_some()));
    inlined.into()
}
