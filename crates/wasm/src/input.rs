//! The results of actions, as JavaScript reports them.

use alloc::string::String;

use ajo_engine::SendErrorKind;

/// The result of an action.
pub(crate) enum Report {
    /// The first step, or the end of a wait.
    Continue,
    /// The service responded with success. JavaScript has checked the body.
    Succeeded,
    /// The store has written the entry, or released the lock.
    StoreWritten,
    /// This call holds the lock, and the ticket releases it.
    StoreLocked(f64),
    /// Another process holds the lock.
    StoreBusy,
    /// The store responded with an error.
    StoreFailed,
    /// The store did not respond in time.
    StoreTimeout,
    /// The service responded with an error, or the token endpoint with anything.
    Response {
        /// The HTTP status.
        status: u32,
        /// The header `x-request-id`.
        request_id: Option<String>,
        /// The header `Retry-After`.
        retry_after: Option<String>,
        /// The header `x-debug-id` of the token endpoint.
        debug_id: Option<String>,
        /// `None` if it is too long.
        body: Option<String>,
    },
    /// There is no complete response.
    SendFailed(SendErrorKind, String),
    /// The service responded with success and an invalid body.
    InvalidBody {
        /// The HTTP status.
        status: u32,
        /// The header `x-request-id`.
        request_id: Option<String>,
        /// What is wrong with the body.
        detail: String,
    },
    /// The store has read the entry; `None` if there is none.
    Stored(Option<String>),
    /// The user's function returned a token.
    TokenReturned(String),
    /// The user's function failed.
    CallbackFailed {
        /// Whether it did not return in time.
        timed_out: bool,
        /// The error and its causes on one line.
        detail: String,
    },
}

impl Report {
    /// The report with this code; `None` for an unknown code.
    pub(crate) fn from_code(code: u32, value: f64) -> Option<Self> {
        Some(match code {
            0 => Self::Continue,
            1 => Self::Succeeded,
            2 => Self::StoreWritten,
            3 => Self::StoreLocked(value),
            4 => Self::StoreBusy,
            5 => Self::StoreFailed,
            6 => Self::StoreTimeout,
            _ => return None,
        })
    }

    /// The report of a request without a complete response.
    pub(crate) fn send_failed(problem: u32, detail: String) -> Self {
        let kind = match problem {
            0 => SendErrorKind::Connect,
            1 => SendErrorKind::Certificate,
            2 => SendErrorKind::Timeout,
            4 => SendErrorKind::Refused,
            5 => SendErrorKind::BuildRequest,
            _ => SendErrorKind::Disconnected,
        };
        Self::SendFailed(kind, detail)
    }
}
