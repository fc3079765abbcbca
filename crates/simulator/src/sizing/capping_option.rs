//! Sizes a capping limit, and the traffic that it does not reject.

use crate::endpoint::simulated_endpoint::EndpointCapacity;
use crate::sizing::attempts::{attempts_per_call, highest_load, mean_seconds, tipping_point};
use crate::sizing::audience::Audience;
use crate::sizing::capped_calls::{calls_parameter, find_calls, is_random};
use crate::sizing::load::{self, PERIOD_MS};
use crate::sizing::number_text::{decimal, thousands};
use crate::sizing::problem::{late, lost, needs, rejected};
use crate::sizing::runner::Runner;
use crate::sizing::sizing_report::{
    ClosedForm, LimitOption, OptionKind, RecommendedLimits, SizedParameter, SizingOutcome,
};
use crate::sizing::sizing_request::{SizedTraffic, SizingError};

/// Maximum number of connections of a capping configuration. Documented.
pub(super) const MAX_CONNECTIONS: u32 = 400;

/// Read Audience reads at most this many profiles per second and sandbox. Documented.
const MAX_RATE: u64 = 20_000;

pub(super) fn size(runner: &mut Runner<'_>, seconds: u64) -> Result<LimitOption, SizingError> {
    let request = runner.request;
    let mut option = LimitOption::new(OptionKind::Capping);
    let connections = connections(request.goals.max_parallel, request.endpoint.capacity);
    let limits = |calls| RecommendedLimits {
        max_calls_count: Some(calls),
        period_in_ms: Some(PERIOD_MS),
        max_http_connections: connections,
        max_throughput: None,
    };
    let closed_form = tipping_point(&request.endpoint, connections);
    let load = |calls| load::requests(request, seconds, limits(calls));
    let guess = highest_load(&closed_form, request.timeout_seconds, seconds);
    let Some(tipping) = runner.find_tipping_point(&(1..=MAX_RATE), guess, load)? else {
        option.problems.push(format!(
            "the endpoint allows less than 1 request/s ({}): it needs {}",
            closed_form.formula,
            needs(request, 1.0)
        ));
        return Ok(option);
    };
    let count = request.with_margin(tipping.value);
    option.limits = Some(limits(count));
    let mut steps = runner.run_steps((count, 1, 1), |it, value| match tipping.outcomes.get(&value) {
        Some(outcome) => Ok(Some(*outcome)),
        None => it.run_load(value, &load(value)).map(Some),
    })?;
    steps.above_tipping_point = tipping.outcomes.get(&(tipping.value + 1)).copied();
    let at = steps.at;
    option.parameters.push(SizedParameter {
        name: "maxCallsCount",
        unit: "calls per 1,000 ms",
        recommended: count,
        closed_form: closed_form.clone(),
        margin_percent: Some(request.margin_percent),
        tipping_point: Some(tipping.value),
        is_maximum: tipping.value == MAX_RATE,
        steps,
    });
    if let Some(connections) = connections {
        option.parameters.push(size_connections(runner, seconds, limits(count), connections, at)?);
    }
    let Some(found) = find_calls(runner, seconds, limits(count))? else {
        option.problems.push(format!(
            "a call takes {} requests on average at random times, so the limit of {}/s rejects calls even at 1 call/s",
            decimal(attempts_per_call(&request.endpoint)),
            thousands(count)
        ));
        return Ok(option);
    };
    let sized_calls = match request.traffic {
        SizedTraffic::Audience { profiles, reading_rate } => {
            let audience = Audience { profiles, reading_rate, limits: limits(count) };
            audience.size(runner, found.value, &mut option)?
        }
        SizedTraffic::Pattern(ref pattern) => {
            let scenario = load::traffic(request, pattern.clone(), limits(count));
            runner.confirm_traffic(count, &scenario, &mut option)?;
            found.value
        }
    };
    if is_random(request) {
        let parameter = calls_parameter(runner, seconds, limits(count), sized_calls, &found)?;
        option.parameters.push(parameter);
    }
    if let Some(outcome) = option.outcome {
        option.problems.extend(rejected(request, &outcome, count).or_else(|| lost(&outcome)));
        option.problems.extend(late(request, &outcome, sized_calls, tipping.value));
    }
    Ok(option)
}

/// `maxHttpConnections`: one for each request that the endpoint can work on at a time.
fn connections(max_parallel: Option<u32>, capacity: EndpointCapacity) -> Option<u32> {
    let workers = match capacity {
        EndpointCapacity::Servers(servers) => Some(servers).filter(|servers| *servers <= MAX_CONNECTIONS),
        _ => None,
    };
    let allowed = max_parallel.map(|count| count.min(MAX_CONNECTIONS));
    [workers, allowed].into_iter().flatten().min()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "rates are positive and small"
)]
fn size_connections(
    runner: &mut Runner<'_>,
    seconds: u64,
    limits: RecommendedLimits,
    connections: u32,
    at: Option<SizingOutcome>,
) -> Result<SizedParameter, SizingError> {
    let request = runner.request;
    let count = limits.max_calls_count.unwrap_or_default();
    let run = |it: &mut Runner<'_>, value: u64| {
        let max_http_connections = u32::try_from(value).ok();
        let scenario = load::requests(request, seconds, RecommendedLimits { max_http_connections, ..limits });
        let mut outcome = match at {
            Some(outcome) if value == u64::from(connections) => SizingOutcome { value, ..outcome },
            _ => it.run_load(value, &scenario)?,
        };
        outcome.meets_goals &= request.goals.max_parallel.is_none_or(|max| value <= u64::from(max));
        Ok(Some(outcome))
    };
    let busy_connections = (u64::from(connections)).min((count as f64 * mean_seconds(&request.endpoint)).ceil() as u64);
    let range = 0..=u64::from(connections) - 1;
    let unused = runner.find_tipping_point_fast(&range, u64::from(connections) - busy_connections, |unused| {
        let max_http_connections = Some(connections - u32::try_from(unused).unwrap_or_default());
        load::requests(request, seconds, RecommendedLimits { max_http_connections, ..limits })
    })?;
    let fewest = unused.map(|unused| u64::from(connections) - unused.value);
    let seconds = mean_seconds(&request.endpoint);
    let limit =
        if request.goals.max_parallel == Some(connections) { "the goal is the maximum" } else { "one for each worker" };
    let busy = ClosedForm {
        value: count as f64 * seconds,
        formula: format!("{}/s × {} s are busy on average; {limit}", thousands(count), decimal(seconds)),
    };
    Ok(SizedParameter {
        name: "maxHttpConnections",
        unit: "",
        recommended: u64::from(connections),
        closed_form: busy,
        margin_percent: None,
        tipping_point: fewest,
        is_maximum: connections == MAX_CONNECTIONS,
        steps: runner.run_steps((u64::from(connections), 1, 1), run)?,
    })
}
