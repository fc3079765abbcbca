//! The effect of a fault.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::api::gateway_error::GatewayError;
use crate::api::service_error::ServiceError;
use crate::api::token_endpoint_error::TokenEndpointError;
use crate::faults::fault_error::FaultError;
use crate::faults::latency::Latency;

/// The effect on a call.
///
/// | syntax | effect |
/// |---|---|
/// | `gateway:CODE` | the gateway's error with this code; not processed |
/// | `service:CODE` | the service's error with this code; not processed |
/// | `ims:NAME` | the token endpoint's error with this name; no token is issued |
/// | `status:N` | this status with an empty body; not processed |
/// | `html:N` | this status with a proxy's HTML page; not processed |
/// | `problem:N` | this status with the problem document of another platform service; not processed |
/// | `denied:N` | this status with a platform service's line of text; not processed |
/// | `busy:SECONDS` | 429 with `Retry-After`; not processed |
/// | `delay:…` | processed; the response is delayed, see [`Latency`] |
/// | `drop_before` | the connection is closed; not processed |
/// | `reset` | the connection is reset; not processed |
/// | `drop_after` | processed, then the connection is closed: committed, but the response is lost |
/// | `lost:N` | processed; a gateway that lost the response sends this status |
/// | `half_body` | processed; the headers and half of the body arrive, then the connection is closed |
/// | `garbage` | processed; the body is garbage |
///
/// ```
/// use std::time::Duration;
/// use ajo_emulator::{FaultEffect, Fault, Latency, FaultTarget, FaultFrequency};
///
/// let fault: Fault = "throttling.*@every:3=delay:200".parse()?;
/// let (target, when): (FaultTarget, FaultFrequency) = ("throttling.*".parse()?, "every:3".parse()?);
/// let slow: Latency = "200".parse()?;
/// assert_eq!(fault, Fault { target, when, effect: FaultEffect::Delay(slow) });
/// assert_eq!("busy:5".parse::<FaultEffect>()?, FaultEffect::TooManyRequests(Duration::from_secs(5)));
/// # Ok::<(), ajo_emulator::FaultError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum FaultEffect {
    Gateway(GatewayError),
    Service(ServiceError),
    TokenEndpoint(TokenEndpointError),
    /// A status with an empty body.
    Status(u16),
    /// A proxy's HTML page.
    Html(u16),
    /// The problem document of another platform service.
    ProblemJson(u16),
    /// The line of text with which a platform service denies access.
    Denied(u16),
    /// 429 with `Retry-After`.
    TooManyRequests(Duration),
    Delay(Latency),
    /// Close the connection without processing.
    DropBefore,
    /// Reset the connection without processing.
    Reset,
    /// Close the connection after processing.
    DropAfter,
    /// Process, then respond like a gateway that lost the response.
    ResponseLost(u16),
    /// Process, then send half of the body.
    HalfBody,
    /// Process, then send random bytes as the body.
    Garbage,
}

/// For error messages.
const EFFECT_SYNTAX: &str = "gateway:CODE, service:CODE, ims:NAME, status:N, html:N, problem:N, denied:N, busy:SECONDS, \
     delay:MILLISECONDS, drop_before, reset, drop_after, lost:N, half_body, garbage";

impl FromStr for FaultEffect {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let invalid = |expected: &str| FaultError::new(text, "fault", expected);
        let status = |number: &str| {
            let status = number.parse().ok().filter(|status| (200..=599).contains(status));
            status.ok_or_else(|| invalid("a status from 200 to 599"))
        };
        Ok(match text.split_once(':') {
            None => match text {
                "drop_before" => Self::DropBefore,
                "reset" => Self::Reset,
                "drop_after" => Self::DropAfter,
                "half_body" => Self::HalfBody,
                "garbage" => Self::Garbage,
                _ => return Err(invalid(&format!("one of {EFFECT_SYNTAX}"))),
            },
            Some(("gateway", code)) => {
                let known = || GatewayError::ALL.map(|error| error.code).join(", ");
                Self::Gateway(
                    GatewayError::from_code(code)
                        .ok_or_else(|| invalid(&format!("one of the gateway's codes: {}", known())))?,
                )
            }
            Some(("service", code)) => {
                let known = || ServiceError::ALL.map(|error| error.code.to_string()).join(", ");
                Self::Service(
                    ServiceError::from_code(code)
                        .ok_or_else(|| invalid(&format!("one of the service's codes: {}", known())))?,
                )
            }
            Some(("ims", name)) => {
                let known = || TokenEndpointError::ALL.map(|error| error.name).join(", ");
                Self::TokenEndpoint(
                    TokenEndpointError::from_name(name)
                        .ok_or_else(|| invalid(&format!("one of the token endpoint's errors: {}", known())))?,
                )
            }
            Some(("status", number)) => Self::Status(status(number)?),
            Some(("html", number)) => Self::Html(status(number)?),
            Some(("problem", number)) => Self::ProblemJson(status(number)?),
            Some(("denied", number)) => Self::Denied(status(number)?),
            Some(("lost", number)) => Self::ResponseLost(status(number)?),
            Some(("busy", seconds)) => {
                let seconds = seconds.parse().ok().filter(|seconds| *seconds <= 86_400);
                Self::TooManyRequests(Duration::from_secs(
                    seconds.ok_or_else(|| invalid("an integer number of seconds up to 86400"))?,
                ))
            }
            Some(("delay", latency)) => Self::Delay(latency.parse()?),
            Some(_) => return Err(invalid(&format!("one of {EFFECT_SYNTAX}"))),
        })
    }
}

impl fmt::Display for FaultEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gateway(error) => write!(f, "gateway:{}", error.code),
            Self::Service(error) => write!(f, "service:{}", error.code),
            Self::TokenEndpoint(error) => write!(f, "ims:{}", error.name),
            Self::Status(status) => write!(f, "status:{status}"),
            Self::Html(status) => write!(f, "html:{status}"),
            Self::ProblemJson(status) => write!(f, "problem:{status}"),
            Self::Denied(status) => write!(f, "denied:{status}"),
            Self::TooManyRequests(wait) => write!(f, "busy:{}", wait.as_secs()),
            Self::Delay(latency) => write!(f, "delay:{latency}"),
            Self::DropBefore => f.write_str("drop_before"),
            Self::Reset => f.write_str("reset"),
            Self::DropAfter => f.write_str("drop_after"),
            Self::ResponseLost(status) => write!(f, "lost:{status}"),
            Self::HalfBody => f.write_str("half_body"),
            Self::Garbage => f.write_str("garbage"),
        }
    }
}
