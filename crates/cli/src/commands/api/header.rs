//! The option `--header`.

use crate::command_error::CommandError;

/// Splits `Name: value`. The client checks both.
pub(super) fn parse_header(text: &str) -> Result<(&str, &str), CommandError> {
    let (name, value) = text.split_once(':').ok_or_else(|| {
        CommandError::new(format!("--header `{text}` has no colon"))
            .with_hint("write --header 'Name: value'")
            .into_usage_error()
    })?;
    Ok((name.trim(), value.trim()))
}
