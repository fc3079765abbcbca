//! Reads the lines of an export.

use std::collections::HashMap;

use ajo_engine::untrusted_text::excerpt;

use crate::observed::endpoint::ObservedEndpoint;
use crate::observed::error::ObservedError;
use crate::observed::export::ObservedExport;
use crate::observed::header::{ENDPOINT, ExportQuery, Header};
use crate::observed::minute::Minute;
use crate::observed::record::split;
use crate::observed::row::{ReadValues, Row};

/// Maximum number of rows: a week of 198 endpoints, per minute. It bounds the memory to about 130 MB.
const MAX_ROWS: usize = 2_000_000;

impl ObservedExport {
    /// Reads an export. The error names the first wrong line and its column.
    pub fn parse(csv: &[u8]) -> Result<Self, ObservedError> {
        parse(csv)
    }
}

fn parse(csv: &[u8]) -> Result<ObservedExport, ObservedError> {
    let text = std::str::from_utf8(csv).map_err(|error| {
        let line = csv[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        ObservedError { line, column: None, problem: "the file is not UTF-8; save it as CSV in UTF-8".to_owned() }
    })?;
    let mut lines =
        text.strip_prefix('\u{feff}').unwrap_or(text).lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let Some((names, line)) = lines.next() else {
        let problem = "the file is empty; the first line must name the columns".to_owned();
        return Err(ObservedError { line: 1, column: None, problem });
    };
    let header = Header::parse(names, line)?;
    Ok(match header.query {
        ExportQuery::Calls => ObservedExport::Calls(read_rows(&header, lines)?),
        ExportQuery::Latency => ObservedExport::Latency(read_rows(&header, lines)?),
        ExportQuery::Queue => ObservedExport::Queue(read_rows(&header, lines)?),
    })
}

/// The rows of one endpoint in the order of the file, with their lines. The minute is `None` without the column `SPAN`.
type EndpointRows<T> = (String, Vec<(Option<Minute>, usize, T)>);

fn read_rows<'t, T: ReadValues>(
    header: &Header,
    lines: impl Iterator<Item = (&'t str, usize)>,
) -> Result<Vec<ObservedEndpoint<T>>, ObservedError> {
    let mut endpoints: Vec<EndpointRows<T>> = Vec::new();
    let mut positions: HashMap<String, usize> = HashMap::new();
    let mut current = 0;
    let mut values = Vec::with_capacity(header.width);
    let mut rows = 0;
    for (text, line) in lines {
        let error = |problem: String| ObservedError { line, column: None, problem };
        split(text, header.delimiter, &mut values).map_err(|problem| error(problem.to_owned()))?;
        if values.len() != header.width {
            return Err(error(width_problem(text, header, values.len())));
        }
        rows += 1;
        if rows > MAX_ROWS {
            return Err(error(format!("the file has more than {MAX_ROWS} rows; export a shorter period")));
        }
        let row = Row { header, values: &values };
        let at_column = |(column, problem)| ObservedError { line, column: Some(column), problem };
        let endpoint = row.endpoint();
        if endpoint.is_empty() {
            return Err(at_column((ENDPOINT, "the value is empty; remove the row".to_owned())));
        }
        // Rows of one endpoint often follow each other.
        if endpoints.get(current).is_none_or(|(name, _)| name != endpoint) {
            current = positions.get(endpoint).copied().unwrap_or(endpoints.len());
            if current == endpoints.len() {
                positions.insert(endpoint.to_owned(), current);
                endpoints.push((endpoint.to_owned(), Vec::new()));
            }
        }
        let minute = row.minute().map_err(at_column)?;
        endpoints[current].1.push((minute, line, T::read(&row).map_err(at_column)?));
    }
    if rows == 0 {
        let problem = "the file has no rows after the names of the columns".to_owned();
        return Err(ObservedError { line: 1, column: None, problem });
    }
    for (_, rows) in &mut endpoints {
        rows.sort_by_key(|(minute, line, _)| (*minute, *line));
    }
    match endpoints.iter().filter_map(find_duplicate).min_by_key(|duplicate| duplicate.line) {
        Some(duplicate) => Err(duplicate),
        None => Ok(endpoints.into_iter().map(into_endpoint).collect()),
    }
}

fn width_problem(text: &str, header: &Header, found: usize) -> String {
    let other = if header.delimiter == ',' { ';' } else { ',' };
    let mut values = Vec::new();
    if split(text, other, &mut values).is_ok() && values.len() == header.width {
        return format!("the values are separated by `{other}`, but the columns by `{}`", header.delimiter);
    }
    let expected = header.width;
    format!("expected {expected} values, separated by `{}` like the columns, found {found}", header.delimiter)
}

/// The second row with the same minute, and with the lowest line.
fn find_duplicate<T>((endpoint, rows): &EndpointRows<T>) -> Option<ObservedError> {
    let pairs = rows.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    let pair = pairs.min_by_key(|pair| pair[1].1)?;
    let minute = pair[1].0.map(|minute| format!(" at {minute}")).unwrap_or_default();
    let endpoint = excerpt(endpoint, 80);
    let problem = format!(
        "second row of `{endpoint}`{minute}; the first is in line {}; group by endpoint and minute only",
        pair[0].1
    );
    Some(ObservedError { line: pair[1].1, column: Some(ENDPOINT), problem })
}

fn into_endpoint<T>((endpoint, rows): EndpointRows<T>) -> ObservedEndpoint<T> {
    let mut observed = ObservedEndpoint { endpoint, whole_period: None, minutes: Vec::new() };
    for (minute, _, values) in rows {
        match minute {
            Some(minute) => observed.minutes.push((minute, values)),
            None => observed.whole_period = Some(values),
        }
    }
    observed
}
