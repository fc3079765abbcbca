//! Arguments of `ajo help`, `ajo completions`, and `ajo man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::aot::Shell;

/// Arguments of `ajo completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell that the script is for
    pub(crate) shell: Shell,
}

/// Arguments of `ajo man`.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Directory for the pages
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) out: PathBuf,
}

/// Arguments of `ajo help`.
#[derive(Debug, Args)]
pub(crate) struct HelpArgs {
    /// Command such as `capping set`, or topic
    #[arg(value_name = "COMMAND|TOPIC")]
    pub(crate) words: Vec<String>,
}
