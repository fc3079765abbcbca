//! Fault injection: how a fault is written, which calls it strikes, and what it does to them.
//!
//! A fault has a [`Target`](target::Target), a frequency ([`When`](when::When)) and an [`Effect`](effect::Effect). Each part has
//! one written form, the same in Rust, on the command line, in the control API and in the header
//! [`FAULT_HEADER`](injection::FAULT_HEADER). An unknown name is refused when the fault is set.

pub(crate) mod active_faults;
pub(crate) mod delivery;
pub(crate) mod effect;
pub(crate) mod fault;
pub(crate) mod fault_error;
pub(crate) mod injection;
pub(crate) mod latency;
pub(crate) mod names;
pub(crate) mod target;
pub(crate) mod when;
