//! The topics with the options that the help of a command leaves out.

use clap::{Command, CommandFactory as _};

use super::wrap::MAX_WIDTH;
use crate::arguments::CliArgs;

/// `ajo help TOPIC` and the command whose other options it lists.
const OPTION_TOPICS: [(&str, &str); 4] = [
    ("simulate-options", "simulate"),
    ("size-options", "size"),
    ("emulator-options", "emulator serve"),
    ("emulator-options", "emulator exec"),
];

/// The topic with the other options of a command.
pub(super) fn find_option_topic(path: &str) -> Option<&'static str> {
    OPTION_TOPICS.iter().find(|(_, other)| *other == path).map(|(topic, _)| *topic)
}

/// The text of such a topic.
pub(super) fn options_text(topic: &str) -> Option<String> {
    let (_, path) = OPTION_TOPICS.iter().find(|(other, _)| *other == topic)?;
    let root = CliArgs::command();
    let command = path.split(' ').try_fold(&root, |command, name| command.find_subcommand(name))?;
    Some(list_other_options(command, path))
}

/// Lists the options that the help hides, and hides the others.
fn list_other_options(command: &Command, path: &str) -> String {
    let command = command.clone().mut_args(|arg| {
        let is_hidden = arg.is_hide_set();
        arg.hide(!is_hidden)
    });
    let command = command.disable_help_flag(true).disable_version_flag(true).max_term_width(MAX_WIDTH);
    let template = format!("Other options of `ajo {path}`\n\n{{all-args}}");
    command.help_template(template).render_help().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls `check` with each command and its path.
    fn for_each_command(command: &Command, path: &str, check: &mut impl FnMut(&Command, &str)) {
        check(command, path);
        for sub in command.get_subcommands() {
            for_each_command(sub, format!("{path} {}", sub.get_name()).trim_start(), check);
        }
    }

    #[test]
    fn hidden_options_are_in_a_topic() {
        let mut count = 0;
        for_each_command(&CliArgs::command(), "", &mut |command, path| {
            for arg in command.get_arguments().filter(|arg| arg.is_hide_set() && !arg.is_global_set()) {
                let topic = find_option_topic(path).unwrap_or_else(|| panic!("{path} has no topic for {arg}"));
                let option = format!("--{} ", arg.get_long().expect("a name"));
                let text = options_text(topic).expect("a text");
                assert!(
                    text.lines().any(|line| (line.trim().to_owned() + " ").starts_with(&option)),
                    "{path} {arg}: {text}"
                );
                count += 1;
            }
        });
        assert!(count > 25, "{count} hidden options");
    }
}
