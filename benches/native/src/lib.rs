//! What the programs of `cargo xtask bench` share. Each of them prints one JSON object a line: what it measured, without judging it.

mod canned;
mod figure;
mod rounds;
mod sides;

pub use canned::{Canned, GOOD_TOKEN, list};
pub use figure::{Figure, say};
pub use rounds::{Paired, cpu, median};
pub use sides::{ByHand, ours, tokens};
