//! How a response is delivered to the client.

use std::time::Duration;

/// Delivery instructions, in the extensions of a response. Without them, the response is sent whole and at once.
///
/// [`EmulatorState`](crate::EmulatorState) decides; the adapter waits, closes, or resets as its connection allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResponseDelivery {
    /// Time to wait after the request.
    pub delay: Duration,
    pub mode: DeliveryMode,
}

/// How much of the response arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeliveryMode {
    #[default]
    Whole,
    /// The connection is closed instead.
    Drop,
    /// The connection is reset instead.
    Reset,
    /// The headers and half of the body arrive, then the connection is closed.
    Half,
}
