//! Why a request got no usable response.

use std::error::Error;

use super::error_response::ErrorResponse;

/// A request that failed. It travels through the errors of `object_store` as a source.
#[derive(Clone, Debug, thiserror::Error)]
#[error("request to {host} failed")]
pub(super) struct RequestFailure {
    pub(super) purpose: RequestPurpose,
    pub(super) host: String,
    pub(super) cause: FailureCause,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestPurpose {
    /// Reads or changes objects.
    Objects,
    /// Exchanges configured credentials for others.
    Credentials,
    /// Asks the platform that this machine is part of for credentials, over plain http. It is the last resort, even where there is no such
    /// platform.
    PlatformCredentials,
}

/// Texts contain no credentials and have a limited length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FailureCause {
    /// The settings do not allow the request. Nothing was sent.
    Settings(String),
    /// There is no connection. Nothing was sent.
    Connect(String),
    /// The request may have been received.
    NoResponse(String),
    /// The response was longer than the limit.
    TooLong,
    /// A status other than 2xx.
    Response(ErrorResponse),
}

impl RequestFailure {
    /// Finds the failed request among the causes of an error.
    pub(super) fn find<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e Self> {
        std::iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
    }
}
