//! Fault injection: the syntax of faults, the calls they match, and their effects.
//!
//! A fault has a [`FaultTarget`](target::FaultTarget), a [`FaultFrequency`](frequency::FaultFrequency) and a
//! [`FaultEffect`](effect::FaultEffect). Each part has one string format, used in Rust, on the command line, in the control API
//! and in the header [`FAULT_HEADER`](injection::FAULT_HEADER). Unknown names are rejected when a fault is added.

pub(crate) mod active_faults;
pub(crate) mod delivery;
pub(crate) mod effect;
pub(crate) mod fault;
pub(crate) mod fault_error;
pub(crate) mod fault_names;
pub(crate) mod frequency;
pub(crate) mod injection;
pub(crate) mod latency;
pub(crate) mod target;
