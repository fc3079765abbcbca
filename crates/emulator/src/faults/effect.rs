//! What a fault does.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::api::gateway_error::GatewayError;
use crate::api::ims_error::ImsRefusal;
use crate::api::service_error::ServiceError;
use crate::faults::fault_error::FaultError;
use crate::faults::latency::Latency;

/// What happens to a call.
///
/// | written | what happens |
/// |---|---|
/// | `gateway:CODE` | the gateway's answer with this code; nothing is processed |
/// | `service:CODE` | the service's answer with this code; nothing is processed |
/// | `ims:NAME` | the token host's answer of this name; no token is granted |
/// | `status:N` | this status without a body; nothing is processed |
/// | `html:N` | this status with a proxy's page; nothing is processed |
/// | `problem:N` | this status with the body of another platform service; nothing is processed |
/// | `busy:SECONDS` | 429 with `Retry-After`; nothing is processed |
/// | `delay:…` | processed and answered, later: see [`Latency`] |
/// | `drop_before` | the connection is closed; nothing is processed |
/// | `reset` | the connection is reset; nothing is processed |
/// | `drop_after` | processed, then the connection is closed: committed, but the answer is lost |
/// | `lost:N` | processed, and then answered with this status by a gateway that lost the answer |
/// | `half_body` | processed; the head and half of the body arrive, then the connection is closed |
/// | `garbage` | processed; the body is rubbish |
///
/// ```
/// use std::time::Duration;
/// use ajo_emulator::{Effect, Fault, Latency, Target, When};
///
/// let fault: Fault = "throttling.*@every:3=delay:200".parse()?;
/// let (target, when): (Target, When) = ("throttling.*".parse()?, "every:3".parse()?);
/// let slow: Latency = "200".parse()?;
/// assert_eq!(fault, Fault { target, when, effect: Effect::Delay(slow) });
/// assert_eq!("busy:5".parse::<Effect>()?, Effect::Busy(Duration::from_secs(5)));
/// # Ok::<(), ajo_emulator::FaultError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// An answer of the gateway.
    Gateway(GatewayError),
    /// An answer of the service.
    Service(ServiceError),
    /// An answer of the token host.
    Ims(ImsRefusal),
    /// A status without a body.
    Status(u16),
    /// A proxy's page.
    Html(u16),
    /// The body of another platform service.
    Problem(u16),
    /// 429 with `Retry-After`.
    Busy(Duration),
    /// Later.
    Delay(Latency),
    /// Closed before it is processed.
    DropBefore,
    /// Reset before it is processed.
    Reset,
    /// Closed after it is processed.
    DropAfter,
    /// Processed, and answered with a gateway's status.
    Lost(u16),
    /// Processed; half of the body.
    HalfBody,
    /// Processed; rubbish in place of the body.
    Garbage,
}

/// The names, for an error and for the documentation.
const FORMS: &str = "gateway:CODE, service:CODE, ims:NAME, status:N, html:N, problem:N, busy:SECONDS, delay:MILLISECONDS, \
     drop_before, reset, drop_after, lost:N, half_body, garbage";

impl FromStr for Effect {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let refused = |expected: &str| FaultError::new(text, "fault", expected);
        let status = |number: &str| {
            let status = number.parse().ok().filter(|status| (200..=599).contains(status));
            status.ok_or_else(|| refused("a status from 200 to 599"))
        };
        Ok(match text.split_once(':') {
            None => match text {
                "drop_before" => Self::DropBefore,
                "reset" => Self::Reset,
                "drop_after" => Self::DropAfter,
                "half_body" => Self::HalfBody,
                "garbage" => Self::Garbage,
                _ => return Err(refused(&format!("one of {FORMS}"))),
            },
            Some(("gateway", code)) => {
                let known = || GatewayError::ALL.map(|error| error.code).join(", ");
                Self::Gateway(
                    GatewayError::by_code(code)
                        .ok_or_else(|| refused(&format!("one of the gateway's codes: {}", known())))?,
                )
            }
            Some(("service", code)) => {
                let known = || ServiceError::ALL.map(|error| error.code.to_string()).join(", ");
                Self::Service(
                    ServiceError::by_code(code)
                        .ok_or_else(|| refused(&format!("one of the service's codes: {}", known())))?,
                )
            }
            Some(("ims", name)) => {
                let known = || ImsRefusal::ALL.map(|refusal| refusal.name).join(", ");
                Self::Ims(
                    ImsRefusal::by_name(name)
                        .ok_or_else(|| refused(&format!("one of the token host's answers: {}", known())))?,
                )
            }
            Some(("status", number)) => Self::Status(status(number)?),
            Some(("html", number)) => Self::Html(status(number)?),
            Some(("problem", number)) => Self::Problem(status(number)?),
            Some(("lost", number)) => Self::Lost(status(number)?),
            Some(("busy", seconds)) => {
                let seconds = seconds.parse().ok().filter(|seconds| *seconds <= 86_400);
                Self::Busy(Duration::from_secs(seconds.ok_or_else(|| refused("whole seconds, up to a day"))?))
            }
            Some(("delay", latency)) => Self::Delay(latency.parse()?),
            Some(_) => return Err(refused(&format!("one of {FORMS}"))),
        })
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gateway(error) => write!(f, "gateway:{}", error.code),
            Self::Service(error) => write!(f, "service:{}", error.code),
            Self::Ims(refusal) => write!(f, "ims:{}", refusal.name),
            Self::Status(status) => write!(f, "status:{status}"),
            Self::Html(status) => write!(f, "html:{status}"),
            Self::Problem(status) => write!(f, "problem:{status}"),
            Self::Busy(wait) => write!(f, "busy:{}", wait.as_secs()),
            Self::Delay(latency) => write!(f, "delay:{latency}"),
            Self::DropBefore => f.write_str("drop_before"),
            Self::Reset => f.write_str("reset"),
            Self::DropAfter => f.write_str("drop_after"),
            Self::Lost(status) => write!(f, "lost:{status}"),
            Self::HalfBody => f.write_str("half_body"),
            Self::Garbage => f.write_str("garbage"),
        }
    }
}
