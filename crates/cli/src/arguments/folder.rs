//! Arguments of `ajo init` and `ajo fmt`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `ajo init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Directory to create
    #[arg(value_name = "DIRECTORY", default_value = "limits")]
    pub(crate) directory: PathBuf,
}

/// Arguments of `ajo fmt`.
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Limits files, directories, or patterns
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Change nothing; exit with 1 if a file is not formatted
    #[arg(long)]
    pub(crate) check: bool,
}
