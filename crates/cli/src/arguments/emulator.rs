//! Arguments of `ajo emulator`.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use ajo_emulator::{AuthMode, Fault};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum EmulatorCommand {
    /// Run until Ctrl-C and print settings for other programs
    Serve {
        /// Port to listen on; a free port if omitted
        #[arg(long, default_value_t = 0, hide_default_value = true)]
        port: u16,
        /// Listen address; who can reach it controls the emulator
        #[arg(long, value_name = "ADDRESS", requires = "allow_remote")]
        host: Option<IpAddr>,
        /// Allow --host to be reachable from other machines
        #[arg(long)]
        allow_remote: bool,
        #[command(flatten)]
        start: StartArgs,
    },
    /// Run a command with an emulator that stops when the command exits
    Exec {
        #[command(flatten)]
        start: StartArgs,
        /// Command and its arguments
        #[arg(required = true, last = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// Print the settings of a running emulator, for eval
    Env(EmulatorUrlArg),
    /// Wait until an emulator responds
    Wait {
        #[command(flatten)]
        at: EmulatorUrlArg,
        /// Timeout in seconds
        #[arg(long, default_value_t = 10)]
        timeout: u64,
    },
    /// Show the settings and contents of a running emulator
    Status(EmulatorUrlArg),
    /// Reset a running emulator, including faults, request log, clock, and tokens
    Reset(EmulatorUrlArg),
}

/// Initial settings of an emulator.
#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// Authentication checks: off, lenient, any, or strict
    #[arg(long, value_name = "MODE", default_value_t = AuthMode::Strict)]
    pub(crate) auth: AuthMode,
    /// Also accept this host name, such as a container's; repeatable
    #[arg(long = "allow-host", value_name = "NAME", value_parser = parse_host_name)]
    pub(crate) allowed_hosts: Vec<String>,
    /// Fault, such as `capping.create@first:2=drop_after`; repeatable
    #[arg(long = "fault", value_name = "FAULT")]
    pub(crate) faults: Vec<Fault>,
    /// Variant where Adobe's documents contradict each other, such as `org_id=required`; repeatable
    #[arg(long = "quirk", hide = true, value_name = "NAME=VARIANT")]
    pub(crate) quirks: Vec<String>,
    /// Lifetime of a token in seconds
    #[arg(long, hide = true, value_name = "SECONDS", default_value_t = 86_399, value_parser = clap::value_parser!(u64).range(1..=2_678_400))]
    pub(crate) token_lifetime: u64,
    /// Seed for identifiers, tokens, and random faults
    #[arg(long, hide = true, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Maximum number of capping configurations per sandbox
    #[arg(long, hide = true, value_name = "N", default_value_t = 20_000)]
    pub(crate) max_configs: usize,
    /// File to load at the start, if it exists, and to save at the end
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// Allow faults, clock changes, and quirks in the web UI
    #[arg(long)]
    pub(crate) ui_controls: bool,
    /// Check requests and responses against the specifications
    #[arg(long, hide = true)]
    pub(crate) strict_contract: bool,
}

/// Address of a running emulator.
#[derive(Debug, Args)]
pub(crate) struct EmulatorUrlArg {
    #[arg(
        help = "URL of the running emulator [env: AJO_EMULATOR_URL] [default: http://127.0.0.1:4010]",
        long,
        value_name = "URL"
    )]
    pub(crate) emulator_url: Option<String>,
}

fn parse_host_name(text: &str) -> Result<String, String> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
    let has_port = text.contains(':') && !(text.starts_with('[') && text.ends_with(']'));
    if text.is_empty() || has_port || !text.chars().all(is_allowed) {
        return Err("expected a host name such as emulator.test, without scheme and port".to_owned());
    }
    Ok(text.to_owned())
}
