//! `cargo xtask bench`: figures that anyone can get again. Each group is measured in one run with what it is compared with, and ratios
//! are what is promised: a machine that is slow, or busy with something else, is so for both sides.

mod cached_token;
mod codegen;
mod native;
mod plan;
mod program;
mod report;
mod tokens;

use std::process::Command;

use crate::{Group, complain, npm, root, say};

/// Every group, those that take longest last.
const ALL: [Group; 7] =
    [Group::Native, Group::CachedToken, Group::Plan, Group::Tokens, Group::Npm, Group::Codegen, Group::Emulator];

/// Measures one group, or all of them: one that breaks its budgets does not keep the others from being measured.
pub(crate) fn run(group: Option<Group>) -> Result<String, String> {
    let Some(group) = group else {
        let mut broken = 0;
        for group in ALL {
            match run(Some(group)) {
                Ok(table) => say(&table),
                Err(problem) => {
                    broken += 1;
                    complain(&format!("error: {problem}"));
                }
            }
        }
        return if broken == 0 { Ok("every budget holds".to_owned()) } else { Err(format!("{broken} groups failed")) };
    };
    match group {
        Group::Native => native::run(),
        Group::CachedToken => cached_token::run(),
        Group::Plan => plan::run(),
        Group::Codegen => codegen::run(),
        Group::Tokens => tokens::run(),
        Group::Emulator => emulator(),
        Group::Npm => npm::bundlers::bench(),
    }
}

/// The emulator beside Prism.
fn emulator() -> Result<String, String> {
    let script = root().join("benches/emulator.py");
    let status = Command::new("python3").arg(&script).current_dir(root()).status();
    match status.map_err(|error| format!("failed to start python3: {error}"))? {
        status if status.success() => Ok("every target is met".to_owned()),
        status => Err(format!("{} ended with {status}", script.display())),
    }
}
