//! Environment variables.

/// The value that turns off the thing that a variable configures.
pub(crate) const OFF: &str = "off";

/// The value of a variable, unless it is blank.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
