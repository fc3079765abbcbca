//! Sizes the reading rate of an audience, and its percentage split with waits.

use crate::scenario::Scenario;
use crate::sizing::capped_calls::is_random;
use crate::sizing::load;
use crate::sizing::number_text::{count, decimal, thousands};
use crate::sizing::problem::{limit_needs, needs};
use crate::sizing::runner::Runner;
use crate::sizing::shaping::{self, MAX_BRANCHES, WAIT_STEP};
use crate::sizing::sizing_report::{
    ClosedForm, LimitOption, RecommendedLimits, RecommendedTraffic, SizedParameter, SizingOutcome,
};
use crate::sizing::sizing_request::{READING_RATE_RANGE, SizingError, SizingRequest};
use crate::traffic::pattern_error::MAX_SECONDS;

/// An audience whose calls a capping limit must not reject.
pub(super) struct Audience {
    pub(super) profiles: u64,
    /// The reading rate that was given.
    pub(super) reading_rate: Option<u32>,
    pub(super) limits: RecommendedLimits,
}

impl Audience {
    /// Adds the shape of the traffic to the option. Each branch gets at most this many calls per second, or fewer if random retries
    /// exceed the limit. Returns the calls per second.
    pub(super) fn size(
        &self,
        runner: &mut Runner<'_>,
        mut calls: u64,
        option: &mut LimitOption,
    ) -> Result<u64, SizingError> {
        let (traffic, outcome) = loop {
            let Some(traffic) = self.shape(calls) else {
                option.problems.push(self.too_many_branches(runner.request, calls));
                return Ok(calls);
            };
            let Some(scenario) = self.scenario(runner, &traffic) else {
                option.problems.push(self.too_long(runner.request, calls));
                return Ok(calls);
            };
            let outcome = runner.confirm_traffic(u64::from(traffic.reading_rate), &scenario, option)?;
            if outcome.lost() == 0 || !is_random(runner.request) || calls == 1 {
                break (traffic, outcome);
            }
            calls -= calls.div_ceil(50);
        };
        for value in [self.reading_rate(calls, &traffic), self.branches(calls, &traffic), self.wait(&traffic)] {
            if value.name == "wait" && traffic.branches == 1 {
                continue;
            }
            let at = SizingOutcome { value: value.recommended, ..outcome };
            let steps = runner.run_steps((value.recommended, value.step, value.min), |it, changed| {
                if changed == value.recommended {
                    return Ok(Some(at));
                }
                let scenario = (value.shape)(changed).and_then(|traffic| self.scenario(it, &traffic));
                scenario.map(|scenario| it.run_traffic(changed, &scenario)).transpose()
            })?;
            let next = if value.name == "readingRate" { steps.above } else { steps.below };
            let is_tipping = outcome.lost() == 0 && next.is_some_and(|next| next.lost() > 0);
            option.parameters.push(SizedParameter {
                name: value.name,
                unit: value.unit,
                recommended: value.recommended,
                closed_form: value.closed_form,
                margin_percent: None,
                tipping_point: is_tipping.then_some(value.recommended),
                is_maximum: value.is_maximum,
                steps,
            });
        }
        option.traffic = Some(traffic);
        Ok(calls)
    }

    /// The fewest branches, and the highest reading rate with them.
    fn shape(&self, calls: u64) -> Option<RecommendedTraffic> {
        let branches = shaping::branches(self.slowest(), calls)?;
        let (min, max) = (*READING_RATE_RANGE.start(), *READING_RATE_RANGE.end());
        let highest = u32::try_from(shaping::highest_reading_rate(branches, calls)).unwrap_or(max).clamp(min, max);
        Some(shaping::split(self.profiles, self.reading_rate.unwrap_or(highest), branches))
    }

    /// The fewest profiles in a second.
    fn slowest(&self) -> u32 {
        let rate = self.reading_rate.unwrap_or(*READING_RATE_RANGE.start());
        u32::try_from(self.profiles).map_or(rate, |profiles| rate.min(profiles))
    }

    #[expect(clippy::cast_precision_loss, reason = "a number of profiles for a rate")]
    fn too_long(&self, request: &SizingRequest, calls: u64) -> String {
        let day = MAX_SECONDS as u64;
        format!(
            "{} profiles at {} calls/s take more than a day, the longest that can be simulated: allow at most {} profiles, or {}",
            thousands(self.profiles),
            thousands(calls),
            thousands(calls * day),
            needs(request, limit_needs(request, self.profiles as f64 / day as f64)),
        )
    }

    fn too_many_branches(&self, request: &SizingRequest, calls: u64) -> String {
        let smallest = f64::from(self.slowest()) / 100.0;
        format!(
            "a branch of a percentage split has at least 1 %, {} calls/s at {} profiles/s, and the limit leaves {}: it needs {}",
            decimal(smallest),
            thousands(u64::from(self.slowest())),
            count(calls, "call") + "/s",
            needs(request, limit_needs(request, smallest))
        )
    }

    /// The scenario; `None` if the traffic takes more than a day.
    fn scenario(&self, runner: &Runner<'_>, traffic: &RecommendedTraffic) -> Option<Scenario> {
        Some(load::traffic(runner.request, traffic.pattern(self.profiles)?, self.limits))
    }

    fn reading_rate(&self, calls: u64, traffic: &RecommendedTraffic) -> ShapeValue<'_> {
        let (min, max) = (*READING_RATE_RANGE.start(), *READING_RATE_RANGE.end());
        let branches = traffic.branches;
        let formula = if self.reading_rate.is_some() {
            "given".to_owned()
        } else if branches == 1 {
            format!("{} calls/s, at most {}", thousands(calls), thousands(u64::from(max)))
        } else {
            format!("{} calls/s ÷ {} %, the largest branch", thousands(calls), traffic.shares[0])
        };
        ShapeValue {
            name: "readingRate",
            unit: "profiles/s",
            recommended: u64::from(traffic.reading_rate),
            closed_form: ClosedForm::new(u64::from(traffic.reading_rate), formula),
            is_maximum: traffic.reading_rate == max,
            step: 1,
            min: u64::from(min),
            shape: Box::new(move |rate| {
                let rate = u32::try_from(rate).ok().filter(|rate| *rate <= max)?;
                Some(shaping::split(self.profiles, rate, branches))
            }),
        }
    }

    fn branches(&self, calls: u64, traffic: &RecommendedTraffic) -> ShapeValue<'_> {
        let (slowest, reading_rate) = (u64::from(self.slowest()), traffic.reading_rate);
        let formula = format!("⌈{} profiles/s ÷ {} calls/s⌉", thousands(slowest), thousands(calls));
        ShapeValue {
            name: "branches",
            unit: "",
            recommended: u64::from(traffic.branches),
            closed_form: ClosedForm::new(slowest.div_ceil(calls), formula),
            is_maximum: traffic.branches == MAX_BRANCHES,
            step: 1,
            min: 1,
            shape: Box::new(move |branches| {
                let branches = u32::try_from(branches).ok().filter(|count| *count <= MAX_BRANCHES)?;
                Some(shaping::split(self.profiles, reading_rate, branches))
            }),
        }
    }

    fn wait(&self, traffic: &RecommendedTraffic) -> ShapeValue<'static> {
        let (profiles, rate) = (thousands(self.profiles), thousands(u64::from(traffic.reading_rate)));
        let formula = format!("{profiles} profiles ÷ {rate} profiles/s, in steps of 30 s");
        let shape = traffic.clone();
        ShapeValue {
            name: "wait",
            unit: "s between branches",
            recommended: traffic.wait_seconds,
            closed_form: ClosedForm::new(traffic.reading_seconds, formula),
            is_maximum: false,
            step: WAIT_STEP,
            min: 0,
            shape: Box::new(move |wait_seconds| Some(RecommendedTraffic { wait_seconds, ..shape.clone() })),
        }
    }
}

/// A value of the shape of the traffic.
struct ShapeValue<'a> {
    name: &'static str,
    unit: &'static str,
    recommended: u64,
    closed_form: ClosedForm,
    is_maximum: bool,
    step: u64,
    min: u64,
    /// The traffic with another value; `None` if it is not allowed.
    shape: Box<dyn Fn(u64) -> Option<RecommendedTraffic> + 'a>,
}
