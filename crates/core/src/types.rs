//! Identifiers, operations, and what the generated models are built on.

pub(crate) mod idempotency;
pub(crate) mod open_enum;
pub(crate) mod operation;
pub(crate) mod operation_table;
pub(crate) mod sandbox;
pub mod schema;
pub(crate) mod service_code;
pub(crate) mod uid;
pub(crate) mod verb;
