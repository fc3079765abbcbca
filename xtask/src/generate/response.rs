//! The success response of an operation.

use serde_json::Value;

use crate::spec::Spec;

/// The value of a call in its response.
pub(super) enum Response<'s> {
    /// There is no value: no body, or an object that is always empty.
    Nothing,
    /// The body, or the field of it that `x-envelope` names, has this schema.
    Value(&'s Value),
}

/// The response of an operation, as `x-envelope` unwraps it.
pub(super) fn response<'s>(spec: &'s Spec, operation: &'s Value) -> Response<'s> {
    let success = operation["responses"].as_object().into_iter().flatten().find(|(status, _)| status.starts_with('2'));
    let schema = success
        .and_then(|(_, response)| spec.resolve(response))
        .map(|response| &response["content"]["application/json"]["schema"]);
    let Some(schema) = schema.filter(|schema| !schema.is_null()) else { return Response::Nothing };
    let resolved = spec.resolve(schema).unwrap_or(schema);
    match operation["x-envelope"].as_str() {
        Some(field) => Response::Value(&resolved["properties"][field]),
        None if resolved["maxProperties"] == 0 => Response::Nothing,
        None => Response::Value(schema),
    }
}
