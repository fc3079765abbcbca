//! Operations, schemas, and the building blocks of the generated models.

mod lenient_impls;
pub mod object_schema;
pub(crate) mod open_enum;
pub(crate) mod operation;
pub(crate) mod operation_table;
mod validate;
pub(crate) mod verb;
