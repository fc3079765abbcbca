//! Names operations as in JavaScript.

use ajo_core::Operation;

/// The JavaScript name of an operation, such as `capping.canDeploy`.
pub(crate) fn js_name(operation: &Operation) -> String {
    let mut name = format!("{}.", operation.api);
    let mut words = operation.verb.as_str().split('_');
    name.push_str(words.next().unwrap_or_default());
    for word in words {
        name.push_str(&word[..1].to_ascii_uppercase());
        name.push_str(&word[1..]);
    }
    name
}
