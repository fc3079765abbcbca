//! A thousand clients through an outage of half a minute, in virtual time: what repetitions add to the traffic.
//!
//! A service in trouble gets each call's repetitions on top of its calls, from every client at once. What keeps that small is
//! the budget; the same simulation without it shows that it is the budget.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::time::Duration;

use ajo_auth::{Simulated, Surroundings as _, part_of};
use ajo_core::{Api, Attempts, Ending, Failure, Next, Operation, RetryBudget, RetryPolicy, Verb};

const CLIENTS: u32 = 1000;
/// Seconds of the whole run.
const RUN: u32 = 120;
/// The seconds in which no attempt succeeds.
const OUTAGE: Range<u32> = 45..75;
/// How long a call may take with its repetitions. The value of `ajo_core::DEADLINE`, which is not there without an HTTP client.
const DEADLINE: Duration = Duration::from_secs(60);

/// What an outage looks like to who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outage {
    /// Connections are refused.
    Refused,
    /// A proxy answers 503 with no body.
    Unavailable,
    /// Half of the attempts are answered 503, by chance.
    Wavering,
    /// Nothing is answered, until the attempt's time is over.
    Silent(Duration),
}

/// Repetitions of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Budget {
    Real,
    Unlimited,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A client begins a call.
    Begin { client: usize },
    /// An attempt of a call leaves.
    Send { call: usize },
    /// An attempt ends.
    End { call: usize, failed: bool },
}

struct Call {
    client: usize,
    begun: usize,
    attempts: Attempts,
    ended: bool,
}

/// Counts by second.
struct Traffic {
    /// Calls.
    begun: Vec<u32>,
    /// Attempts.
    sent: Vec<u32>,
    /// Calls that were begun in this second and failed in the end.
    failed: Vec<u32>,
}

impl Traffic {
    /// Attempts for each call in these seconds.
    fn ratio(&self, seconds: Range<u32>) -> f64 {
        f64::from(sum(&self.sent, seconds.clone())) / f64::from(sum(&self.begun, seconds))
    }

    /// The most attempts in one of these seconds.
    fn peak(&self, seconds: Range<u32>) -> u32 {
        slice(&self.sent, seconds).iter().copied().max().unwrap_or_default()
    }
}

fn slice(counts: &[u32], seconds: Range<u32>) -> &[u32] {
    &counts[seconds.start as usize..seconds.end as usize]
}

fn sum(counts: &[u32], seconds: Range<u32>) -> u32 {
    slice(counts, seconds).iter().sum()
}

fn second(now: Duration) -> usize {
    usize::try_from(now.as_secs()).expect("a short run")
}

struct Simulation {
    outage: Outage,
    operation: &'static Operation,
    budget: Budget,
    chance: Simulated,
    /// Ordered by time, then by the order in which they were planned.
    events: BinaryHeap<Reverse<(Duration, usize, Event)>>,
    planned: usize,
    budgets: Vec<RetryBudget>,
    calls: Vec<Call>,
    traffic: Traffic,
}

impl Simulation {
    fn run(outage: Outage, verb: Verb, budget: Budget, seed: u64) -> Traffic {
        // The last calls need their time to end.
        let seconds = (RUN + 3 * 60) as usize;
        let traffic = Traffic { begun: vec![0; seconds], sent: vec![0; seconds], failed: vec![0; seconds] };
        let mut simulation = Self {
            outage,
            operation: Operation::find(Api::Capping, verb).expect("an operation"),
            budget,
            chance: Simulated::new(seed),
            events: BinaryHeap::new(),
            planned: 0,
            budgets: vec![RetryBudget::default(); CLIENTS as usize],
            calls: Vec::new(),
            traffic,
        };
        for client in 0..CLIENTS as usize {
            let phase = simulation.up_to(Duration::from_secs(1));
            simulation.plan(phase, Event::Begin { client });
        }
        while let Some(Reverse((now, _, event))) = simulation.events.pop() {
            simulation.handle(now, event);
        }
        assert!(simulation.calls.iter().all(|call| call.ended), "a call never ended");
        simulation.traffic
    }

    fn up_to(&self, duration: Duration) -> Duration {
        part_of(duration, self.chance.random())
    }

    fn plan(&mut self, at: Duration, event: Event) {
        self.planned += 1;
        self.events.push(Reverse((at, self.planned, event)));
    }

    fn handle(&mut self, now: Duration, event: Event) {
        match event {
            Event::Begin { client } => self.begin(now, client),
            Event::Send { call } => self.send(now, call),
            Event::End { call, failed: false } => {
                let call = &mut self.calls[call];
                call.ended = true;
                self.budgets[call.client].succeeded();
            }
            Event::End { call, failed: true } => self.fail(now, call),
        }
    }

    /// A call a second on average, whatever becomes of those before it.
    fn begin(&mut self, now: Duration, client: usize) {
        if now >= Duration::from_secs(RUN.into()) {
            return;
        }
        self.traffic.begun[second(now)] += 1;
        let attempts = Attempts::new(RetryPolicy::default(), self.operation, now + DEADLINE);
        self.calls.push(Call { client, begun: second(now), attempts, ended: false });
        self.send(now, self.calls.len() - 1);
        let pause = Duration::from_millis(500) + self.up_to(Duration::from_secs(1));
        self.plan(now + pause, Event::Begin { client });
    }

    fn send(&mut self, now: Duration, call: usize) {
        self.traffic.sent[second(now)] += 1;
        let spared = self.outage == Outage::Wavering && self.chance.random().is_multiple_of(2);
        let failed = (OUTAGE.start as usize..OUTAGE.end as usize).contains(&second(now)) && !spared;
        let took = match self.outage {
            Outage::Refused if failed => Duration::from_millis(1),
            Outage::Silent(timeout) if failed => timeout,
            _ => Duration::from_millis(50) + self.up_to(Duration::from_millis(100)),
        };
        self.plan(now + took, Event::End { call, failed });
    }

    /// What `Transport` does after an attempt that did not succeed.
    fn fail(&mut self, now: Duration, index: usize) {
        let failure = Failure::read(503, None, b"");
        let ending = match self.outage {
            Outage::Refused => Ending::Unsent { passes: true, wait: Duration::ZERO },
            Outage::Unavailable | Outage::Wavering => Ending::Refused { failure: &failure, retry_after: None },
            Outage::Silent(_) => Ending::Lost,
        };
        let random = self.chance.random();
        let call = &mut self.calls[index];
        match call.attempts.next(&ending, now, random) {
            Next::Again { after } if self.budget == Budget::Unlimited || self.budgets[call.client].take() => {
                self.plan(now + after, Event::Send { call: index });
            }
            _ => {
                call.ended = true;
                self.traffic.failed[call.begun] += 1;
            }
        }
    }
}

/// The outages, and whether a creation may be made again in each.
const OUTAGES: [(Outage, bool); 3] = [
    (Outage::Refused, true),
    (Outage::Unavailable, false),
    // Shorter than by default, so that attempts end within the outage.
    (Outage::Silent(Duration::from_secs(10)), false),
];

/// Attempts for each call that count as a small addition. This project's requirement.
const MOST: f64 = 1.2;

/// Attempts in a second in which nothing is wrong, on average.
const NORMAL: f64 = CLIENTS as f64;

#[test]
fn an_outage_adds_at_most_a_fifth_to_the_traffic_and_no_rush_follows_it() {
    for (outage, creation_is_repeated) in OUTAGES {
        for (verb, is_repeated) in [(Verb::List, true), (Verb::Create, creation_is_repeated)] {
            let traffic = Simulation::run(outage, verb, Budget::Real, 1);
            let within = traffic.ratio(OUTAGE);
            assert!(within <= MOST, "{outage:?} {verb:?}: {within} attempts for each call");
            assert_eq!(within > 1.0, is_repeated, "{outage:?} {verb:?}: {within}");
            assert!(traffic.ratio(0..RUN) <= MOST, "{outage:?} {verb:?}");
            let peak = traffic.peak(OUTAGE.end..RUN);
            assert!(f64::from(peak) <= 1.5 * NORMAL, "{outage:?} {verb:?}: {peak} attempts in a second");
            let failed = sum(&traffic.failed, OUTAGE);
            assert!(f64::from(failed) > 0.9 * f64::from(sum(&traffic.begun, OUTAGE)), "{outage:?} {verb:?}: no outage");
            assert_eq!(sum(&traffic.failed, OUTAGE.end..RUN), 0, "{outage:?} {verb:?}: it is over");
        }
    }
}

#[test]
fn without_the_budget_the_same_outage_is_multiplied() {
    for (outage, creation_is_repeated) in OUTAGES {
        for verb in [Verb::List, Verb::Create] {
            if verb == Verb::Create && !creation_is_repeated {
                continue;
            }
            let traffic = Simulation::run(outage, verb, Budget::Unlimited, 1);
            let (within, whole) = (traffic.ratio(OUTAGE), traffic.ratio(0..RUN));
            assert!(within > 1.5 * MOST && whole > MOST, "{outage:?} {verb:?}: {within} and {whole}");
        }
    }
}

/// As long as an attempt may take by default, an outage without answers ends before the first attempt is given up. Then
/// nothing is added while it lasts, and what was lost is made good afterwards as far as the budget goes: for a few seconds each
/// call that ends in vain is repeated, until what was saved up is spent.
#[test]
fn what_is_lost_for_as_long_as_an_attempt_takes_is_made_good_within_the_budget() {
    let silent = Outage::Silent(Duration::from_secs(30));
    let traffic = Simulation::run(silent, Verb::List, Budget::Real, 1);
    assert_eq!(sum(&traffic.sent, OUTAGE), sum(&traffic.begun, OUTAGE));
    assert!(traffic.ratio(0..RUN) <= MOST, "{}", traffic.ratio(0..RUN));
    let after = traffic.ratio(OUTAGE.end..RUN);
    assert!(after > 1.05 && after <= MOST, "{after}");
    let unlimited = Simulation::run(silent, Verb::List, Budget::Unlimited, 1);
    assert!(unlimited.ratio(0..RUN) > MOST, "{}", unlimited.ratio(0..RUN));
}

/// A service that fails now and then gives back no repetition, so it is not asked much more often either.
#[test]
fn a_service_that_wavers_is_not_asked_much_more_often() {
    let traffic = Simulation::run(Outage::Wavering, Verb::List, Budget::Real, 1);
    let (within, whole) = (traffic.ratio(OUTAGE), traffic.ratio(0..RUN));
    assert!(within <= 1.3 && whole <= 1.1, "{within} and {whole}");
    let unlimited = Simulation::run(Outage::Wavering, Verb::List, Budget::Unlimited, 1);
    let (within, whole) = (unlimited.ratio(OUTAGE), unlimited.ratio(0..RUN));
    assert!(within > 1.6 && whole > 1.15, "{within} and {whole}");
}
