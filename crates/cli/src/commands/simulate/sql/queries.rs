//! The text of the queries.

use serde::Serialize;

use crate::arguments::SqlPeriod;

/// The comment before all queries.
pub(super) const HEADER: &str = "\
-- For Adobe's Query Service. Save each result as CSV, and pass the files to ajo simulate with --observed.
-- Documented: the dataset journey_step_events, actionType = 'customHttpAction', the names of the fields, and the columns.
-- Inferred: the path _experience.journeyOrchestration.stepEvents, the column timestamp, that times are in milliseconds, that
-- actionExecutionOriginTime is the latency of the endpoint, that a successful call has no error, and the dialect (Spark SQL).
-- Adobe's pages contradict each other on error values, so the queries have both: capping and capped, timeout and timedout.";

/// A query.
#[derive(Serialize)]
pub(super) struct SqlQuery {
    /// `calls`, `latency`, or `queue`.
    name: &'static str,
    pub(super) sql: String,
}

/// The columns of calls after `ENDPOINT` and `SPAN`.
const CALLS: &str = "       COUNT(*) AS TOTAL_CALLS,
       SUM(CASE WHEN error IS NULL THEN 1 ELSE 0 END) AS SUCCESSFUL_CALLS,
       SUM(CASE WHEN status BETWEEN 400 AND 499 THEN 1 ELSE 0 END) AS `4xx_ERRORS`,
       SUM(CASE WHEN status BETWEEN 500 AND 599 THEN 1 ELSE 0 END) AS `5xx_ERRORS`,
       SUM(CASE WHEN error IN ('timeout', 'timedout') THEN 1 ELSE 0 END) AS TIMEOUTS,
       SUM(CASE WHEN error IN ('capping', 'capped') THEN 1 ELSE 0 END) AS CAPPED_CALLS,
       ROUND(COUNT(*) / 60, 2) AS THROUGHPUT_RPS";

const LATENCY: &str = "       COUNT(*) AS SUCCESSFUL_CALLS,
       percentile_approx(latency, 0.5) AS P50_LATENCY_MS,
       percentile_approx(latency, 0.95) AS P95_LATENCY_MS,
       percentile_approx(latency, 0.99) AS P99_LATENCY_MS,
       percentile_approx(latency, 0.999) AS P999_LATENCY_MS";

const QUEUE: &str = "       COUNT(*) AS THROTTLED_CALLS,
       percentile_approx(wait, 0.5) AS P50_QUEUE_TIME_MS,
       percentile_approx(wait, 0.95) AS P95_QUEUE_TIME_MS";

/// Writes the three queries for endpoints that match one of the patterns; for all endpoints without a pattern.
pub(super) fn write(period: SqlPeriod, patterns: &[String]) -> Vec<SqlQuery> {
    let query = |name, title, columns, condition| SqlQuery {
        name,
        sql: write_query(title, columns, condition, period, patterns),
    };
    vec![
        query("calls", "Calls per minute", CALLS, ""),
        query("latency", "Latency per minute", LATENCY, "\nWHERE error IS NULL AND latency IS NOT NULL"),
        query("queue", "Time in the throttling queue per minute", QUEUE, "\nWHERE is_throttled AND wait IS NOT NULL"),
    ]
}

fn write_query(title: &str, columns: &str, condition: &str, period: SqlPeriod, patterns: &[String]) -> String {
    let any: Vec<_> =
        patterns.iter().map(|pattern| format!("event.actionOriginEndpoint LIKE '{pattern}' ESCAPE '!'")).collect();
    let endpoints = if any.is_empty() { String::new() } else { format!("\n    AND ({})", any.join("\n      OR ")) };
    let interval = period.to_interval();
    format!(
        "\
-- {title}
WITH events AS (
  SELECT timestamp, _experience.journeyOrchestration.stepEvents AS event
  FROM journey_step_events
  WHERE timestamp >= NOW() - {interval}
), calls AS (
  SELECT event.actionOriginEndpoint AS endpoint,
         date_format(timestamp, 'yyyy/MM/dd HH:mm') AS span,
         LOWER(event.actionExecutionError) AS error,
         CAST(event.actionExecutionErrorCode AS INT) AS status,
         event.actionExecutionOriginTime AS latency,
         event.actionIsThrottled AS is_throttled,
         event.actionWaitTime AS wait
  FROM events
  WHERE event.actionType = 'customHttpAction'
    AND event.actionOriginEndpoint IS NOT NULL{endpoints}
)
SELECT endpoint AS ENDPOINT,
       span AS SPAN,
{columns}
FROM calls{condition}
GROUP BY endpoint, span
ORDER BY endpoint, span;"
    )
}

/// A pattern of `LIKE` that matches a URL pattern, with `!` as the escape character. Quotes and backslashes match any character,
/// because dialects of SQL differ in how they are escaped, and so does a secret, because its value must not be printed.
pub(super) fn to_like_pattern(url: &str, secrets: &[&str]) -> String {
    let mut url = url.to_owned();
    for secret in secrets {
        url = url.replace(&format!("${{{secret}}}"), "*");
    }
    let mut pattern = String::with_capacity(url.len());
    for character in url.chars() {
        match character {
            '*' => pattern.push('%'),
            '%' | '_' | '!' => pattern.extend(['!', character]),
            '\'' | '\\' => pattern.push('_'),
            other => pattern.push(other),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_pattern_becomes_like_pattern() {
        let cases = [
            ("https://a.example/v1/*", "https://a.example/v1/%"),
            ("https://a.example/a_b%20c!*/d", "https://a.example/a!_b!%20c!!%/d"),
            ("https://a.example/it's\\x", "https://a.example/it_s_x"),
            ("https://a.example/?key=${TOKEN}&x=${OTHER}", "https://a.example/?key=%&x=${OTHER}"),
        ];
        for (url, pattern) in cases {
            assert_eq!(to_like_pattern(url, &["TOKEN"]), pattern);
        }
    }

    #[test]
    fn columns_are_those_of_exports() {
        use ajo_simulator::ObservedExport;

        for query in write("24h".parse().expect("a period"), &[]) {
            let columns =
                query.sql.split(" AS ").skip(1).map(|part| part.split([',', '\n']).next().unwrap_or_default());
            let columns: Vec<String> = columns.map(|name| name.trim_matches('`').to_owned()).collect();
            let after = columns.iter().position(|name| name == "ENDPOINT").expect("the result");
            let header = columns[after..].join(",");
            let values =
                ["u", "2026/11/29 08:15"].into_iter().chain(std::iter::repeat("1")).take(columns.len() - after);
            let csv = format!("{header}\n{}\n", values.collect::<Vec<_>>().join(","));
            let export = ObservedExport::parse(csv.as_bytes()).expect("an export");
            let found = match export {
                ObservedExport::Calls(_) => "calls",
                ObservedExport::Latency(_) => "latency",
                ObservedExport::Queue(_) => "queue",
            };
            assert_eq!((found, &header[..13]), (query.name, "ENDPOINT,SPAN"));
        }
    }
}
