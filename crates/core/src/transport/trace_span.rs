//! Tracing spans of calls; compiled out without the feature `reqwest`.

use std::time::Duration;

use crate::Operation;

/// A `tracing` span, or nothing without the feature `reqwest`.
pub(crate) struct TraceSpan {
    #[cfg(feature = "reqwest")]
    span: tracing::Span,
}

#[cfg(feature = "reqwest")]
impl TraceSpan {
    pub(crate) fn for_call(operation: &Operation, request_id: &str) -> Self {
        use tracing::field::Empty;
        let span = tracing::info_span!(
            "call",
            method = operation.method,
            path = operation.path,
            request_id,
            attempt = Empty,
            status = Empty,
            duration_ms = Empty,
        );
        Self { span }
    }

    pub(crate) fn for_attempt(number: u32) -> Self {
        use tracing::field::Empty;
        Self { span: tracing::debug_span!("attempt", attempt = number, status = Empty, duration_ms = Empty) }
    }

    /// Runs a future within the span.
    pub(crate) fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        tracing::Instrument::instrument(future, self.span.clone())
    }

    pub(crate) fn record_attempts(&self, attempts: u32) {
        self.span.record("attempt", attempts);
    }

    pub(crate) fn record_end(&self, status: Option<u16>, duration: Duration) {
        if let Some(status) = status {
            self.span.record("status", status);
        }
        self.span.record("duration_ms", u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    }
}

#[cfg(not(feature = "reqwest"))]
#[expect(clippy::unused_self, reason = "same signatures as above")]
impl TraceSpan {
    pub(crate) const fn for_call(_: &Operation, _: &str) -> Self {
        Self {}
    }

    pub(crate) const fn for_attempt(_: u32) -> Self {
        Self {}
    }

    pub(crate) const fn instrument<F: Future>(&self, future: F) -> F {
        future
    }

    pub(crate) const fn record_attempts(&self, _: u32) {}

    pub(crate) const fn record_end(&self, _: Option<u16>, _: Duration) {}
}
