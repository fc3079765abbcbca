//! The options of operations: one struct for the optional parameters of the query.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model::{Operation, OptionField, Scalar};
use crate::validate::names::pascal;

/// The name of an operation's options. Operations of both APIs share one struct if it has the same fields.
pub(super) fn name(operation: &Operation, all: &[Operation]) -> String {
    let same = |other: &Operation| other.id != operation.id || other.options == operation.options;
    let api = if all.iter().all(same) { String::new() } else { pascal(&operation.api) };
    format!("{api}{}Options", pascal(&operation.id))
}

/// Renders all of them.
pub(super) fn render(all: &[Operation]) -> TokenStream {
    let with_options = all.iter().filter(|operation| !operation.options.is_empty());
    let structs: BTreeMap<String, &Operation> =
        with_options.map(|operation| (name(operation, all), operation)).collect();
    let items = structs.iter().map(|(name, operation)| {
        let (name, doc) = (format_ident!("{name}"), format!("Options of `{}`.", operation.id));
        let fields = operation.options.iter().map(field);
        let has = |kind: Scalar| operation.options.iter().any(|option| option.kind == kind);
        let copy = (!has(Scalar::Text) && !has(Scalar::Uid)).then(|| quote!(Copy,));
        let eq = (!has(Scalar::Number)).then(|| quote!(Eq,));
        quote! {
            #[doc = #doc]
            #[derive(Clone, #copy #eq Debug, Default, PartialEq)]
            pub struct #name { #(#fields,)* }
        }
    });
    quote!(#(#items)*)
}

fn field(option: &OptionField) -> TokenStream {
    let (name, doc) = (format_ident!("{}", option.name), format!("`{}`: {}", option.parameter, option.description));
    let rust_type = match option.kind {
        // `true` or nothing is sent.
        Scalar::Flag => quote!(bool),
        Scalar::Integer => quote!(Option<i64>),
        Scalar::Number => quote!(Option<f64>),
        Scalar::Text => quote!(Option<String>),
        Scalar::Uid => quote!(Option<crate::Uid>),
    };
    quote!(#[doc = #doc] pub #name: #rust_type)
}
