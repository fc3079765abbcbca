//! The body of a request: a file, or fields as JSON.

use std::path::Path;

use serde::de::IgnoredAny;

use crate::command_error::CommandError;
use crate::input_file::read_named_bytes;

/// Maximum size of a body in bytes.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Reads a file, or standard input for `-`. A body of a JSON type must be JSON.
pub(super) fn read_body(file: &Path, content_type: &str) -> Result<Vec<u8>, CommandError> {
    let (name, body) = read_named_bytes(file, MAX_BODY_BYTES)?;
    if is_json_type(content_type) {
        check_json(&body).map_err(|problem| {
            CommandError::new(format!("{name} is not JSON: {problem}; nothing was sent"))
                .with_hint("to send something else, add --header 'Content-Type: …'")
        })?;
    }
    Ok(body)
}

/// Whether a content type is `application/json` or ends with `+json` (RFC 6839).
pub(super) fn is_json_type(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// The error names the line and the column.
fn check_json(body: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<IgnoredAny>(body).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_types_are_recognized() {
        for text in
            ["application/json", "Application/JSON; charset=utf-8", "application/vnd.adobe.ajo.template.v1+json"]
        {
            assert!(is_json_type(text), "{text}");
        }
        for text in ["", "text/csv", "application/jsonl", "multipart/form-data; boundary=a+json"] {
            assert!(!is_json_type(text), "{text}");
        }
    }
}
