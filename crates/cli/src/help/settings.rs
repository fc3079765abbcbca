//! `ajo help settings`: the options of every command, and all variables.

use clap::{Arg, CommandFactory as _};

use super::wrap::{MAX_WIDTH, wrap};
use crate::arguments::CliArgs;
use crate::session::Setting;

/// An option, a variable, or both, with their meaning.
pub(crate) struct SettingRow {
    pub(crate) option: Option<String>,
    pub(crate) variable: Option<String>,
    pub(crate) meaning: String,
}

/// The options of every command in the order of their definition, then the other settings.
pub(crate) fn setting_rows() -> Vec<SettingRow> {
    let command = CliArgs::command();
    let mut rows: Vec<SettingRow> = command.get_arguments().filter(|arg| arg.is_global_set()).map(option_row).collect();
    for setting in Setting::ALL {
        let is_shown = rows.iter().any(|row| row.variable.as_deref() == Some(setting.variable()));
        if !is_shown {
            rows.push(SettingRow {
                option: None,
                variable: Some(setting.variable().to_owned()),
                meaning: explain(setting).to_owned(),
            });
        }
    }
    rows
}

/// The help of an option names its variable at the end, as clap does.
fn option_row(arg: &Arg) -> SettingRow {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let (meaning, variable) = match help.split_once(" [env: ") {
        Some((meaning, variable)) => (meaning.to_owned(), Some(variable.trim_end_matches(']').to_owned())),
        None => (help, None),
    };
    let values: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let takes_value = arg.get_action().takes_values();
    let meaning = if takes_value && !values.is_empty() { format!("{meaning}: {}", values.join(", ")) } else { meaning };
    SettingRow { option: arg.get_long().map(|name| format!("--{name}")), variable, meaning }
}

/// The settings that are not options of every command.
const fn explain(setting: Setting) -> &'static str {
    match setting {
        Setting::ClientSecret => "Client secret of the credential",
        Setting::AccessToken => "Token to use instead of a credential",
        Setting::TokenCache => "Directory of cached tokens, or off",
        Setting::ConfigDirectory => "Directory of the profiles",
        Setting::Keychain => "off: keep secrets in profile files",
        Setting::EmulatorUrl => "URL of an emulator; or --emulator-url of its commands",
        Setting::State => "State file or bucket; or --state of limits as code",
        Setting::LeaseTime => "Seconds that a lock in a bucket lasts",
        _ => "",
    }
}

const INTRODUCTION: &str = "\
Options of every command, before or after its name, and environment variables";

/// Which of several values counts.
pub(crate) const PRECEDENCE: &str = "\
Each value comes from the first of these: its option, its variable, the selected credential file or profile, the default \
profile. AJO_ACCESS_TOKEN replaces a credential. Empty values do not count. Secrets have no option, because other \
processes can see options. `ajo auth status` shows where each value comes from.";

/// The text of the topic.
pub(crate) fn settings_text() -> String {
    let rows = setting_rows();
    let width = |cell: fn(&SettingRow) -> Option<&String>| {
        rows.iter().filter_map(cell).map(String::len).max().unwrap_or_default()
    };
    let (options, variables) = (width(|row| row.option.as_ref()), width(|row| row.variable.as_ref()));
    let indent = options + variables + 4;
    let lines: String = rows
        .iter()
        .map(|row| {
            let option = row.option.as_deref().unwrap_or_default();
            let variable = row.variable.as_deref().unwrap_or_default();
            let meaning = wrap(&row.meaning, MAX_WIDTH - indent).replace('\n', &format!("\n{:indent$}", ""));
            format!("{option:options$}  {variable:variables$}  {meaning}\n")
        })
        .collect();
    format!("{INTRODUCTION}\n\n{lines}\n{}\n", wrap(PRECEDENCE, MAX_WIDTH))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether all commands accept the option.
    fn is_global(flag: &str) -> bool {
        let command = CliArgs::command();
        command.get_arguments().any(|arg| arg.is_global_set() && arg.get_long() == flag.strip_prefix("--"))
    }

    #[test]
    fn settings_are_complete() {
        let rows = setting_rows();
        for setting in Setting::ALL {
            let row = rows.iter().find(|row| row.variable.as_deref() == Some(setting.variable()));
            let row = row.unwrap_or_else(|| panic!("{} is missing", setting.variable()));
            match setting.flag() {
                Some(flag) if !is_global(flag) => {
                    assert!(row.option.is_none() && row.meaning.contains(flag), "{flag}: {}", row.meaning);
                }
                flag => assert_eq!(row.option.as_deref(), flag, "{}", setting.variable()),
            }
        }
        let unexplained = rows.iter().find(|row| row.meaning.is_empty());
        assert!(unexplained.is_none(), "{:?}", unexplained.and_then(|row| row.variable.as_ref()));
    }
}
