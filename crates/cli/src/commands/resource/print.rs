//! Prints responses.

use ajo_core::CallResponse;
use serde::Serialize;
use serde_json::json;

use crate::command_error::CommandError;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};

/// Prints the limit that is live now. As JSON, the configuration as `get` returns it.
pub(super) fn print_live(format: OutputFormat, config: &impl Serialize, live: &SafeText) -> Result<(), CommandError> {
    if format == OutputFormat::Json {
        return output::print_serialized(&json!({ "result": config }));
    }
    output::print_data(safe!("live now: {}", live))
}

/// Prints the unmodified response body as JSON, or the output of `text`.
pub(super) fn print_response<T>(
    format: OutputFormat,
    response: &CallResponse<T>,
    text: impl FnOnce(&T) -> SafeText,
) -> Result<(), CommandError> {
    match format {
        OutputFormat::Json => output::print_json(&String::from_utf8_lossy(&response.body)),
        _ => output::print_data(text(&response.value)),
    }
}
