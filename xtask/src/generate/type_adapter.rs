//! Adapts the types that progenitor generates: splits them into files and changes how they parse JSON.
//!
//! **Strict requests, lenient responses.** A request type rejects unknown fields, because a misspelled field in a file would be silently
//! dropped. A response type treats a missing, null, or mistyped optional field as absent, because only `uid` is guaranteed and the
//! service may change the rest. It retains unknown fields.
//!
//! A definition has an explicit map for fields that this version does not know, so that a configuration can be read and sent back.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, Field, Fields, Item, ItemStruct, Type, parse_quote};

use super::operation_model::definition_name;
use crate::spec::Spec;

/// The use of a spec's component schemas.
pub(super) struct SchemaUsage {
    /// Description by schema name.
    descriptions: BTreeMap<String, String>,
    /// Reachable from a request body.
    request_types: BTreeSet<String>,
    /// Reachable from a success response.
    response_types: BTreeSet<String>,
    /// The definitions: request bodies that the caller passes.
    definitions: BTreeSet<String>,
}

impl SchemaUsage {
    pub(super) fn from_spec(spec: &Spec) -> Self {
        let schemas = &spec.value["components"]["schemas"];
        let descriptions = schemas
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, schema)| Some((name.clone(), schema["description"].as_str()?.to_owned())))
            .collect();
        let mut request_types = BTreeSet::new();
        let mut response_types = BTreeSet::new();
        let mut definitions = BTreeSet::new();
        for operation in spec.operations() {
            definitions.extend(definition_name(spec, operation.value).map(str::to_owned));
            spec.collect_schema_names(&operation.value["requestBody"], &mut request_types);
            for (status, response) in operation.value["responses"].as_object().into_iter().flatten() {
                if status.starts_with('2') {
                    spec.collect_schema_names(response, &mut response_types);
                }
            }
        }
        Self { descriptions, request_types, response_types, definitions }
    }

    /// The names of the types that progenitor generates.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.request_types.union(&self.response_types)
    }
}

/// The generated types of one spec.
pub(super) struct SplitTypes {
    /// Types of this spec only.
    pub(super) spec_types: TokenStream,
    /// Types that another spec has too.
    pub(super) shared_types: TokenStream,
}

/// Extracts the types from progenitor's file and adapts them.
pub(super) fn split_types(file: syn::File, schemas: &SchemaUsage, shared: &BTreeSet<String>) -> SplitTypes {
    let mut parts = SplitTypes { spec_types: TokenStream::new(), shared_types: TokenStream::new() };
    let types = file.items.into_iter().filter_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    for item in types.flat_map(|(_, items)| items) {
        let Some(name) = defined_type(&item) else { continue };
        let target = if shared.contains(&name) { &mut parts.shared_types } else { &mut parts.spec_types };
        let item = adapt_item(item, &name, schemas);
        item.to_tokens(target);
        if schemas.response_types.contains(&name)
            && let Item::Struct(ItemStruct { ident, fields: Fields::Named(_), .. }) = item
        {
            quote!(crate::parse::lenient::impl_lenient_object!(#ident);).to_tokens(target);
        }
    }
    parts
}

/// The type that an item defines or implements a trait for; `None` for progenitor's helper module.
fn defined_type(item: &Item) -> Option<String> {
    let path = match item {
        Item::Struct(item) => return Some(item.ident.to_string()),
        Item::Enum(item) => return Some(item.ident.to_string()),
        Item::Type(item) => return Some(item.ident.to_string()),
        Item::Impl(item) => inner_type_name(&item.self_ty)?,
        _ => return None,
    };
    if path != "String" && path != "Map" {
        return Some(path);
    }
    // `impl From<DeleteResponse> for Map` belongs to the source type.
    let Item::Impl(item) = item else { return None };
    let segment = item.trait_.as_ref()?.0.segments.last()?;
    match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            syn::GenericArgument::Type(argument) => inner_type_name(argument),
            _ => None,
        },
        _ => None,
    }
}

/// `Option<Vec<Rating>>` → `Rating`; `crate::Uid` → `Uid`.
fn inner_type_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    if let ("Option" | "Vec", syn::PathArguments::AngleBracketed(arguments)) =
        (segment.ident.to_string().as_str(), &segment.arguments)
        && let Some(syn::GenericArgument::Type(inner)) = arguments.args.first()
    {
        return inner_type_name(inner);
    }
    Some(segment.ident.to_string())
}

fn adapt_item(item: Item, name: &str, schemas: &SchemaUsage) -> Item {
    let Item::Struct(mut item) = item else { return item };
    if let Fields::Named(fields) = &mut item.fields {
        for field in &mut fields.named {
            add_field_doc(field, schemas);
            if schemas.response_types.contains(name) {
                make_lenient(field);
            }
        }
        if schemas.response_types.contains(name) && !schemas.request_types.contains(name) {
            fields.named.push(unknown_fields_field());
        }
        if schemas.definitions.contains(name) {
            fields.named.push(extra_field());
        }
    } else {
        add_newtype_doc(&mut item);
    }
    if schemas.request_types.contains(name) && matches!(item.fields, Fields::Named(_)) {
        item.attrs.push(parse_quote!(#[serde(deny_unknown_fields)]));
    }
    Item::Struct(item)
}

/// `OpenAPI` 3.0 allows no description next to a `$ref`, so the field gets the target's description.
fn add_field_doc(field: &mut Field, schemas: &SchemaUsage) {
    if field.attrs.iter().any(|attribute| attribute.path().is_ident("doc")) {
        return;
    }
    if let Some(description) = inner_type_name(&field.ty).and_then(|name| schemas.descriptions.get(&name)) {
        field.attrs.insert(0, parse_quote!(#[doc = #description]));
    }
}

fn add_newtype_doc(item: &mut ItemStruct) {
    for field in &mut item.fields {
        field.attrs.insert(0, parse_quote!(#[doc = "The JSON object."]));
    }
}

/// Adds the lenient deserializer to an optional field.
fn make_lenient(field: &mut Field) {
    let optional = field.ty.to_token_stream().to_string().contains("option :: Option");
    let has_default = field.attrs.iter().any(|attribute| serde_attribute_contains(attribute, "default"));
    if !optional && !has_default {
        return;
    }
    if !has_default {
        field.attrs.push(parse_quote!(#[serde(default)]));
    }
    if inner_type_name(&field.ty).as_deref() == Some("String") && !optional && !is_list(&field.ty) {
        field.attrs.push(parse_quote!(#[serde(skip_serializing_if = "::std::string::String::is_empty")]));
    }
    field.attrs.push(parse_quote!(#[serde(deserialize_with = "crate::parse::lenient::deserialize_field")]));
}

/// The service may add fields at any time. An update must send them back.
fn unknown_fields_field() -> Field {
    parse_quote! {
        #[doc = "Fields that this version does not know."]
        #[serde(flatten)]
        pub unknown_fields: ::serde_json::Map<::std::string::String, ::serde_json::Value>
    }
}

/// Unknown fields of a definition, apart from the known ones, so that a misspelled field is still an error.
fn extra_field() -> Field {
    parse_quote! {
        #[doc = "Fields that this version does not know, nested as in the definition. They are sent at that place."]
        #[serde(default, skip_serializing_if = "::serde_json::Map::is_empty")]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>
    }
}

fn is_list(ty: &Type) -> bool {
    ty.to_token_stream().to_string().contains("vec :: Vec")
}

fn serde_attribute_contains(attribute: &Attribute, word: &str) -> bool {
    attribute.path().is_ident("serde")
        && attribute
            .meta
            .require_list()
            .is_ok_and(|list| list.tokens.clone().into_iter().any(|token| token.to_string() == word))
}
