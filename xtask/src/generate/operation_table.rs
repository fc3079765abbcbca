//! Renders the verbs and the table of operations.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::operation_model::{AlreadyApplied, BodyModel, Idempotency, OperationModel};
use crate::validate::rust_names::to_pascal_case;

/// Renders the enum of verbs and the table of all operations.
pub(super) fn render(operations: &[OperationModel]) -> (TokenStream, TokenStream) {
    let (mut rows, mut verbs, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for operation in operations {
        let id = &operation.id;
        if seen.insert(id) {
            let (verb, doc) = (format_ident!("{}", to_pascal_case(id)), format!("`{id}`"));
            verbs.push(quote!(#[doc = #doc] #verb = #id));
        }
        rows.push(render_operation(operation));
    }
    let (count, names) = (operations.len(), operations.iter().map(constant_name));
    let verbs = quote! {
        crate::spec::verb::verbs! {
            /// The action of an operation. Non-exhaustive, because a spec may add one.
            #[non_exhaustive]
            pub enum Verb { #(#verbs,)* }
        }
    };
    let table = quote! {
        use super::verbs::Verb;
        use crate::spec::api::Api;
        use crate::spec::operation::{Operation, RequestBody, ResponseValue};
        use crate::{AlreadyApplied, Idempotency};

        #(#rows)*

        /// Every operation of both APIs, in the order of the specs.
        pub static OPERATIONS: [Operation; #count] = [#(#names,)*];
    };
    (verbs, table)
}

/// The name of an operation's constant.
pub(super) fn constant_name(operation: &OperationModel) -> Ident {
    format_ident!("{}_{}", operation.api.to_ascii_uppercase(), operation.id.to_ascii_uppercase())
}

fn render_operation(operation: &OperationModel) -> TokenStream {
    let OperationModel { id, method, path, success, summary, .. } = operation;
    let (name, api) = (constant_name(operation), format_ident!("{}", to_pascal_case(&operation.api)));
    let verb = format_ident!("{}", to_pascal_case(id));
    let doc = format!("`{}` of the {} API.", id, operation.api);
    let idempotency = match operation.idempotency {
        Idempotency::Safe => quote!(Safe),
        Idempotency::Idempotent => quote!(Idempotent),
        Idempotency::NotIdempotent => quote!(NotIdempotent),
    };
    let already_applied = match &operation.already_applied {
        AlreadyApplied::Never => quote!(Never),
        AlreadyApplied::NotFound => quote!(NotFound),
        AlreadyApplied::Code(code) => quote!(Code(#code)),
    };
    let body = match &operation.body {
        BodyModel::None => quote!(None),
        BodyModel::Fixed(json) => quote!(Fixed(#json)),
        BodyModel::Argument { .. } => quote!(Definition),
    };
    let query = operation.options.iter().map(|option| {
        let (name, parameter) = (&option.name, &option.parameter);
        quote!((#name, #parameter))
    });
    let envelope = operation.response.envelope.as_ref();
    let envelope = envelope.map_or_else(|| quote!(None), |(_, field)| quote!(Some(#field)));
    let variant = format_ident!("{}", operation.response.value_variant);
    quote! {
        #[doc = #doc]
        pub const #name: Operation = Operation {
            api: Api::#api,
            verb: Verb::#verb,
            method: #method,
            path: #path,
            query: &[#(#query,)*],
            body: RequestBody::#body,
            success: #success,
            envelope: #envelope,
            value: ResponseValue::#variant,
            idempotency: Idempotency::#idempotency,
            already_applied: AlreadyApplied::#already_applied,
            summary: #summary,
        };
    }
}
