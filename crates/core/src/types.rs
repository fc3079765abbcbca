//! Identifiers, operations, and what the generated models are built on.

mod engine_operation;
mod lenient_ids;
pub(crate) mod models;
pub(crate) mod open_enum;
pub(crate) mod operation;
pub(crate) mod operation_table;
mod validation;
pub(crate) mod verb;
