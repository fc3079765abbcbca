//! The HTTP methods of requests, and which of them can be repeated.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::text::{concat, join};
use crate::untrusted_text::excerpt;
use crate::{AlreadyApplied, Idempotency, OperationSemantics};

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Head,
    Options,
    Put,
    Delete,
    Post,
    Patch,
}

/// A text that is not a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodError {
    excerpt: String,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 7] = [Self::Get, Self::Head, Self::Options, Self::Put, Self::Delete, Self::Post, Self::Patch];

    /// The name in upper case, as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Post => "POST",
            Self::Patch => "PATCH",
        }
    }

    /// Whether a request can be repeated without a further effect (RFC 9110, section 9.2; RFC 5789 for PATCH).
    pub const fn idempotency(self) -> Idempotency {
        match self {
            Self::Get | Self::Head | Self::Options => Idempotency::Safe,
            Self::Put | Self::Delete => Idempotency::Idempotent,
            Self::Post | Self::Patch => Idempotency::NotIdempotent,
        }
    }

    /// Whether a request can have a body. A body of GET and HEAD has no defined meaning (RFC 9110, section 9.3), and `fetch` rejects it.
    pub const fn allows_body(self) -> bool {
        !matches!(self, Self::Get | Self::Head)
    }
}

impl From<Method> for OperationSemantics {
    /// A request of which only the method is known.
    fn from(method: Method) -> Self {
        Self { idempotency: method.idempotency(), already_applied: AlreadyApplied::Never }
    }
}

impl FromStr for Method {
    type Err = MethodError;

    /// Parses a name in upper case. Names are case-sensitive (RFC 9110, section 9.1).
    fn from_str(name: &str) -> Result<Self, MethodError> {
        let found = Self::ALL.into_iter().find(|method| method.as_str() == name);
        found.ok_or_else(|| MethodError { excerpt: excerpt(name, 20) })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for MethodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = join(&Method::ALL.map(Method::as_str), ", ");
        f.write_str(&concat(&["`", &self.excerpt, "` is not a method; use one of ", &names]))
    }
}

impl core::error::Error for MethodError {}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn methods_have_the_idempotency_of_rfc_9110() {
        let with = |idempotency| Method::ALL.into_iter().filter(move |method| method.idempotency() == idempotency);
        let names = |idempotency| with(idempotency).map(Method::as_str).collect::<alloc::vec::Vec<_>>();
        assert_eq!(names(Idempotency::Safe), ["GET", "HEAD", "OPTIONS"]);
        assert_eq!(names(Idempotency::Idempotent), ["PUT", "DELETE"]);
        assert_eq!(names(Idempotency::NotIdempotent), ["POST", "PATCH"]);
    }

    #[test]
    fn method_is_parsed_in_upper_case() {
        for method in Method::ALL {
            assert_eq!(method.as_str().parse(), Ok(method));
        }
        for name in ["", "get", "Get", " GET", "TRACE", "CONNECT", "GET\n"] {
            name.parse::<Method>().expect_err(name);
        }
        assert_eq!(
            "gE\u{1b}T".parse::<Method>().expect_err("mixed case").to_string(),
            "`gE\\u{1b}T` is not a method; use one of GET, HEAD, OPTIONS, PUT, DELETE, POST, PATCH"
        );
    }
}
