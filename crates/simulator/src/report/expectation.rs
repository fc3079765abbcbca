//! Expectations about a report.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use ajo_engine::text::group_thousands;
use ajo_engine::untrusted_text::excerpt;
use serde::{Serialize, Serializer};

use crate::report::decimal::{Decimal, round};
use crate::report::metric::{METRICS, Metric, MetricKind, MetricValue};
use crate::report::simulation_report::SimulationReport;

/// The minimum similarity for a suggestion, from 0 to 1.
const MIN_SIMILARITY: f64 = 0.8;

/// An expectation about a report: a metric, an operator, and a value, such as `rejected = 0` or `p95_wait < 60s`.
///
/// | metrics | value |
/// |---|---|
/// | `offered`, `sent`, `retried`, `throttled`, `succeeded`, `failed`, `rejected`, `dropped`, `timed_out` | a number of calls, or a percentage of the offered calls |
/// | `longest_queue`, `peak` (requests in one second) | a number |
/// | `STATISTIC_wait` (throttling queue), `STATISTIC_connection_wait`, `STATISTIC_latency`, where `STATISTIC` is `mean`, `p50`, `p95`, `p99`, `p999`, or `max` | a duration |
/// | `throttling_utilization`, `capping_utilization`, `connections_utilization`, `endpoint_utilization` | a percentage |
/// | `first_drop`, `empty` (times from the start, of the throttling queue) | a duration, or `none` |
///
/// The operators are `=`, `!=`, `<`, `<=`, `>`, and `>=`. A duration has a unit: `ms`, `s`, `min`, or `h`. Numbers have no
/// separators of thousands, and up to six decimals.
///
/// An expectation about a value that does not exist is not met, such as a utilization without that limit, or a latency if no
/// request succeeded. A first drop that never happens is later than any time, and a queue that is never used is empty at once.
///
/// ```
/// use ajo_simulator::{ConfiguredLimits, Expectation, Scenario, SimulationMode, simulate};
///
/// let traffic = "5100x60,0x60".parse()?; // 6,000 calls over the default cap of 300,000 per minute
/// let report = simulate(&Scenario::new(traffic, ConfiguredLimits::default()), SimulationMode::Exact)?;
/// let result = |text: &str| text.parse::<Expectation>().map(|expectation| expectation.check(&report).to_string());
/// assert_eq!(result("rejected = 0")?, "rejected = 0: not met, 6,000");
/// assert_eq!(result("rejected < 2%")?, "rejected < 2%: met, 6,000 of 306,000 (1.961%)");
/// assert_eq!(result("max_latency<=0.1s")?, "max_latency <= 0.1s: met, 100 ms");
/// assert_eq!(
///     result("rejectd = 0").unwrap_err().to_string(),
///     "the expectation `rejectd = 0` has an unknown metric; did you mean `rejected`?"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    metric: Metric,
    operator: Operator,
    value: ExpectedValue,
}

/// Text that is no expectation.
///
/// ```
/// use ajo_simulator::{Expectation, ExpectationError};
///
/// let error = "p95_wait < 60".parse::<Expectation>().unwrap_err();
/// assert!(matches!(error, ExpectationError::Value { .. }));
/// assert_eq!(
///     error.to_string(),
///     "the expectation `p95_wait < 60` needs a duration with a unit, such as 250ms, 60s, 5min, or 6h"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpectationError {
    #[error("the expectation `{text}` needs a metric, an operator, and a value, such as `rejected = 0`")]
    Syntax { text: String },
    #[error("the expectation `{text}` has an unknown operator; use =, !=, <, <=, >, or >=")]
    Operator { text: String },
    #[error("the expectation `{text}` has an unknown metric; {help}")]
    Metric { text: String, help: String },
    #[error("the expectation `{text}` needs {expected}")]
    Value { text: String, expected: &'static str },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    const ALL: [(&'static str, Self); 6] = [
        ("=", Self::Equal),
        ("!=", Self::NotEqual),
        ("<", Self::Less),
        ("<=", Self::LessOrEqual),
        (">", Self::Greater),
        (">=", Self::GreaterOrEqual),
    ];

    fn accepts(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExpectedValue {
    Number(Decimal),
    Percentage(Decimal),
    Duration(Decimal, Unit),
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unit {
    name: &'static str,
    millis: u64,
}

const UNITS: [Unit; 4] = [
    Unit { name: "ms", millis: 1 },
    Unit { name: "s", millis: 1000 },
    Unit { name: "min", millis: 60_000 },
    Unit { name: "h", millis: 3_600_000 },
];

impl Expectation {
    /// Compares a report with the expectation.
    pub fn check(self, report: &SimulationReport) -> ExpectationResult {
        let actual = self.metric.value(report);
        let ordering = match (actual, self.value) {
            (MetricValue::Calls { calls, offered }, ExpectedValue::Percentage(percentage)) => {
                // Exact: calls × 100 against percentage × offered.
                Some(Decimal::from_integer(calls).times(100).cmp(&percentage.times(offered)))
            }
            (
                MetricValue::Calls { calls: number, .. } | MetricValue::Number(number),
                ExpectedValue::Number(expected),
            ) => Some(Decimal::from_integer(number).cmp(&expected)),
            (MetricValue::Duration(millis), ExpectedValue::Duration(expected, unit)) => {
                Some(millis.cmp(&expected.times(unit.millis)))
            }
            (MetricValue::Percentage(percentage), ExpectedValue::Percentage(expected)) => {
                Some(percentage.cmp(&expected))
            }
            (MetricValue::Never | MetricValue::AlwaysEmpty, ExpectedValue::None) => Some(Ordering::Equal),
            (MetricValue::Duration(_), ExpectedValue::None) | (MetricValue::Never, _) => Some(Ordering::Greater),
            (MetricValue::AlwaysEmpty, ExpectedValue::Duration(expected, unit)) => {
                Some(Decimal::from_integer(0).cmp(&expected.times(unit.millis)))
            }
            _ => None,
        };
        let met = ordering.is_some_and(|ordering| self.operator.accepts(ordering));
        ExpectationResult { expectation: self, met, actual }
    }
}

/// The result of comparing a report with an expectation.
///
/// As JSON, it has the `expectation` as text, `met`, and `actual`: a number of calls, milliseconds, or percent; `null` if there
/// is no value.
///
/// ```
/// use ajo_simulator::{ConfiguredLimits, Expectation, ExpectationResult, Scenario, SimulationMode, simulate};
///
/// let scenario = Scenario::new("10x2".parse()?, ConfiguredLimits::default());
/// let report = simulate(&scenario, SimulationMode::Exact)?;
/// let result: ExpectationResult = "p50_latency < 50ms".parse::<Expectation>()?.check(&report);
/// assert!(!result.met);
/// assert_eq!(
///     serde_json::to_value(&result)?,
///     serde_json::json!({"expectation": "p50_latency < 50ms", "met": false, "actual": 100.0})
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExpectationResult {
    pub expectation: Expectation,
    pub met: bool,
    actual: MetricValue,
}

impl fmt::Display for ExpectationResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expectation, met, actual } = self;
        write!(f, "{expectation}: {}, {actual}", if *met { "met" } else { "not met" })?;
        if let (MetricValue::Calls { calls, offered }, ExpectedValue::Percentage(_)) = (actual, expectation.value) {
            let share = round(Decimal::percentage(*calls, *offered).to_float());
            write!(f, " of {} ({share}%)", group_thousands(*offered))?;
        }
        Ok(())
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator =
            Operator::ALL.iter().find(|(_, operator)| *operator == self.operator).map_or("", |(text, _)| text);
        write!(f, "{} {operator} ", self.metric.name)?;
        match self.value {
            ExpectedValue::Number(number) => write!(f, "{}", number.to_float()),
            ExpectedValue::Percentage(percentage) => write!(f, "{}%", percentage.to_float()),
            ExpectedValue::Duration(number, unit) => write!(f, "{}{}", number.to_float(), unit.name),
            ExpectedValue::None => f.write_str("none"),
        }
    }
}

impl Serialize for Expectation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Expectation {
    type Err = ExpectationError;

    fn from_str(text: &str) -> Result<Self, ExpectationError> {
        let shown = || excerpt(text, 60);
        let is_operator = |character: char| matches!(character, '=' | '!' | '<' | '>');
        let start = text.find(is_operator).ok_or_else(|| ExpectationError::Syntax { text: shown() })?;
        let (name, rest) = text.split_at(start);
        let value = rest.trim_start_matches(is_operator);
        let (name, operator, value) = (name.trim(), &rest[..rest.len() - value.len()], value.trim());
        if name.is_empty() || value.is_empty() {
            return Err(ExpectationError::Syntax { text: shown() });
        }
        let metric =
            Metric::find(name).ok_or_else(|| ExpectationError::Metric { text: shown(), help: suggest_metric(name) })?;
        let operator = Operator::ALL.iter().find(|(known, _)| *known == operator).map(|(_, operator)| *operator);
        let operator = operator.ok_or_else(|| ExpectationError::Operator { text: shown() })?;
        let value = parse_value(metric.kind, value)
            .ok_or_else(|| ExpectationError::Value { text: shown(), expected: describe_value(metric.kind) })?;
        if value == ExpectedValue::None && !matches!(operator, Operator::Equal | Operator::NotEqual) {
            return Err(ExpectationError::Value { text: shown(), expected: "= or != before `none`" });
        }
        Ok(Self { metric, operator, value })
    }
}

fn parse_value(kind: MetricKind, text: &str) -> Option<ExpectedValue> {
    let percentage = || Some(ExpectedValue::Percentage(Decimal::parse(text.strip_suffix('%')?.trim_end())?));
    let number = || Some(ExpectedValue::Number(Decimal::parse(text)?));
    let duration = || {
        let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
        let unit = UNITS.into_iter().find(|unit| unit.name == &text[digits.len()..])?;
        Some(ExpectedValue::Duration(Decimal::parse(digits.trim_end())?, unit))
    };
    match kind {
        MetricKind::Calls => percentage().or_else(number),
        MetricKind::Number => number(),
        MetricKind::Percentage => percentage(),
        MetricKind::Time if text == "none" => Some(ExpectedValue::None),
        MetricKind::Duration | MetricKind::Time => duration(),
    }
}

const fn describe_value(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Calls => "a number of calls or a percentage of the offered calls, such as 0, 1200, or 0.5%",
        MetricKind::Number => "a number such as 1200",
        MetricKind::Percentage => "a percentage such as 80%",
        MetricKind::Duration => "a duration with a unit, such as 250ms, 60s, 5min, or 6h",
        MetricKind::Time => "a duration from the start with a unit, such as 60s, 5min, or 6h, or `none`",
    }
}

/// Suggests the most similar metric, or lists all.
fn suggest_metric(name: &str) -> String {
    let similarity = |metric: &Metric| strsim::jaro_winkler(metric.name, &name.to_lowercase());
    let closest = METRICS.iter().max_by(|one, other| similarity(one).total_cmp(&similarity(other)));
    match closest.filter(|metric| similarity(metric) >= MIN_SIMILARITY) {
        Some(metric) => format!("did you mean `{}`?", metric.name),
        None => format!("metrics: {}", METRICS.map(|metric| metric.name).join(", ")),
    }
}
