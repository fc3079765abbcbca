//! The note about limits that are not live.

use ajo_limits::{ConfigKey, DEFAULT_CAP_APPLIES};

/// Maximum number of limits to name.
const MAX_NAMED: usize = 5;

/// One note for all these limits: after an interrupted apply, there can be hundreds.
pub(super) fn missing_limits_note<'k>(message: &str, keys: impl IntoIterator<Item = &'k ConfigKey>) -> Option<String> {
    let names: Vec<String> = keys.into_iter().map(ToString::to_string).collect();
    let count = names.len();
    match count {
        0 => None,
        1 => Some(format!("{message} {}; {DEFAULT_CAP_APPLIES}", names[0])),
        _ => {
            let rest = if count > MAX_NAMED { format!(", and {} more", count - MAX_NAMED) } else { String::new() };
            let named = names[..count.min(MAX_NAMED)].join(", ");
            Some(format!("{message} {count} configurations: {named}{rest}; {DEFAULT_CAP_APPLIES}"))
        }
    }
}
