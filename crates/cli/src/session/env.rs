//! Environment variables.

/// The value of a variable that turns a feature off.
pub(crate) const OFF: &str = "off";

/// The value of a variable, if it is not blank.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
