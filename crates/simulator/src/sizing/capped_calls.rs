//! The calls per second that a capping limit does not reject. Retries use slots too, and random arrivals need room.

use std::collections::BTreeMap;

use crate::sizing::attempts::attempts_per_call;
use crate::sizing::load;
use crate::sizing::number_text::{decimal, thousands};
use crate::sizing::runner::{Runner, TippingPoint};
use crate::sizing::sizing_report::{ClosedForm, RecommendedLimits, SizedParameter};
use crate::sizing::sizing_request::{SizingError, SizingRequest};
use crate::traffic::arrivals::Arrivals;

/// Whether the requests of a steady rate of calls vary: because of retries, or random arrivals. A limit needs room for that.
pub(super) fn is_random(request: &SizingRequest) -> bool {
    attempts_per_call(&request.endpoint) > 1.0 || request.arrivals == Arrivals::Poisson
}

/// The largest number of calls per second. `None` if even 1 loses calls.
pub(super) fn find_calls(
    runner: &mut Runner<'_>,
    seconds: u64,
    limits: RecommendedLimits,
) -> Result<Option<TippingPoint>, SizingError> {
    let request = runner.request;
    let count = limits.max_calls_count.unwrap_or_default();
    if !is_random(request) {
        return Ok(Some(TippingPoint { value: count, outcomes: BTreeMap::new() }));
    }
    let guess = closed_form(request, count).floor();
    let load = |calls| load::calls(request, seconds, calls, limits);
    runner.find_tipping_point_fast(&(1..=count), guess, load)
}

/// The recommended calls per second, with the results one step away.
pub(super) fn calls_parameter(
    runner: &mut Runner<'_>,
    seconds: u64,
    limits: RecommendedLimits,
    calls: u64,
    found: &TippingPoint,
) -> Result<SizedParameter, SizingError> {
    let request = runner.request;
    let count = limits.max_calls_count.unwrap_or_default();
    let run = |it: &mut Runner<'_>, value: u64| match found.outcomes.get(&value) {
        Some(outcome) => Ok(Some(*outcome)),
        None => it.run_load(value, &load::calls(request, seconds, value, limits)).map(Some),
    };
    Ok(SizedParameter {
        name: "callsPerSecond",
        unit: "calls/s",
        recommended: calls,
        closed_form: closed_form(request, count),
        margin_percent: None,
        tipping_point: Some(found.value),
        is_maximum: calls == count,
        steps: runner.run_steps((calls, 1, 1), run)?,
    })
}

#[expect(clippy::cast_precision_loss, reason = "rates are small")]
fn closed_form(request: &SizingRequest, count: u64) -> ClosedForm {
    let attempts = attempts_per_call(&request.endpoint);
    let room = if request.arrivals == Arrivals::Poisson { ", without room for random arrivals" } else { "" };
    let formula = format!("{}/s ÷ {} requests per call{room}", thousands(count), decimal(attempts));
    ClosedForm { value: count as f64 / attempts, formula }
}
