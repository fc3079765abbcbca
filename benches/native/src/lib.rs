//! Shared code of the programs that `cargo xtask bench` runs. Each prints one JSON object per figure; xtask checks the budgets.

mod canned_server;
mod clients;
mod figure;
mod paired_rounds;

pub use canned_server::{ACCESS_TOKEN, CannedServer, list_json};
pub use clients::{HandWrittenClient, ajo_client, token_provider};
pub use figure::{Figure, print_figure};
pub use paired_rounds::{PairedRounds, cpu_time, median};
