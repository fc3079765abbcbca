//! Command-line arguments.

mod emulator;
mod limits;
mod resource;

use std::path::PathBuf;

use ajo_simulator::{EndpointFailures, LatencyDistribution, ServiceType, TrafficPattern, WindowKind};
use clap::{Args, Parser, Subcommand};

use crate::report::OutputFormat;

pub(crate) use emulator::{EmulatorCommand, EmulatorUrlArg, StartArgs};
pub(crate) use limits::{
    AcceptArgs, ApplyArgs, DriftArgs, ExplainArgs, ExportArgs, ImportArgs, LimitsFilesArgs, PlanArgs, PruneArgs,
    SchemaArgs, SchemaKind,
};
pub(crate) use resource::{
    CappingCommand, ConfigTarget, ResourceCommand, SetCappingArgs, SetThrottlingArgs, TargetArg, ThrottlingCommand,
    UidArg,
};

/// Manage capping and throttling limits of Adobe Journey Optimizer.
///
/// Set the client secret and access token only in `AJO_CLIENT_SECRET` and `AJO_ACCESS_TOKEN`: other processes can see
/// command-line arguments.
#[derive(Debug, Parser)]
#[command(name = "ajo", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct CliArgs {
    #[command(flatten)]
    pub(crate) settings: GlobalSettings,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Settings that every command accepts, before or after the subcommand.
///
/// Plain strings: `session::SettingsReader` reads and checks them together with the variables in the help.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct GlobalSettings {
    /// Run against a temporary in-process emulator; no account needed
    #[arg(long, global = true)]
    pub(crate) emulator: bool,

    /// Output format
    #[arg(long, global = true, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output: OutputFormat,

    #[arg(help = "Base URL of the service [env: AJO_BASE_URL]", long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    #[arg(
        help = "URL of the token endpoint, without a path [env: AJO_IMS_URL]",
        long,
        global = true,
        value_name = "URL"
    )]
    pub(crate) ims_url: Option<String>,

    #[arg(help = "Client ID of the credential [env: AJO_CLIENT_ID]", long, global = true, value_name = "ID")]
    pub(crate) client_id: Option<String>,

    #[arg(help = "Organization ID (…@AdobeOrg) [env: AJO_ORG_ID]", long, global = true, value_name = "ID")]
    pub(crate) org_id: Option<String>,

    #[arg(help = "Comma-separated scopes [env: AJO_SCOPES]", long, global = true, value_name = "SCOPES")]
    pub(crate) scopes: Option<String>,

    #[arg(help = "Sandbox name, in lower case [env: AJO_SANDBOX]", long, global = true, value_name = "NAME")]
    pub(crate) sandbox: Option<String>,

    #[arg(
        help = "Credential to use if the file contains several [env: AJO_CREDENTIAL_NAME]",
        long,
        global = true,
        value_name = "NAME"
    )]
    pub(crate) credential_name: Option<String>,

    #[arg(
        help = "Credential file: JSON of the credential or project, Postman environment, or NAME=value lines [env: AJO_CREDENTIALS]",
        long,
        global = true,
        value_name = "FILE"
    )]
    pub(crate) credentials: Option<String>,

    #[arg(help = "Profile stored by `ajo auth login` [env: AJO_PROFILE]", long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

const EXIT_CODES: &str = "\
Exit codes: 0 success, nothing to do; 1 error or invalid files; 2 changes found (drift, plan --exit-code);
3 authentication failed; 4 partially applied; 5 cancelled; 6 stale or locked; 7 blocked by a safety check or policy;
64 usage error.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a guided demo on an emulator
    Demo,
    /// Manage capping configurations (calls over the limit are rejected)
    #[command(subcommand)]
    Capping(CappingCommand),
    /// Manage throttling configurations (calls over the limit are queued)
    #[command(subcommand)]
    Throttling(ThrottlingCommand),
    /// Check limits files offline and report all problems with the service's error codes
    Validate(LimitsFilesArgs),
    /// Show the changes needed to match the limits files
    #[command(after_help = EXIT_CODES)]
    Plan(PlanArgs),
    /// Change the service to match the limits files
    #[command(after_help = EXIT_CODES)]
    Apply(ApplyArgs),
    /// Write the configurations of a sandbox as a limits file
    Export(ExportArgs),
    /// Detect configurations that differ from the limits files, or are in none
    #[command(after_help = EXIT_CODES)]
    Drift(DriftArgs),
    /// Add existing configurations to the state file
    Import(ImportArgs),
    /// Copy changes made at the service into the limits files
    ///
    /// Edits only the changed values, so comments and layout stay, and records the result in the state file. Changes nothing at
    /// the service.
    #[command(after_help = EXIT_CODES)]
    Accept(AcceptArgs),
    /// Read back each configuration in the limits files and check that it can be deployed
    Verify(DriftArgs),
    /// Print a JSON Schema
    Schema(SchemaArgs),
    /// Manage credentials and access tokens
    #[command(subcommand)]
    Auth(AuthCommand),
    /// Check the setup step by step, from the credentials to the service
    Doctor,
    /// Run or control a local emulator of the service
    #[command(subcommand)]
    Emulator(EmulatorCommand),
    /// Explain which limits apply to a call, and what is unknown
    ///
    /// Every statement has a label: documented by Adobe, inferred from its documentation, observed just now, or unknown.
    Explain(ExplainArgs),
    /// Simulate traffic through a limit; no account needed
    ///
    /// Shows the allowed, queued, and rejected calls. Adobe does not publish how the service counts calls, so the result
    /// lists all assumptions.
    Simulate(Box<SimulateArgs>),
}

/// Arguments of `ajo simulate`.
#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// JSON or YAML definition files, at most one per API; - for standard input
    ///
    /// The simulation treats them as deployed. Without a file it uses the documented default, 300,000 calls per minute.
    #[arg(value_name = "FILE", num_args = 0..=2)]
    pub(crate) definitions: Vec<PathBuf>,

    /// Traffic pattern: 100x60 (100 calls/s for 60 s), ramp:100-5000x60, or a comma-separated list
    #[arg(long, value_name = "PATTERN", required_unless_present = "csv", conflicts_with = "csv")]
    pub(crate) traffic: Option<TrafficPattern>,

    /// CSV file with SECOND,CALLS lines or one number per second; - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,

    /// Window for counting calls against a configured limit: fixed, sliding, or token-bucket
    #[arg(long, default_value_t = WindowKind::Fixed)]
    pub(crate) window: WindowKind,

    /// Caller of the endpoint: action or data-source; defaults to the caller in the definition
    #[arg(long)]
    pub(crate) service: Option<ServiceType>,

    /// Response time of the endpoint
    #[arg(long, value_name = "MS", default_value = "100")]
    pub(crate) endpoint_latency: LatencyDistribution,

    /// Failing calls: a fraction such as 0.2, or first:2 for the first two attempts of each call
    #[arg(long, value_name = "SHARE", default_value_t = EndpointFailures::Probability(0.0))]
    pub(crate) endpoint_failures: EndpointFailures,

    /// Timeout of the journeys, from 1 to 30
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=30))]
    pub(crate) timeout: u64,

    /// Seed for random failures
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,

    /// Also write an SVG chart to this file
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) chart: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuthCommand {
    /// Store a credential as a profile; prompt on a terminal, otherwise read standard input
    ///
    /// With --credentials, read that file instead. The credential is stored only if it obtains a token. The secret goes to
    /// the system keychain if there is one, otherwise to a file that only you can read.
    Login,
    /// Remove a profile with its secret and cached token
    Logout,
    /// Print an access token
    Token,
    /// Show the credentials in use and whether they obtain a token
    Status,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_definition_is_valid() {
        use clap::CommandFactory as _;
        CliArgs::command().debug_assert();
    }

    #[test]
    fn no_argument_takes_a_secret() {
        use clap::CommandFactory as _;
        let command = CliArgs::command();
        let flags: Vec<_> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
        assert!(flags.contains(&"client-id"));
        assert!(!flags.iter().any(|flag| flag.contains("secret") || flag.contains("token")), "{flags:?}");
    }
}
