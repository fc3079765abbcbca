//! A report as text: for people, for programs, and for the places where reviews and builds are shown.
//!
//! Everything is made from the [`Report`], so that no form says more than the versioned one; the texts of files are only quoted.

use std::str::FromStr;

use crate::Report;

pub use escape::visible;

mod configuration;
mod diff;
mod escape;
mod github;
mod json;
mod junit;
mod markdown;
mod sarif;
mod summary;
mod text;

/// A form in which a report can be written.
///
/// ```
/// use ajo_limits::{Format, FormatError};
///
/// assert_eq!("markdown".parse(), Ok(Format::Markdown));
/// assert_eq!("xml".parse::<Format>(), Err(FormatError));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Text,
    /// The report itself.
    Json,
    /// For a comment on a pull request at GitHub.
    Markdown,
    /// Commands that GitHub Actions read from a log and show at the lines of the files.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// `JUnit`'s XML, which most build servers show.
    Junit,
}

/// A name that is of no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is none of text, json, markdown, github, sarif and junit")]
pub struct FormatError;

/// How [`Format::Text`] looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are used; nothing is told by a colour alone.
    pub color: bool,
    /// How many columns there are; 0 if nobody knows.
    pub width: usize,
}

/// Writes a report. `sources` gives the text of a file by the name it has in the report; without it, a finding is shown without
/// its line.
///
/// Whatever stands in the report, nothing in the result is taken for an instruction by the place that the form is for: a
/// terminal, GitHub's Markdown, the log of a workflow, a parser of JSON or XML.
///
/// ```
/// use ajo_limits::{Format, Outcome, Report, Style, render};
///
/// let report = Report::new("drift", Outcome::Clean);
/// assert_eq!(render(&report, Format::Text, &|_| None, Style::default()), "No drift.\n");
/// ```
pub fn render(report: &Report, format: Format, sources: &dyn Fn(&str) -> Option<String>, style: Style) -> String {
    match format {
        Format::Text => text::render(report, sources, style),
        Format::Json => json::render(report),
        Format::Markdown => markdown::render(report),
        Format::Github => github::render(report),
        Format::Sarif => sarif::render(report),
        Format::Junit => junit::render(report),
    }
}

impl Format {
    /// Every form, in the order of the documentation.
    pub const ALL: [Self; 6] = [Self::Text, Self::Json, Self::Markdown, Self::Github, Self::Sarif, Self::Junit];

    /// The name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
        }
    }
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.as_str() == name).ok_or(FormatError)
    }
}
