//! When a call is retried: a state machine without I/O, clock, or randomness.
//!
//! The service responds with 500 to an invalid payload, so a status alone never decides. Three things do: the operation's
//! [`Repeat`](crate::Repeat), how the attempt ended ([`Ending`](crate::Ending)), and the attempts, time, and budget left.

pub(crate) mod attempt_outcome;
pub(crate) mod budget;
pub(crate) mod policy;
pub(crate) mod retry_state;
