//! The model of an operation that all generators share, with resolved extensions and Rust types.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::rust_type::rust_type;
use crate::spec::{self, Spec, referenced_schema_name};
use crate::validate::rust_names::to_snake_case;

pub(super) struct OperationModel {
    pub(super) api: String,
    /// The operation id, which is also the name of the method.
    pub(super) id: String,
    /// In upper case.
    pub(super) method: String,
    pub(super) path: String,
    pub(super) success: u16,
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) idempotency: Idempotency,
    pub(super) already_applied: AlreadyApplied,
    /// Path parameters, then required query parameters.
    pub(super) arguments: Vec<UrlArgument>,
    /// Optional query parameters.
    pub(super) options: Vec<OptionField>,
    pub(super) body: BodyModel,
    pub(super) response: ResponseModel,
}

/// The effect of a repeated request (RFC 9110, section 9.2).
pub(crate) enum Idempotency {
    Safe,
    Idempotent,
    NotIdempotent,
}

/// The error that tells a retry that an earlier attempt was applied.
pub(super) enum AlreadyApplied {
    Never,
    NotFound,
    Code(String),
}

/// A method argument that becomes part of the URL.
pub(super) struct UrlArgument {
    /// The name in the spec.
    pub(super) name: String,
    pub(super) is_query: bool,
    pub(super) kind: ParameterType,
}

#[derive(Clone, PartialEq)]
pub(super) struct OptionField {
    /// The field name in the options struct.
    pub(super) name: String,
    /// The name in the query.
    pub(super) parameter: String,
    pub(super) description: String,
    pub(super) kind: ParameterType,
}

#[derive(Clone, PartialEq)]
pub(super) enum ParameterType {
    Boolean,
    Integer,
    Number,
    String,
    Uid,
}

pub(super) enum BodyModel {
    None,
    /// JSON that is always sent.
    Fixed(String),
    Argument {
        schema: Value,
        rust_type: TokenStream,
        /// The field that the client fills with the organization's ID.
        organization_field: Option<String>,
    },
}

/// The value of a successful call.
pub(super) struct ResponseModel {
    /// The schema of the value; `None` if there is no value.
    pub(super) schema: Option<Value>,
    /// The Rust type of the value.
    pub(super) rust_type: TokenStream,
    /// The Rust type of the envelope, and its field with the value.
    pub(super) envelope: Option<(TokenStream, String)>,
    /// The variant of the engine's `ResponseValue`.
    pub(super) value_variant: &'static str,
}

/// Parses all operations of all specs, in order.
pub(super) fn parse_operations(specs: &[Spec]) -> Result<Vec<OperationModel>, String> {
    specs.iter().flat_map(|spec| spec.operations().map(move |operation| parse_operation(spec, &operation))).collect()
}

/// The name of the API that a spec describes, from its first tag.
pub(super) fn api_name(spec: &Spec) -> Result<String, String> {
    let name = spec.value["tags"][0]["name"].as_str();
    name.map(str::to_owned)
        .ok_or_else(|| format!("{}#/tags/0/name: the tag must name the API, in lower case", spec.file))
}

fn parse_operation(spec: &Spec, operation: &spec::SpecOperation<'_>) -> Result<OperationModel, String> {
    let value = operation.value;
    let string = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let method = operation.method.to_ascii_uppercase();
    let (success, response) = success_response(value)
        .ok_or_else(|| format!("{}: {method} {} has no 2xx response", spec.file, operation.path))?;
    let (arguments, options) = parse_parameters(spec, operation);
    Ok(OperationModel {
        api: api_name(spec)?,
        id: string("operationId"),
        path: operation.path.to_owned(),
        success,
        summary: string("summary"),
        description: string("description"),
        idempotency: parse_idempotency(operation),
        already_applied: match &value["x-already-applied"] {
            Value::String(code) => AlreadyApplied::Code(code.clone()),
            Value::Number(_) => AlreadyApplied::NotFound,
            _ => AlreadyApplied::Never,
        },
        arguments,
        options,
        body: parse_body(spec, value),
        response: parse_response(spec, value, response),
        method,
    })
}

/// The idempotency from the spec, or the default of RFC 9110 for the method.
pub(crate) fn parse_idempotency(operation: &spec::SpecOperation<'_>) -> Idempotency {
    let by_method = match operation.method {
        "get" | "head" | "options" | "trace" => "safe",
        "put" | "delete" => "idempotent",
        _ => "not-idempotent",
    };
    match operation.value["x-idempotency"].as_str().unwrap_or(by_method) {
        "safe" => Idempotency::Safe,
        "idempotent" => Idempotency::Idempotent,
        _ => Idempotency::NotIdempotent,
    }
}

fn success_response(operation: &Value) -> Option<(u16, &Value)> {
    let mut responses = operation["responses"].as_object()?.iter();
    responses.find_map(|(status, response)| {
        let status = status.parse().ok().filter(|status| (200..300).contains(status))?;
        Some((status, response))
    })
}

/// Splits the parameters into arguments and options. Path parameters are in the order of the path.
fn parse_parameters(spec: &Spec, operation: &spec::SpecOperation<'_>) -> (Vec<UrlArgument>, Vec<OptionField>) {
    let (mut arguments, mut options) = (Vec::new(), Vec::new());
    for (_, parameter) in operation.parameters() {
        let Some(parameter) = spec.resolve(parameter) else { continue };
        let string = |name: &str| parameter[name].as_str().unwrap_or_default().to_owned();
        let (name, kind) = (string("name"), parameter_type(spec, &parameter["schema"]));
        let is_query = parameter["in"] == "query";
        if is_query && parameter["required"] != Value::Bool(true) {
            let option = parameter["x-option-name"].as_str().map_or_else(|| to_snake_case(&name), str::to_owned);
            options.push(OptionField { name: option, parameter: name, description: string("description"), kind });
        } else {
            arguments.push(UrlArgument { name, is_query, kind });
        }
    }
    let position =
        |argument: &UrlArgument| operation.path.find(&format!("{{{}}}", argument.name)).unwrap_or(usize::MAX);
    arguments.sort_by_key(position);
    (arguments, options)
}

fn parameter_type(spec: &Spec, schema: &Value) -> ParameterType {
    if schema["$ref"] == "#/components/schemas/Uid" {
        return ParameterType::Uid;
    }
    match spec.resolve(schema).and_then(|schema| schema["type"].as_str()) {
        Some("boolean") => ParameterType::Boolean,
        Some("integer") => ParameterType::Integer,
        Some("number") => ParameterType::Number,
        _ => ParameterType::String,
    }
}

fn parse_body(spec: &Spec, operation: &Value) -> BodyModel {
    let Some(body) = operation.get("requestBody").and_then(|body| spec.resolve(body)) else { return BodyModel::None };
    match operation.get("x-fixed-body") {
        Some(json) => BodyModel::Fixed(json.to_string()),
        None => BodyModel::Argument {
            schema: json_body_schema(body).clone(),
            rust_type: rust_type(spec, json_body_schema(body)),
            organization_field: operation["x-organization-field"].as_str().map(str::to_owned),
        },
    }
}

/// The schema of the definition that an operation sends; `None` if it sends none.
pub(super) fn definition_name<'s>(spec: &'s Spec, operation: &'s Value) -> Option<&'s str> {
    let body = spec.resolve(operation.get("requestBody")?)?;
    operation.get("x-fixed-body").is_none().then(|| referenced_schema_name(json_body_schema(body)))?
}

/// The schema of a JSON request or response body.
pub(crate) fn json_body_schema(body: &Value) -> &Value {
    &body["content"]["application/json"]["schema"]
}

fn parse_response(spec: &Spec, operation: &Value, response: &Value) -> ResponseModel {
    let schema = spec.resolve(response).map_or(&Value::Null, json_body_schema);
    let Some(resolved) = spec.resolve(schema).filter(|schema| schema.is_object()) else { return no_value() };
    if resolved["maxProperties"] == 0 {
        return no_value();
    }
    let Some(field) = operation["x-envelope"].as_str() else {
        return ResponseModel {
            schema: Some(schema.clone()),
            rust_type: rust_type(spec, schema),
            envelope: None,
            value_variant: value_variant(spec, schema),
        };
    };
    let value = &resolved["properties"][field];
    ResponseModel {
        schema: Some(value.clone()),
        rust_type: rust_type(spec, value),
        envelope: Some((rust_type(spec, schema), field.to_owned())),
        value_variant: value_variant(spec, value),
    }
}

fn no_value() -> ResponseModel {
    ResponseModel { schema: None, rust_type: quote!(()), envelope: None, value_variant: "None" }
}

fn value_variant(spec: &Spec, schema: &Value) -> &'static str {
    let resolved = spec.resolve(schema).unwrap_or(&Value::Null);
    match resolved["type"].as_str() {
        Some("array") if is_configuration(spec, &resolved["items"]) => "Configurations",
        _ if is_configuration(spec, schema) => "Configuration",
        Some("object") => "Object",
        _ => "Any",
    }
}

fn is_configuration(spec: &Spec, schema: &Value) -> bool {
    let required = spec.resolve(schema).and_then(|schema| schema["required"].as_array());
    required.is_some_and(|required| required.iter().any(|name| name == "uid"))
}
