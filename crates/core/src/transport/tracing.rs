//! Tracing spans of calls; compiled out without the feature `reqwest`.

use std::time::Duration;

use crate::Operation;

/// A span of `tracing`, or nothing in its place.
pub(crate) struct Watch {
    #[cfg(feature = "reqwest")]
    span: tracing::Span,
}

#[cfg(feature = "reqwest")]
impl Watch {
    pub(crate) fn call(operation: &Operation, request_id: &str) -> Self {
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

    pub(crate) fn attempt(number: u32) -> Self {
        use tracing::field::Empty;
        Self { span: tracing::debug_span!("attempt", attempt = number, status = Empty, duration_ms = Empty) }
    }

    /// What happens in a future happens within the span.
    pub(crate) fn over<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        tracing::Instrument::instrument(future, self.span.clone())
    }

    pub(crate) fn attempts(&self, attempts: u32) {
        self.span.record("attempt", attempts);
    }

    pub(crate) fn ended(&self, status: Option<u16>, took: Duration) {
        if let Some(status) = status {
            self.span.record("status", status);
        }
        self.span.record("duration_ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    }
}

#[cfg(not(feature = "reqwest"))]
#[expect(clippy::unused_self, reason = "the same calls as above, without an effect")]
impl Watch {
    pub(crate) const fn call(_: &Operation, _: &str) -> Self {
        Self {}
    }

    pub(crate) const fn attempt(_: u32) -> Self {
        Self {}
    }

    pub(crate) const fn over<F: Future>(&self, future: F) -> F {
        future
    }

    pub(crate) const fn attempts(&self, _: u32) {}

    pub(crate) const fn ended(&self, _: Option<u16>, _: Duration) {}
}
