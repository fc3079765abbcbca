//! Arguments of limits as code.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use ajo_core::Uid;
use clap::{Args, ValueEnum};

/// Limits files, and what is beside them.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// Limits files, YAML or JSON; several are taken together
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) beside: Beside,
}

/// What is beside limits files.
#[derive(Debug, Args)]
pub(crate) struct Beside {
    /// A policy that must be kept, besides the one that a limits file names
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// The ledger of what is ours; `ajo.lock` beside the first limits file if not given
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
}

/// What a plan may do beyond the files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Deleting")]
pub(crate) struct Planning {
    /// Delete what is ours and no longer in the files
    #[arg(long)]
    pub(crate) prune: bool,

    /// Delete also what is deployed, without undeploying it first
    #[arg(long, requires = "prune")]
    pub(crate) force_delete: bool,

    /// How many may be deleted; if not given, the larger of 1 and 20 % of what is ours
    #[arg(long, value_name = "N", requires = "prune")]
    pub(crate) max_deletes: Option<usize>,
}

/// What `ajo plan` plans.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) files: Files,

    /// Write the plan into this file, for `ajo apply --plan`
    #[arg(long, value_name = "FILE.json")]
    pub(crate) save: Option<PathBuf>,

    /// End with 2 if something has to be done
    #[arg(long)]
    pub(crate) exit_code: bool,

    #[command(flatten)]
    pub(crate) planning: Planning,
}

/// What `ajo apply` applies.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// Limits files, YAML or JSON; several are taken together
    #[arg(value_name = "FILE", required_unless_present_any = ["plan", "resume"])]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) beside: Beside,

    /// Apply this plan, which `ajo plan --save` has written, or nothing: it is refused if anything it is about has changed
    #[arg(long, value_name = "FILE.json", conflicts_with_all = ["files", "policy", "ledger", "resume", "prune"])]
    pub(crate) plan: Option<PathBuf>,

    /// Go on with an apply that was cut off: what is unknown of it is read back first
    #[arg(long, conflicts_with_all = ["files", "prune"])]
    pub(crate) resume: bool,

    /// Do not ask for the name of a production sandbox
    #[arg(long)]
    pub(crate) yes: bool,

    /// How many configurations are worked on at the same time
    #[arg(long, value_name = "N", default_value = "4")]
    pub(crate) concurrency: NonZeroUsize,

    /// How long to wait for another apply to end
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) lock_timeout: u64,

    #[command(flatten)]
    pub(crate) planning: Planning,
}

/// What `ajo dump` writes.
#[derive(Debug, Args)]
pub(crate) struct Dump {
    /// Write it into this file, which must not be there yet, rather than to standard output
    #[arg(long, value_name = "FILE.yaml")]
    pub(crate) save: Option<PathBuf>,
}

/// What `ajo adopt` adopts.
#[derive(Debug, Args)]
pub(crate) struct Adopt {
    #[command(flatten)]
    pub(crate) files: Files,

    /// Adopt this one, where several could be meant or it is in no file; if not given, what the files name and is there once
    #[arg(long, value_name = "UID")]
    pub(crate) uid: Vec<Uid>,
}

/// What `ajo schema` prints.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The schema of what
    #[arg(value_enum, default_value_t = Schemas::Limits)]
    pub(crate) of: Schemas,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Schemas {
    /// A limits file
    Limits,
    /// A policy file
    Policy,
    /// What the commands print with `--output json`, and a saved plan
    Report,
    /// The ledger `ajo.lock`
    Ledger,
}
