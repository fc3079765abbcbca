//! Arguments of limits as code.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use ajo_core::{SandboxName, Uid};
use ajo_limits::StateLocation;
use ajo_limits::{Digest, UnmanagedHandling};
use ajo_simulator::{DEFAULT_BURST, MAX_BURST};
use clap::{Args, ValueEnum};

use super::YesArg;

/// Limits files, and the files next to them.
#[derive(Debug, Args)]
pub(crate) struct LimitsFilesArgs {
    /// Limits files, directories, or patterns; merged
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) state_args: StateArgs,
}

/// Files next to the limits files.
#[derive(Clone, Debug, Args)]
pub(crate) struct StateArgs {
    /// Policy to enforce, in addition to the one in a limits file
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// State file, or `s3://bucket/prefix`; default: `ajo.state.json` next to the first file
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) state: Option<StateLocation>,
}

impl StateArgs {
    /// The policy as the user wrote it.
    pub(crate) fn display_policy(&self) -> Option<String> {
        self.policy.as_ref().map(|policy| policy.display().to_string())
    }
}

/// Observed traffic, to show the effect of changes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Effect on traffic")]
pub(crate) struct EffectArgs {
    /// CSV export of a query that `ajo simulate --sql` prints; repeatable
    ///
    /// Overrides `observed` in the policy.
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) observed: Vec<PathBuf>,

    /// How much faster than on average calls may arrive
    #[arg(long, value_name = "N", default_value_t = DEFAULT_BURST, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_BURST)))]
    pub(crate) burst: u32,
}

/// Deletions that a plan may contain.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Deleting")]
pub(crate) struct PruneArgs {
    /// Delete managed configurations that are in no file
    #[arg(long)]
    pub(crate) prune: bool,

    /// Delete without undeploying first
    #[arg(long, requires = "prune")]
    pub(crate) force_delete: bool,

    /// Maximum deletes, also by others; default: a fifth of the managed configurations
    #[arg(long, value_name = "N")]
    pub(crate) max_deletes: Option<usize>,
}

/// Arguments of `ajo plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) files: LimitsFilesArgs,

    /// Save the plan to this file, for `ajo apply --plan`
    #[arg(long, value_name = "FILE.json")]
    pub(crate) out: Option<PathBuf>,

    /// Exit with 2 if there are changes
    #[arg(long)]
    pub(crate) exit_code: bool,

    #[command(flatten)]
    pub(crate) effect_args: EffectArgs,

    #[command(flatten)]
    pub(crate) prune_args: PruneArgs,
}

/// Arguments of `ajo apply`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ApplyArgs {
    /// Limits files, directories, or patterns; merged
    #[arg(value_name = "FILE", required_unless_present_any = ["plan", "resume"])]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) state_args: StateArgs,

    /// Apply this plan, saved with `ajo plan --out`
    #[arg(long, value_name = "FILE.json", conflicts_with_all = ["files", "policy", "state", "resume", "observed", "burst", "prune", "force_delete", "max_deletes"])]
    pub(crate) plan: Option<PathBuf>,

    /// Apply the plan only if it has this digest
    #[arg(long, value_name = "DIGEST", requires = "plan", conflicts_with_all = ["files", "resume"])]
    pub(crate) digest: Option<Digest>,

    /// Resume an interrupted apply
    #[arg(long, conflicts_with_all = ["observed", "burst", "prune", "force_delete", "max_deletes"])]
    pub(crate) resume: bool,

    #[command(flatten)]
    pub(crate) yes_arg: YesArg,

    /// Configurations to process in parallel
    #[arg(long, value_name = "N", default_value = "4")]
    pub(crate) concurrency: NonZeroUsize,

    /// How long to wait for another apply
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) lock_timeout: u64,

    #[command(flatten)]
    pub(crate) effect_args: EffectArgs,

    #[command(flatten)]
    pub(crate) prune_args: PruneArgs,
}

/// Arguments of `ajo drift` and `ajo verify`.
#[derive(Debug, Args)]
pub(crate) struct DriftArgs {
    #[command(flatten)]
    pub(crate) files: LimitsFilesArgs,

    /// Limits in no file; by default, errors if deployed, else warnings
    #[arg(long, value_enum, value_name = "HOW")]
    unmanaged: Option<UnmanagedLevel>,
}

/// The values of `--unmanaged`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum UnmanagedLevel {
    /// Report all as errors
    Error,
    /// Report all as warnings, which do not change the exit code
    Warn,
    /// Report only those in the state file; for sandboxes shared with others
    Ignore,
}

impl DriftArgs {
    pub(crate) fn unmanaged_handling(&self) -> UnmanagedHandling {
        self.unmanaged.map_or_else(UnmanagedHandling::default, |level| match level {
            UnmanagedLevel::Error => UnmanagedHandling::Error,
            UnmanagedLevel::Warn => UnmanagedHandling::Warn,
            UnmanagedLevel::Ignore => UnmanagedHandling::Ignore,
        })
    }
}

/// Arguments of `ajo accept`.
#[derive(Debug, Args)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) files: LimitsFilesArgs,

    /// Accept this configuration, even if it is in no file or was deleted
    ///
    /// A configuration in no file is added to the first file. A deleted one is removed from its file.
    #[arg(long, value_name = "UID")]
    pub(crate) uid: Vec<Uid>,

    /// Accept the configurations with this URL
    #[arg(long, value_name = "URL")]
    pub(crate) url: Vec<String>,

    /// Show the diff of the files, but write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `ajo explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// HTTP method of the call
    pub(crate) method: String,

    /// URL of the call
    #[arg(value_parser = parse_url)]
    pub(crate) url: String,

    /// Also explain these limits files; needs no credentials
    #[arg(long, value_name = "FILE")]
    pub(crate) limits: Vec<PathBuf>,

    /// Do not read the service
    #[arg(long)]
    pub(crate) offline: bool,
}

/// Accepts a text with a scheme and a host.
pub(super) fn parse_url(text: &str) -> Result<String, String> {
    match text.split_once("://") {
        Some((scheme, rest)) if !scheme.is_empty() && !rest.is_empty() => Ok(text.to_owned()),
        _ => Err("expected a URL such as https://api.example.org/v1/send".to_owned()),
    }
}

/// Arguments of `ajo export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Write to this new file instead of standard output
    #[arg(long, value_name = "FILE.yaml")]
    pub(crate) out: Option<PathBuf>,

    /// Write this sandbox into the file, to copy limits to it
    #[arg(long = "as", value_name = "SANDBOX")]
    pub(crate) as_sandbox: Option<SandboxName>,
}

/// Arguments of `ajo import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    pub(crate) files: LimitsFilesArgs,

    /// Import only this configuration
    #[arg(long, value_name = "UID")]
    pub(crate) uid: Vec<Uid>,
}

/// Arguments of `ajo schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Schema to print
    #[arg(value_enum, default_value_t = SchemaKind::Limits)]
    pub(crate) kind: SchemaKind,
}

/// The schemas of `ajo schema`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    /// Limits file
    Limits,
    /// Policy file
    Policy,
    /// Output of commands with `--output json`, and saved plans
    Report,
    /// State file `ajo.state.json`
    State,
    /// Definition of a capping configuration
    Capping,
    /// Definition of a throttling configuration
    Throttling,
}
