//! Compares one call with its specification.

use ajo_core::Operation;
use bytes::Bytes;
use http::{HeaderMap, Request, header};
use serde_json::Value;

use crate::api::contract::difference_log::ContractDifference;
use crate::api::contract::openapi_document::{OpenApiDocument, OperationSpec};
use crate::api::contract::schema_check::check_schema;
use crate::api::json_pointer::escape_token;
use crate::api::response::ByteResponse;
use crate::api::route::BASE_PATH;

/// Maximum number of differences reported for a request or a response.
const MAX_DIFFERENCES: usize = 20;

/// JSON pointers with messages.
type PointerMessages = Vec<(String, String)>;

pub(super) fn compare_call(
    operation: &Operation,
    request: &Request<Bytes>,
    response: &ByteResponse,
) -> Vec<ContractDifference> {
    let Some(operation_spec) = OpenApiDocument::find_operation(operation) else { return Vec::new() };
    let name = format!("{}.{}", operation.api, operation.verb);
    let differences = [
        ("request", compare_request(&operation_spec, request)),
        ("response", compare_response(&operation_spec, response)),
    ];
    let to_differences = |(direction, problems): (&'static str, PointerMessages)| {
        let name = name.clone();
        problems.into_iter().take(MAX_DIFFERENCES).map(move |(pointer, problem)| ContractDifference {
            operation: name.clone(),
            direction,
            pointer,
            description: problem,
        })
    };
    differences.into_iter().flat_map(to_differences).collect()
}

fn compare_request(operation_spec: &OperationSpec, request: &Request<Bytes>) -> PointerMessages {
    let mut problems = Vec::new();
    let method = request.method().as_str();
    if !method.eq_ignore_ascii_case(operation_spec.method) {
        let expected = operation_spec.method.to_ascii_uppercase();
        problems.push(("/method".to_owned(), format!("is {method}, but the specification has {expected}")));
    }
    compare_path(operation_spec, request.uri().path(), &mut problems);
    compare_query(operation_spec, request.uri().query().unwrap_or_default(), &mut problems);
    for name in operation_spec.spec.security_headers() {
        if !request.headers().contains_key(&name) {
            problems.push((format!("/headers/{name}"), "is missing".to_owned()));
        }
    }
    let body = operation_spec.spec.resolve_ref(&operation_spec.operation["requestBody"]);
    match (body.is_null(), request.body().is_empty()) {
        (true, false) => problems.push(("/body".to_owned(), "is present, but the specification has none".to_owned())),
        (false, true) if body["required"] == true => problems.push(("/body".to_owned(), "is missing".to_owned())),
        (false, false) => {
            compare_body(operation_spec.spec, &body["content"], request.headers(), request.body(), &mut problems);
        }
        _ => {}
    }
    problems
}

/// Compares the path with its template, and the path parameters with their schemas.
fn compare_path(operation_spec: &OperationSpec, path: &str, problems: &mut PointerMessages) {
    let sent: Vec<&str> = path.strip_prefix(BASE_PATH).unwrap_or(path).split('/').collect();
    let template: Vec<&str> = operation_spec.path.split('/').collect();
    let fits = |(part, sent): (&&str, &&str)| part == sent || part.starts_with('{');
    if sent.len() != template.len() || !template.iter().zip(&sent).all(fits) {
        problems.push(("/path".to_owned(), format!("is not {}", operation_spec.path)));
        return;
    }
    for parameter in operation_spec.parameters().filter(|parameter| parameter["in"] == "path") {
        let name = parameter["name"].as_str().unwrap_or_default();
        let index = template.iter().position(|part| part.trim_matches(['{', '}']) == name && part.starts_with('{'));
        if let Some(text) = index.and_then(|index| sent.get(index)) {
            let value = Value::String((*text).to_owned());
            problems.extend(check_schema(operation_spec.spec, &parameter["schema"], &value, &format!("/path/{name}")));
        }
    }
}

fn compare_query(operation_spec: &OperationSpec, query: &str, problems: &mut PointerMessages) {
    let known: Vec<&Value> = operation_spec.parameters().filter(|parameter| parameter["in"] == "query").collect();
    let sent: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    for (name, text) in &sent {
        let pointer = format!("/query/{}", escape_token(name));
        match known.iter().find(|parameter| parameter["name"] == name.as_str()) {
            Some(parameter) => {
                problems.extend(check_schema(
                    operation_spec.spec,
                    &parameter["schema"],
                    &parse_parameter(parameter, text),
                    &pointer,
                ));
            }
            None => problems.push((pointer, "is not in the specification".to_owned())),
        }
    }
}

/// Converts a parameter to the type in its schema, if possible.
fn parse_parameter(parameter: &Value, text: &str) -> Value {
    match text {
        "true" | "false" if parameter["schema"]["type"] == "boolean" => Value::Bool(text == "true"),
        _ => Value::String(text.to_owned()),
    }
}

fn compare_response(operation_spec: &OperationSpec, response: &ByteResponse) -> PointerMessages {
    let mut problems = Vec::new();
    let responses = &operation_spec.operation["responses"];
    let status = response.status();
    let response_spec = responses.get(status.as_str()).or_else(|| responses.get("default"));
    let Some(response_spec) = response_spec.map(|it| operation_spec.spec.resolve_ref(it)) else {
        return vec![("/status".to_owned(), format!("is {}, which the specification does not list", status.as_u16()))];
    };
    match (response_spec.get("content"), response.body().is_empty()) {
        (None, false) => problems.push(("/body".to_owned(), "is present, but the specification has none".to_owned())),
        (Some(_), true) => problems.push(("/body".to_owned(), "is missing".to_owned())),
        (Some(media), false) => {
            compare_body(operation_spec.spec, media, response.headers(), response.body(), &mut problems);
        }
        (None, true) => {}
    }
    problems
}

/// Compares a body with the media types in the specification.
fn compare_body(
    spec: &OpenApiDocument,
    media: &Value,
    headers: &HeaderMap,
    body: &[u8],
    problems: &mut PointerMessages,
) {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Parameters such as `charset` are ignored.
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let Some(expected) = media.get(&essence) else {
        let known: Vec<&str> = media.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let problem = if headers.contains_key(header::CONTENT_TYPE) { "is not" } else { "is missing; expected" };
        problems.push(("/headers/content-type".to_owned(), format!("{problem} {}", known.join(" or "))));
        return;
    };
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => problems.extend(check_schema(spec, &expected["schema"], &value, "/body")),
        Err(_) => problems.push(("/body".to_owned(), "is not JSON".to_owned())),
    }
}
