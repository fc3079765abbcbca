//! Formats an error with its causes.

use std::error::Error;

/// Formats an error and its causes on one line. HTTP clients report only "error sending request" first and have the
/// actual cause (refused, timed out, bad certificate) at the end of the chain.
pub fn format_error_chain(error: &dyn Error) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{message}")]
    struct ChainedError {
        message: &'static str,
        source: Option<Box<ChainedError>>,
    }

    fn chain(messages: &[&'static str]) -> ChainedError {
        let (text, rest) = messages.split_first().expect("a message");
        ChainedError { message: text, source: (!rest.is_empty()).then(|| Box::new(chain(rest))) }
    }

    #[test]
    fn every_cause_is_shown_once() {
        assert_eq!(
            format_error_chain(&chain(&["sending failed", "connecting failed", "refused"])),
            "sending failed: connecting failed: refused"
        );
        assert_eq!(format_error_chain(&chain(&["sending failed: refused", "refused"])), "sending failed: refused");
    }
}
