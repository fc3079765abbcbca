//! Command-line arguments.

mod api;
mod emulator;
mod folder;
mod limits;
mod mcp;
mod observed;
mod resource;
mod shell;
mod simulate;
mod size;
mod state;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report::OutputFormat;

pub(crate) use api::{ApiArgs, parse_host};
pub(crate) use emulator::{EmulatorCommand, EmulatorUrlArg, StartArgs};
pub(crate) use folder::{CiSystem, FmtArgs, InitArgs};
pub(crate) use limits::{
    AcceptArgs, ApplyArgs, DriftArgs, EffectArgs, ExplainArgs, ExportArgs, ImportArgs, LimitsFilesArgs, PlanArgs,
    PruneArgs, SchemaArgs, SchemaKind,
};
pub(crate) use mcp::McpArgs;
pub(crate) use observed::SqlPeriod;
pub(crate) use resource::{
    CappingCommand, ConfigTarget, DeployStateArg, ListArgs, LiveChangeArgs, ResourceCommand, SetCappingArgs,
    SetThrottlingArgs, TargetArg, ThrottlingCommand, YesArg,
};
pub(crate) use shell::{CompletionsArgs, HelpArgs, ManArgs};
pub(crate) use simulate::{EndpointArgs, LatencyArg, SimulateArgs, TrafficArgs, UnknownBehaviorArgs};
pub(crate) use size::{SizeArgs, WriteArgs};
pub(crate) use state::{
    LockedTarget, MvArgs, PullArgs, PushArgs, RmArgs, ShowArgs, StateCommand, StateTarget, UnlockArgs,
};

/// Manage capping and throttling limits of Adobe Journey Optimizer.
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
pub(crate) struct GlobalSettings {
    /// Use a temporary emulator; no account needed
    #[arg(long, global = true, hide = true)]
    pub(crate) emulator: bool,

    /// Output format
    #[arg(long, global = true, hide = true, value_enum, value_name = "FORMAT", default_value_t = OutputFormat::Text)]
    pub(crate) output: OutputFormat,

    /// Filter the JSON output with this jq expression
    #[arg(long, global = true, hide = true, value_name = "EXPRESSION")]
    pub(crate) jq: Option<String>,

    /// When to use colors
    #[arg(long, global = true, hide = true, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: ColorChoice,

    #[arg(help = "Show each request: method, path, status, time [env: AJO_LOG]", long, global = true, hide = true)]
    pub(crate) debug: bool,

    #[arg(help = "Base URL of the service [env: AJO_BASE_URL]", long, global = true, hide = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    #[arg(
        help = "URL of the token endpoint, without a path [env: AJO_IMS_URL]",
        long,
        global = true,
        hide = true,
        value_name = "URL"
    )]
    pub(crate) ims_url: Option<String>,

    #[arg(
        help = "Client ID of the credential [env: AJO_CLIENT_ID]",
        long,
        global = true,
        hide = true,
        value_name = "ID"
    )]
    pub(crate) client_id: Option<String>,

    #[arg(
        help = "Organization ID (…@AdobeOrg) [env: AJO_ORG_ID]",
        long,
        global = true,
        hide = true,
        value_name = "ID"
    )]
    pub(crate) org_id: Option<String>,

    #[arg(help = "Comma-separated scopes [env: AJO_SCOPES]", long, global = true, hide = true, value_name = "SCOPES")]
    pub(crate) scopes: Option<String>,

    #[arg(
        help = "Sandbox name, in lower case [env: AJO_SANDBOX]",
        long,
        global = true,
        hide = true,
        value_name = "NAME"
    )]
    pub(crate) sandbox: Option<String>,

    #[arg(
        help = "Credential to use if there are several [env: AJO_CREDENTIAL_NAME]",
        long,
        global = true,
        hide = true,
        value_name = "NAME"
    )]
    pub(crate) credential_name: Option<String>,

    #[arg(
        help = "Credential file in any common format [env: AJO_CREDENTIALS]",
        long,
        global = true,
        hide = true,
        value_name = "FILE"
    )]
    pub(crate) credentials: Option<String>,

    #[arg(
        help = "Profile stored by `ajo auth login` [env: AJO_PROFILE]",
        long,
        global = true,
        hide = true,
        value_name = "NAME"
    )]
    pub(crate) profile: Option<String>,
}

/// When the output has colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a guided demo on an emulator
    Demo,
    /// Capping configurations: calls over the limit are rejected
    #[command(subcommand)]
    Capping(CappingCommand),
    /// Throttling configurations: calls over the limit wait in a queue
    #[command(subcommand)]
    Throttling(ThrottlingCommand),
    /// Check limits files without a connection
    ///
    /// Reports all problems, with the error codes of the service.
    Validate(LimitsFilesArgs),
    /// Show the changes needed to match the limits files
    Plan(PlanArgs),
    /// Change the service to match the limits files
    Apply(ApplyArgs),
    /// Write the configurations of a sandbox to a limits file
    Export(ExportArgs),
    /// Find configurations that differ from the limits files
    Drift(DriftArgs),
    /// Start to manage existing configurations
    Import(ImportArgs),
    /// Copy changes made at the service into the limits files
    ///
    /// Changes only these values, so comments and layout stay, and updates the state file. Changes nothing at the service.
    Accept(AcceptArgs),
    /// Check that the service matches the limits files
    Verify(DriftArgs),
    /// Show and change which configurations are managed
    ///
    /// Changes nothing at the service.
    #[command(subcommand)]
    State(StateCommand),
    /// Print a JSON Schema
    Schema(SchemaArgs),
    /// Manage credentials and access tokens
    #[command(subcommand)]
    Auth(AuthCommand),
    /// Check the setup, from the credentials to the service
    Doctor(StateTarget),
    /// Run or control a local emulator of the service
    #[command(subcommand)]
    Emulator(EmulatorCommand),
    /// Explain which limits apply to a call, and what is unknown
    ///
    /// Each statement has a label: documented by Adobe, inferred from its documentation, observed just now, or unknown.
    Explain(ExplainArgs),
    /// Simulate traffic through limits; no account needed
    ///
    /// The result lists all assumptions.
    Simulate(Box<SimulateArgs>),
    /// Recommend limits for an endpoint; no account needed
    #[command(
        override_usage = "ajo size --latency <MS> --servers <N> --audience <N> [OPTIONS]\n       ajo size --latency <MS> --capacity <N> --traffic <PATTERN> [OPTIONS]"
    )]
    Size(Box<SizeArgs>),
    /// Call any API of Adobe Journey Optimizer
    ///
    /// Adds the access token and the headers. POST and PATCH are retried only if they were provably not processed. The token goes only to platform.adobe.io,
    /// cjm.adobe.io, the host of the base URL, and hosts of --allow-host. Redirects are errors.
    Api(ApiArgs),
    /// Create a folder with a limits file, a policy, and a workflow
    Init(InitArgs),
    /// Format limits files
    Fmt(FmtArgs),
    /// Let AI assistants read limits (Model Context Protocol)
    ///
    /// Serves on standard input and output. Changes nothing.
    Mcp(McpArgs),
    /// Print a completion script for a shell
    ///
    /// It completes commands, options, profiles, sandboxes, files, and the uids of the last `ajo capping list` or `ajo throttling list`, without a connection.
    Completions(CompletionsArgs),
    /// Write man pages
    ///
    /// The page of `ajo` itself has the options of all commands, the variables, and the exit codes.
    Man(ManArgs),
    /// Show help for a command or a topic
    ///
    /// Topics: settings (options of all commands, and variables), exit-codes, simulate-options, size-options, and emulator-options.
    Help(HelpArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuthCommand {
    /// Store a credential as a profile
    ///
    /// Prompts on a terminal; otherwise reads the credential from standard input, or from the file of --credentials. Stores it
    /// only if it obtains a token. The secret goes to the system keychain, or to a file that only you can read.
    Login,
    /// Remove a profile with its secret and cached token
    Logout(LogoutArgs),
    /// Print an access token
    Token,
    /// Show the credentials in use and whether they obtain a token
    Status,
    /// List the profiles
    List,
    /// Use this profile from now on
    Switch(SwitchArgs),
}

/// Arguments of `ajo auth switch`.
#[derive(Debug, Args)]
pub(crate) struct SwitchArgs {
    /// Name of the profile
    #[arg(value_name = "PROFILE")]
    pub(crate) name: String,
}

/// Arguments of `ajo auth logout`.
#[derive(Debug, Args)]
pub(crate) struct LogoutArgs {
    /// Name of the profile; by default the one in use
    #[arg(value_name = "PROFILE")]
    pub(crate) name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_definition_is_valid() {
        use clap::CommandFactory as _;
        CliArgs::command().debug_assert();
    }

    /// The options of `ajo simulate`, with their heading.
    fn simulate_options() -> Vec<clap::Arg> {
        use clap::CommandFactory as _;
        let command = CliArgs::command();
        let simulate = command.find_subcommand("simulate").expect("a command");
        simulate.get_arguments().filter(|option| option.get_long().is_some()).cloned().collect()
    }

    #[test]
    fn page_describes_options_of_simulate() {
        let page = include_str!("../../../docs/simulate.md");
        for option in simulate_options() {
            let name = format!("--{}", option.get_long().expect("a name"));
            assert!(page.contains(&name), "{name}");
        }
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
