//! The operations of the authoring service, after a call has passed the gateway.

mod can_deploy;
mod capping;
mod config_response;
pub(crate) mod config_view;
pub(crate) mod operation_context;
mod stored_fields;
mod throttling;
pub(crate) mod validation;

use ajo_core::{Api, Operation};

use crate::api::authoring::operation_context::{OperationContext, OperationInput};
use crate::api::response::ByteResponse;

pub(crate) fn run(
    context: OperationContext<'_>,
    operation: &Operation,
    input: OperationInput<'_>,
    new_id: impl FnOnce() -> String,
) -> ByteResponse {
    let as_text = operation.api == Api::Throttling;
    let request_id = context.request_id;
    let outcome = match operation.api {
        Api::Capping => capping::run(context, operation.verb, input, new_id),
        Api::Throttling => throttling::run(context, operation.verb, input, new_id),
    };
    outcome.unwrap_or_else(|failure| failure.to_response(as_text, request_id))
}
