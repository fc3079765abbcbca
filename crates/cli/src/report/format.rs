//! The output formats. A new one needs a variant, an arm of [`Format::render`], and a module in `report.rs`. Its tests are in
//! `report/tests/`: snapshots, an arm in `properties.rs`, and hostile text. `tests/cli/snapshots/usage.trycmd` lists it, and
//! `tests/cli/limits/edge_cases.rs` gets its name from there.

use ajo_limits::Report;
use clap::ValueEnum;

use super::text::TextStyle;
use super::{github, json, junit, markdown, sarif, text};

/// The values of `--output`. Every command has text and JSON; the others are for reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs: the service's answer as it came, or a report in the form of `ajo schema report`
    Json,
    /// For a comment on a change under review (limits as code)
    Markdown,
    /// As annotations of GitHub's workflows (limits as code)
    Github,
    /// For tools that show findings in code (limits as code)
    Sarif,
    /// For tools that show tests (limits as code)
    Junit,
}

impl Format {
    /// Renders a report. `sources` returns the text of a file by its name in the report; without it, a finding has no source line.
    ///
    /// No text of a report is an instruction to a reader of the result: a terminal, GitHub's Markdown, the log of a workflow, or
    /// a parser of JSON or XML.
    pub(crate) fn render(self, report: &Report, sources: &dyn Fn(&str) -> Option<String>, style: TextStyle) -> String {
        match self {
            Self::Text => text::render(report, sources, style),
            Self::Json => json::render(report),
            Self::Markdown => markdown::render(report),
            Self::Github => github::render(report),
            Self::Sarif => sarif::render(report),
            Self::Junit => junit::render(report),
        }
    }
}
