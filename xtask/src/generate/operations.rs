//! The verbs and the table of operations.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::model::{AlreadyDone, Body, Idempotency, Operation};
use crate::validate::names::pascal;

/// Renders two files: the enum of verbs, and the table of all operations.
pub(super) fn render(operations: &[Operation]) -> (TokenStream, TokenStream) {
    let (mut rows, mut verbs, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for operation in operations {
        let id = &operation.id;
        if seen.insert(id) {
            let (verb, doc) = (format_ident!("{}", pascal(id)), format!("`{id}`"));
            verbs.push(quote!(#[doc = #doc] #verb = #id));
        }
        rows.push(row(operation));
    }
    let (count, names) = (operations.len(), operations.iter().map(constant));
    let verbs = quote! {
        crate::types::verb::verbs! {
            /// The action of an operation. A spec may add one, so a `match` outside of this crate needs an arm for the others.
            #[non_exhaustive]
            pub enum Verb { #(#verbs,)* }
        }
    };
    let table = quote! {
        use crate::generated::verbs::Verb;
        use ajo_engine::{AlreadyDone, Idempotency};
        use crate::types::operation::{Api, Operation, RequestBody, ResponseValue};

        #(#rows)*

        /// Every operation of both APIs, in the order of the specs.
        pub static OPERATIONS: [Operation; #count] = [#(#names,)*];
    };
    (verbs, table)
}

/// The name of an operation's row.
pub(super) fn constant(operation: &Operation) -> Ident {
    format_ident!("{}_{}", operation.api.to_ascii_uppercase(), operation.id.to_ascii_uppercase())
}

fn row(operation: &Operation) -> TokenStream {
    let Operation { id, method, path, success, summary, .. } = operation;
    let (name, api) = (constant(operation), format_ident!("{}", pascal(&operation.api)));
    let verb = format_ident!("{}", pascal(id));
    let doc = format!("`{}` of the {} API.", id, operation.api);
    let idempotency = match operation.idempotency {
        Idempotency::Safe => quote!(Safe),
        Idempotency::Idempotent => quote!(Idempotent),
        Idempotency::NotIdempotent => quote!(NotIdempotent),
    };
    let already_done = match &operation.already_done {
        AlreadyDone::Never => quote!(Never),
        AlreadyDone::NotFound => quote!(NotFound),
        AlreadyDone::Code(code) => quote!(Code(#code)),
    };
    let body = match &operation.body {
        Body::None => quote!(None),
        Body::Default(json) => quote!(Default(#json)),
        Body::Argument { .. } => quote!(Definition),
    };
    let query = operation.options.iter().map(|option| {
        let (name, parameter) = (&option.name, &option.parameter);
        quote!((#name, #parameter))
    });
    let envelope = operation.response.envelope.as_ref();
    let envelope = envelope.map_or_else(|| quote!(None), |(_, field)| quote!(Some(#field)));
    let shape = format_ident!("{}", operation.response.shape);
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
            value: ResponseValue::#shape,
            idempotency: Idempotency::#idempotency,
            already_done: AlreadyDone::#already_done,
            summary: #summary,
        };
    }
}
