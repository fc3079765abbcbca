//! An operation of one of the two APIs, as data. The table is generated from the specifications.

use core::fmt;

use super::api::Api;
use super::generated::verbs::Verb;
use crate::{AlreadyApplied, Idempotency, OperationSemantics};

/// An operation of one API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    pub api: Api,
    pub verb: Verb,
    /// The HTTP method, in upper case.
    pub method: &'static str,
    /// The path relative to the base URL, with parameters in braces.
    pub path: &'static str,
    /// The options: the name of each option and of its query parameter.
    pub query: &'static [(&'static str, &'static str)],
    pub body: RequestBody,
    /// The documented HTTP status of success.
    pub success: u16,
    /// The field of the response that holds the value. `None` if the value is the whole body or there is no value.
    pub envelope: Option<&'static str>,
    /// The value that a call returns.
    pub value: ResponseValue,
    /// Decides whether a call is retried.
    pub idempotency: Idempotency,
    /// The error response that proves to a retry that an earlier attempt succeeded.
    pub already_applied: AlreadyApplied,
    /// A one-line description.
    pub summary: &'static str,
}

/// The body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestBody {
    None,
    /// Always this JSON.
    Fixed(&'static str),
    /// A definition passed by the caller.
    Definition,
}

/// The part of a response that clients rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseValue {
    /// No value. The body is ignored, because the service sends an empty object or nothing.
    None,
    Any,
    Object,
    /// An object with a uid.
    Configuration,
    /// A list of objects with uids.
    Configurations,
}

impl Operation {
    /// Whether the operation changes nothing. `list` is read-only although it is a POST.
    pub const fn is_read_only(&self) -> bool {
        matches!(self.idempotency, Idempotency::Safe)
    }
}

impl From<&Operation> for OperationSemantics {
    fn from(operation: &Operation) -> Self {
        Self { idempotency: operation.idempotency, already_applied: operation.already_applied }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.api, self.verb)
    }
}
