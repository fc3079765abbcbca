//! How an answer reaches the client, if it does.

use std::time::Duration;

/// How an answer is to be delivered. It stands in the extensions of a response; none means at once and whole.
///
/// The core decides; an adapter does what a connection can: wait, close, reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// How long after the request.
    pub delay: Duration,
    /// In which state.
    pub manner: Manner,
}

/// What becomes of an answer on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// It arrives.
    #[default]
    Whole,
    /// The connection is closed instead.
    Drop,
    /// The connection is reset instead.
    Reset,
    /// The head and half of the body arrive; then the connection is closed.
    Half,
}
