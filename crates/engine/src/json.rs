//! JSON: a parser that needs neither `std` nor serde, and traits for read-only access to values.
//!
//! Rules and parsers use the traits, so the emulator and the CLI can pass `serde_json` values without conversion.

mod json_value;
mod parser;
mod pointer;
#[cfg(any(test, feature = "serde_json"))]
mod serde_json_impls;
mod string_writer;
#[cfg(test)]
mod tests;

pub use json_value::{JsonKind, JsonObject, JsonValue};
pub use parser::{ErrorPosition, MAX_DEPTH, Value, parse};
pub use pointer::escape_pointer_token;
pub use string_writer::write_string;
