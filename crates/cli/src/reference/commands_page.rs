//! `docs/reference/commands.md`.

use super::markdown_text::{code_span, escape_text, to_anchor, to_sentence};
use super::page::MarkdownPage;
use clap::{Arg, Command, CommandFactory as _};

use super::GENERATOR;
use super::option_row::{describe_option, option_name};
use crate::arguments::CliArgs;
use crate::help::{GROUPS, find_definition, find_details, find_examples};

/// The page in `docs/` that explains a command.
const GUIDES: [(&str, &str); 16] = [
    ("validate", "limits-files"),
    ("plan", "plan-and-apply"),
    ("apply", "plan-and-apply"),
    ("drift", "plan-and-apply"),
    ("import", "limits-as-code"),
    ("export", "limits-as-code"),
    ("accept", "limits-as-code"),
    ("state", "shared-state"),
    ("capping", "single-limits"),
    ("throttling", "single-limits"),
    ("simulate", "simulate"),
    ("size", "sizing"),
    ("api", "other-apis"),
    ("mcp", "mcp"),
    ("emulator", "emulator"),
    ("auth", "authentication"),
];

pub(super) fn render() -> String {
    let introduction = "All commands of `ajo`, with their arguments, options, and examples.";
    let source = "`crates/cli/src/arguments.rs` and `crates/cli/src/help/examples.rs`";
    let mut page = MarkdownPage::new("Commands", GENERATOR, source, introduction);
    page.markdown(
        "Every command also accepts the [options of all commands](settings.md), such as `--sandbox`, `--profile`, and \
         `--output json`. All commands have the same [exit codes](exit-codes.md). `ajo help COMMAND` prints the most \
         important options, and the man pages of `ajo man` have all of them.",
    );
    let mut root = CliArgs::command().disable_help_flag(true);
    root.build();
    let find = |name: &str| root.find_subcommand(name).unwrap_or_else(|| panic!("there is no command {name}"));
    for (heading, names) in GROUPS {
        page.markdown(&format!("**[{heading}](#{})**", to_anchor(heading)));
        let rows: Vec<Vec<String>> = names.iter().map(|name| overview_row(find(name))).collect();
        page.table(&["command", "purpose"], &rows);
    }
    for (heading, names) in GROUPS {
        page.heading(2, heading);
        for name in names {
            add_command(&mut page, find(name), name, 3);
        }
    }
    page.finish()
}

fn overview_row(command: &Command) -> Vec<String> {
    let path = format!("ajo {}", command.get_name());
    let subcommands: Vec<String> = command
        .get_subcommands()
        .map(|sub| format!("[{}](#{})", sub.get_name(), to_anchor(&format!("{path} {}", sub.get_name()))))
        .collect();
    let mut purpose = to_sentence(&about(command));
    if !subcommands.is_empty() {
        purpose.extend([" Subcommands: ".to_owned(), subcommands.join(", "), ".".to_owned()]);
    }
    vec![format!("[`{path}`](#{})", to_anchor(&path)), purpose]
}

fn about(command: &Command) -> String {
    escape_text(&command.get_about().map(ToString::to_string).unwrap_or_default())
}

fn add_command(page: &mut MarkdownPage, command: &Command, path: &str, level: usize) {
    page.heading(level, &format!("ajo {path}"));
    page.markdown(&to_sentence(&about(command)));
    for paragraph in find_details(command).unwrap_or_default().split("\n\n") {
        page.paragraph(paragraph);
    }
    if let Some((_, guide)) = GUIDES.iter().find(|(name, _)| *name == path) {
        page.paragraph(&format!("Guide: {}{guide}.html.", env!("CARGO_PKG_HOMEPAGE")));
    }
    let subcommands: Vec<&Command> = command.get_subcommands().collect();
    if subcommands.is_empty() {
        page.code_block("text", &usage(command));
        add_options(page, command);
        add_examples(page, path);
    } else {
        let rows: Vec<Vec<String>> = subcommands
            .iter()
            .map(|sub| {
                let name = format!("ajo {path} {}", sub.get_name());
                vec![format!("[`{name}`](#{})", to_anchor(&name)), to_sentence(&about(sub))]
            })
            .collect();
        page.table(&["command", "purpose"], &rows);
    }
    for sub in subcommands {
        add_command(page, sub, &format!("{path} {}", sub.get_name()), level + 1);
    }
}

/// The usage without its label and indentation.
fn usage(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    let lines = usage.trim_start_matches("Usage: ").lines().map(str::trim);
    lines.collect::<Vec<_>>().join("\n")
}

/// A table for the arguments, and one for the options below each heading.
fn add_options(page: &mut MarkdownPage, command: &Command) {
    let is_listed = |arg: &&Arg| !arg.is_global_set() && arg.get_id() != "help";
    let mut headings: Vec<Option<&str>> = vec![None];
    let args: Vec<&Arg> = command.get_arguments().filter(is_listed).collect();
    for arg in &args {
        if !headings.contains(&arg.get_help_heading()) {
            headings.push(arg.get_help_heading());
        }
    }
    let row = |arg: &&Arg| vec![code_span(&option_name(arg)), describe_option(command, arg)];
    let arguments: Vec<_> = args.iter().filter(|arg| arg.is_positional()).map(row).collect();
    page.table(&["argument", "description"], &arguments);
    for heading in headings {
        let options = args.iter().filter(|arg| !arg.is_positional() && arg.get_help_heading() == heading);
        let options: Vec<_> = options.map(row).collect();
        if let Some(heading) = heading.filter(|_| !options.is_empty()) {
            page.markdown(&format!("**{}**", escape_text(heading)));
        }
        page.table(&["option", "description"], &options);
    }
}

fn add_examples(page: &mut MarkdownPage, path: &str) {
    let examples = find_examples(path);
    if !examples.is_empty() {
        page.code_block("sh", &examples.join("\n"));
    }
    if let Some(definition) = find_definition(path) {
        let lines = definition.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
        page.code_block("yaml", &lines.collect::<Vec<_>>().join("\n"));
    }
}
