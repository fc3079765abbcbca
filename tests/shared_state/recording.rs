//! Servers that record the requests of each runner.

mod endpoint;
mod exchange;
mod request_log;

pub use endpoint::Endpoint;
pub use exchange::{Exchange, Stage, Target};
pub use request_log::{RequestLog, StageHook};
