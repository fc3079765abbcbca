//! Arguments for observed traffic.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use ajo_simulator::{DEFAULT_BURST, MAX_BURST, Minute};
use clap::Args;

/// With these options, there is no observed traffic. Without the conflict, clap would accept an option that requires it.
const OTHER_TRAFFIC: [&str; 4] = ["traffic", "csv", "audience", "sql"];

/// The exports of Adobe's queries.
#[derive(Debug, Args)]
#[command(next_help_heading = "Traffic")]
pub(crate) struct ObservedArgs {
    /// Observed traffic: CSV export of queries of --sql
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["traffic", "csv", "audience", "url", "service", "sql"])]
    pub(crate) observed: Vec<PathBuf>,

    /// Only this endpoint of observed traffic
    #[arg(long, value_name = "URL", requires = "observed", conflicts_with_all = OTHER_TRAFFIC)]
    pub(crate) endpoint: Option<String>,

    /// Peak rate / average rate in a minute
    #[arg(long, hide = true, value_name = "N", requires = "observed", conflicts_with_all = OTHER_TRAFFIC, default_value_t = DEFAULT_BURST, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_BURST)))]
    pub(crate) burst: u32,

    /// First minute, such as '2026/11/29 08:15'
    #[arg(long, hide = true, value_name = "MINUTE", requires = "observed", conflicts_with_all = OTHER_TRAFFIC)]
    pub(crate) from: Option<Minute>,

    /// Last minute; at most a day is simulated
    #[arg(long, hide = true, value_name = "MINUTE", requires = "observed", conflicts_with_all = OTHER_TRAFFIC)]
    pub(crate) to: Option<Minute>,

    /// Limits that were live: output of list, or files
    #[arg(long, hide = true, value_name = "SOURCE", requires = "observed", conflicts_with_all = OTHER_TRAFFIC)]
    pub(crate) current: Vec<String>,

    /// Print queries that export, for example, the last 7d
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["traffic", "csv", "audience", "url", "method", "service"])]
    pub(crate) sql: Option<SqlPeriod>,
}

/// Maximum length of the period in hours: 90 days.
const MAX_HOURS: u32 = 90 * 24;

/// The last hours or days, such as `24h` or `7d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SqlPeriod {
    count: u32,
    unit: SqlUnit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SqlUnit {
    Hour,
    Day,
}

impl SqlPeriod {
    /// The period as an interval of SQL.
    pub(crate) fn to_interval(self) -> String {
        let unit = match self.unit {
            SqlUnit::Hour => "HOUR",
            SqlUnit::Day => "DAY",
        };
        format!("INTERVAL '{}' {unit}", self.count)
    }
}

impl fmt::Display for SqlPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.unit == SqlUnit::Hour { 'h' } else { 'd' };
        write!(f, "{}{unit}", self.count)
    }
}

impl FromStr for SqlPeriod {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = |suffix, unit, hours| {
            let count: u32 = text.strip_suffix(suffix)?.parse().ok()?;
            (1..=MAX_HOURS / hours).contains(&count).then_some(Self { count, unit })
        };
        let period = read('h', SqlUnit::Hour, 1).or_else(|| read('d', SqlUnit::Day, 24));
        period.ok_or_else(|| "expected a number of hours or days up to 90d, such as 24h or 7d".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn period_has_a_unit_and_a_maximum() {
        for (text, interval) in
            [("7d", "INTERVAL '7' DAY"), ("24h", "INTERVAL '24' HOUR"), ("90d", "INTERVAL '90' DAY")]
        {
            let period: SqlPeriod = text.parse().expect(text);
            assert_eq!((period.to_interval().as_str(), period.to_string().as_str()), (interval, text));
        }
        for text in ["", "7", "d", "0d", "91d", "2161h", "1w", "-1d", "1.5d", "7 d"] {
            assert!(text.parse::<SqlPeriod>().is_err(), "{text}");
        }
    }
}
