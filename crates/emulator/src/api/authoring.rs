//! The authoring service: the operations, once a call has passed the gateway.

mod can_deploy;
mod capping;
pub(crate) mod config_view;
mod envelope;
pub(crate) mod session;
mod throttling;
pub(crate) mod validation;

use ajo_core::{Api, Operation};

use crate::api::authoring::session::{Input, Session};
use crate::api::response::Answer;

/// Processes a call.
pub(crate) fn run(
    session: Session<'_>,
    operation: &Operation,
    input: Input<'_>,
    new_id: impl FnOnce() -> String,
) -> Answer {
    let as_text = operation.api == Api::Throttling;
    let request_id = session.request_id;
    let outcome = match operation.api {
        Api::Capping => capping::run(session, operation.verb, input, new_id),
        Api::Throttling => throttling::run(session, operation.verb, input, new_id),
    };
    outcome.unwrap_or_else(|failure| failure.answer(as_text, request_id))
}
