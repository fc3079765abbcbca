//! `ajo simulate --sql`: queries for Adobe's Query Service.
//!
//! Documented (`reports/query-examples.md` and the reference of step event fields): the dataset, `actionType`, the names of the
//! other fields, and the columns. The text of the queries is ours, and the rest is inferred; the first lines of the output say so.

mod queries;

use std::process::ExitCode;

use serde::Serialize;

use super::source;
use crate::arguments::{GlobalSettings, SqlPeriod};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::SafeText;

/// The JSON output.
#[derive(Serialize)]
struct SqlOutput {
    version: u32,
    period: String,
    queries: Vec<queries::SqlQuery>,
}

pub(super) async fn run(
    settings: &GlobalSettings,
    sources: &[String],
    period: SqlPeriod,
) -> Result<ExitCode, CommandError> {
    let limits = source::read(settings, sources).await?;
    let is_data_source = |limit: &source::SourceLimit| {
        let services = &limit.definition["services"];
        services.is_object() && services["action"].is_null()
    };
    let (data_sources, actions): (Vec<_>, Vec<_>) = limits.limits.iter().partition(|limit| is_data_source(limit));
    if !data_sources.is_empty() {
        output::print_note(SafeText::from(
            "note: limits for data sources only are left out: step events have custom actions only",
        ));
    }
    if actions.is_empty() && !sources.is_empty() {
        return Err(CommandError::new("the sources have no limit for custom actions"));
    }
    let secrets: Vec<&str> = limits.secrets.iter().map(|(name, _)| name).collect();
    let mut urls: Vec<String> =
        actions.iter().map(|limit| queries::to_like_pattern(&limit.key.url, &secrets)).collect();
    urls.sort_unstable();
    urls.dedup();
    let queries = queries::write(period, &urls);
    if settings.output == OutputFormat::Json {
        output::print_serialized(&SqlOutput { version: 1, period: period.to_string(), queries })?;
    } else {
        let texts = std::iter::once(queries::HEADER).chain(queries.iter().map(|query| query.sql.as_str()));
        let lines = texts.flat_map(|text| [SafeText::from_lines(text), SafeText::default()]);
        output::print_data(SafeText::join_lines(lines).trim_end())?;
    }
    Ok(ExitStatus::Success.into())
}
