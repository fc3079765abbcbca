//! Arguments of `ajo size`.

use std::path::PathBuf;

use ajo_simulator::{Arrivals, EndpointFailures, TIMEOUT_SECONDS_RANGE, TrafficPattern, WindowKind};
use clap::{ArgGroup, Args};

use super::simulate::LatencyArg;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("endpoint_capacity").args(["servers", "capacity"]).required(true))]
#[command(group = ArgGroup::new("calls").args(["audience", "traffic"]).required(true))]
pub(crate) struct SizeArgs {
    #[command(flatten)]
    pub(crate) endpoint: SizedEndpointArgs,

    #[command(flatten)]
    pub(crate) traffic: SizedTrafficArgs,

    #[command(flatten)]
    pub(crate) goals: GoalArgs,

    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

/// The endpoint.
#[derive(Debug, Args)]
#[command(next_help_heading = "Endpoint and traffic")]
pub(crate) struct SizedEndpointArgs {
    /// Requests that it processes in parallel
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) servers: Option<u32>,

    /// Requests per second that it can process
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) capacity: Option<u32>,

    /// 300, exp:300, p50=80,p95=300, or FILE.csv
    ///
    /// A number is the latency of each request in milliseconds. `exp:300` is an exponential distribution with that mean, and
    /// `p50=80,p95=300,p99=900` has percentiles. A CSV file has one latency per line, or is an export of Adobe's latency
    /// query.
    #[arg(long, value_name = "MS")]
    pub(crate) latency: LatencyArg,

    /// Failing requests, such as 0.2 or first:2
    ///
    /// `0.2` is a fifth of the requests, and `first:2` the first two requests of each call.
    #[arg(long, value_name = "SHARE", default_value_t = EndpointFailures::Probability(0.0))]
    pub(crate) failures: EndpointFailures,

    /// HTTP status of failures; 401, 403, and 404 are not retried
    #[arg(long, hide = true, value_name = "STATUS", default_value_t = 503, value_parser = clap::value_parser!(u16).range(400..=599))]
    pub(crate) failure_status: u16,

    /// Timeout of the journeys, from 1 to 30
    #[arg(long, hide = true, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(TIMEOUT_SECONDS_RANGE.start()..=TIMEOUT_SECONDS_RANGE.end()))]
    pub(crate) timeout: u64,

    /// Window for counting calls against a configured limit: fixed, sliding, or token-bucket
    ///
    /// `fixed`: consecutive periods, the first from second 0. `sliding`: the period before each moment. `token-bucket`:
    /// tokens that refill evenly, up to the calls of one period.
    #[arg(long, hide = true, default_value_t = WindowKind::Fixed)]
    pub(crate) window: WindowKind,
}

/// The calls.
#[derive(Debug, Args)]
#[command(next_help_heading = "Endpoint and traffic")]
pub(crate) struct SizedTrafficArgs {
    /// Profiles that a Read Audience journey sends
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) audience: Option<u64>,

    /// Profiles per second, if this cannot be chosen
    #[arg(long, value_name = "N", requires = "audience", value_parser = clap::value_parser!(u32).range(500..=20_000))]
    pub(crate) reading_rate: Option<u32>,

    /// Calls of events: 100x60 (100 calls/s for 60 s)
    #[arg(long, value_name = "PATTERN")]
    pub(crate) traffic: Option<TrafficPattern>,

    /// Arrival of the calls of a second: even or poisson
    #[arg(long, default_value_t = Arrivals::Even)]
    pub(crate) arrivals: Arrivals,
}

/// The goals, besides losing no call.
#[derive(Debug, Args)]
#[command(next_help_heading = "Goals and limits file")]
pub(crate) struct GoalArgs {
    /// Time for all calls, such as 4h, 90min, or 30s
    #[arg(long, value_name = "TIME", value_parser = parse_seconds)]
    pub(crate) within: Option<u64>,

    /// Maximum requests in parallel at the endpoint
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_parallel: Option<u32>,

    /// Share of the measured maximum to use
    #[arg(long, value_name = "PERCENT", default_value = "75%", value_parser = parse_percent)]
    pub(crate) margin: u32,
}

/// The limits file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Goals and limits file")]
pub(crate) struct WriteArgs {
    /// Set the limits in this limits file; a new one needs --sandbox
    #[arg(long, value_name = "FILE", requires = "url")]
    pub(crate) write: Option<PathBuf>,

    /// URL of the endpoint, in which * is a wildcard
    #[arg(long, value_name = "URL", requires = "write", value_parser = super::limits::parse_url)]
    pub(crate) url: Option<String>,

    /// Methods of a new limit
    #[arg(
        long,
        hide = true,
        value_name = "METHODS",
        requires = "write",
        value_delimiter = ',',
        default_value = "GET,POST,PUT"
    )]
    pub(crate) methods: Vec<String>,

    /// Show the diff of the file, but write nothing
    #[arg(long, requires = "write")]
    pub(crate) dry_run: bool,
}

/// Parses a duration in seconds.
fn parse_seconds(text: &str) -> Result<u64, String> {
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "s" => 1,
        "min" | "m" => 60,
        "h" => 3600,
        _ => 0,
    };
    let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    seconds.filter(|seconds| *seconds > 0).ok_or_else(|| "expected a time such as 4h, 90min, or 30s".to_owned())
}

/// Parses a percentage from 1 to 100.
fn parse_percent(text: &str) -> Result<u32, String> {
    let percent = text.strip_suffix('%').unwrap_or(text).trim().parse().ok();
    percent.filter(|percent| (1..=100).contains(percent)).ok_or_else(|| "expected a share from 1% to 100%".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_shares_are_parsed() {
        for (text, seconds) in [("4h", 14_400), ("90min", 5400), ("90 min", 5400), ("2m", 120), ("30s", 30)] {
            assert_eq!(parse_seconds(text), Ok(seconds), "{text}");
        }
        for text in ["", "4", "h", "0h", "-1h", "1.5h", "4d", "99999999999999999999h"] {
            parse_seconds(text).expect_err(text);
        }
        assert_eq!((parse_percent("75%"), parse_percent("100")), (Ok(75), Ok(100)));
        for text in ["", "0%", "101%", "0.75"] {
            parse_percent(text).expect_err(text);
        }
    }
}
