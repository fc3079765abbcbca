//! Operations, and what the generated models are built on.

mod lenient_ids;
pub(crate) mod open_enum;
pub(crate) mod operation;
pub(crate) mod operation_table;
pub mod schema;
mod validation;
pub(crate) mod verb;
