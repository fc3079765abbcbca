//! Sizes a throttling limit.

use crate::limits::connections::estimated_connections;
use crate::sizing::attempts::{attempts_per_call, highest_load, tipping_point};
use crate::sizing::load::{self, PERIOD_MS};
use crate::sizing::number_text::{count, decimal, rate, thousands};
use crate::sizing::problem::{late, limit_needs, lost, needs};
use crate::sizing::runner::{Runner, TippingPoint};
use crate::sizing::shaping;
use crate::sizing::sizing_report::{
    ClosedForm, LimitOption, OptionKind, RecommendedLimits, SizedParameter, StepOutcomes,
};
use crate::sizing::sizing_request::{READING_RATE_RANGE, SizedTraffic, SizingError};

/// `maxThroughput` of a throttling configuration. Documented.
const MIN_THROUGHPUT: u64 = 200;
const MAX_THROUGHPUT: u64 = 5000;

/// The highest `maxThroughput` with each estimate of connections, highest first. Documented.
const ESTIMATE_RANGES: [(u64, u64); 4] = [(4001, MAX_THROUGHPUT), (3001, 4000), (2001, 3000), (MIN_THROUGHPUT, 2000)];

/// Random latencies can make a tipping point higher than its closed form, but not to this share of it.
const FAR_ABOVE_PERCENT: u64 = 150;

/// A range of `maxThroughput` with one estimate of connections, sized.
struct SizedRange {
    closed_form: ClosedForm,
    tipping: TippingPoint,
    throughput: u64,
}

pub(super) fn size(runner: &mut Runner<'_>, seconds: u64) -> Result<LimitOption, SizingError> {
    let request = runner.request;
    let mut option = LimitOption::new(OptionKind::Throttling);
    let mut sized = None;
    for (min, max) in ESTIMATE_RANGES {
        sized = size_range(runner, seconds, min, max)?;
        if sized.is_some() {
            break;
        }
    }
    let Some(SizedRange { closed_form, tipping, throughput }) = sized else {
        option.problems.push(too_slow(runner, seconds)?);
        return Ok(option);
    };
    let limits = limits(request.goals.max_parallel, throughput);
    option.limits = Some(limits);
    let mut steps = runner.run_steps((throughput, 1, MIN_THROUGHPUT), |it, value| {
        if value > MAX_THROUGHPUT {
            return Ok(None);
        }
        let limits = self::limits(request.goals.max_parallel, value);
        it.run_load(value, &load::queued_calls(request, seconds, limits)).map(Some)
    })?;
    steps.above_tipping_point = tipping.outcomes.get(&(tipping.value + 1)).copied();
    option.parameters.push(SizedParameter {
        name: "maxThroughput",
        unit: "calls/s",
        recommended: throughput,
        closed_form,
        margin_percent: Some(request.margin_percent),
        tipping_point: Some(tipping.value),
        is_maximum: tipping.value == MAX_THROUGHPUT,
        steps,
    });
    if let Some(connections) = limits.max_http_connections {
        option.parameters.push(SizedParameter {
            name: "maxHttpConnections",
            unit: "",
            recommended: u64::from(connections),
            closed_form: ClosedForm::new(u64::from(connections), "requests in parallel, the goal; no steps".to_owned()),
            margin_percent: None,
            tipping_point: None,
            is_maximum: false,
            steps: StepOutcomes::default(),
        });
    }
    let calls = calls_per_second(throughput, attempts_per_call(&request.endpoint));
    let pattern = match request.traffic {
        SizedTraffic::Audience { profiles, reading_rate } => {
            let (min, max) = (*READING_RATE_RANGE.start(), *READING_RATE_RANGE.end());
            let fastest = u32::try_from(calls).unwrap_or(max).clamp(min, max);
            let traffic = shaping::split(profiles, reading_rate.unwrap_or(fastest), 1);
            option.parameters.push(SizedParameter {
                name: "readingRate",
                unit: "profiles/s",
                recommended: u64::from(traffic.reading_rate),
                closed_form: ClosedForm::new(
                    u64::from(traffic.reading_rate),
                    if reading_rate.is_some() {
                        "given; no steps, because the queue takes every rate".to_owned()
                    } else {
                        format!(
                            "{} calls/s, from 500 to 20,000; no steps, because the queue takes every rate",
                            thousands(calls)
                        )
                    },
                ),
                margin_percent: None,
                tipping_point: None,
                is_maximum: traffic.reading_rate == max,
                steps: StepOutcomes::default(),
            });
            let pattern = traffic.pattern(profiles);
            option.traffic = Some(traffic);
            pattern
        }
        SizedTraffic::Pattern(ref pattern) => Some(pattern.clone()),
    };
    let Some(pattern) = pattern else {
        option
            .problems
            .push("reading the audience takes more than a day, the longest that can be simulated".to_owned());
        return Ok(option);
    };
    let scenario = load::traffic(request, pattern, limits);
    let outcome = runner.confirm_traffic(throughput, &scenario, &mut option)?;
    option.problems.extend(lost(&outcome));
    option.problems.extend(late(request, &outcome, calls, tipping.value));
    Ok(option)
}

/// Sizes `maxThroughput` within one estimate of connections. `None` if no value of the range leaves the margin.
fn size_range(runner: &mut Runner<'_>, seconds: u64, min: u64, max: u64) -> Result<Option<SizedRange>, SizingError> {
    let request = runner.request;
    let connections = connections(request.goals.max_parallel, min);
    let closed_form = tipping_point(&request.endpoint, Some(connections));
    // The number of connections stays the same, so that the limit of the range is not mistaken for a tipping point.
    let load = |throughput| {
        let mut scenario = load::queued_calls(request, seconds, limits(request.goals.max_parallel, throughput));
        scenario.connections = Some(connections);
        scenario
    };
    // The smallest tipping point whose margin is in the range.
    let least = (min * 100).div_ceil(u64::from(request.margin_percent));
    // No need to simulate a load that is far above: the requests of a load end at most a timeout after it.
    let highest = highest_load(&closed_form, request.timeout_seconds, seconds) * FAR_ABOVE_PERCENT / 100;
    if least > MAX_THROUGHPUT.min(highest) {
        return Ok(None);
    }
    let guess = closed_form.floor();
    if guess < least && runner.test_load(least, &load(least))?.is_none() {
        return Ok(None);
    }
    let found = runner.find_tipping_point(&(min..=MAX_THROUGHPUT), guess, load)?;
    Ok(found.and_then(|tipping| {
        let throughput = request.with_margin(tipping.value).min(max);
        (throughput >= min).then_some(SizedRange { closed_form, tipping, throughput })
    }))
}

/// The reason why no `maxThroughput` is possible, and the goal to change.
#[expect(clippy::cast_precision_loss, reason = "rates are small")]
fn too_slow(runner: &mut Runner<'_>, seconds: u64) -> Result<String, SizingError> {
    let request = runner.request;
    let connections = connections(request.goals.max_parallel, MIN_THROUGHPUT);
    let closed_form = tipping_point(&request.endpoint, Some(connections));
    let load = |calls| {
        let limits = RecommendedLimits {
            max_calls_count: Some(calls),
            period_in_ms: Some(PERIOD_MS),
            ..RecommendedLimits::default()
        };
        let mut scenario = load::requests(request, seconds, limits);
        scenario.connections = Some(connections);
        scenario
    };
    let guess = highest_load(&closed_form, request.timeout_seconds, seconds);
    let tipping = runner.find_tipping_point_fast(&(1..=MAX_THROUGHPUT), guess, load)?.map_or(0, |found| found.value);
    let alone = tipping_point(&request.endpoint, None);
    let simulated = |what: &str| {
        format!(
            "{what} only {}/s ({}; simulated {}/s), {}/s with the margin",
            rate(closed_form.value),
            closed_form.formula,
            thousands(tipping),
            thousands(tipping * u64::from(request.margin_percent) / 100)
        )
    };
    let needed = limit_needs(request, MIN_THROUGHPUT as f64) / attempts_per_call(&request.endpoint);
    let is_goal = request.goals.max_parallel.is_some_and(|max| max <= connections);
    let problem = if closed_form.value >= alone.value {
        format!("{}. It needs {}", simulated("but the endpoint allows"), needs(request, needed))
    } else {
        let cause = if is_goal { "the goal" } else { "Adobe's estimate under throttling" };
        let allow = if connections == 1 { "allows" } else { "allow" };
        let connections_allow = format!("but {}, {cause}, {allow}", count(u64::from(connections), "connection"));
        let with_margin = alone.value * f64::from(request.margin_percent) / 100.0;
        format!(
            "{}. The endpoint alone allows {}/s ({}), {}/s with the margin. A latency of at most {} ms is needed",
            simulated(&connections_allow),
            rate(alone.value),
            alone.formula,
            rate(with_margin.floor()),
            decimal((f64::from(connections) / needed * 1000.0).floor())
        )
    };
    Ok(format!("maxThroughput is at least {MIN_THROUGHPUT}/s, {problem}"))
}

/// The connections that AJO opens.
fn connections(max_parallel: Option<u32>, throughput: u64) -> u32 {
    let estimate = estimated_connections(throughput);
    max_parallel.map_or(estimate, |max| max.min(estimate))
}

/// The throttling limit. Fewer connections than Adobe's estimate need a capping limit, which is twice as high so that it never
/// applies.
fn limits(max_parallel: Option<u32>, throughput: u64) -> RecommendedLimits {
    let estimate = estimated_connections(throughput);
    let fewer = max_parallel.filter(|max| *max < estimate);
    RecommendedLimits {
        max_throughput: Some(throughput),
        max_calls_count: fewer.map(|_| throughput * 2),
        period_in_ms: fewer.map(|_| PERIOD_MS),
        max_http_connections: fewer,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "rates are positive and small"
)]
fn calls_per_second(throughput: u64, attempts: f64) -> u64 {
    (throughput as f64 / attempts).floor() as u64
}
