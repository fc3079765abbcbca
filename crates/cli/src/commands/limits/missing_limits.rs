//! The note about limits that are not live.

use ajo_limits::{ConfigKey, DEFAULT_CAP_APPLIES};

/// Maximum number of limits to name.
const MAX_NAMED: usize = 5;

/// One note for all these limits: after an interrupted apply, there can be hundreds.
pub(super) fn missing_limits_note<'k>(message: &str, keys: impl IntoIterator<Item = &'k ConfigKey>) -> Option<String> {
    let keys: Vec<String> = keys.into_iter().map(ToString::to_string).collect();
    let limits = match &keys[..] {
        [] => return None,
        [key] => key.clone(),
        _ => {
            let omitted = keys.len().saturating_sub(MAX_NAMED);
            let rest = if omitted > 0 { format!(", and {omitted} more") } else { String::new() };
            format!("{} configurations: {}{rest}", keys.len(), keys[..keys.len() - omitted].join(", "))
        }
    };
    Some(format!("{message} {limits}; {DEFAULT_CAP_APPLIES}"))
}
