//! The help of all commands: what clap generates, with groups, examples, and a pointer to the help of settings.

mod examples;
mod exit_codes;
mod groups;
mod option_topics;
mod setting_texts;
mod settings;
mod wrap;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, CommandFactory as _};

use crate::arguments::CliArgs;

#[cfg(test)]
pub(crate) use examples::find_definition;
pub(crate) use examples::find_examples;
pub(crate) use exit_codes::explain as explain_exit_code;
#[cfg(test)]
pub(crate) use groups::GROUPS;
pub(crate) use setting_texts::describe_setting;
pub(crate) use settings::{PRECEDENCE, setting_rows};
use wrap::MAX_WIDTH;
pub(crate) use wrap::wrap;

/// The last line of each help.
const FOOTER: &str = "Options of all commands: `ajo help settings`. Exit codes: `ajo help exit-codes`.";

/// Topics of `ajo help` that are no commands.
pub(crate) const TOPICS: [&str; 5] = ["settings", "exit-codes", "simulate-options", "size-options", "emulator-options"];

/// The text of a topic.
pub(crate) fn topic_text(topic: &str) -> Option<String> {
    match topic {
        "settings" => Some(settings::settings_text()),
        "exit-codes" => Some(exit_codes::exit_codes_text()),
        _ => option_topics::options_text(topic),
    }
}

/// The command line with its help. `-h` and `--help` print the same.
pub(crate) fn command() -> Command {
    let root = CliArgs::command();
    let template = groups::root_template(&root);
    add_help(root, "").help_template(template)
}

/// The commands without their arguments, and the topics: what `ajo help` accepts.
pub(crate) fn subjects() -> Command {
    names_only(&command()).subcommands(TOPICS.iter().map(|topic| Command::new(*topic)))
}

fn names_only(command: &Command) -> Command {
    let subcommands: Vec<Command> = command.get_subcommands().map(names_only).collect();
    Command::new(command.get_name().to_owned()).disable_help_subcommand(true).subcommands(subcommands)
}

/// If the first argument is no command, but one of several groups, such as `deploy`, the error suggests `capping deploy`.
pub(crate) fn suggest_groups(error: &mut clap::Error, first: Option<&str>) {
    let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand) else { return };
    let root = CliArgs::command();
    let groups = root.get_subcommands().filter(|group| group.find_subcommand(name).is_some());
    let commands: Vec<String> = groups.map(|group| format!("{} {name}", group.get_name())).collect();
    if first == Some(name.as_str()) && !commands.is_empty() {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(commands));
    }
}

/// Adds the help to a command and its subcommands. `path` is empty for `ajo` itself.
fn add_help(mut command: Command, path: &str) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        let path = format!("{path} {name}").trim_start().to_owned();
        command = command.mut_subcommand(name, |sub| add_help(sub, &path));
    }
    let details = find_details(&command);
    let details = details.map_or_else(String::new, |details| wrap(&details, MAX_WIDTH) + "\n\n");
    let template =
        format!("{{about-with-newline}}\n{details}{{usage-heading}} {{usage}}\n\n{{all-args}}{{after-help}}");
    // Without any long text, clap prints one option per line also for `--help`.
    let command = command.mut_args(shorten_help).long_about(None::<&'static str>).max_term_width(MAX_WIDTH);
    let after_help = format_after_help(&command, path);
    command.help_template(template).after_help(after_help)
}

/// The paragraphs after the first one of the description.
pub(crate) fn find_details(command: &Command) -> Option<String> {
    let description = command.get_long_about()?.to_string();
    description.split_once("\n\n").map(|(_, details)| details.to_owned())
}

/// Removes the details, which only the man pages show, and lists the values in one line.
fn shorten_help(arg: Arg) -> Arg {
    let values = arg.get_possible_values();
    let arg = arg.long_help(None::<&'static str>);
    if arg.is_hide_possible_values_set() || values.iter().all(|value| value.get_help().is_none()) {
        return arg;
    }
    let names: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    arg.hide_possible_values(true).help(format!("{help} [possible values: {}]", names.join(", ")))
}

fn format_after_help(command: &Command, path: &str) -> StyledStr {
    let examples = find_examples(path);
    let heading = if examples.len() == 1 { "Example" } else { "Examples" };
    let style = command.get_styles().get_header();
    let lines: String = examples.iter().map(|example| format!("  {example}\n")).collect();
    let definition = examples::find_definition(path);
    let definition =
        definition.map(|text| format!("\n{style}Example of a definition:{style:#}\n{text}")).unwrap_or_default();
    let topic = option_topics::find_option_topic(path);
    let topic = topic.map(|topic| format!("Other options: `ajo help {topic}`.\n")).unwrap_or_default();
    StyledStr::from(format!("{style}{heading}:{style:#}\n{lines}{definition}\n{topic}{FOOTER}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths of all commands, such as `capping set`. Empty for `ajo` itself.
    fn paths() -> Vec<String> {
        fn add_paths(command: &Command, path: &str, paths: &mut Vec<String>) {
            paths.push(path.to_owned());
            for sub in command.get_subcommands() {
                add_paths(sub, format!("{path} {}", sub.get_name()).trim_start(), paths);
            }
        }
        let mut paths = Vec::new();
        add_paths(&command(), "", &mut paths);
        paths
    }

    /// What `ajo PATH --help` or `-h` prints on a terminal with 80 columns.
    fn print_help(path: &str, flag: &str) -> String {
        let words = ["ajo"].into_iter().chain(path.split_whitespace()).chain([flag]);
        command().term_width(80).try_get_matches_from(words).expect_err("help").to_string()
    }

    #[test]
    fn help_fits_on_a_page() {
        let topics = TOPICS.map(|topic| (topic.to_owned(), topic_text(topic).expect("a text")));
        let helps = paths().into_iter().map(|path| (path.clone(), print_help(&path, "--help")));
        let helps: Vec<(String, String)> = helps.chain(topics).collect();
        assert!(helps.len() > 50, "{}", helps.len());
        let long = helps
            .iter()
            .filter(|(_, help)| help.lines().count() > 40 || help.lines().any(|line| line.chars().count() > MAX_WIDTH));
        let long: Vec<String> =
            long.map(|(path, help)| format!("{path}: {} lines\n{help}", help.lines().count())).collect();
        assert!(long.is_empty(), "{}", long.join("\n"));
    }

    /// Splits a command line at spaces that are not in single quotes.
    fn split_words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        for (index, part) in line.split('\'').enumerate() {
            let mut pieces = if index % 2 == 0 { part.split(' ').collect() } else { vec![part] }.into_iter();
            let first = pieces.next().unwrap_or_default();
            words.last_mut().expect("a word").push_str(first);
            words.extend(pieces.map(str::to_owned));
        }
        words
    }

    #[test]
    fn each_command_has_valid_examples() {
        let mut checked: Vec<&str> = examples::EXAMPLES.iter().map(|(path, _)| *path).collect();
        for path in paths() {
            let own = find_examples(&path);
            assert!((1..=if path == "completions" { 5 } else { 2 }).contains(&own.len()), "{path}");
            checked.retain(|other| *other != path);
            for example in own.iter().filter(|example| example.starts_with("ajo ")) {
                let line = example.split(" > ").next().unwrap_or_default();
                let lines: Vec<&str> = line.split(" | ").filter(|line| line.starts_with("ajo ")).collect();
                for line in &lines {
                    if let Err(error) = command().try_get_matches_from(split_words(line)) {
                        panic!("{example}: {error}");
                    }
                }
                let own = format!("ajo {path}");
                assert!(lines.iter().any(|line| line.starts_with(own.trim_end())), "{path}: {example}");
            }
        }
        assert!(checked.is_empty(), "no such command: {checked:?}");
    }

    #[test]
    fn short_and_long_help_are_the_same() {
        for path in paths() {
            assert_eq!(print_help(&path, "-h"), print_help(&path, "--help"), "{path}");
        }
    }

    #[test]
    fn help_hides_global_options() {
        for path in paths() {
            let help = print_help(&path, "--help");
            assert_eq!(help.lines().last(), Some(FOOTER), "{path}");
            for arg in command().get_arguments().filter(|arg| arg.is_global_set()) {
                let option = format!("--{} ", arg.get_long().expect("a name"));
                let is_listed = help.lines().any(|line| line.trim_start().starts_with(&option));
                assert!(!is_listed, "{path}: {option}");
            }
        }
    }
}
