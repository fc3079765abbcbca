//! Tracing spans of calls and requests; compiled out without the feature `reqwest`.
//!
//! The attributes follow OpenTelemetry's semantic conventions for HTTP client spans. `ajo.*` are our own. No span has a header, a
//! body, or a query, so there is no `url.full`.

use std::time::Duration;

use ajo_auth::BaseUrl;
use ajo_engine::CallFailure;

use crate::CallTarget;

/// The attributes of a request.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "reqwest"), expect(dead_code, reason = "there are no spans"))]
pub(crate) struct DescribedRequest<'r> {
    pub(crate) target: &'r CallTarget,
    pub(crate) base_url: &'r BaseUrl,
    pub(crate) url: &'r str,
}

/// A `tracing` span, or nothing without the feature `reqwest`.
#[derive(Debug)]
pub(crate) struct TraceSpan {
    #[cfg(feature = "reqwest")]
    span: tracing::Span,
}

#[cfg(feature = "reqwest")]
impl TraceSpan {
    /// A disabled span.
    #[cfg(test)]
    pub(crate) const fn none() -> Self {
        Self { span: tracing::Span::none() }
    }

    /// The span of a call with all its requests.
    pub(crate) fn for_call(request: DescribedRequest<'_>, request_id: &str) -> Self {
        use tracing::field::Empty;
        let span = tracing::info_span!(
            "call",
            "ajo.operation" = request.target.operation().map(display),
            "http.request.method" = request.target.method(),
            "url.template" = request.target.url_template(request.base_url),
            "url.path" = url_path(request.url),
            "ajo.request_id" = request_id,
            "ajo.attempts" = Empty,
            "http.response.status_code" = Empty,
            "error.type" = Empty,
            "ajo.service_request_id" = Empty,
            "ajo.duration_ms" = Empty,
        );
        Self { span }
    }

    /// The span of one request, after `sent` earlier ones of the same call.
    pub(crate) fn for_attempt(request: DescribedRequest<'_>, sent: u32) -> Self {
        use tracing::field::Empty;
        let span = tracing::debug_span!(
            "attempt",
            "http.request.method" = request.target.method(),
            "url.template" = request.target.url_template(request.base_url),
            "server.address" = Empty,
            "server.port" = Empty,
            "http.request.resend_count" = (sent > 0).then_some(sent),
            "http.response.status_code" = Empty,
            "error.type" = Empty,
            "ajo.service_request_id" = Empty,
            "ajo.duration_ms" = Empty,
        );
        if !span.is_disabled() {
            ajo_auth::record_server(&span, request.url);
        }
        Self { span }
    }

    /// Runs a future within the span.
    pub(crate) fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        tracing::Instrument::instrument(future, self.span.clone())
    }

    pub(crate) fn record_call_end(
        &self,
        attempts: u32,
        status: Option<u16>,
        failure: Option<&CallFailure>,
        duration: Duration,
    ) {
        self.span.record("ajo.attempts", attempts);
        self.record_end(status, failure, duration);
    }

    pub(crate) fn record_end(&self, status: Option<u16>, failure: Option<&CallFailure>, duration: Duration) {
        if self.span.is_disabled() {
            return;
        }
        if let Some(status) = status {
            self.span.record("http.response.status_code", status);
        }
        if let Some(failure) = failure {
            self.span.record("error.type", &*failure.error_type());
            if let Some(id) = failure.request_id(None) {
                self.span.record("ajo.service_request_id", id);
            }
        }
        self.span.record("ajo.duration_ms", u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    }
}

/// The path of an absolute URL, without the query.
#[cfg(feature = "reqwest")]
fn url_path(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |start| &after_scheme[start..]);
    path.split_once('?').map_or(path, |(path, _)| path)
}

#[cfg(not(feature = "reqwest"))]
#[expect(clippy::unused_self, reason = "same signatures as above")]
impl TraceSpan {
    #[cfg(test)]
    pub(crate) const fn none() -> Self {
        Self {}
    }

    pub(crate) const fn for_call(_: DescribedRequest<'_>, _: &str) -> Self {
        Self {}
    }

    pub(crate) const fn for_attempt(_: DescribedRequest<'_>, _: u32) -> Self {
        Self {}
    }

    pub(crate) const fn instrument<F: Future>(&self, future: F) -> F {
        future
    }

    pub(crate) const fn record_call_end(&self, _: u32, _: Option<u16>, _: Option<&CallFailure>, _: Duration) {}

    pub(crate) const fn record_end(&self, _: Option<u16>, _: Option<&CallFailure>, _: Duration) {}
}
