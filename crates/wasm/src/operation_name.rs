//! The names of operations in JavaScript.

use ajo_core::Operation;

/// The name of an operation in JavaScript, such as `capping.canDeploy`.
pub(crate) fn name(operation: &Operation) -> String {
    let mut name = format!("{}.", operation.api);
    let mut words = operation.verb.as_str().split('_');
    name.push_str(words.next().unwrap_or_default());
    for word in words {
        name.push_str(&word[..1].to_ascii_uppercase());
        name.push_str(&word[1..]);
    }
    name
}
