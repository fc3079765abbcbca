//! The project's own commands, run as `cargo xtask …`.

mod bench;
mod cargo_steps;
mod compare_spec;
mod docs;
mod fetch_tests;
mod generate;
mod lint_tools;
mod npm;
mod output;
mod packages;
mod process;
mod release_check;
mod release_files;
mod requirement;
mod spec;
mod spec_edit;
mod steps;
mod test;
mod tools;
mod validate;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Parser, Subcommand};

use steps::{STEPS, StepTier};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct XtaskArgs {
    #[command(subcommand)]
    command: XtaskCommand,
}

#[derive(Subcommand)]
enum XtaskCommand {
    /// Generate Rust and TypeScript from openapi/*.yaml
    Generate {
        /// Write nothing; exit with 1 and a diff if the committed code is stale
        #[arg(long)]
        check: bool,
    },
    /// Compare openapi/*.yaml with a copy of the vendor's specification
    CompareSpec {
        /// The vendor's `OpenAPI` file
        #[arg(long, value_name = "FILE")]
        upstream: PathBuf,
    },
    /// Check format, lints, generated code, unit and doc tests, and spelling; run it before each commit
    Check,
    /// Run `check` and every suite that needs no download
    Test {
        /// Run only these steps
        #[arg(value_parser = PossibleValuesParser::new(STEPS.iter().map(|step| PossibleValue::new(step.name).help(step.description))))]
        steps: Vec<String>,
        /// Also run WebAssembly, browsers, runtimes, bundlers, schemathesis, simulation, hostile peers, and scale, with bounded samples
        #[arg(long, conflicts_with = "steps")]
        all: bool,
        /// Run everything, or the named steps, with full sample counts: millions of inputs, thousands of runs
        #[arg(long)]
        full: bool,
    },
    /// Install the pinned tools for `check` under target/tools
    Tools,
    /// Compare the project with its alternatives; prints a table and writes JSON to target/bench/
    Bench {
        /// Measure one group; by default all groups, then draw charts and tables
        group: Option<bench::BenchGroup>,
    },
    /// Build the npm packages and their tarballs in target/npm/
    Npm,
    /// Write the completions, man pages, and third-party licenses of release archives to target/release-files/
    ReleaseFiles,
    /// Run the command from a release archive in an empty root that has only a CA bundle
    ReleaseCheck {
        /// An archive for Linux, or a static binary
        file: PathBuf,
    },
    /// Build the documentation site in target/site/ and check its links
    Docs {
        #[command(subcommand)]
        action: Option<docs::DocsAction>,
    },
}

fn main() -> ExitCode {
    let outcome = match XtaskArgs::parse().command {
        XtaskCommand::Generate { check } => generate::run(check),
        XtaskCommand::CompareSpec { upstream } => compare_spec::run(&upstream),
        XtaskCommand::Check => test::run_tier(StepTier::Check),
        XtaskCommand::Test { steps, full: true, .. } => test::run_full(&steps),
        XtaskCommand::Test { steps, .. } if !steps.is_empty() => test::run_named(&steps),
        XtaskCommand::Test { all, .. } => test::run_tier(if all { StepTier::All } else { StepTier::Test }),
        XtaskCommand::Tools => tools::install(),
        XtaskCommand::Bench { group } => bench::run(group),
        XtaskCommand::Npm => npm::package::build(),
        XtaskCommand::ReleaseFiles => release_files::write(),
        XtaskCommand::ReleaseCheck { file } => release_check::run(&file),
        XtaskCommand::Docs { action } => docs::run(action),
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
