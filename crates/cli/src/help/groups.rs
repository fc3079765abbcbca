//! The groups of commands in `ajo --help`.

use clap::Command;

/// Each command is in exactly one group.
pub(crate) const GROUPS: [(&str, &[&str]); 5] = [
    (
        "Limits as code",
        &["init", "fmt", "validate", "plan", "apply", "drift", "import", "export", "accept", "verify", "state"],
    ),
    ("Single limits", &["capping", "throttling", "explain"]),
    ("Traffic", &["simulate", "size"]),
    ("Other APIs and tools", &["api", "mcp", "emulator", "demo", "schema"]),
    ("Setup", &["auth", "doctor", "completions", "man", "help"]),
];

/// The template of `ajo --help`. clap cannot group subcommands.
pub(super) fn root_template(root: &Command) -> String {
    let style = root.get_styles().get_header();
    let width = GROUPS.iter().flat_map(|(_, names)| names.iter()).map(|name| name.len()).max().unwrap_or_default();
    let groups: String = GROUPS
        .iter()
        .map(|(heading, names)| {
            let rows: String = names.iter().map(|name| format_row(root, name, width)).collect();
            format!("{style}{heading}:{style:#}\n{rows}")
        })
        .collect();
    format!("{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}{{after-help}}", groups.trim_end())
}

fn format_row(root: &Command, name: &str, width: usize) -> String {
    let about = root.find_subcommand(name).and_then(Command::get_about).map(ToString::to_string).unwrap_or_default();
    format!("  {name:width$}  {about}\n")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::arguments::CliArgs;

    #[test]
    fn command_is_in_one_group() {
        let root = CliArgs::command();
        let mut commands: Vec<&str> = root.get_subcommands().map(Command::get_name).collect();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        commands.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(grouped, commands);
    }
}
