//! Tells a tool call to stop.

use tokio::sync::watch;

/// Says when a tool call must stop: its time is over, or the client has cancelled it.
#[derive(Clone, Debug)]
pub struct StopSignal(watch::Receiver<bool>);

/// The other end of a [`StopSignal`]. Dropping it stops the call, too.
#[derive(Debug)]
pub(crate) struct StopSender(watch::Sender<bool>);

impl StopSignal {
    pub(crate) fn new() -> (StopSender, Self) {
        let (sender, receiver) = watch::channel(false);
        (StopSender(sender), Self(receiver))
    }

    /// Whether the call must stop now. Cheap enough for a loop.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits until the call must stop.
    pub async fn stopped(&self) {
        // An error means that the other end is gone.
        let _ = self.0.clone().wait_for(|stopped| *stopped).await;
    }
}

impl StopSender {
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_stops_with_its_sender() {
        let (sender, signal) = StopSignal::new();
        assert!(!signal.is_stopped());
        sender.stop();
        assert!(signal.is_stopped());
        let (sender, signal) = StopSignal::new();
        drop(sender);
        assert!(signal.is_stopped());
    }
}
