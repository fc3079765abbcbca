//! The verbs and the table of operations.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::spec::Spec;

/// Renders two files: the enum of verbs, and the table of all operations.
pub(super) fn render(specs: &[Spec]) -> Result<(TokenStream, TokenStream), String> {
    let mut rows = Vec::new();
    let mut verbs = Vec::new();
    let mut seen = BTreeSet::new();
    for spec in specs {
        let api = format_ident!("{}", pascal(&api_name(spec)?));
        for operation in spec.operations() {
            let id = operation.value["operationId"].as_str().unwrap_or_default();
            let verb = format_ident!("{}", pascal(id));
            if seen.insert(id.to_owned()) {
                let doc = format!("`{id}`");
                verbs.push(quote!(#[doc = #doc] #verb = #id));
            }
            let method = operation.method.to_ascii_uppercase();
            let path = operation.path;
            let summary = operation.value["summary"].as_str().unwrap_or_default();
            let success = success_status(operation.value)
                .ok_or_else(|| format!("{}: {method} {path} has no 2xx answer", spec.file))?;
            rows.push(quote! {
                Operation {
                    api: Api::#api,
                    verb: Verb::#verb,
                    method: #method,
                    path: #path,
                    success: #success,
                    summary: #summary,
                }
            });
        }
    }
    let count = rows.len();
    let verbs = quote! {
        crate::types::verb::verbs! {
            /// The action of an operation; both APIs have the same eight.
            pub enum Verb { #(#verbs,)* }
        }
    };
    let table = quote! {
        use crate::generated::verbs::Verb;
        use crate::types::operation::{Api, Operation};

        /// Every operation of both APIs, in the order of the specs.
        pub const OPERATIONS: [Operation; #count] = [#(#rows,)*];
    };
    Ok((verbs, table))
}

/// The name of the API a spec describes: its one tag.
pub(super) fn api_name(spec: &Spec) -> Result<String, String> {
    spec.value["tags"][0]["name"]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("{}#/tags/0/name: name the API here, in lower case", spec.file))
}

fn success_status(operation: &Value) -> Option<u16> {
    operation["responses"]
        .as_object()?
        .keys()
        .filter_map(|status| status.parse().ok())
        .find(|status| (200..300).contains(status))
}

fn pascal(snake: &str) -> String {
    snake.split('_').map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}
