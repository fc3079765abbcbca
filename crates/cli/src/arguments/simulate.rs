//! Arguments of `ajo simulate`.

use std::path::PathBuf;
use std::str::FromStr;

use ajo_simulator::{
    Arrivals, CappedCall, DefaultCapScope, EndpointFailures, Expectation, LatencyDistribution, MAX_RETRY_DELAY_MS,
    NoConnection, ServiceType, SimulatedEndpointError, SimulationMode, TIMEOUT_SECONDS_RANGE, TrafficPattern,
    TrafficPatternError, WindowKind,
};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::observed::ObservedArgs;

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// Limits files, definitions, output of list, or uids; - for input
    #[arg(value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,

    /// Endpoint whose limits apply, if there are several
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,

    /// Method of the calls, if the URL has several limits
    #[arg(long, hide = true, value_name = "METHOD")]
    pub(crate) method: Option<String>,

    /// action or data-source, if the limits are for both
    #[arg(long, hide = true, value_name = "CALLER")]
    pub(crate) service: Option<ServiceType>,

    #[command(flatten)]
    pub(crate) traffic: TrafficArgs,

    #[command(flatten)]
    pub(crate) observed: ObservedArgs,

    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,

    #[command(flatten)]
    pub(crate) unknown: UnknownBehaviorArgs,

    #[command(flatten)]
    pub(crate) result: ResultArgs,
}

/// The calls of the journeys.
#[derive(Debug, Args)]
#[command(next_help_heading = "Traffic")]
pub(crate) struct TrafficArgs {
    /// 100x60 is 100 calls/s for 60 s; ramp:100-5000x60
    ///
    /// Parts follow each other: `100x60,0x10`. `ramp:100-5000x60` grows linearly. `welcome=50x60` is a journey with a name;
    /// several journeys share the limits.
    #[arg(long, value_name = "PATTERN", required_unless_present_any = ["csv", "audience", "observed", "sql"])]
    pub(crate) traffic: Vec<JourneyPattern>,

    /// CSV file with SECOND,CALLS or one number per line
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,

    /// Profiles that a Read Audience journey sends
    ///
    /// The journey takes the audience divided by the reading rate, in seconds.
    #[arg(long, value_name = "N", requires = "reading_rate", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) audience: Option<u64>,

    /// Profiles per second, from 500 to 20000
    #[arg(long, value_name = "N", requires = "audience", value_parser = clap::value_parser!(u32).range(500..=20_000))]
    pub(crate) reading_rate: Option<u32>,

    /// even or poisson, within each second
    #[arg(long, hide = true, value_name = "HOW", default_value_t = Arrivals::Even)]
    pub(crate) arrivals: Arrivals,
}

/// The endpoint, and AJO's connections to it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Endpoint")]
pub(crate) struct EndpointArgs {
    /// Milliseconds: 300, exp:300, or FILE.csv
    ///
    /// A number is the latency of each request in milliseconds. `exp:300` is an exponential distribution with that mean, and
    /// `p50=80,p95=300,p99=900` has percentiles. A CSV file has one latency per line, or is an export of Adobe's latency
    /// query.
    #[arg(long, value_name = "MS", default_value = "100")]
    pub(crate) latency: LatencyArg,

    /// Requests per second that it can process; others wait
    #[arg(long, value_name = "N", conflicts_with = "servers", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) capacity: Option<u32>,

    /// Requests that it processes in parallel; others wait
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) servers: Option<u32>,

    /// Failing requests, such as 0.2 or first:2
    ///
    /// `0.2` is a fifth of the requests, and `first:2` the first two requests of each call.
    #[arg(long, value_name = "SHARE", default_value_t = EndpointFailures::Probability(0.0))]
    pub(crate) failures: EndpointFailures,

    /// HTTP status of failures
    #[arg(long, hide = true, value_name = "STATUS", default_value_t = 503, value_parser = clap::value_parser!(u16).range(400..=599))]
    pub(crate) failure_status: u16,

    /// Connections to the endpoint
    ///
    /// Replaces the number of connections of the limits.
    #[arg(long, hide = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) connections: Option<u32>,

    /// Timeout of the journeys
    ///
    /// From 1 to 30 seconds.
    #[arg(long, hide = true, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(TIMEOUT_SECONDS_RANGE.start()..=TIMEOUT_SECONDS_RANGE.end()))]
    pub(crate) timeout: u64,
}

/// Behavior that Adobe does not publish, or on which its pages contradict each other.
#[derive(Debug, Args)]
#[command(next_help_heading = "Unknown behavior")]
pub(crate) struct UnknownBehaviorArgs {
    /// Counting window: fixed, sliding, or token-bucket
    ///
    /// `fixed`: consecutive periods, the first from second 0. `sliding`: the period before each moment. `token-bucket`:
    /// tokens that refill evenly, up to the calls of one period.
    #[arg(long, hide = true, value_name = "HOW", default_value_t = WindowKind::Fixed)]
    pub(crate) window: WindowKind,

    /// Time from a failure to its retry
    ///
    /// In milliseconds.
    #[arg(long, hide = true, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=MAX_RETRY_DELAY_MS))]
    pub(crate) retry_delay: u64,

    /// Calls without a free connection: wait or reject
    ///
    /// `wait`: until the timeout of the call. `reject`: the call ends.
    #[arg(long, hide = true, hide_possible_values = true, value_name = "WHAT", default_value = "wait", value_parser = choice([("wait", NoConnection::Wait), ("reject", NoConnection::Reject)]))]
    pub(crate) no_connection: NoConnection,

    /// Calls over a cap: final or retried
    ///
    /// `final`: the call ends. `retried`: it is retried like a failed call.
    #[arg(long, hide = true, hide_possible_values = true, value_name = "WHAT", default_value = "final", value_parser = choice([("final", CappedCall::Final), ("retried", CappedCall::Retried)]))]
    pub(crate) capped_calls: CappedCall,

    /// Default cap per host, endpoint, or domain
    ///
    /// Adobe's page says all three.
    #[arg(long, hide = true, hide_possible_values = true, value_name = "SCOPE", default_value = "host", value_parser = choice([("host", DefaultCapScope::Host), ("endpoint", DefaultCapScope::Endpoint), ("domain", DefaultCapScope::Domain)]))]
    pub(crate) default_cap_scope: DefaultCapScope,

    /// What raises the default cap: config or support
    ///
    /// `config`: a greater configured limit replaces it. `support`: only Adobe's support raises it. Adobe's pages say both.
    #[arg(long, action = clap::ArgAction::Set, hide = true, hide_possible_values = true, value_name = "WHAT", default_value = "config", value_parser = choice([("config", true), ("support", false)]))]
    pub(crate) default_cap_raise: bool,

    /// Calls per second to a data source
    #[arg(long, hide = true, value_name = "N", default_value_t = ajo_simulator::DATA_SOURCE_CALLS, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) data_source_cap: u64,

    /// Calls to other endpoints of the host
    ///
    /// They use slots of the default cap.
    #[arg(long, hide = true, value_name = "PATTERN")]
    pub(crate) other_calls: Option<TrafficPattern>,
}

/// The simulation and its result.
#[derive(Debug, Args)]
#[command(next_help_heading = "Result")]
pub(crate) struct ResultArgs {
    /// exact (each call) or cohort (groups of calls)
    ///
    /// By default `exact`, up to about 2,000,000 requests. `cohort` is for counts and queues over a long time.
    #[arg(long, hide = true, value_name = "HOW")]
    pub(crate) mode: Option<SimulationMode>,

    /// Seed of randomness
    #[arg(long, hide = true, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,

    #[arg(help = "Exit with 8 unless met, such as 'rejected = 0'", long, value_name = "CONDITION")]
    pub(crate) expect: Vec<Expectation>,

    /// Also write a chart to this file
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) chart: Option<PathBuf>,
}

/// Parses one of these words.
fn choice<T: Copy + Send + Sync + 'static, const N: usize>(
    choices: [(&'static str, T); N],
) -> impl clap::builder::TypedValueParser<Value = T> {
    let value = move |text: String| {
        let found = choices.iter().find(|(word, _)| *word == text);
        found.map(|(_, value)| *value).ok_or("unknown value")
    };
    PossibleValuesParser::new(choices.map(|(word, _)| word)).try_map(value)
}

/// The calls of a journey, with its name if there is one.
#[derive(Clone, Debug)]
pub(crate) struct JourneyPattern {
    pub(crate) name: Option<String>,
    pub(crate) pattern: TrafficPattern,
}

impl FromStr for JourneyPattern {
    type Err = TrafficPatternError;

    fn from_str(text: &str) -> Result<Self, TrafficPatternError> {
        let (name, pattern) = match text.split_once('=') {
            Some((name, pattern)) => (Some(name.trim().to_owned()), pattern),
            None => (None, text),
        };
        Ok(Self { name: name.filter(|name| !name.is_empty()), pattern: pattern.parse()? })
    }
}

/// A latency, or a CSV file with one.
#[derive(Clone, Debug)]
pub(crate) enum LatencyArg {
    Distribution(LatencyDistribution),
    Csv(PathBuf),
}

impl FromStr for LatencyArg {
    type Err = SimulatedEndpointError;

    fn from_str(text: &str) -> Result<Self, SimulatedEndpointError> {
        let path = PathBuf::from(text);
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
            return Ok(Self::Csv(path));
        }
        text.parse().map(Self::Distribution)
    }
}
