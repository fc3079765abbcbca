//! Errors with all their causes.

use std::error::Error;

/// An error and its whole chain of causes in one line. HTTP clients keep the cause (refused, timed out, bad certificate) at
/// the end of the chain and say only "error sending request" at its head.
///
/// ```
/// let error = "x".parse::<u8>().unwrap_err();
/// assert_eq!(ajo_auth::causes(&error), "invalid digit found in string");
/// ```
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.ends_with(&part) {
            text = format!("{text}: {part}");
        }
        cause = error.source();
    }
    text
}
