//! What the modules of `ajo mcp` may use.

use std::collections::BTreeSet;
use std::path::Path;

/// All items of this crate and of the crates that can write. None of them changes something, or returns a type that can.
const ALLOWED: &[&str] = &[
    "ajo_apply::ServiceReader",
    "ajo_auth::BaseUrl",
    "ajo_core::Api",
    "ajo_core::Uid",
    "ajo_core::UidError",
    "crate::arguments::CappingCommand",
    "crate::arguments::CliArgs",
    "crate::arguments::Command",
    "crate::arguments::GlobalSettings",
    "crate::arguments::ListArgs",
    "crate::arguments::McpArgs",
    "crate::arguments::ResourceCommand",
    "crate::command_error::CommandError",
    "crate::commands::explain::ComputedExplanation",
    "crate::commands::explain::compute",
    "crate::commands::file_arguments::expand",
    "crate::commands::limits::ComputedReport",
    "crate::commands::limits::SandboxService",
    "crate::commands::limits::ServiceLabel",
    "crate::commands::limits::compute_drift",
    "crate::commands::limits::compute_plan",
    "crate::commands::limits::compute_validation",
    "crate::commands::resource::choose",
    "crate::commands::resource::deploy_state",
    "crate::commands::resource::matches",
    "crate::commands::simulate::compute",
    "crate::commands::size::compute",
    "crate::exit_status::ExitStatus",
    "crate::read_access::restrict_files",
    "crate::read_access::restrict_variables",
    "crate::report::OutputFormat",
    "crate::run_simulation::RunSimulation",
    "crate::run_simulation::simulate_until",
    "crate::run_simulation::size_until",
    "crate::safe_text::SafeText",
    "crate::session::Setting",
    "crate::session::SettingsReader",
    "crate::session::fix_settings",
    "crate::session::name_rejected_source",
    "crate::session::service_url",
    "crate::shell_quote::shell_quote",
];

/// A module would bring its functions that write, so each path must end at an allowed item.
#[test]
fn only_listed_items_are_used() {
    let commands = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands");
    let mut files = vec![commands.join("mcp.rs")];
    files.extend(std::fs::read_dir(commands.join("mcp")).expect("a directory").map(|it| it.expect("an entry").path()));
    let mut used = BTreeSet::new();
    for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
        let code = code(&std::fs::read_to_string(file).expect("a text"));
        // Other ways to this crate, to files, and from `SandboxService` to a client.
        let parent = if file.ends_with("mcp.rs") { "super" } else { "super::super" };
        for other in [parent, "fs::", "extern crate", "include!", "crate as", "client"] {
            assert!(!code.contains(other), "{}: {other}", file.display());
        }
        used.extend(used_items(&code));
    }
    let allowed: BTreeSet<String> = ALLOWED.iter().map(|item| (*item).to_owned()).collect();
    assert_eq!(used, allowed, "left: used, right: listed");
}

#[test]
fn used_items_are_found() {
    let text = "use crate::a::{b, c::{self, D as E}};\nuse ajo_core::*;\npub(crate) fn f(x: crate :: g::H<ajo_apply::I>) {}\nuse ajo_state as s;";
    let expected =
        ["ajo_apply::I", "ajo_core::*", "ajo_state", "crate::a::b", "crate::a::c", "crate::a::c::D", "crate::g::H"];
    assert_eq!(used_items(text), expected.map(str::to_owned).into());
}

/// The paths that start with this crate, or with a crate of the workspace other than `ajo-mcp`, which cannot write, and `ajo-limits`,
/// which does no I/O.
fn used_items(code: &str) -> BTreeSet<String> {
    let tokens = tokens(code);
    let mut items = BTreeSet::new();
    for (index, token) in tokens.iter().enumerate().filter(|(index, _)| *index == 0 || tokens[index - 1] != "::") {
        let is_other = token.starts_with("ajo_") && token != "ajo_mcp" && token != "ajo_limits";
        if (token == "crate" || is_other) && tokens.get(index + 1).is_some_and(|next| next == "::") {
            add_tree(&tokens, &mut (index + 2), token, &mut items);
        } else if is_other {
            items.insert(token.clone());
        }
    }
    items
}

/// The text without lines of comments.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Identifiers, `::`, and single characters.
fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut is_word = false;
    for character in code.chars() {
        let continues = is_word && (character.is_alphanumeric() || character == '_');
        let is_colon = character == ':' && tokens.last().is_some_and(|last| last == ":");
        match tokens.last_mut().filter(|_| continues || is_colon) {
            Some(last) => last.push(character),
            None if character.is_whitespace() => {}
            None => tokens.push(character.to_string()),
        }
        is_word = character.is_alphanumeric() || character == '_';
    }
    tokens
}

/// Adds the items of a path or of a tree of imports, which starts at `index`.
fn add_tree(tokens: &[String], index: &mut usize, prefix: &str, items: &mut BTreeSet<String>) {
    if tokens[*index] == "{" {
        *index += 1;
        while tokens[*index] != "}" {
            add_tree(tokens, index, prefix, items);
            // The end of the item, also after `as NAME`.
            while ![",", "}"].contains(&tokens[*index].as_str()) {
                *index += 1;
            }
            if tokens[*index] == "," {
                *index += 1;
            }
        }
        *index += 1;
        return;
    }
    let path = if tokens[*index] == "self" { prefix.to_owned() } else { format!("{prefix}::{}", tokens[*index]) };
    *index += 1;
    if tokens.get(*index).is_some_and(|token| token == "::") && tokens.get(*index + 1).is_some_and(|token| token != "<")
    {
        *index += 1;
        add_tree(tokens, index, &path, items);
    } else {
        items.insert(path);
    }
}
