//! Renders the client's methods, one per operation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::operation_model::{BodyModel, OperationModel, ParameterType, UrlArgument, api_name};
use super::operation_table::constant_name;
use super::options;
use crate::spec::{Spec, referenced_schema_name};
use crate::validate::rust_names::{to_pascal_case, to_snake_case};

/// Renders the methods of one API. `all` has the operations of all specs.
pub(super) fn render(spec: &Spec, all: &[OperationModel]) -> Result<TokenStream, String> {
    let api = api_name(spec)?;
    let (handle, getter) = (format_ident!("{}", to_pascal_case(&api)), format_ident!("{}", to_snake_case(&api)));
    let description = spec.value["info"]["description"].as_str().unwrap_or_default();
    let doc = format!("The {api} API, from [`Client::{api}`](crate::Client::{api}).\n\n{description}");
    let methods = all.iter().filter(|operation| operation.api == api).map(|operation| render_method(operation, all));
    Ok(quote! {
        use super::types;
        use ajo_engine::spec::operations;
        use crate::client::api_handle::api_handle;
        use crate::generated::options;
        #[allow(unused_imports)]
        use crate::parse::response_body::{parse_any, parse_object};
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

fn render_method(operation: &OperationModel, all: &[OperationModel]) -> TokenStream {
    let (name, row) = (format_ident!("{}", operation.id), constant_name(operation));
    let doc = method_doc(operation);
    let value = &operation.response.rust_type;
    let mut arguments: Vec<TokenStream> = operation.arguments.iter().map(render_argument).collect();
    let mut parts: Vec<TokenStream> = operation.arguments.iter().map(render_builder_call).collect();
    let read = match &operation.response.envelope {
        Some((envelope, field)) => {
            let field = format_ident!("{}", to_snake_case(field));
            quote!(|_, body| parse_object::<#envelope>(body).map(|envelope| envelope.#field))
        }
        None if operation.response.value_variant == "None" => quote!(|_, _| Ok(())),
        None if operation.response.value_variant == "Any" => quote!(|_, body| parse_any(body)),
        None => quote!(|_, body| parse_object(body)),
    };
    match &operation.body {
        BodyModel::None => {}
        BodyModel::Fixed(json) => parts.push(quote!(.static_body(#json))),
        BodyModel::Argument { rust_type, organization_field, schema } => {
            arguments.push(quote!(body: &#rust_type));
            parts.push(match organization_field {
                None if referenced_schema_name(schema).is_none() => quote!(.body(body)),
                None => quote!(.definition(body, &body.extra)),
                Some(field) => {
                    let field = format_ident!("{}", to_snake_case(field));
                    quote! {
                        .definition(&match body.#field {
                            Some(_) => ::std::borrow::Cow::Borrowed(body),
                            None => ::std::borrow::Cow::Owned(#rust_type {
                                #field: Some(self.client.org_id().to_string()),
                                ..body.clone()
                            }),
                        }, &body.extra)
                    }
                }
            });
        }
    }
    if !operation.options.is_empty() {
        let options = format_ident!("{}", options::options_type_name(operation, all));
        arguments.push(quote!(options: options::#options));
        parts.extend(operation.options.iter().map(|option| {
            let (field, parameter) = (format_ident!("{}", option.name), &option.parameter);
            match option.kind {
                ParameterType::Boolean => quote!(.query(#parameter, options.#field.then_some("true"))),
                ParameterType::Integer | ParameterType::Number => {
                    quote!(.query(#parameter, options.#field.map(|it| it.to_string()).as_deref()))
                }
                ParameterType::String => quote!(.query(#parameter, options.#field.as_deref())),
                ParameterType::Uid => quote!(.query(#parameter, options.#field.as_ref().map(crate::Uid::as_str))),
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

/// The doc comment of a method: the spec's summary and description, and the additions of the client.
fn method_doc(operation: &OperationModel) -> String {
    let OperationModel { method, path, summary, description, .. } = operation;
    let addition = match &operation.body {
        BodyModel::Argument { organization_field: Some(field), .. } => {
            format!("; the client fills in `{field}` if it is absent")
        }
        BodyModel::Fixed(json) => format!(" with the body `{json}`"),
        BodyModel::Argument { .. } | BodyModel::None => String::new(),
    };
    format!("{summary}.\n\n{description}\n\n`{method} {path}`{addition}.")
}

fn render_argument(argument: &UrlArgument) -> TokenStream {
    let name = format_ident!("{}", to_snake_case(&argument.name));
    let rust_type = match argument.kind {
        ParameterType::Boolean => quote!(bool),
        ParameterType::Integer => quote!(i64),
        ParameterType::Number => quote!(f64),
        ParameterType::String => quote!(&str),
        ParameterType::Uid => quote!(&crate::Uid),
    };
    quote!(#name: #rust_type)
}

fn render_builder_call(argument: &UrlArgument) -> TokenStream {
    let (name, parameter) = (format_ident!("{}", to_snake_case(&argument.name)), &argument.name);
    let value = match argument.kind {
        ParameterType::String => quote!(#name),
        ParameterType::Uid => quote!(#name.as_str()),
        ParameterType::Boolean | ParameterType::Integer | ParameterType::Number => quote!(&#name.to_string()),
    };
    if argument.is_query { quote!(.query(#parameter, Some(#value))) } else { quote!(.path_parameter(#value)) }
}
