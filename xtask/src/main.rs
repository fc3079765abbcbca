//! The project's own commands, run as `cargo xtask …`.

mod bench;
mod compare_spec;
mod fetch;
mod generate;
mod need;
mod npm;
mod output;
mod process;
mod rust;
mod spec;
mod spec_edit;
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
    /// Measure the project compared with its alternatives: a table, and JSON under target/bench/
    Bench {
        /// One group of figures; by default all of them, then the charts and tables
        group: Option<bench::Group>,
    },
    /// Build the npm package and its tarball under target/npm/
    Npm,
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
