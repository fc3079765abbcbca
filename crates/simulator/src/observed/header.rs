//! The names of the columns.

use std::borrow::Cow;
use std::fmt::Write as _;

use ajo_engine::untrusted_text::excerpt;

use crate::observed::error::ObservedError;
use crate::observed::record::split;

pub(super) const ENDPOINT: &str = "ENDPOINT";
pub(super) const SPAN: &str = "SPAN";
const SUCCESSFUL_CALLS: &str = "SUCCESSFUL_CALLS";

/// One of Adobe's queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExportQuery {
    Calls,
    Latency,
    Queue,
}

impl ExportQuery {
    const ALL: [Self; 3] = [Self::Calls, Self::Latency, Self::Queue];

    const fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Latency => "latency",
            Self::Queue => "queue",
        }
    }

    /// The required columns besides `ENDPOINT`, in the order in which Adobe's query returns them.
    pub(super) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Calls => &["TOTAL_CALLS", SUCCESSFUL_CALLS, "4xx_ERRORS", "5xx_ERRORS", "TIMEOUTS", "CAPPED_CALLS"],
            Self::Latency => {
                &[SUCCESSFUL_CALLS, "P50_LATENCY_MS", "P95_LATENCY_MS", "P99_LATENCY_MS", "P999_LATENCY_MS"]
            }
            Self::Queue => &["THROTTLED_CALLS", "P50_QUEUE_TIME_MS", "P95_QUEUE_TIME_MS"],
        }
    }
}

/// The positions of the columns.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) query: ExportQuery,
    pub(super) delimiter: char,
    /// The number of columns.
    pub(super) width: usize,
    pub(super) endpoint: usize,
    pub(super) span: Option<usize>,
    /// The positions of [`ExportQuery::columns`].
    pub(super) values: Vec<usize>,
}

impl Header {
    pub(super) fn parse(text: &str, line: usize) -> Result<Self, ObservedError> {
        let error = |column, problem: String| ObservedError { line, column, problem };
        let delimiter = match (text.contains(','), text.contains(';')) {
            (true, true) => {
                return Err(error(None, "both `,` and `;` separate the columns; use one of them".to_owned()));
            }
            (_, has_semicolon) => {
                if has_semicolon {
                    ';'
                } else {
                    ','
                }
            }
        };
        let mut names = Vec::new();
        split(text, delimiter, &mut names).map_err(|problem| error(None, problem.to_owned()))?;
        let query = find_query(&names).map_err(|problem| error(None, problem))?;
        let find = |column: &'static str| {
            let mut found = (0..names.len()).filter(|index| names[*index].eq_ignore_ascii_case(column));
            let first = found.next();
            match found.next() {
                Some(_) => Err(error(Some(column), "the column occurs twice".to_owned())),
                None => Ok(first),
            }
        };
        let require = |column: &'static str| {
            let missing = || error(Some(column), format!("the column is missing; expected {}", column_list(query)));
            find(column)?.ok_or_else(missing)
        };
        let endpoint = require(ENDPOINT)?;
        let values = query.columns().iter().map(|column| require(column)).collect::<Result<_, _>>()?;
        Ok(Self { query, delimiter, width: names.len(), endpoint, span: find(SPAN)?, values })
    }
}

/// The query with these columns. `SUCCESSFUL_CALLS` is in two queries.
fn find_query(names: &[Cow<'_, str>]) -> Result<ExportQuery, String> {
    let has = |column: &str| column != SUCCESSFUL_CALLS && names.iter().any(|name| name.eq_ignore_ascii_case(column));
    let found: Vec<ExportQuery> =
        ExportQuery::ALL.into_iter().filter(|query| query.columns().iter().any(|column| has(column))).collect();
    match found[..] {
        [query] => Ok(query),
        [] => {
            let mut problem = format!("unknown columns `{}`; expected one of these", excerpt(&names.join(","), 80));
            for (index, query) in ExportQuery::ALL.into_iter().enumerate() {
                let separator = if index == 0 { ':' } else { ';' };
                let _ = write!(problem, "{separator} {}", column_list(query));
            }
            Err(problem)
        }
        _ => {
            let names: Vec<&str> = found.iter().map(|query| query.name()).collect();
            Err(format!("the columns are of several queries ({}); save each query in its own file", names.join(", ")))
        }
    }
}

fn column_list(query: ExportQuery) -> String {
    let rate = if query == ExportQuery::Calls { ", THROUGHPUT_RPS (not used)" } else { "" };
    format!("{}: {ENDPOINT}, {SPAN} (per minute), {}{rate}", query.name(), query.columns().join(", "))
}
