//! The success response of an operation.

use serde_json::Value;

use crate::spec::Spec;

/// Where the value of a call is in its response.
pub(super) enum Response<'s> {
    /// There is no value: no body, or an object that is always empty.
    Nothing,
    /// The whole body, of this schema.
    Body(&'s Value),
    /// A field of the body, of this schema.
    Field(&'s str, &'s Value),
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
        Some(field) => Response::Field(field, &resolved["properties"][field]),
        None if resolved["maxProperties"] == 0 => Response::Nothing,
        None => Response::Body(schema),
    }
}
