//! Shared code of the programs that `cargo xtask bench` runs. Each prints one JSON object per line and measurement, without judging it.

mod callers;
mod canned;
mod figure;
mod rounds;

pub use callers::{HandWritten, ajo_client, tokens};
pub use canned::{Canned, GOOD_TOKEN, list};
pub use figure::{Figure, print_figure};
pub use rounds::{Paired, cpu, median};
