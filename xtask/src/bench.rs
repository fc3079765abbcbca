//! `cargo xtask bench`: figures that anyone can get again, and the budgets that they keep to. Each group is measured in one run with what
//! it is compared with, and ratios are what is promised: a machine that is slow, or busy with something else, is so for both sides.
//!
//! A group is a Rust module beside this one, which writes a [`report`], or a script, which writes the same form.

mod budget;
mod cached_token;
mod charts;
mod codegen;
mod native;
mod number;
mod page;
mod plan;
mod program;
mod report;
mod tokens;

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
        Group::Native => native::run(),
        Group::CachedToken => cached_token::run(),
        Group::Plan => plan::run(),
        Group::Codegen => codegen::run(),
        Group::Tokens => tokens::run(),
        Group::Emulator => script("benches/emulator.py").and_then(|()| budget::check(&name(group))),
        Group::Npm => npm::bundlers::bench().and_then(|()| budget::check(&name(group))),
        Group::Apply => script("benches/apply.py").and_then(|()| budget::check(&name(group))),
        Group::Charts => {
            charts::draw()?;
            page::fill()
        }
    }
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
