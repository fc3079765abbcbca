//! Arguments of `ajo init` and `ajo fmt`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of `ajo init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Directory to create
    #[arg(value_name = "DIRECTORY", default_value = "limits")]
    pub(crate) directory: PathBuf,

    /// CI system to write a workflow for
    #[arg(long, value_enum, value_name = "SYSTEM", default_value_t)]
    pub(crate) ci: CiSystem,
}

/// A system that runs workflows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CiSystem {
    /// GitHub Actions
    #[default]
    Github,
    /// GitLab CI
    Gitlab,
    None,
}

/// Arguments of `ajo fmt`.
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Limits files, policies, directories, or patterns; - for input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Only show what would change, and exit with 1 if anything
    #[arg(long)]
    pub(crate) check: bool,
}
