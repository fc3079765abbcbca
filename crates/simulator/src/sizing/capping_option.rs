//! Sizes a capping limit, and the traffic that it does not reject.

use crate::endpoint::simulated_endpoint::EndpointCapacity;
use crate::simulate::SimulationMode;
use crate::sizing::attempts::{attempts_per_call, mean_seconds, tipping_point};
use crate::sizing::load::{self, PERIOD_MS};
use crate::sizing::number_text::{decimal, rate, thousands};
use crate::sizing::problem::{late, lost};
use crate::sizing::runner::Runner;
use crate::sizing::shaping;
use crate::sizing::sizing_report::{
    ClosedForm, LimitOption, OptionKind, RecommendedLimits, RecommendedTraffic, SizedParameter, SizingOutcome,
    StepOutcomes,
};
use crate::sizing::sizing_request::{READING_RATE_RANGE, SizedTraffic, SizingError};

/// Maximum number of connections of a capping configuration. Documented.
pub(super) const MAX_CONNECTIONS: u32 = 400;

/// Read Audience reads at most this many profiles per second and sandbox. Documented.
const MAX_RATE: u64 = 20_000;

/// A minute, the step of a wait.
const WAIT_STEP: u64 = 60;

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
    let Some(tipping) = runner.find_tipping_point(&(1..=MAX_RATE), closed_form.floor(), load)? else {
        option.problems.push(format!("the endpoint handles less than 1 request/s ({})", closed_form.formula));
        return Ok(option);
    };
    let count = request.with_margin(tipping.value);
    option.limits = Some(limits(count));
    let at = runner.run_load(count, &load(count), SimulationMode::Cohort)?;
    let mut steps =
        runner.run_steps(at, 1, 1, |it, value| it.run_load(value, &load(value), SimulationMode::Cohort).map(Some))?;
    steps.above_tipping_point = tipping.outcomes.get(&(tipping.value + 1)).copied();
    option.parameters.push(SizedParameter {
        name: "maxCallsCount",
        unit: "calls per 1,000 ms",
        recommended: count,
        closed_form: closed_form.clone(),
        tipping_point: Some(tipping.value),
        is_maximum: tipping.value == MAX_RATE,
        steps,
    });
    if let Some(connections) = connections {
        option.parameters.push(size_connections(runner, seconds, limits(count), connections)?);
    }
    let Some(calls) = size_calls(runner, seconds, limits(count), &mut option)? else { return Ok(option) };
    match request.traffic {
        SizedTraffic::Audience { profiles, reading_rate } => {
            size_audience(runner, profiles, reading_rate, calls, limits(count), &mut option)?;
        }
        SizedTraffic::Pattern(ref pattern) => {
            let scenario = load::scenario(request, pattern.clone(), limits(count));
            let outcome = runner.run_traffic(count, &scenario, Runner::confirming_mode(&scenario))?;
            option.outcome = Some(outcome);
            if outcome.rejected > 0 {
                let peak = pattern.calls().iter().max().copied().unwrap_or_default();
                let (rejected, peak) = (thousands(outcome.rejected), thousands(u64::from(peak)));
                option.problems.push(format!(
                    "{rejected} calls are rejected: the traffic peaks at {peak} calls/s, and the limit is {}/s",
                    thousands(count)
                ));
            }
        }
    }
    if let Some(outcome) = option.outcome {
        option.problems.extend(lost(&outcome).filter(|_| outcome.rejected == 0));
        option.problems.extend(late(request, &outcome, calls, tipping.value));
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

fn size_connections(
    runner: &mut Runner<'_>,
    seconds: u64,
    limits: RecommendedLimits,
    connections: u32,
) -> Result<SizedParameter, SizingError> {
    let request = runner.request;
    let count = limits.max_calls_count.unwrap_or_default();
    let run = |it: &mut Runner<'_>, value: u64| {
        let max_http_connections = u32::try_from(value).ok();
        let scenario = load::requests(request, seconds, RecommendedLimits { max_http_connections, ..limits });
        let mut outcome = it.run_load(value, &scenario, SimulationMode::Cohort)?;
        outcome.meets_goals &= request.goals.max_parallel.is_none_or(|max| value <= u64::from(max));
        Ok(Some(outcome))
    };
    let at = run(runner, u64::from(connections))?;
    let seconds = mean_seconds(&request.endpoint);
    #[expect(clippy::cast_precision_loss, reason = "rates are small")]
    let busy = ClosedForm {
        value: count as f64 * seconds,
        formula: format!("{}/s × {} s busy on average; one for each worker", thousands(count), decimal(seconds)),
    };
    Ok(SizedParameter {
        name: "maxHttpConnections",
        unit: "connections",
        recommended: u64::from(connections),
        closed_form: busy,
        tipping_point: None,
        is_maximum: connections == MAX_CONNECTIONS,
        steps: match at {
            Some(at) => runner.run_steps(at, 1, 1, run)?,
            None => StepOutcomes::default(),
        },
    })
}

/// The calls per second that the limit does not reject. Retries use slots too.
fn size_calls(
    runner: &mut Runner<'_>,
    seconds: u64,
    limits: RecommendedLimits,
    option: &mut LimitOption,
) -> Result<Option<u64>, SizingError> {
    let request = runner.request;
    let count = limits.max_calls_count.unwrap_or_default();
    let attempts = attempts_per_call(&request.endpoint);
    if attempts <= 1.0 {
        return Ok(Some(count));
    }
    #[expect(clippy::cast_precision_loss, reason = "rates are small")]
    let closed_form = ClosedForm {
        value: count as f64 / attempts,
        formula: format!("{}/s ÷ {} requests per call", thousands(count), decimal(attempts)),
    };
    let load = |calls| load::calls(request, seconds, calls, limits);
    let Some(tipping) = runner.find_tipping_point(&(1..=count), closed_form.floor(), load)? else {
        option.problems.push(format!(
            "with retries, {} requests per call, the limit of {}/s rejects calls even at 1 call/s",
            decimal(attempts),
            thousands(count)
        ));
        return Ok(None);
    };
    let at = tipping.outcomes.get(&tipping.value).copied();
    let steps = StepOutcomes { at, above_tipping_point: None, ..StepOutcomes::default() };
    let steps = match at {
        Some(at) => {
            runner.run_steps(at, 1, 1, |it, value| it.run_load(value, &load(value), at.mode).map(Some))?
        }
        None => steps,
    };
    option.parameters.push(SizedParameter {
        name: "callsPerSecond",
        unit: "calls/s",
        recommended: tipping.value,
        closed_form,
        tipping_point: Some(tipping.value),
        is_maximum: tipping.value == count,
        steps,
    });
    Ok(Some(tipping.value))
}

fn size_audience(
    runner: &mut Runner<'_>,
    profiles: u64,
    given_rate: Option<u32>,
    calls: u64,
    limits: RecommendedLimits,
    option: &mut LimitOption,
) -> Result<(), SizingError> {
    let request = runner.request;
    let (min, max) = (*READING_RATE_RANGE.start(), *READING_RATE_RANGE.end());
    let slowest = given_rate.unwrap_or(min);
    let Some(branches) = shaping::branches(slowest, calls) else {
        let least = decimal(f64::from(slowest) / 100.0);
        option.problems.push(format!(
            "a percentage split of {}/s has at least {least} calls/s in each branch, and the limit leaves {}",
            thousands(u64::from(slowest)),
            rate(f64::from(u32::try_from(calls).unwrap_or(u32::MAX)))
        ));
        return Ok(());
    };
    let highest = shaping::highest_reading_rate(branches, calls).min(u64::from(max));
    let reading_rate = given_rate.unwrap_or_else(|| u32::try_from(highest).unwrap_or(max));
    let traffic = shaping::split(profiles, reading_rate, branches);
    let run = |it: &mut Runner<'_>, value: u64, traffic: &RecommendedTraffic, confirm: bool| {
        let Some(pattern) = shaping::pattern(profiles, traffic) else { return Ok(None) };
        let scenario = load::scenario(request, pattern, limits);
        let mode = if confirm { Runner::confirming_mode(&scenario) } else { SimulationMode::Cohort };
        it.run_traffic(value, &scenario, mode).map(Some)
    };
    let outcome = run(runner, u64::from(reading_rate), &traffic, true)?;
    option.outcome = outcome;
    let Some(outcome) = outcome else {
        option.problems.push(format!(
            "{} profiles in {} branches take more than a day, the longest that can be simulated",
            thousands(profiles),
            branches
        ));
        option.traffic = Some(traffic);
        return Ok(());
    };
    let mut push = |runner: &mut Runner<'_>, sized: Sized<'_>| -> Result<(), SizingError> {
        let at = SizingOutcome { value: sized.value, ..outcome };
        let steps = runner.run_steps(at, sized.step, sized.min, |it, value| {
            sized.shape(value).map_or(Ok(None), |traffic| run(it, value, &traffic, false))
        })?;
        option.parameters.push(sized.into_parameter(steps));
        Ok(())
    };
    let share = traffic.shares[0];
    push(runner, Sized {
        name: "readingRate",
        unit: "profiles/s",
        value: u64::from(reading_rate),
        step: 1,
        min: u64::from(min),
        closed_form: ClosedForm::new(
            u64::from(reading_rate),
            if given_rate.is_some() {
                "given".to_owned()
            } else if branches == 1 {
                format!("{} calls/s, at most 20,000", thousands(calls))
            } else {
                format!("{} calls/s ÷ {share} %, the largest branch", thousands(calls))
            },
        ),
        is_maximum: reading_rate == max,
        shape: &|value| {
            let rate = u32::try_from(value).ok().filter(|rate| *rate <= max)?;
            Some(shaping::split(profiles, rate, branches))
        },
    })?;
    push(runner, Sized {
        name: "branches",
        unit: "branches",
        value: u64::from(branches),
        step: 1,
        min: 1,
        closed_form: ClosedForm::new(
            u64::from(slowest).div_ceil(calls),
            format!("⌈{} profiles/s ÷ {} calls/s⌉", thousands(u64::from(slowest)), thousands(calls)),
        ),
        is_maximum: false,
        shape: &|value| {
            let branches = u32::try_from(value).ok().filter(|count| *count <= 100)?;
            Some(shaping::split(profiles, reading_rate, branches))
        },
    })?;
    if branches > 1 {
        push(runner, Sized {
            name: "wait",
            unit: "s between branches",
            value: traffic.wait_seconds,
            step: WAIT_STEP,
            min: 0,
            closed_form: ClosedForm::new(
                traffic.reading_seconds,
                format!(
                    "{} profiles ÷ {} profiles/s, in whole minutes",
                    thousands(profiles),
                    thousands(u64::from(reading_rate))
                ),
            ),
            is_maximum: false,
            shape: &|wait_seconds| Some(RecommendedTraffic { wait_seconds, ..traffic.clone() }),
        })?;
    }
    option.traffic = Some(traffic);
    Ok(())
}

/// A value of the shape of the traffic.
struct Sized<'s> {
    name: &'static str,
    unit: &'static str,
    value: u64,
    step: u64,
    min: u64,
    closed_form: ClosedForm,
    is_maximum: bool,
    /// The traffic with another value; `None` if it is not allowed.
    shape: &'s dyn Fn(u64) -> Option<RecommendedTraffic>,
}

impl Sized<'_> {
    fn shape(&self, value: u64) -> Option<RecommendedTraffic> {
        (self.shape)(value)
    }

    fn into_parameter(self, steps: StepOutcomes) -> SizedParameter {
        SizedParameter {
            name: self.name,
            unit: self.unit,
            recommended: self.value,
            closed_form: self.closed_form,
            tipping_point: None,
            is_maximum: self.is_maximum,
            steps,
        }
    }
}

