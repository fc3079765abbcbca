//! The command line of `ajo emulator`.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use ajo_emulator::{AuthMode, Fault};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Emulator {
    /// Run until Ctrl-C; prints settings for other programs
    Serve {
        /// The port; a free one if not given
        #[arg(long, default_value_t = 0, hide_default_value = true)]
        port: u16,
        /// Another address than 127.0.0.1; whoever reaches it can use all of the emulator
        #[arg(long, value_name = "ADDRESS", requires = "allow_remote")]
        host: Option<IpAddr>,
        /// Allow --host to be an address that other machines reach
        #[arg(long)]
        allow_remote: bool,
        #[command(flatten)]
        start: Start,
    },
    /// Run a command with the settings of an emulator that lives as long as it
    Exec {
        #[command(flatten)]
        start: Start,
        /// The command and its arguments
        #[arg(required = true, last = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// Print the settings of a running emulator, for eval
    Env(At),
    /// Wait until an emulator answers
    Wait {
        #[command(flatten)]
        at: At,
        /// How long, in seconds
        #[arg(long, default_value_t = 10)]
        timeout: u64,
    },
    /// Say how a running emulator is set and what it keeps
    Status(At),
    /// Empty a running emulator; faults, journal, clock and tokens too
    Reset(At),
}

/// How an emulator starts.
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// How closely the gateway looks at who calls: off, lenient or strict
    #[arg(long, value_name = "MODE", default_value_t = AuthMode::Strict)]
    pub(crate) auth: AuthMode,
    /// A fault to begin with, such as `capping.create@first:2=drop_after`; may be given several times
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<Fault>,
    /// The side to take where Adobe's documents contradict each other, such as `org_id=required`; may be given several times
    #[arg(long = "switch", value_name = "NAME=SIDE")]
    pub(crate) switches: Vec<String>,
    /// How long a token lives, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 86_399, value_parser = clap::value_parser!(u64).range(1..=2_678_400))]
    pub(crate) token_lifetime: u64,
    /// From which identifiers, tokens and chance are made
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// How many capping configurations a sandbox can have
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub(crate) max_configs: usize,
    /// A file with the configurations to begin with, if it is there; they are written to it when the emulator stops
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Let the page set faults, the clock and switches
    #[arg(long)]
    pub(crate) page_controls: bool,
    /// Compare requests and answers with the specifications
    #[arg(long)]
    pub(crate) strict_contract: bool,
}

/// Where a running emulator is.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// Its root
    #[arg(long, value_name = "URL", env = "AJO_EMULATOR_URL", default_value = "http://127.0.0.1:4010")]
    pub(crate) at: String,
}
