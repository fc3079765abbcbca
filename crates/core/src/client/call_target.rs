//! The target of a call.

use std::fmt;

#[cfg(feature = "reqwest")]
use ajo_auth::BaseUrl;
use ajo_engine::{OperationSemantics, RequestTarget};

use crate::{Method, Operation};

/// The target of a call: an operation of the two APIs, or a path of any API.
///
/// `Display` writes the name in messages, as in `capping list` and `GET /ajo/journey`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallTarget {
    Operation(&'static Operation),
    /// A request of [`Client::request`](crate::Client::request).
    Request {
        method: Method,
        /// The path or the URL without the query. If it is invalid, the part of it that is safe to show.
        path: String,
    },
}

impl CallTarget {
    /// The operation, if it is one.
    pub const fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Operation(operation) => Some(operation),
            Self::Request { .. } => None,
        }
    }

    /// The HTTP method, in upper case.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Operation(operation) => operation.method,
            Self::Request { method, .. } => method.as_str(),
        }
    }

    /// How it behaves when it is sent twice.
    pub(crate) fn semantics(&self) -> OperationSemantics {
        match self {
            Self::Operation(operation) => (*operation).into(),
            Self::Request { method, .. } => (*method).into(),
        }
    }

    /// The meaning of a 404.
    pub(crate) fn request_target(&self) -> RequestTarget {
        match self {
            Self::Operation(operation) if operation.path.contains("{uid}") => RequestTarget::Configuration,
            Self::Operation(_) => RequestTarget::Collection,
            Self::Request { .. } => RequestTarget::Other,
        }
    }

    /// The path with parameters in braces. The parameters of other requests are unknown.
    #[cfg(feature = "reqwest")]
    pub(crate) fn url_template(&self, base_url: &BaseUrl) -> Option<String> {
        let operation = self.operation()?;
        Some([base_url.path(), operation.path].concat())
    }

    /// Whether its success responses have JSON bodies or none.
    pub(crate) const fn has_json_response(&self) -> bool {
        matches!(self, Self::Operation(_))
    }

    /// Checks the body of a success response.
    pub(crate) fn check_response(&self, body: &[u8]) -> Result<(), String> {
        self.operation().map_or(Ok(()), |operation| operation.check_response(body))
    }
}

impl From<&'static Operation> for CallTarget {
    fn from(operation: &'static Operation) -> Self {
        Self::Operation(operation)
    }
}

impl fmt::Display for CallTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(operation) => write!(f, "{operation}"),
            Self::Request { method, path } => write!(f, "{method} {path}"),
        }
    }
}
