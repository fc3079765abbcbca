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

use budget::Budget;
use report::Report;

use crate::{Group, complain, npm, root, test};

/// How often a group is measured before a budget counts as broken: noise breaks one now and then, and what has become slower always.
const TRIES: u32 = 3;

/// Measures a group, or all of them.
pub(crate) fn run(group: Option<Group>) -> Result<String, String> {
    let Some(group) = group else { return all() };
    if group == Group::Charts {
        return charts::draw().and_then(|()| page::fill());
    }
    needs(group)?;
    measure(group)
}

/// Every group that can be measured here, also after one that breaks a budget; then the charts, and the page.
fn all() -> Result<String, String> {
    let (mut report, mut broken, mut skipped) = (String::new(), Vec::new(), Vec::new());
    for group in Group::value_variants().iter().copied().filter(|group| *group != Group::Charts) {
        if let Err(problem) = needs(group) {
            complain(&format!("==> skipped: {problem}"));
            skipped.push(name(group));
            continue;
        }
        match measure(group) {
            Ok(text) => report += &text,
            Err(problem) => broken.push(problem),
        }
    }
    complain(&run(Some(Group::Charts))?);
    match (broken.is_empty(), skipped.is_empty()) {
        (false, _) => Err(broken.join("\n")),
        (true, true) => Ok(report + "every budget is kept"),
        (true, false) => {
            Ok(format!("{report}every budget that is held here is kept; not held here: {}", skipped.join(", ")))
        }
    }
}

/// Figures, and what becomes of the budgets.
fn measure(group: Group) -> Result<String, String> {
    let name = name(group);
    let budgets = Budget::of(&name)?;
    let mut tries = 1;
    loop {
        complain(&format!("==> bench {name}"));
        report::forget(&name)?;
        let problem = match figures(group) {
            Ok(table) => {
                complain(&table);
                let figures = Report::load(&name)?.ok_or_else(|| format!("{name} has left no figures"))?;
                let held = budget::hold(&figures, &budgets);
                if held.kept {
                    return Ok(held.text);
                }
                if !held.may_be_noise {
                    return Err(held.text);
                }
                held.text
            }
            // A machine that is busy can also keep a group from being measured.
            Err(problem) => format!("{problem}\n"),
        };
        if tries == TRIES {
            return Err(format!("bench {name} has failed {TRIES} times in a row\n{problem}"));
        }
        complain(&format!("{problem}once more: it may be noise"));
        tries += 1;
    }
}

/// Measures, and leaves the figures under target/bench/. Gives a table, where that has not been written yet.
fn figures(group: Group) -> Result<String, String> {
    let written = |()| String::new();
    match group {
        Group::Native => native::run(),
        Group::CachedToken => cached_token::run(),
        Group::Plan => plan::run(),
        Group::Codegen => codegen::run(),
        Group::Tokens => tokens::run(),
        Group::Emulator => script("benches/emulator.py").map(written),
        Group::Npm => npm::bundlers::bench().map(written),
        Group::Apply => script("benches/apply.py").map(written),
        Group::Charts => Ok(String::new()),
    }
}

/// What a group cannot be measured without.
fn needs(group: Group) -> Result<(), String> {
    let programs: &[&str] = match group {
        Group::Emulator => &["python3", "node", "npm", "wrk"],
        Group::Apply => &["python3"],
        Group::Npm => &["node", "npm"],
        Group::Native | Group::CachedToken | Group::Plan | Group::Codegen | Group::Tokens | Group::Charts => &[],
    };
    match programs.iter().find(|program| !program::is_there(program)) {
        None => Ok(()),
        Some(missing) => Err(format!("bench {} needs {missing}, which is not there", name(group))),
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
