//! `ajo help`.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};

use crate::arguments::HelpArgs;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::help;
use crate::output;
use crate::safe_text::SafeText;

/// Prints a topic, or what `--help` of the command prints.
pub(crate) fn run(args: &HelpArgs) -> Result<ExitCode, CommandError> {
    if let [word] = args.words.as_slice()
        && let Some(text) = help::topic_text(word)
    {
        output::print_data(SafeText::from_lines(&text))?;
        return Ok(ExitStatus::Success.into());
    }
    check_words(&args.words)?;
    let words = ["ajo"].into_iter().chain(args.words.iter().map(String::as_str)).chain(["--help"]);
    let Err(text) = help::command().color(output::help_color()).try_get_matches_from(words) else {
        return Err(CommandError::new("this command has no help"));
    };
    output::print_help(&text)?;
    Ok(ExitStatus::Success.into())
}

/// Rejects words that are not the name of a command.
fn check_words(words: &[String]) -> Result<(), CommandError> {
    let Err(error) = help::subjects().try_get_matches_from(["ajo"].into_iter().chain(words.iter().map(String::as_str)))
    else {
        return Ok(());
    };
    let similar = match error.get(ContextKind::SuggestedSubcommand) {
        Some(ContextValue::Strings(similar)) => similar.last(),
        _ => None,
    };
    let hint = similar.map_or_else(
        || format!("`ajo --help` lists the commands; the other topics are {}", help::TOPICS.join(", ")),
        |similar| format!("did you mean `{similar}`?"),
    );
    let problem = format!("there is no help for `{}`", words.join(" "));
    Err(CommandError::new(problem).with_hint(hint).into_usage_error())
}
