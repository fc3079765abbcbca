//! Prints responses.

use std::collections::BTreeMap;

use ajo_core::{CallError, CallResponse, is_secret_header};
use serde::de::IgnoredAny;
use serde_json::json;

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};

/// Prints a response: its body, and with `include` its status and headers before it.
///
/// JSON stays as received, but is indented on a terminal. As JSON, another body is a string, and with `include` the output is an object.
pub(super) fn print_response(
    settings: &GlobalSettings,
    include: bool,
    response: &CallResponse<()>,
) -> Result<(), CommandError> {
    let headers: Vec<(&str, &str)> =
        response.headers.iter().map(|(name, value)| (name.as_str(), shown(name, value))).collect();
    let body = String::from_utf8_lossy(&response.body);
    let is_json_output = settings.output == OutputFormat::Json;
    if include && is_json_output {
        let (headers, body) = (json!(join_headers(&headers)), to_json(&body).unwrap_or_else(|| "null".to_owned()));
        return output::print_received_json(&format!(
            r#"{{"status":{},"headers":{headers},"body":{body}}}"#,
            response.status
        ));
    }
    if include {
        let lines = headers.iter().map(|(name, value)| safe!("{}: {}", name, value));
        let lines = std::iter::once(safe!("HTTP {}", response.status)).chain(lines);
        output::print_data(SafeText::join_lines(lines.chain([SafeText::default(), SafeText::default()])))?;
    }
    match to_json(&body) {
        None => Ok(()),
        Some(json) if is_json_output || is_json(&body) => output::print_received_json(&json),
        Some(_) => output::print_data(SafeText::from_lines(&body)),
    }
}

/// Prints the response of a failed call, which `--jq` does not filter.
pub(super) fn print_error_response(include: bool, error: &CallError) -> Result<(), CommandError> {
    if let (true, Some(response)) = (include, error.error_response()) {
        output::print_data(safe!("HTTP {}\n\n", response.status))?;
    }
    output::print_data(error_body(error))
}

/// Prints the response to a page that failed. Standard output is for complete lists, and JSON errors are one line.
pub(super) fn print_page_error(settings: &GlobalSettings, error: &CallError) {
    let body = error_body(error);
    if settings.output != OutputFormat::Json && !body.is_empty() {
        output::print_note(body);
    }
}

fn error_body(error: &CallError) -> SafeText {
    let body = String::from_utf8_lossy(error.body());
    if is_json(&body) { SafeText::json(&body) } else { SafeText::from_lines(&body) }
}

/// The value of a header as it is shown.
fn shown<'v>(name: &str, value: &'v str) -> &'v str {
    if is_secret_header(name) { "[redacted]" } else { value }
}

/// The values of each header; several are joined with a comma (RFC 9110, section 5.3).
fn join_headers<'h>(headers: &[(&'h str, &str)]) -> BTreeMap<&'h str, String> {
    let mut joined = BTreeMap::<&str, String>::new();
    for (name, value) in headers {
        joined.entry(name).and_modify(|known| known.extend([", ", value])).or_insert_with(|| (*value).to_owned());
    }
    joined
}

/// The body as JSON; text becomes a string. `None` if there is no body.
fn to_json(body: &str) -> Option<String> {
    match body.trim() {
        "" => None,
        _ if is_json(body) => Some(body.to_owned()),
        _ => Some(json!(body).to_string()),
    }
}

fn is_json(body: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(body).is_ok()
}
