//! Arguments of `ajo state`.

use std::path::PathBuf;

use ajo_core::Uid;
use ajo_state::StateLocation;
use clap::{Args, Subcommand};

use super::YesArg;

/// The subcommands of `ajo state`.
#[derive(Debug, Subcommand)]
pub(crate) enum StateCommand {
    /// List the managed configurations
    List(StateTarget),
    /// Show one managed configuration
    Show(ShowArgs),
    /// Record that configurations moved to another limits file
    ///
    /// For a file that was renamed or split. Changes only the state.
    Mv(MvArgs),
    /// Stop managing configurations; they stay at the service
    Rm(RmArgs),
    /// Write the state to a file or to standard output
    ///
    /// Paths of limits files become relative to the directory of the new file.
    Pull(PullArgs),
    /// Replace the state with that of a file
    ///
    /// Refuses an older state and one that was changed independently. Replaces each sandbox separately: after a failure, run
    /// it again.
    Push(PushArgs),
    /// Check that a bucket can hold shared state
    ///
    /// Creates, changes, lists, and deletes one object below `self-test/`. The first apply creates the state.
    Init(StateTarget),
    /// End the lease of a command that no longer runs
    ///
    /// A lease also expires by itself. A command that still runs stops before its next request to the bucket, but can send
    /// requests to the service for up to a quarter of the lease time.
    Unlock(UnlockArgs),
}

/// Which state a command uses.
#[derive(Clone, Debug, Args)]
pub(crate) struct StateTarget {
    #[arg(help = "State file, or bucket such as s3://bucket/prefix [env: AJO_STATE]", long, value_name = "FILE|URL")]
    pub(crate) state: Option<StateLocation>,

    /// Limits file that names the state, or has it next to it
    #[arg(long, value_name = "FILE")]
    pub(crate) limits: Option<PathBuf>,
}

/// Which state a command changes.
#[derive(Clone, Debug, Args)]
pub(crate) struct LockedTarget {
    #[command(flatten)]
    pub(crate) target: StateTarget,

    /// How long to wait for another command that changes the state
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) lock_timeout: u64,
}

/// Arguments of `ajo state show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The uid or the URL of the configuration
    #[arg(value_name = "UID|URL")]
    pub(crate) config: String,

    #[command(flatten)]
    pub(crate) target: StateTarget,
}

/// Arguments of `ajo state mv`.
#[derive(Debug, Args)]
pub(crate) struct MvArgs {
    /// A uid, or the limits file whose configurations moved
    #[arg(value_name = "UID|FILE")]
    pub(crate) source: String,

    /// The limits file that contains them now
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) locked: LockedTarget,
}

/// Arguments of `ajo state rm`.
#[derive(Debug, Args)]
pub(crate) struct RmArgs {
    /// The uids
    #[arg(value_name = "UID", required = true)]
    pub(crate) uids: Vec<Uid>,

    #[command(flatten)]
    pub(crate) locked: LockedTarget,
}

/// Arguments of `ajo state pull`.
#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    /// File to write; replaces only an empty or an older state
    #[arg(long, value_name = "FILE.json")]
    pub(crate) out: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) target: StateTarget,
}

/// Arguments of `ajo state push`.
#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    /// The state file
    #[arg(value_name = "FILE.json")]
    pub(crate) file: PathBuf,

    /// Also replace a newer state, and forget interrupted applies
    #[arg(long)]
    pub(crate) force: bool,

    #[command(flatten)]
    pub(crate) locked: LockedTarget,
}

/// Arguments of `ajo state unlock`.
#[derive(Debug, Args)]
pub(crate) struct UnlockArgs {
    /// The epoch of the holder, which the error names
    #[arg(long, value_name = "N")]
    pub(crate) epoch: u64,

    /// The lease of the throttling, which all sandboxes share
    #[arg(long)]
    pub(crate) throttling: bool,

    #[command(flatten)]
    pub(crate) yes_arg: YesArg,

    #[command(flatten)]
    pub(crate) target: StateTarget,
}
