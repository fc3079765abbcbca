//! JSON: a read-only view of values, and a reader that needs neither `std` nor serde.
//!
//! Rules and parsers use the traits, so the emulator and the command pass `serde_json` values without conversion.

mod reader;
#[cfg(any(test, feature = "serde_json"))]
mod serde_value;
#[cfg(test)]
mod tests;
mod view;
mod writer;

pub use reader::{MAX_DEPTH, Position, Value, parse};
pub use view::{Fields, Json, Kind};
pub use writer::write_string;
