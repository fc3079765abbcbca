//! What the specifications say about operations and objects, as data. Generated from `openapi/*.yaml`.

mod api;
mod definition_rules;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, unreachable_pub, reason = "generated")]
mod generated;
pub mod object_schema;
mod operation;
mod operation_table;
mod unknown_fields;
mod verb;

pub use api::Api;
pub use generated::operations;
pub use generated::operations::OPERATIONS;
pub use generated::verbs::Verb;
pub use operation::{Operation, RequestBody, ResponseValue};
