//! An operation of a spec as the generators need it: its extensions resolved, its types in Rust.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::rust_type::rust_type;
use crate::spec::{self, Spec};
use crate::validate::names::snake;

/// One operation.
pub(super) struct Operation {
    pub(super) api: String,
    /// The operation id, which is also the name of the method.
    pub(super) id: String,
    /// In capitals.
    pub(super) method: String,
    pub(super) path: String,
    pub(super) success: u16,
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) idempotency: Idempotency,
    pub(super) already_done: AlreadyDone,
    /// Parameters of the path, then required ones of the query.
    pub(super) arguments: Vec<Argument>,
    /// The other parameters of the query.
    pub(super) options: Vec<OptionField>,
    pub(super) body: Body,
    pub(super) response: Response,
}

/// What a repeated request does (RFC 9110, section 9.2).
pub(crate) enum Idempotency {
    Safe,
    Idempotent,
    NotIdempotent,
}

/// The failure which shows a retry that an earlier attempt had the effect.
pub(super) enum AlreadyDone {
    Never,
    NotFound,
    Code(String),
}

/// An argument of the method that becomes part of the URL.
pub(super) struct Argument {
    /// The name in the spec.
    pub(super) name: String,
    pub(super) is_query: bool,
    pub(super) kind: Scalar,
}

/// A field of the options.
#[derive(Clone, PartialEq)]
pub(super) struct OptionField {
    /// The name in the options.
    pub(super) name: String,
    /// The name in the query.
    pub(super) parameter: String,
    pub(super) description: String,
    pub(super) kind: Scalar,
}

/// The type of a parameter.
#[derive(Clone, PartialEq)]
pub(super) enum Scalar {
    Flag,
    Integer,
    Number,
    Text,
    Uid,
}

/// The body of the request.
pub(super) enum Body {
    None,
    /// This JSON is always sent.
    Default(String),
    Argument {
        schema: Value,
        rust_type: TokenStream,
        /// The field that the client fills in with the organization.
        fill_organization: Option<String>,
    },
}

/// The value of a call.
pub(super) struct Response {
    /// The schema of the value; `None` if there is no value.
    pub(super) schema: Option<Value>,
    /// The Rust type of the value.
    pub(super) rust_type: TokenStream,
    /// The Rust type of the body and the field that holds the value, where it is not the body.
    pub(super) envelope: Option<(TokenStream, String)>,
    /// The variant of `ajo_core`'s `ResponseValue`.
    pub(super) shape: &'static str,
}

/// All operations of all specs, in their order.
pub(super) fn operations(specs: &[Spec]) -> Result<Vec<Operation>, String> {
    specs.iter().flat_map(|spec| spec.operations().map(move |operation| read(spec, &operation))).collect()
}

/// The name of the API that a spec describes: its one tag.
pub(super) fn api_name(spec: &Spec) -> Result<String, String> {
    let name = spec.value["tags"][0]["name"].as_str();
    name.map(str::to_owned).ok_or_else(|| format!("{}#/tags/0/name: name the API here, in lower case", spec.file))
}

fn read(spec: &Spec, operation: &spec::Operation<'_>) -> Result<Operation, String> {
    let value = operation.value;
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let method = operation.method.to_ascii_uppercase();
    let (success, response) =
        success(value).ok_or_else(|| format!("{}: {method} {} has no 2xx response", spec.file, operation.path))?;
    let (arguments, options) = parameters(spec, operation);
    Ok(Operation {
        api: api_name(spec)?,
        id: text("operationId"),
        path: operation.path.to_owned(),
        success,
        summary: text("summary"),
        description: text("description"),
        idempotency: idempotency(operation),
        already_done: match &value["x-already-done"] {
            Value::String(code) => AlreadyDone::Code(code.clone()),
            Value::Number(_) => AlreadyDone::NotFound,
            _ => AlreadyDone::Never,
        },
        arguments,
        options,
        body: body(spec, value),
        response: read_response(spec, value, response),
        method,
    })
}

/// What a spec says of repeating an operation, or RFC 9110 of its method.
pub(crate) fn idempotency(operation: &spec::Operation<'_>) -> Idempotency {
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

fn success(operation: &Value) -> Option<(u16, &Value)> {
    let mut responses = operation["responses"].as_object()?.iter();
    responses.find_map(|(status, response)| {
        let status = status.parse().ok().filter(|status| (200..300).contains(status))?;
        Some((status, response))
    })
}

/// The arguments and the options. Those of the path come in its order, whatever the order of their descriptions.
fn parameters(spec: &Spec, operation: &spec::Operation<'_>) -> (Vec<Argument>, Vec<OptionField>) {
    let (mut arguments, mut options) = (Vec::new(), Vec::new());
    for (_, parameter) in operation.parameters() {
        let Some(parameter) = spec.resolve(parameter) else { continue };
        let text = |name: &str| parameter[name].as_str().unwrap_or_default().to_owned();
        let (name, kind) = (text("name"), scalar(spec, &parameter["schema"]));
        let is_query = parameter["in"] == "query";
        if is_query && parameter["required"] != Value::Bool(true) {
            let option = parameter["x-option"].as_str().map_or_else(|| snake(&name), str::to_owned);
            options.push(OptionField { name: option, parameter: name, description: text("description"), kind });
        } else {
            arguments.push(Argument { name, is_query, kind });
        }
    }
    let place = |argument: &Argument| operation.path.find(&format!("{{{}}}", argument.name)).unwrap_or(usize::MAX);
    arguments.sort_by_key(place);
    (arguments, options)
}

fn scalar(spec: &Spec, schema: &Value) -> Scalar {
    if schema["$ref"] == "#/components/schemas/Uid" {
        return Scalar::Uid;
    }
    match spec.resolve(schema).and_then(|schema| schema["type"].as_str()) {
        Some("boolean") => Scalar::Flag,
        Some("integer") => Scalar::Integer,
        Some("number") => Scalar::Number,
        _ => Scalar::Text,
    }
}

fn body(spec: &Spec, operation: &Value) -> Body {
    let Some(body) = operation.get("requestBody").and_then(|body| spec.resolve(body)) else { return Body::None };
    match operation.get("x-default-body") {
        Some(default) => Body::Default(default.to_string()),
        None => Body::Argument {
            schema: json_schema(body).clone(),
            rust_type: rust_type(spec, json_schema(body)),
            fill_organization: operation["x-fill-organization"].as_str().map(str::to_owned),
        },
    }
}

/// The schema of a JSON body, of a request or a response.
pub(crate) fn json_schema(body: &Value) -> &Value {
    &body["content"]["application/json"]["schema"]
}

fn read_response(spec: &Spec, operation: &Value, response: &Value) -> Response {
    let schema = spec.resolve(response).map_or(&Value::Null, json_schema);
    let Some(resolved) = spec.resolve(schema).filter(|schema| schema.is_object()) else { return nothing() };
    if resolved["maxProperties"] == 0 {
        return nothing();
    }
    let Some(field) = operation["x-envelope"].as_str() else {
        return Response {
            schema: Some(schema.clone()),
            rust_type: rust_type(spec, schema),
            envelope: None,
            shape: shape(spec, schema),
        };
    };
    let value = &resolved["properties"][field];
    Response {
        schema: Some(value.clone()),
        rust_type: rust_type(spec, value),
        envelope: Some((rust_type(spec, schema), field.to_owned())),
        shape: shape(spec, value),
    }
}

fn nothing() -> Response {
    Response { schema: None, rust_type: quote!(()), envelope: None, shape: "Nothing" }
}

fn shape(spec: &Spec, schema: &Value) -> &'static str {
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
