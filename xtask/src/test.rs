//! `cargo xtask test`: the test command of the README, and all that CI runs.

use std::process::Command;

use crate::{complain, drift, generate, root};

/// One program to run, and what it proves.
struct Step {
    proves: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const STEPS: &[Step] = &[
    Step { proves: "the code is formatted", arguments: &["fmt", "--all", "--check"], environment: &[] },
    Step {
        proves: "no lint is broken",
        arguments: &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
        environment: &[],
    },
    Step {
        proves: "models and rules need no HTTP client",
        arguments: &["clippy", "--package", "ajo-core", "--no-default-features", "--locked", "--", "-D", "warnings"],
        environment: &[],
    },
    Step {
        proves: "every test and every example in the documentation passes",
        arguments: &["test", "--workspace", "--locked"],
        environment: &[],
    },
    Step {
        proves: "the documentation builds and its links lead somewhere",
        arguments: &["doc", "--workspace", "--no-deps", "--locked"],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
];

/// Runs everything; the first failure ends it.
pub(crate) fn run() -> Result<String, String> {
    complain("==> the generated code is what the specs say");
    complain(&generate::run(true)?);

    // The vendor's file is not part of the project, so a clone elsewhere goes without this comparison.
    let upstream = root().join("../shared/upstream/journeys-throttling.yaml");
    if upstream.exists() {
        complain("==> the specs differ from the vendor's as explained");
        complain(&drift::run(&upstream)?);
    } else {
        complain("==> skipped: comparison with the vendor's spec, which is not beside this checkout");
    }

    for step in STEPS {
        complain(&format!("==> {}: cargo {}", step.proves, step.arguments.join(" ")));
        let status = Command::new(env!("CARGO"))
            .args(step.arguments)
            .envs(step.environment.iter().copied())
            .current_dir(root())
            .status()
            .map_err(|error| format!("failed to start cargo: {error}"))?;
        if !status.success() {
            return Err(format!("`cargo {}` ended with {status}", step.arguments.join(" ")));
        }
    }
    Ok("all of it passes".to_owned())
}
