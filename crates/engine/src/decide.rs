//! Decisions: state machines and functions that take the time and random numbers as parameters.
//!
//! The service responds with 500 to an invalid payload, so a status alone never decides a retry. Three things do: the
//! operation's [`Idempotency`](crate::Idempotency), the [`AttemptOutcome`](crate::AttemptOutcome), and the attempts,
//! time, and budget left.

pub(crate) mod attempt_outcome;
pub(crate) mod call_state;
pub(crate) mod client_token_state;
mod held_lock;
pub(crate) mod jitter;
pub(crate) mod limit_change;
pub(crate) mod method;
pub(crate) mod monotonic_clock;
pub(crate) mod operation_semantics;
pub(crate) mod rate_limit;
pub(crate) mod redeploy;
pub(crate) mod refresh_lease;
pub(crate) mod retry_budget;
pub(crate) mod retry_policy;
pub(crate) mod retry_state;
pub(crate) mod step_context;
pub(crate) mod store_breaker;
pub(crate) mod store_locks;
pub(crate) mod token_acquisition;
pub(crate) mod token_cache;
pub(crate) mod versioned_token;
