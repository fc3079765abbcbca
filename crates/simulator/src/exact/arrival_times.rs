//! The arrival times of calls.

use crate::scenario::Scenario;
use crate::time::{Micros, SECOND};
use crate::traffic::arrivals::Arrivals;

/// The next arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub(crate) at: Micros,
    /// The index of its journey.
    pub(crate) journey: u32,
}

/// Arrivals of all journeys in order of time; at the same time, in order of journeys. A clone gives the same arrivals.
#[derive(Clone)]
pub(crate) struct ArrivalTimes<'s> {
    journeys: Vec<JourneyTimes<'s>>,
}

#[derive(Clone)]
struct JourneyTimes<'s> {
    /// The next arrival, or [`Micros::MAX`] after the last.
    next: Micros,
    times: CallTimes<'s>,
}

#[derive(Clone)]
enum CallTimes<'s> {
    Even(EvenTimes<'s>),
    Poisson(PoissonTimes<'s>),
}

impl<'s> ArrivalTimes<'s> {
    pub(crate) fn new(scenario: &'s Scenario) -> Self {
        let journeys = scenario.journeys.iter().enumerate().map(|(index, journey)| {
            let calls = journey.pattern.calls();
            let times = match scenario.arrivals {
                Arrivals::Even => CallTimes::Even(EvenTimes::new(calls)),
                Arrivals::Poisson => {
                    let seed = scenario.seed ^ (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    CallTimes::Poisson(PoissonTimes {
                        calls,
                        second: 0,
                        mass: 0.0,
                        random: fastrand::Rng::with_seed(seed),
                    })
                }
            };
            let mut journey = JourneyTimes { next: 0, times };
            journey.advance();
            journey
        });
        Self { journeys: journeys.collect() }
    }
}

impl Iterator for ArrivalTimes<'_> {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        let mut at = Micros::MAX;
        let mut first = None;
        for (journey, times) in (0..).zip(&mut self.journeys) {
            if times.next < at {
                at = times.next;
                first = Some((journey, times));
            }
        }
        let (journey, times) = first?;
        times.advance();
        Some(Arrival { at, journey })
    }
}

impl JourneyTimes<'_> {
    fn advance(&mut self) {
        let next = match &mut self.times {
            CallTimes::Even(times) => times.next(),
            CallTimes::Poisson(times) => times.next(),
        };
        self.next = next.unwrap_or(Micros::MAX);
    }
}

/// Call k of n in second s arrives at s·10⁶ + ⌊k·10⁶/n⌋ microseconds.
#[derive(Clone)]
pub(crate) struct EvenTimes<'s> {
    calls: &'s [u32],
    /// The number of seconds started.
    second: usize,
    /// The calls left in the second.
    left: u32,
    next: Micros,
    /// The time between two calls is `gap` + `rest`/n microseconds; `part`/n is the fraction cut off from `next`.
    gap: u32,
    rest: u32,
    part: u32,
}

impl<'s> EvenTimes<'s> {
    pub(crate) const fn new(calls: &'s [u32]) -> Self {
        Self { calls, second: 0, left: 0, next: 0, gap: 0, rest: 0, part: 0 }
    }
}

impl Iterator for EvenTimes<'_> {
    type Item = Micros;

    fn next(&mut self) -> Option<Micros> {
        const MICROS: u32 = 1_000_000;
        while self.left == 0 {
            self.left = *self.calls.get(self.second)?;
            self.next = self.second as u64 * SECOND;
            self.second += 1;
            let calls = self.left.max(1);
            (self.gap, self.rest, self.part) = (MICROS / calls, MICROS % calls, 0);
        }
        let calls = self.calls[self.second - 1];
        let at = self.next;
        self.left -= 1;
        self.next += u64::from(self.gap);
        self.part += self.rest;
        if self.part >= calls {
            self.part -= calls;
            self.next += 1;
        }
        Some(at)
    }
}

/// A Poisson process with the rate of each second.
#[derive(Clone)]
struct PoissonTimes<'s> {
    calls: &'s [u32],
    second: usize,
    /// The integrated rate at the next arrival, from the start of `second`.
    mass: f64,
    random: fastrand::Rng,
}

impl Iterator for PoissonTimes<'_> {
    type Item = Micros;

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "times are positive and far below 2^52"
    )]
    fn next(&mut self) -> Option<Micros> {
        self.mass += -libm::log1p(-self.random.f64());
        loop {
            let calls = f64::from(*self.calls.get(self.second)?);
            if self.mass < calls {
                let within = (self.mass / calls * SECOND as f64) as Micros;
                return Some(self.second as u64 * SECOND + within.min(SECOND - 1));
            }
            self.mass -= calls;
            self.second += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::configured_limits::ConfiguredLimits;
    use crate::traffic::arrivals::Journey;

    fn scenario(arrivals: Arrivals, patterns: &[&str]) -> Scenario {
        let journeys = patterns
            .iter()
            .map(|pattern| Journey { name: (*pattern).to_owned(), pattern: pattern.parse().expect("a pattern") });
        let journeys = journeys.collect();
        Scenario { journeys, arrivals, ..Scenario::new("1x1".parse().expect("a pattern"), ConfiguredLimits::default()) }
    }

    #[test]
    fn even_calls_follow_the_formula() {
        for calls in [1, 2, 3, 7, 999, 1000, 333_333, 999_999, 1_000_000] {
            let times: Vec<Micros> = EvenTimes::new(&[0, calls, 0, calls]).collect();
            let expected = [1, 3].into_iter().flat_map(|second| {
                (0..u64::from(calls)).map(move |index| second * SECOND + index * SECOND / u64::from(calls))
            });
            assert!(times.into_iter().eq(expected), "{calls}");
        }
    }

    #[test]
    fn equal_times_are_in_order_of_journeys() {
        let scenario = scenario(Arrivals::Even, &["2x1", "4x1", "0x1,1x1"]);
        let arrivals = ArrivalTimes::new(&scenario).map(|arrival| (arrival.at / 1000, arrival.journey));
        let expected = [(0, 0), (0, 1), (250, 1), (500, 0), (500, 1), (750, 1), (1000, 2)];
        assert_eq!(arrivals.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn poisson_arrivals_follow_the_rate() {
        let scenario = scenario(Arrivals::Poisson, &["1000x500,0x10,3000x500"]);
        let mut seconds = [0_u64; 1010];
        for arrival in ArrivalTimes::new(&scenario) {
            seconds[usize::try_from(arrival.at / SECOND).expect("a second")] += 1;
        }
        let count = |range: std::ops::Range<usize>| seconds[range].iter().sum::<u64>();
        // Three standard deviations are 2,100 and 3,700.
        assert!(count(0..500).abs_diff(500_000) < 2100, "{}", count(0..500));
        assert_eq!(count(500..510), 0);
        assert!(count(510..1010).abs_diff(1_500_000) < 3700, "{}", count(510..1010));
        // The variance of the calls in a second is their mean.
        let squares = seconds[..500].iter().map(|calls| calls.abs_diff(1000).pow(2)).sum::<u64>() / 500;
        assert!((800..1200).contains(&squares), "{squares}");
    }
}
