//! The methods of the client: one for each operation of a spec.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model::{Argument, Body, Operation, Scalar, api_name};
use super::operations::constant;
use super::options;
use crate::spec::Spec;
use crate::validate::names::{pascal, snake};

/// Renders the methods of one API. `all` are the operations of all specs.
pub(super) fn render(spec: &Spec, all: &[Operation]) -> Result<TokenStream, String> {
    let api = api_name(spec)?;
    let (handle, getter) = (format_ident!("{}", pascal(&api)), format_ident!("{}", snake(&api)));
    let description = spec.value["info"]["description"].as_str().unwrap_or_default();
    let doc = format!("The {api} API, from [`Client::{api}`](crate::Client::{api}).\n\n{description}");
    let methods = all.iter().filter(|operation| operation.api == api).map(|operation| method(operation, all));
    Ok(quote! {
        use super::types;
        use crate::client::api_handle::api_handle;
        use crate::generated::{operations, options};
        #[allow(unused_imports)]
        use crate::parse::response::{parse_any, parse_object};
        use crate::{Call, HttpTransport};

        api_handle! {
            #[doc = #doc]
            pub struct #handle, #getter
        }

        impl<'c, T: HttpTransport> #handle<'c, T> {
            #(#methods)*
        }
    })
}

fn method(operation: &Operation, all: &[Operation]) -> TokenStream {
    let (name, row) = (format_ident!("{}", operation.id), constant(operation));
    let doc = document(operation);
    let value = &operation.response.rust_type;
    let mut arguments: Vec<TokenStream> = operation.arguments.iter().map(argument).collect();
    let mut parts: Vec<TokenStream> = operation.arguments.iter().map(part).collect();
    let read = match &operation.response.envelope {
        Some((envelope, field)) => {
            let field = format_ident!("{}", snake(field));
            quote!(|_, body| parse_object::<#envelope>(body).map(|envelope| envelope.#field))
        }
        None if operation.response.shape == "Nothing" => quote!(|_, _| Ok(())),
        None if operation.response.shape == "Any" => quote!(|_, body| parse_any(body)),
        None => quote!(|_, body| parse_object(body)),
    };
    match &operation.body {
        Body::None => {}
        Body::Default(json) => parts.push(quote!(.static_body(#json))),
        Body::Argument { rust_type, fill_organization, .. } => {
            arguments.push(quote!(body: &#rust_type));
            parts.push(match fill_organization {
                None => quote!(.body(body)),
                Some(field) => {
                    let field = format_ident!("{}", snake(field));
                    quote! {
                        .body(&match body.#field {
                            Some(_) => ::std::borrow::Cow::Borrowed(body),
                            None => ::std::borrow::Cow::Owned(#rust_type {
                                #field: Some(self.client.org_id().to_string()),
                                ..body.clone()
                            }),
                        })
                    }
                }
            });
        }
    }
    if !operation.options.is_empty() {
        let options = format_ident!("{}", options::name(operation, all));
        arguments.push(quote!(options: options::#options));
        parts.extend(operation.options.iter().map(|option| {
            let (field, parameter) = (format_ident!("{}", option.name), &option.parameter);
            match option.kind {
                Scalar::Flag => quote!(.query(#parameter, options.#field.then_some("true"))),
                Scalar::Integer | Scalar::Number => {
                    quote!(.query(#parameter, options.#field.map(|it| it.to_string()).as_deref()))
                }
                Scalar::Text => quote!(.query(#parameter, options.#field.as_deref())),
                Scalar::Uid => quote!(.query(#parameter, options.#field.as_ref().map(crate::Uid::as_str))),
            }
        }));
    }
    quote! {
        #[doc = #doc]
        pub fn #name(&self, #(#arguments,)*) -> Call<'c, T, #value> {
            Call::new(self.client, &operations::#row, #read) #(#parts)*
        }
    }
}

/// The documentation of a method: the spec's summary and description, and the additions of the client.
fn document(operation: &Operation) -> String {
    let Operation { method, path, summary, description, .. } = operation;
    let addition = match &operation.body {
        Body::Argument { fill_organization: Some(field), .. } => {
            format!("; the client fills in `{field}` if it is absent")
        }
        Body::Default(json) => format!(" with the body `{json}`"),
        Body::Argument { .. } | Body::None => String::new(),
    };
    format!("{summary}.\n\n{description}\n\n`{method} {path}`{addition}.")
}

fn argument(argument: &Argument) -> TokenStream {
    let name = format_ident!("{}", snake(&argument.name));
    let rust_type = match argument.kind {
        Scalar::Flag => quote!(bool),
        Scalar::Integer => quote!(i64),
        Scalar::Number => quote!(f64),
        Scalar::Text => quote!(&str),
        Scalar::Uid => quote!(&crate::Uid),
    };
    quote!(#name: #rust_type)
}

fn part(argument: &Argument) -> TokenStream {
    let (name, parameter) = (format_ident!("{}", snake(&argument.name)), &argument.name);
    let value = match argument.kind {
        Scalar::Text => quote!(#name),
        Scalar::Uid => quote!(#name.as_str()),
        Scalar::Flag | Scalar::Integer | Scalar::Number => quote!(&#name.to_string()),
    };
    if argument.is_query { quote!(.query(#parameter, Some(#value))) } else { quote!(.path_parameter(#value)) }
}
