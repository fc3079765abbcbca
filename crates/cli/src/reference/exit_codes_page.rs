//! `docs/reference/exit-codes.md`.

use super::markdown_text::{code_span, escape_text};
use super::page::MarkdownPage;

use super::GENERATOR;
use crate::exit_status::ExitStatus;
use crate::help::explain_exit_code;

pub(super) fn render() -> String {
    let introduction = "Every command ends with one of these exit codes. They are stable, so scripts can rely on them.";
    let mut page = MarkdownPage::new("Exit codes", GENERATOR, "`crates/cli/src/exit_status.rs`", introduction);
    let row = |status: ExitStatus| {
        vec![
            code_span(&status.code().to_string()),
            format!("{status:?}").to_lowercase(),
            escape_text(explain_exit_code(status)),
        ]
    };
    page.table(&["code", "name", "meaning"], &ExitStatus::ALL.map(row));
    page.markdown(
        "`ajo emulator exec` exits with the code of the command that it runs, or with 127 if there is no such command. \
         The same texts are in `ajo help exit-codes`.",
    );
    page.finish()
}
