//! `cargo xtask bench`: figures that anyone can get again, and the budgets that they keep to.

mod budget;
mod charts;
mod figures;
mod page;

use std::process::Command;

use clap::ValueEnum as _;

use crate::{Group, complain, npm, root, test};

/// Measures a group, or all of them.
pub(crate) fn run(group: Option<Group>) -> Result<String, String> {
    let Some(group) = group else { return all() };
    measure(group)
}

/// Every group, also after one that breaks a budget; then the charts.
fn all() -> Result<String, String> {
    let mut problems = Vec::new();
    for group in Group::value_variants() {
        complain(&format!("==> {}", name(*group)));
        match measure(*group) {
            Ok(text) => complain(&text),
            Err(problem) => problems.push(format!("{}: {problem}", name(*group))),
        }
    }
    if problems.is_empty() { Ok("every budget is kept".to_owned()) } else { Err(problems.join("\n")) }
}

fn measure(group: Group) -> Result<String, String> {
    match group {
        Group::Emulator => script("benches/emulator.py")?,
        Group::Npm => npm::bundlers::bench()?,
        Group::Apply => script("benches/apply.py")?,
        Group::Charts => {
            charts::draw()?;
            return page::fill();
        }
    }
    budget::check(&name(group))
}

fn name(group: Group) -> String {
    group.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// A script that measures `ajo` as it is built for users.
fn script(path: &str) -> Result<(), String> {
    test::cargo(&["build", "--release", "--quiet", "--package", "ajo", "--locked"], &[])?;
    let status = Command::new("python3").arg(path).current_dir(root()).status();
    match status.map_err(|error| format!("failed to start python3: {error}"))? {
        status if status.success() => Ok(()),
        status => Err(format!("{path} ended with {status}")),
    }
}
