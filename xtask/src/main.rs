//! The project's own commands, run as `cargo xtask …`.

mod bench;
mod browser;
mod compare_spec;
mod fetch;
mod generate;
mod need;
mod npm;
mod output;
mod process;
mod rust;
mod schemathesis;
mod spec;
mod standard_tools;
mod steps;
mod test;
mod tools;
mod validate;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Parser, Subcommand};

// For the files of `bench`.
pub(crate) use output::log as complain;
pub(crate) use workspace::root;

use steps::{STEPS, Tier};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Turn openapi/*.yaml into the Rust under crates/core/src/generated/
    Generate {
        /// Write nothing; exit with 1 and a diff when the committed code is stale
        #[arg(long)]
        check: bool,
    },
    /// Compare openapi/*.yaml with a copy of the vendor's specification
    CompareSpec {
        /// The vendor's `OpenAPI` file
        #[arg(long, value_name = "FILE")]
        upstream: PathBuf,
    },
    /// Run before a commit: format, lints, generated code, unit and doc tests, spelling
    Check,
    /// Run `check` and every suite that needs no download
    Test {
        /// Run only these steps
        #[arg(value_parser = PossibleValuesParser::new(STEPS.iter().map(|step| PossibleValue::new(step.name).help(step.proves))))]
        steps: Vec<String>,
        /// Also WebAssembly, browsers, runtimes, bundlers, schemathesis, hostile peers, scale; with bounded samples
        #[arg(long, conflicts_with = "steps")]
        all: bool,
        /// All of it, or the steps, with full counts: millions of inputs, thousands of runs
        #[arg(long)]
        full: bool,
    },
    /// Install the pinned tools that `check` runs under target/tools
    Tools,
    /// Measure something beside what else there is, in one run: a table, and JSON under target/bench/
    Bench {
        /// What is measured; all of it, and the charts, if not given
        group: Option<Group>,
    },
    /// Build the npm package and its tarball under target/npm/
    Npm,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Group {
    /// A call beside the same written by hand with reqwest: time, CPU time, allocations, instructions
    Native,
    /// A token that is there already, beside a cache written by hand: time and allocations, with 1 and 64 threads
    CachedToken,
    /// A plan of 10 to 10,000 configurations: time, and how it grows
    Plan,
    /// `generate --check`, and the cold build of a program that depends on ajo-core: seconds and crates
    Codegen,
    /// Token requests of up to 10,000 cold callers, beside Adobe's two libraries
    Tokens,
    /// The emulator beside Prism: start, memory, calls a second, a million calls
    Emulator,
    /// The npm package beside openapi-fetch and Adobe's token library: time per call, cold start, token requests, bytes;
    /// and in Deno, Bun and workerd
    Npm,
    /// `ajo apply` beside a sequential script: time, calls, memory
    Apply,
    /// No measurement: charts, and the tables of docs/performance.md, from the figures that there are
    Charts,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Generate { check } => generate::run(check),
        Command::CompareSpec { upstream } => compare_spec::run(&upstream),
        Command::Check => test::run_tier(Tier::Check),
        Command::Test { steps, full: true, .. } => test::run_full(&steps),
        Command::Test { steps, .. } if !steps.is_empty() => test::run_named(&steps),
        Command::Test { all, .. } => test::run_tier(if all { Tier::All } else { Tier::Test }),
        Command::Tools => tools::install(),
        Command::Bench { group } => bench::run(group),
        Command::Npm => npm::package::build(),
    };
    match outcome {
        Ok(report) => {
            output::print(&report);
            ExitCode::SUCCESS
        }
        Err(problem) => {
            output::log(&format!("error: {problem}"));
            ExitCode::FAILURE
        }
    }
}
