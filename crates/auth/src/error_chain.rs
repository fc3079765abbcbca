//! An error and its causes on one line.

use std::error::Error;

/// An error and its whole chain of causes in one line. HTTP clients keep the cause (refused, timed out, bad certificate) at
/// the end of the chain and say only "error sending request" at its head.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        source: Option<Box<Link>>,
    }

    fn chain(texts: &[&'static str]) -> Link {
        let (text, rest) = texts.split_first().expect("a text");
        Link { text, source: (!rest.is_empty()).then(|| Box::new(chain(rest))) }
    }

    #[test]
    fn every_cause_is_named_once() {
        assert_eq!(
            causes(&chain(&["sending failed", "connecting failed", "refused"])),
            "sending failed: connecting failed: refused"
        );
        assert_eq!(causes(&chain(&["sending failed: refused", "refused"])), "sending failed: refused");
    }
}
