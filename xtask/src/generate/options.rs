//! Renders the options of operations: a struct of the optional query parameters.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::operation_model::{OperationModel, OptionField, ParameterType};
use crate::validate::rust_names::to_pascal_case;

/// The type name of an operation's options. Both APIs share a struct if it has the same fields.
pub(super) fn options_type_name(operation: &OperationModel, all: &[OperationModel]) -> String {
    let same = |other: &OperationModel| other.id != operation.id || other.options == operation.options;
    let api = if all.iter().all(same) { String::new() } else { to_pascal_case(&operation.api) };
    format!("{api}{}Options", to_pascal_case(&operation.id))
}

pub(super) fn render(all: &[OperationModel]) -> TokenStream {
    let with_options = all.iter().filter(|operation| !operation.options.is_empty());
    let structs: BTreeMap<String, &OperationModel> =
        with_options.map(|operation| (options_type_name(operation, all), operation)).collect();
    let items = structs.iter().map(|(name, operation)| {
        let (name, doc) = (format_ident!("{name}"), format!("Options of `{}`.", operation.id));
        let fields = operation.options.iter().map(render_field);
        let has = |kind: ParameterType| operation.options.iter().any(|option| option.kind == kind);
        let copy = (!has(ParameterType::String) && !has(ParameterType::Uid)).then(|| quote!(Copy,));
        let eq = (!has(ParameterType::Number)).then(|| quote!(Eq,));
        quote! {
            #[doc = #doc]
            #[derive(Clone, #copy #eq Debug, Default, PartialEq)]
            pub struct #name { #(#fields,)* }
        }
    });
    quote!(#(#items)*)
}

fn render_field(option: &OptionField) -> TokenStream {
    let (name, doc) = (format_ident!("{}", option.name), format!("`{}`: {}", option.parameter, option.description));
    let rust_type = match option.kind {
        // Only `true` is sent.
        ParameterType::Boolean => quote!(bool),
        ParameterType::Integer => quote!(Option<i64>),
        ParameterType::Number => quote!(Option<f64>),
        ParameterType::String => quote!(Option<String>),
        ParameterType::Uid => quote!(Option<crate::Uid>),
    };
    quote!(#[doc = #doc] pub #name: #rust_type)
}
