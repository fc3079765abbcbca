//! The project's own commands, run as `cargo xtask …`: what other projects keep in shell scripts.

mod bench;
mod browser;
mod drift;
mod fetch;
mod generate;
mod npm;
mod schemathesis;
mod spec;
mod test;
mod tidy;
mod validate;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    Drift {
        /// The vendor's `OpenAPI` file
        #[arg(long, value_name = "FILE")]
        upstream: PathBuf,
    },
    /// Check what no compiler checks: documented commands exist, public items have examples, files are short, dependencies
    /// are used, justified and licensed as ARCHITECTURE.md and deny.toml say; then the emulator's ledger, what the pages
    /// under docs/ claim, what the README shows
    Tidy,
    /// Measure the project compared with its alternatives: a table, and JSON under target/bench/
    Bench {
        /// One group of figures; by default all of them, then the charts and tables
        group: Option<bench::Group>,
    },
    /// Build the npm package and its tarball under target/npm/
    Npm,
    /// Everything that must pass: generated code, drift, what tidy checks, format, lints, tests, documentation, the page in a
    /// browser, schemathesis, the npm package
    Test {
        /// Only a part of it
        part: Option<Part>,
    },
}

/// A part of the tests.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Part {
    /// The emulator's page in a browser
    Browser,
    /// The client over `fetch`, on WebAssembly in Node.js and in a browser
    Fetch,
    /// The npm package: its shell, types, manifest and budgets
    Npm,
    /// The npm package's tarball in Node.js, Deno, Bun, workerd and edge-runtime
    Runtimes,
    /// The npm package in bundlers, a browser, Next.js, Jest and Vitest, and its examples
    Bundlers,
    /// Both specifications against the emulator, with schemathesis
    Schemathesis,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Generate { check } => generate::run(check),
        Command::Drift { upstream } => drift::run(&upstream),
        Command::Tidy => tidy::run(),
        Command::Bench { group } => bench::run(group),
        Command::Npm => npm::build(),
        Command::Test { part: None } => test::run(),
        Command::Test { part: Some(Part::Browser) } => browser::run(),
        Command::Test { part: Some(Part::Fetch) } => fetch::run(),
        Command::Test { part: Some(Part::Npm) } => npm::test(),
        Command::Test { part: Some(Part::Runtimes) } => npm::runtimes::test(),
        Command::Test { part: Some(Part::Bundlers) } => npm::bundlers::test(),
        Command::Test { part: Some(Part::Schemathesis) } => schemathesis::run(),
    };
    match outcome {
        Ok(report) => {
            say(&report);
            ExitCode::SUCCESS
        }
        Err(problem) => {
            complain(&format!("error: {problem}"));
            ExitCode::FAILURE
        }
    }
}

/// The one place of this crate that writes to standard output.
#[expect(clippy::print_stdout, reason = "reports are this program's data")]
fn say(text: &str) {
    println!("{}", text.trim_end());
}

/// The one place of this crate that writes to standard error.
#[expect(clippy::print_stderr, reason = "problems and progress are not data")]
fn complain(text: &str) {
    eprintln!("{}", text.trim_end());
}

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies one level below the workspace")
}

/// The two specifications, in the order in which everything is generated from them.
fn specifications() -> Result<Vec<spec::Spec>, String> {
    ["capping", "throttling"]
        .iter()
        .map(|name| spec::Spec::read(&root().join("openapi").join(format!("{name}.yaml"))))
        .collect()
}
