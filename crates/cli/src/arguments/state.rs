//! Arguments of `ajo state`.

use std::path::PathBuf;

use ajo_core::Uid;
use ajo_state::StateLocation;
use clap::{Args, Subcommand};

/// The subcommands of `ajo state`.
#[derive(Debug, Subcommand)]
pub(crate) enum StateCommand {
    /// List the managed configurations
    List(StateTarget),
    /// Show one managed configuration
    Show(ShowArgs),
    /// Record that configurations are in another limits file, after it was renamed or split
    ///
    /// Changes nothing at the service and in the limits files.
    Mv(MvArgs),
    /// Stop managing configurations; they stay at the service
    Rm(RmArgs),
    /// Write the state as JSON, as a backup or to move it to a file
    ///
    /// Paths of limits files become relative to the directory of the new file; on standard output they stay as they are.
    Pull(PullArgs),
    /// Replace the state with the one in a file, for example to move it to a bucket
    ///
    /// Refuses a state that is older, and one that was changed independently. Replaces each sandbox on its own; after a failure, run
    /// it again.
    Push(PushArgs),
    /// Check that a bucket can hold shared state
    ///
    /// Creates, changes, lists, and deletes one object below `self-test/`. Creates nothing else: the first apply creates the state.
    Init(StateTarget),
    /// Take the lease away from a command that does not run any more
    ///
    /// Leases expire, so this is only for those who cannot wait. If the command still runs, it stops before its next request to the
    /// bucket, but can send requests to the service for up to a quarter of the lease time.
    Unlock(UnlockArgs),
}

/// Which state a command uses.
#[derive(Clone, Debug, Args)]
pub(crate) struct StateTarget {
    #[arg(help = "State file, or bucket such as s3://bucket/prefix [env: AJO_STATE]", long, value_name = "FILE|URL")]
    pub(crate) state: Option<StateLocation>,

    /// The state that this limits file names, or `ajo.state.json` next to it
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
    /// Write to this file instead of standard output; it replaces only an empty or an older state
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

    /// Restore a backup: also replace a newer state, and forget interrupted applies
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

    /// The lease of the organization's throttling instead of the one of the sandbox
    #[arg(long)]
    pub(crate) throttling: bool,

    /// Skip the confirmation
    #[arg(long)]
    pub(crate) yes: bool,

    #[command(flatten)]
    pub(crate) target: StateTarget,
}
