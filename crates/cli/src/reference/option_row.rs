//! The name and the description of an option or argument, as cells of a table.

use super::markdown_text::{code_span, escape_text, to_anchor, to_sentence};
use clap::{Arg, ArgAction, Command};

use crate::session::Setting;

/// The name with its value, such as `--out FILE.json`.
pub(super) fn option_name(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string);
    let values = values.collect::<Vec<_>>().join(" ");
    match arg.get_long() {
        Some(name) if arg.get_action().takes_values() => format!("--{name} {values}"),
        Some(name) => format!("--{name}"),
        None if is_list(arg) => format!("{values}…"),
        None => values,
    }
}

/// Whether an argument without a name takes several values.
fn is_list(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|range| range.max_values() > 1) || matches!(arg.get_action(), ArgAction::Append)
}

/// The help, the values, the default, the variable, and the options that it excludes.
pub(super) fn describe_option(command: &Command, arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    // Some texts name the variable and the default as clap does.
    let (help, default) = match help.split_once(" [default: ") {
        Some((help, default)) => (help.to_owned(), Some(default.trim_end_matches(']').to_owned())),
        None => (help, None),
    };
    let help = help.split(" [env: ").next().unwrap_or_default().trim_end_matches("; repeatable");
    let mut parts = vec![];
    parts.extend(arg.is_required_set().then(|| "**Required.**".to_owned()));
    parts.push(escape_text(&to_sentence(help)));
    let details = arg.get_long_help().map(ToString::to_string);
    let details = details.as_deref().and_then(|text| text.split_once("\n\n")).map(|(_, details)| escape_text(details));
    parts.extend(details.map(|details| to_sentence(&details)));
    parts.extend(describe_values(arg));
    let default = default.or_else(|| default_value(arg)).map(|value| format!("Default: {}.", code_span(&value)));
    parts.extend(default);
    let is_repeatable = arg.get_long().is_some() && matches!(arg.get_action(), ArgAction::Append);
    parts.extend(is_repeatable.then(|| "Can be repeated.".to_owned()));
    parts.extend(describe_variable(arg));
    parts.extend(describe_conflicts(command, arg));
    parts.join(" ").trim_end_matches("<br>").replace("<br> ", "<br>")
}

/// The values in one line, or one per line if they have descriptions.
fn describe_values(arg: &Arg) -> Option<String> {
    let values = arg.get_possible_values();
    if values.is_empty() || !arg.get_action().takes_values() {
        return None;
    }
    let names = values.iter().map(|value| code_span(value.get_name()));
    if values.iter().all(|value| value.get_help().is_none()) {
        return Some(format!("Values: {}.", names.collect::<Vec<_>>().join(", ")));
    }
    let describe = |(value, name): (&clap::builder::PossibleValue, String)| {
        value.get_help().map_or_else(|| name.clone(), |help| format!("{name}: {}", escape_text(&help.to_string())))
    };
    let lines: Vec<String> = values.iter().zip(names).map(describe).collect();
    Some(format!("Values:<br>{}<br>", lines.join("<br>")))
}

fn default_value(arg: &Arg) -> Option<String> {
    let values: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    (arg.get_action().takes_values() && !values.is_empty() && !arg.is_hide_default_value_set())
        .then(|| values.join(" "))
}

fn describe_variable(arg: &Arg) -> Option<String> {
    let flag = format!("--{}", arg.get_long()?);
    let setting = Setting::ALL.into_iter().find(|setting| setting.flag() == Some(&flag))?;
    let variable = setting.variable();
    Some(format!("Variable: [`{variable}`](settings.md#{}).", to_anchor(variable)))
}

/// The options that cannot be used together with this one, on the side that declares it.
fn describe_conflicts(command: &Command, arg: &Arg) -> Option<String> {
    let mut names: Vec<String> = command
        .get_arg_conflicts_with(arg)
        .into_iter()
        .map(|other| code_span(&other.get_long().map_or_else(|| option_name(other), |name| format!("--{name}"))))
        .collect();
    names.dedup();
    (!names.is_empty()).then(|| format!("Excludes {}.", names.join(", ")))
}
