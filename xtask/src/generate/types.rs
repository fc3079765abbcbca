//! What is done to the types that progenitor generates: which file each goes to, and how it reads JSON.
//!
//! **Strict when written, lenient when read.** A type that is sent refuses unknown fields, because a misspelt field in a
//! file would be dropped without a word. A type that is answered takes a missing, null or mistyped optional field as absent,
//! because only `uid` can be relied on and the service may change the rest. It keeps the fields that the spec does not know.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, Field, Fields, Item, ItemStruct, Type, parse_quote};

use crate::spec::Spec;

/// What one spec says about its component schemas.
pub(super) struct Schemas {
    /// Description of each, by name.
    descriptions: BTreeMap<String, String>,
    /// Reachable from a request body.
    sent: BTreeSet<String>,
    /// Reachable from a success response.
    answered: BTreeSet<String>,
}

impl Schemas {
    pub(super) fn of(spec: &Spec) -> Self {
        let schemas = &spec.value["components"]["schemas"];
        let descriptions = schemas
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, schema)| Some((name.clone(), schema["description"].as_str()?.to_owned())))
            .collect();
        let mut sent = BTreeSet::new();
        let mut answered = BTreeSet::new();
        for operation in spec.operations() {
            spec.reach(&operation.value["requestBody"], &mut sent);
            for (status, response) in operation.value["responses"].as_object().into_iter().flatten() {
                if status.starts_with('2') {
                    spec.reach(response, &mut answered);
                }
            }
        }
        Self { descriptions, sent, answered }
    }

    /// Names that progenitor generates a type for.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.sent.union(&self.answered)
    }
}

/// One spec's generated code, taken apart.
pub(super) struct Parts {
    /// Types of this spec alone.
    pub(super) own: TokenStream,
    /// Types that another spec has as well.
    pub(super) shared: TokenStream,
}

/// Takes the types out of progenitor's file and adapts them.
pub(super) fn split(file: syn::File, schemas: &Schemas, shared: &BTreeSet<String>) -> Parts {
    let mut parts = Parts { own: TokenStream::new(), shared: TokenStream::new() };
    let types = file.items.into_iter().filter_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    for item in types.flat_map(|(_, items)| items) {
        let Some(name) = type_of(&item) else { continue };
        let target = if shared.contains(&name) { &mut parts.shared } else { &mut parts.own };
        let item = adapt(item, &name, schemas);
        item.to_tokens(target);
        if schemas.answered.contains(&name)
            && let Item::Struct(ItemStruct { ident, fields: Fields::Named(_), .. }) = item
        {
            quote!(crate::parse::lenient::object!(#ident);).to_tokens(target);
        }
    }
    parts
}

/// The type an item defines or implements something for; `None` for progenitor's own helper module.
fn type_of(item: &Item) -> Option<String> {
    let path = match item {
        Item::Struct(item) => return Some(item.ident.to_string()),
        Item::Enum(item) => return Some(item.ident.to_string()),
        Item::Type(item) => return Some(item.ident.to_string()),
        Item::Impl(item) => innermost(&item.self_ty)?,
        _ => return None,
    };
    if path != "String" && path != "Map" {
        return Some(path);
    }
    // `impl From<Deleted> for Map`: it belongs to the type it converts from.
    let Item::Impl(item) = item else { return None };
    let segment = item.trait_.as_ref()?.0.segments.last()?;
    match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            syn::GenericArgument::Type(argument) => innermost(argument),
            _ => None,
        },
        _ => None,
    }
}

/// `Option<Vec<Rating>>` → `Rating`; `crate::Uid` → `Uid`.
fn innermost(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    if let ("Option" | "Vec", syn::PathArguments::AngleBracketed(arguments)) =
        (segment.ident.to_string().as_str(), &segment.arguments)
        && let Some(syn::GenericArgument::Type(inner)) = arguments.args.first()
    {
        return innermost(inner);
    }
    Some(segment.ident.to_string())
}

fn adapt(item: Item, name: &str, schemas: &Schemas) -> Item {
    let Item::Struct(mut item) = item else { return item };
    if let Fields::Named(fields) = &mut item.fields {
        for field in &mut fields.named {
            document(field, schemas);
            if schemas.answered.contains(name) {
                read_leniently(field);
            }
        }
        if schemas.answered.contains(name) && !schemas.sent.contains(name) {
            fields.named.push(unknown_fields());
        }
    } else {
        document_newtype(&mut item);
    }
    if schemas.sent.contains(name) && matches!(item.fields, Fields::Named(_)) {
        item.attrs.push(parse_quote!(#[serde(deny_unknown_fields)]));
    }
    Item::Struct(item)
}

/// `OpenAPI` 3.0 has no description beside a `$ref`; the description of what is referred to stands in.
fn document(field: &mut Field, schemas: &Schemas) {
    if field.attrs.iter().any(|attribute| attribute.path().is_ident("doc")) {
        return;
    }
    if let Some(description) = innermost(&field.ty).and_then(|name| schemas.descriptions.get(&name)) {
        field.attrs.insert(0, parse_quote!(#[doc = #description]));
    }
}

fn document_newtype(item: &mut ItemStruct) {
    for field in &mut item.fields {
        field.attrs.insert(0, parse_quote!(#[doc = "The JSON object."]));
    }
}

/// Adds the lenient reader to a field that is not required.
fn read_leniently(field: &mut Field) {
    let optional = field.ty.to_token_stream().to_string().contains("option :: Option");
    let has_default = field.attrs.iter().any(|attribute| mentions(attribute, "default"));
    if !optional && !has_default {
        return;
    }
    if !has_default {
        field.attrs.push(parse_quote!(#[serde(default)]));
    }
    if innermost(&field.ty).as_deref() == Some("String") && !optional && !is_list(&field.ty) {
        field.attrs.push(parse_quote!(#[serde(skip_serializing_if = "::std::string::String::is_empty")]));
    }
    field.attrs.push(parse_quote!(#[serde(deserialize_with = "crate::parse::lenient::field")]));
}

/// The service may add fields at any time, and whoever writes a configuration back must not lose them.
fn unknown_fields() -> Field {
    parse_quote! {
        #[doc = "Fields that this version does not know."]
        #[serde(flatten)]
        pub unknown_fields: ::serde_json::Map<::std::string::String, ::serde_json::Value>
    }
}

fn is_list(ty: &Type) -> bool {
    ty.to_token_stream().to_string().contains("vec :: Vec")
}

fn mentions(attribute: &Attribute, word: &str) -> bool {
    attribute.path().is_ident("serde")
        && attribute
            .meta
            .require_list()
            .is_ok_and(|list| list.tokens.clone().into_iter().any(|token| token.to_string() == word))
}
