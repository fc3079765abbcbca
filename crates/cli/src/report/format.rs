//! The output formats. A new one needs a variant, an arm of [`OutputFormat::render`], and a module in `report.rs`. Its tests are in
//! `report/tests/`: snapshots, an arm in `properties.rs`, and untrusted text. `tests/cli/snapshots/usage.trycmd` lists it, and
//! `tests/cli/limits/edge_cases.rs` gets its name from there.

use ajo_limits::CommandReport;
use clap::ValueEnum;

use super::text::TextStyle;
use super::{github, json, junit, markdown, sarif, text};
use crate::safe_text::SafeText;

/// The values of `--output`. Every command supports text and JSON; the other formats are for reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// Human-readable text
    Text,
    /// JSON: the service's response, or a report as in `ajo schema report`
    Json,
    /// Pull request comment (limits as code)
    Markdown,
    /// Annotations for GitHub Actions (limits as code)
    Github,
    /// SARIF for code scanning (limits as code)
    Sarif,
    #[value(help = "JUnit XML for build servers (limits as code)")]
    Junit,
}

impl OutputFormat {
    /// Renders a report. `sources` returns the content of a file in the report; without it, a diagnostic has no source line.
    ///
    /// Text in a report is untrusted. Each format escapes everything that its reader (a terminal, GitHub's Markdown renderer
    /// or log viewer, a JSON or XML parser) would interpret.
    pub(crate) fn render(
        self,
        report: &CommandReport,
        sources: &dyn Fn(&str) -> Option<String>,
        style: TextStyle,
    ) -> SafeText {
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
