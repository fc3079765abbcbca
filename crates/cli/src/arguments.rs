//! Command-line arguments.

mod api;
mod emulator;
mod folder;
mod limits;
mod observed;
mod resource;
mod shell;
mod simulate;
mod size;
mod state;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report::OutputFormat;

pub(crate) use api::ApiArgs;
pub(crate) use emulator::{EmulatorCommand, EmulatorUrlArg, StartArgs};
pub(crate) use folder::{FmtArgs, InitArgs};
pub(crate) use limits::{
    AcceptArgs, ApplyArgs, DriftArgs, EffectArgs, ExplainArgs, ExportArgs, ImportArgs, LimitsFilesArgs, PlanArgs,
    PruneArgs, SchemaArgs, SchemaKind,
};
pub(crate) use observed::SqlPeriod;
pub(crate) use resource::{
    CappingCommand, ConfigTarget, LiveChangeArgs, ResourceCommand, SetCappingArgs, SetThrottlingArgs, TargetArg,
    ThrottlingCommand, UidArg, YesArg,
};
pub(crate) use shell::{CompletionsArgs, ManArgs};
use simulate::SIMULATE_HELP;
pub(crate) use simulate::{EndpointArgs, LatencyArg, SimulateArgs, TrafficArgs, UnknownBehaviorArgs};
use size::SIZE_HELP;
pub(crate) use size::{SizeArgs, WriteArgs};
pub(crate) use state::{
    LockedTarget, MvArgs, PullArgs, PushArgs, RmArgs, ShowArgs, StateCommand, StateTarget, UnlockArgs,
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

    /// Filter the JSON output with a jq expression; implies --output json
    #[arg(long, global = true, value_name = "EXPRESSION")]
    pub(crate) jq: Option<String>,

    /// When to use colors
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(crate) color: ColorChoice,

    #[arg(help = "Show each request: method, path, status, time, request id [env: AJO_LOG]", long, global = true)]
    pub(crate) debug: bool,

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

/// When the output has colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    Always,
    Never,
}

const EXIT_CODES: &str = "\
Exit codes: 0 success, nothing to do; 1 error or invalid files; 2 changes found (drift, plan --exit-code);
3 authentication failed; 4 partially applied; 5 cancelled; 6 stale or locked; 7 blocked by a safety check or policy;
8 unexpected result (simulate --expect); 64 usage error.";

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
    /// Show and change the state: which configurations are managed
    ///
    /// Changes nothing at the service.
    #[command(subcommand)]
    State(StateCommand),
    /// Print a JSON Schema
    Schema(SchemaArgs),
    /// Manage credentials and access tokens
    #[command(subcommand)]
    Auth(AuthCommand),
    /// Check the setup step by step, from the credentials to the service
    Doctor(StateTarget),
    /// Run or control a local emulator of the service
    #[command(subcommand)]
    Emulator(EmulatorCommand),
    /// Explain which limits apply to a call, and what is unknown
    ///
    /// Every statement has a label: documented by Adobe, inferred from its documentation, observed just now, or unknown.
    Explain(ExplainArgs),
    /// Simulate traffic through limits, and list all assumptions; no account needed
    #[command(after_help = SIMULATE_HELP)]
    Simulate(Box<SimulateArgs>),
    /// Recommend limits for an endpoint, traffic, and goals; no account needed
    #[command(after_help = SIZE_HELP)]
    Size(Box<SizeArgs>),
    /// Call any API of Adobe Journey Optimizer with the credential in use
    Api(ApiArgs),
    /// Create a limits folder: a limits file, a policy, a workflow, and .gitignore
    Init(InitArgs),
    /// Format limits files
    Fmt(FmtArgs),
    /// Serve limits to AI assistants over the Model Context Protocol; changes nothing
    Mcp,
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Write man pages
    Man(ManArgs),
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
    fn help_names_hidden_options_of_simulate() {
        let hidden: Vec<_> = simulate_options().into_iter().filter(clap::Arg::is_hide_set).collect();
        assert!(hidden.len() >= 8, "{hidden:?}");
        for option in hidden {
            let name = format!("--{} ", option.get_long().expect("a name"));
            let default = option.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
            assert!(SIMULATE_HELP.contains(&(name.clone() + &default.unwrap_or_default())), "{name}");
        }
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
