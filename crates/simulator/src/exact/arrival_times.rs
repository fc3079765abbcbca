//! The arrival times of calls.

use crate::scenario::Scenario;
use crate::time::{Micros, SECOND};
use crate::traffic::arrivals::Arrivals;

/// The next arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub(crate) at: Micros,
    /// The index of its journey.
    pub(crate) journey: usize,
}

/// Arrivals of all journeys in order of time; at the same time, in order of journeys.
pub(crate) struct ArrivalTimes {
    journeys: Vec<JourneyTimes>,
}

struct JourneyTimes {
    calls: Vec<u32>,
    next: Option<Micros>,
    second: usize,
    /// The number of the call in its second.
    index: u32,
    random: Option<fastrand::Rng>,
    /// The integrated rate at the next Poisson arrival, from the start of `second`.
    mass: f64,
}

impl ArrivalTimes {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let journeys = scenario.journeys.iter().enumerate().map(|(index, journey)| {
            let seed = scenario.seed ^ (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let random = (scenario.arrivals == Arrivals::Poisson).then(|| fastrand::Rng::with_seed(seed));
            let calls = journey.pattern.calls().to_vec();
            let mut times = JourneyTimes { calls, next: None, second: 0, index: 0, random, mass: 0.0 };
            times.advance();
            times
        });
        Self { journeys: journeys.collect() }
    }
}

impl Iterator for ArrivalTimes {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        let times = self.journeys.iter().enumerate();
        let arrivals = times.filter_map(|(journey, times)| times.next.map(|at| Arrival { at, journey }));
        let first = arrivals.min_by_key(|arrival| (arrival.at, arrival.journey))?;
        self.journeys[first.journey].advance();
        Some(first)
    }
}

impl JourneyTimes {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "times are positive and far below 2^52"
    )]
    fn advance(&mut self) {
        if let Some(random) = &mut self.random {
            self.mass += -libm::log1p(-random.f64());
            while let Some(calls) = self.calls.get(self.second).copied().map(f64::from) {
                if self.mass < calls {
                    let within = (self.mass / calls * SECOND as f64) as Micros;
                    self.next = Some(self.second as u64 * SECOND + within.min(SECOND - 1));
                    return;
                }
                self.mass -= calls;
                self.second += 1;
            }
            self.next = None;
            return;
        }
        while let Some(calls) = self.calls.get(self.second).copied() {
            if self.index < calls {
                self.next = Some(self.second as u64 * SECOND + u64::from(self.index) * SECOND / u64::from(calls));
                self.index += 1;
                return;
            }
            self.second += 1;
            self.index = 0;
        }
        self.next = None;
    }
}
