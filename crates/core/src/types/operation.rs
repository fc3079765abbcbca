//! An operation of one of the two APIs, as data. The specs describe them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::generated::verbs::Verb;
use crate::types::idempotency::{AlreadyDone, Idempotency};

/// One of the two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `endpointConfigs`: calls over the limit are rejected.
    Capping,
    /// `throttlingConfigs`: calls over the limit wait in a queue.
    Throttling,
}

impl Api {
    /// The name used in specs, commands and errors.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Capping => "capping",
            Self::Throttling => "throttling",
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One call of one API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Which API it belongs to.
    pub api: Api,
    /// What it does.
    pub verb: Verb,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path below the base URL, with parameters in braces.
    pub path: &'static str,
    /// The options: the name of each, and of its query parameter.
    pub query: &'static [(&'static str, &'static str)],
    /// The body of the request.
    pub body: RequestBody,
    /// The HTTP status of success.
    pub success: u16,
    /// The field of the response that holds the value; `None` if the value is the whole body, or there is none.
    pub envelope: Option<&'static str>,
    /// The value of a call.
    pub value: ResponseValue,
    /// Whether a repeated request has an effect of its own.
    pub idempotency: Idempotency,
    /// The failure that shows a retry that it is done.
    pub already_done: AlreadyDone,
    /// One line for people.
    pub summary: &'static str,
}

/// The body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestBody {
    /// There is none.
    None,
    /// This JSON.
    Default(&'static str),
    /// A definition, from the caller.
    Definition,
}

/// The value of a call: the parts of it that a client relies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseValue {
    /// Nothing. The body is not read, because the service sends an empty object or no body.
    Nothing,
    /// Any JSON.
    Any,
    /// An object.
    Object,
    /// An object with a uid.
    Configuration,
    /// A list of such objects.
    Configurations,
}

impl Operation {
    /// Whether a call leaves the service as it was. `list` is a POST and still changes nothing.
    pub const fn reads(&self) -> bool {
        matches!(self.idempotency, Idempotency::Safe)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.api, self.verb)
    }
}
