//! The command line.

mod emulator;
mod limits;

use std::path::PathBuf;

use ajo_core::{Sandbox, Uid};
use ajo_simulator::{Failures, LONGEST_LATENCY_MS, Pattern, Service, Window};
use clap::{Args, Parser, Subcommand};

use crate::report::Format;

pub(crate) use emulator::{At, Emulator, Start};
pub(crate) use limits::{Adopt, Apply, Dump, Files, Plan, Planning, Schema, Schemas};

/// Capping and throttling limits of Adobe Journey Optimizer.
///
/// The client secret and an access token are read from the variables `AJO_CLIENT_SECRET` and `AJO_ACCESS_TOKEN` only: an
/// argument would show them to every process of the machine.
#[derive(Debug, Parser)]
#[command(name = "ajo", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Settings of every command, before or after the subcommand.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct Settings {
    /// Run against a fresh emulator of the service inside this process; no account needed
    #[arg(long, global = true)]
    pub(crate) emulator: bool,

    /// How to print
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,

    /// The service, with its base path
    #[arg(long, global = true, value_name = "URL", env = "AJO_BASE_URL", hide_env_values = true)]
    pub(crate) base_url: Option<String>,

    /// The token host, without a path
    #[arg(long, global = true, value_name = "URL", env = "AJO_IMS_URL", hide_env_values = true)]
    pub(crate) ims_url: Option<String>,

    /// The client id of the credential
    #[arg(long, global = true, value_name = "ID", env = "AJO_CLIENT_ID", hide_env_values = true)]
    pub(crate) client_id: Option<String>,

    #[arg(
        help = "The organization, …@AdobeOrg",
        long,
        global = true,
        value_name = "ID",
        env = "AJO_ORG_ID",
        hide_env_values = true
    )]
    pub(crate) org_id: Option<String>,

    /// The scopes, with commas between them
    #[arg(long, global = true, value_name = "SCOPES", env = "AJO_SCOPES", hide_env_values = true)]
    pub(crate) scopes: Option<String>,

    /// The sandbox, in lower case
    #[arg(long, global = true, value_name = "NAME", env = "AJO_SANDBOX", hide_env_values = true)]
    pub(crate) sandbox: Option<Sandbox>,

    /// Which credential, where the file holds several
    #[arg(long, global = true, value_name = "NAME", env = "AJO_CREDENTIAL_NAME", hide_env_values = true)]
    pub(crate) credential_name: Option<String>,

    /// A file with the credential: the JSON from its page, of its project, a Postman environment, or lines NAME=value
    #[arg(long, global = true, value_name = "FILE", env = "AJO_CREDENTIALS", hide_env_values = true)]
    pub(crate) credentials: Option<String>,

    /// The profile, which `ajo auth login` stores
    #[arg(long, global = true, value_name = "NAME", env = "AJO_PROFILE", hide_env_values = true)]
    pub(crate) profile: Option<String>,
}

const EXIT_CODES: &str = "\
Exit codes: 0 nothing is wrong or left to do; 1 the files are wrong, or an error; 2 something has to be done (drift, plan
--exit-code); 3 not let in; 4 partly applied; 5 stopped; 6 stale or locked; 7 refused by safety or policy; 64 wrong usage.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell the whole story on an emulator: create, check, deploy, change and remove limits
    Try,
    /// Capping: calls over the limit are rejected
    #[command(subcommand)]
    Capping(Configs),
    /// Throttling: calls over the limit wait in a queue
    #[command(subcommand)]
    Throttling(Configs),
    /// Check limits files without asking the service: every finding at once, with the service's own codes
    Validate(Files),
    /// Say what has to be done so that the service is as the limits files say; changes nothing
    #[command(after_help = EXIT_CODES)]
    Plan(Plan),
    /// Do what has to be done so that the service is as the limits files say
    #[command(after_help = EXIT_CODES)]
    Apply(Apply),
    /// Write what the service has as a limits file
    Dump(Dump),
    /// Say what at the service is not as the limits files say; for a schedule
    #[command(after_help = EXIT_CODES)]
    Drift(Files),
    /// Enter what the service has into the ledger `ajo.lock`, as ours
    Adopt(Adopt),
    /// Read each configuration of the limits files back, and ask the service whether it can be deployed
    Verify(Files),
    /// Print a JSON Schema, for editors and programs
    Schema(Schema),
    /// Credentials and access tokens
    #[command(subcommand)]
    Auth(Auth),
    /// Walk the way from the credentials to the service and say what is wrong on it, and what to change
    Doctor,
    /// The service on this machine, for tests
    #[command(subcommand)]
    Emulator(Emulator),
    /// Play traffic through a limit and show what is allowed, queued and rejected; needs no account
    ///
    /// How the service counts calls is not published. What is assumed of it, and of all else, is said with the result.
    Simulate(Box<Simulate>),
}

/// The eight operations, named like those of the service.
#[derive(Debug, Subcommand)]
pub(crate) enum Configs {
    /// List the configurations
    List,
    /// Create a configuration
    Create(Definition),
    /// Show one configuration
    Get(Identified),
    /// Overwrite the definition of a configuration
    Update {
        #[command(flatten)]
        identified: Identified,
        #[command(flatten)]
        definition: Definition,
    },
    /// Delete a configuration
    Delete {
        #[command(flatten)]
        identified: Identified,
        /// Delete it even if it is deployed
        #[arg(long)]
        force: bool,
    },
    /// Say whether a configuration can be deployed, and why not; ends with 1 if it cannot
    CanDeploy(Identified),
    /// Deploy a configuration
    Deploy(Identified),
    /// Undeploy a configuration
    Undeploy(Identified),
}

#[derive(Debug, Args)]
pub(crate) struct Identified {
    /// The uid of the configuration
    pub(crate) uid: Uid,
}

#[derive(Debug, Args)]
pub(crate) struct Definition {
    /// A JSON or YAML file with the definition; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// What `ajo simulate` plays.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// JSON or YAML files with definitions, one of capping, one of throttling, or both; - for standard input
    ///
    /// They are played as if they were deployed. Without any, the documented default is: 300,000 calls a minute.
    #[arg(value_name = "FILE", num_args = 0..=2)]
    pub(crate) definitions: Vec<PathBuf>,

    /// The calls that journeys make: 100x60 (100 a second for 60 seconds), ramp:100-5000x60, several with commas between them
    #[arg(long, value_name = "PATTERN", required_unless_present = "csv", conflicts_with = "csv")]
    pub(crate) traffic: Option<Pattern>,

    /// The same as a CSV, with lines SECOND,CALLS or one number for each second; - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,

    /// How calls are counted: fixed, sliding or token-bucket
    #[arg(long, default_value_t = Window::Fixed)]
    pub(crate) window: Window,

    /// What calls the endpoint: action or data-source; by default what the definition limits
    #[arg(long)]
    pub(crate) service: Option<Service>,

    /// How long the endpoint takes
    #[arg(
        long,
        value_name = "MS",
        default_value_t = 100,
        value_parser = clap::value_parser!(u64).range(1..=LONGEST_LATENCY_MS)
    )]
    pub(crate) endpoint_latency: u64,

    /// Which calls fail at the endpoint: a share such as 0.2, or first:2 for the first two attempts of each call
    #[arg(long, value_name = "SHARE", default_value_t = Failures::Share(0.0))]
    pub(crate) endpoint_failures: Failures,

    /// The timeout of the journeys, from 1 to 30
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=30))]
    pub(crate) timeout: u64,

    /// Where the chance of failures comes from
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,

    /// Also draw it into this file, as SVG
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) chart: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Auth {
    /// Store a credential as a profile: asks for it at a terminal, reads it in any known form from standard input elsewhere
    ///
    /// With --credentials it is read from that file instead. A token is requested first; a credential that is given none is
    /// not stored. The secret goes to the system keychain where there is one, else to a file that only you can read.
    Login,
    /// Remove a profile, its secret and its token
    Logout,
    /// Print an access token
    Token,
    /// Say which credentials are used and whether they are given a token
    Status,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_argument_takes_a_secret() {
        use clap::CommandFactory as _;
        let command = Arguments::command();
        let flags: Vec<_> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
        assert!(flags.contains(&"client-id"));
        assert!(!flags.iter().any(|flag| flag.contains("secret") || flag.contains("token")), "{flags:?}");
    }
}
