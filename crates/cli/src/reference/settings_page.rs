//! `docs/reference/settings.md`.

use super::markdown_text::{code_span, escape_text};
use super::page::MarkdownPage;
use clap::{Arg, CommandFactory as _};

use super::GENERATOR;
use super::option_row::{describe_option, option_name};
use crate::arguments::CliArgs;
use crate::help::{PRECEDENCE, describe_setting};
use crate::session::Setting;

pub(super) fn render() -> String {
    let introduction =
        "Every command accepts these options, before or after its name, and reads these environment variables.";
    let source = "`crates/cli/src/arguments.rs` and `crates/cli/src/session/setting.rs`";
    let mut page = MarkdownPage::new("Settings", GENERATOR, source, introduction);
    page.paragraph(PRECEDENCE);
    page.markdown("`ajo help settings` prints a summary.");

    let root = CliArgs::command();
    let globals: Vec<&Arg> = root.get_arguments().filter(|arg| arg.is_global_set()).collect();
    page.heading(2, "Options without a variable");
    let rows = globals.iter().filter(|arg| find_setting(arg).is_none());
    let rows: Vec<Vec<String>> =
        rows.map(|arg| vec![code_span(&option_name(arg)), describe_option(&root, arg)]).collect();
    page.table(&["option", "description"], &rows);

    page.heading(2, "Variables and their options");
    let rows = Setting::ALL.map(|setting| {
        let variable = setting.variable();
        let option = setting.flag().map(code_span).unwrap_or_default();
        vec![
            format!("[`{variable}`](#{})", variable.to_lowercase()),
            option,
            escape_text(describe_setting(setting).summary),
        ]
    });
    page.table(&["variable", "option", "value"], &rows);
    for setting in Setting::ALL {
        page.heading(3, setting.variable());
        let text = describe_setting(setting);
        page.paragraph(&format!("{}. {}", text.summary, text.details));
        let default = text.default.map(|default| format!("Default: {default}."));
        let option = setting
            .flag()
            .map_or_else(|| "There is no option for it.".to_owned(), |flag| format!("Option: {}.", code_span(flag)));
        page.markdown(&[Some(option), default].into_iter().flatten().collect::<Vec<_>>().join(" "));
    }
    page.finish()
}

fn find_setting(arg: &Arg) -> Option<Setting> {
    let flag = format!("--{}", arg.get_long()?);
    Setting::ALL.into_iter().find(|setting| setting.flag() == Some(&flag))
}
