//! Builds a scenario from the arguments.

use std::path::Path;

use ajo_simulator::{
    ConfiguredLimits, ConfiguredLimitsError, DefaultCapRules, EndpointCapacity, Journey, Scenario, SimulatedEndpoint,
    TrafficPattern,
};

use super::latency_file::{self, MAX_CSV_BYTES};
use super::{selection, source};
use crate::arguments::{EndpointArgs, GlobalSettings, LatencyArg, SimulateArgs, TrafficArgs, UnknownBehaviorArgs};
use crate::command_error::CommandError;
use crate::input_file::read_named_text;

/// Also returns notes about the sources.
pub(super) async fn build(
    settings: &GlobalSettings,
    args: &SimulateArgs,
) -> Result<(Scenario, Vec<String>), CommandError> {
    let reads_stdin = |files: &[&Path]| files.iter().filter(|file| **file == Path::new("-")).count() > 1;
    let files: Vec<&Path> = args.sources.iter().map(Path::new).chain(args.traffic.csv.as_deref()).collect();
    if reads_stdin(&files) {
        return Err(CommandError::new("standard input can only be used once").into_usage_error());
    }
    // First, because it makes secrets known, which errors about other files must not show.
    let sources = source::read(settings, &args.sources).await?;
    let journeys = read_journeys(&args.traffic)?;
    let endpoint = read_endpoint(&args.endpoint)?;
    let url = args.url.as_ref().map(|url| sources.secrets.seal_literals(url));
    let selected = selection::select(sources.limits, url.as_deref(), args.method.as_deref())?;
    let definitions: Vec<_> = selected.into_iter().map(|limit| limit.definition).collect();
    let limits = ConfiguredLimits::from_definitions(args.service, &definitions).map_err(|error| match error {
        ConfiguredLimitsError::DataSource | ConfiguredLimitsError::Duplicate(_) => {
            CommandError::new(error.to_string()).into_usage_error()
        }
        _ => CommandError::new(error.to_string()),
    })?;
    Ok((with_options(args, journeys, limits, endpoint), sources.notes))
}

/// The scenario with these journeys, limits, and endpoint, and the other options.
pub(super) fn with_options(
    args: &SimulateArgs,
    journeys: Vec<Journey>,
    limits: ConfiguredLimits,
    endpoint: SimulatedEndpoint,
) -> Scenario {
    let UnknownBehaviorArgs { window, retry_delay, no_connection, capped_calls, data_source_cap, .. } = args.unknown;
    let UnknownBehaviorArgs { default_cap_scope: scope, default_cap_raise: is_replaced, .. } = args.unknown;
    Scenario {
        journeys,
        arrivals: args.traffic.arrivals,
        limits,
        window,
        connections: args.endpoint.connections,
        endpoint,
        timeout_seconds: args.endpoint.timeout,
        retry_delay_ms: retry_delay,
        other_calls: args.unknown.other_calls.clone(),
        data_source_calls: data_source_cap,
        default_cap: DefaultCapRules { scope, is_replaced },
        no_connection,
        capped_call: capped_calls,
        seed: args.result.seed,
    }
}

/// The journeys of all traffic options. The first group of unnamed ones is numbered.
fn read_journeys(args: &TrafficArgs) -> Result<Vec<Journey>, CommandError> {
    let mut journeys: Vec<Journey> = Vec::new();
    for (index, given) in args.traffic.iter().enumerate() {
        let name = given.name.clone().unwrap_or_else(|| format!("journey {}", index + 1));
        journeys.push(Journey { name, pattern: given.pattern.clone() });
    }
    if let Some(file) = &args.csv {
        journeys.push(Journey { name: "csv".to_owned(), pattern: read_csv_pattern(file)? });
    }
    if let (Some(profiles), Some(rate)) = (args.audience, args.reading_rate) {
        journeys.push(Journey { name: "audience".to_owned(), pattern: audience_pattern(profiles, rate)? });
    }
    let names: Vec<_> = journeys.iter().map(|journey| &journey.name).collect();
    if let Some(index) = (1..names.len()).find(|index| names[..*index].contains(&names[*index])) {
        let problem = format!("two journeys have the name `{}`", names[index]);
        return Err(CommandError::new(problem).into_usage_error());
    }
    Ok(journeys)
}

fn read_csv_pattern(file: &Path) -> Result<TrafficPattern, CommandError> {
    let (name, text) = read_named_text(file, MAX_CSV_BYTES)?;
    TrafficPattern::from_csv(&text).map_err(|error| CommandError::new(format!("{name}: {error}")))
}

/// The calls of an audience that is read at this rate, in profiles per second.
fn audience_pattern(profiles: u64, rate: u32) -> Result<TrafficPattern, CommandError> {
    let rate_per_second = u64::from(rate);
    let seconds = profiles.div_ceil(rate_per_second);
    let last = u32::try_from(profiles - (seconds - 1) * rate_per_second).unwrap_or(rate);
    let most = ajo_simulator::MAX_SECONDS as u64;
    if seconds > most {
        let problem = format!("reading {profiles} profiles at {rate} per second takes longer than a day");
        return Err(CommandError::new(problem)
            .with_hint(format!("simulate at most {} profiles at this rate", most * rate_per_second))
            .into_usage_error());
    }
    let mut calls = vec![rate; usize::try_from(seconds - 1).unwrap_or_default()];
    calls.push(last);
    TrafficPattern::new(calls).map_err(|error| CommandError::new(error.to_string()))
}

/// The endpoint that the options describe.
pub(crate) fn read_endpoint(args: &EndpointArgs) -> Result<SimulatedEndpoint, CommandError> {
    let capacity = match (args.capacity, args.servers) {
        (Some(rate), _) => EndpointCapacity::RequestsPerSecond(rate),
        (None, Some(servers)) => EndpointCapacity::Servers(servers),
        (None, None) => EndpointCapacity::Unlimited,
    };
    let latency = match &args.latency {
        LatencyArg::Distribution(latency) => latency.clone(),
        LatencyArg::Csv(file) => latency_file::read(file)?,
    };
    let endpoint =
        SimulatedEndpoint { latency, failures: args.failures, failure_status: args.failure_status, capacity };
    endpoint.validate().map_err(|error| CommandError::new(error.to_string()).into_usage_error())?;
    Ok(endpoint)
}
