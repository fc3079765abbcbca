//! Simulates a thousand clients during a 30-second outage, in virtual time, to measure the traffic that retries add.
//!
//! During an outage the service gets the retries of all clients at once. The retry budget keeps them few, and the same
//! simulation without the budget proves it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::time::Duration;

use ajo_engine::{
    AlreadyApplied, AttemptOutcome, ErrorResponse, Idempotency, OperationSemantics, RetryBudget, RetryDecision,
    RetryPolicy, RetryState, jitter,
};

use crate::SeededRng;

const LIST: OperationSemantics =
    OperationSemantics { idempotency: Idempotency::Safe, already_applied: AlreadyApplied::Never };
const CREATE: OperationSemantics = OperationSemantics { idempotency: Idempotency::NotIdempotent, ..LIST };

const CLIENTS: u32 = 1000;
/// Length of the run, in seconds.
const RUN_SECONDS: u32 = 120;
/// The seconds in which no attempt succeeds.
const OUTAGE: Range<u32> = 45..75;
/// The deadline of a call: the value of `ajo_core::DEADLINE`, which needs an HTTP client.
const DEADLINE: Duration = Duration::from_secs(60);

/// How calls fail during the outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OutageKind {
    /// Connections are refused.
    Refused,
    /// A proxy responds with 503 and no body.
    Unavailable,
    /// A random half of the attempts fails with 503.
    Intermittent,
    /// There is no response, and attempts end after this timeout.
    NoResponse(Duration),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BudgetMode {
    Real,
    Unlimited,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SimulationEvent {
    StartCall { client: usize },
    SendAttempt { call: usize },
    EndAttempt { call: usize, failed: bool },
}

struct SimulatedCall {
    client: usize,
    started_at: usize,
    attempts: RetryState,
    ended: bool,
}

/// Counts per second.
struct TrafficCounts {
    /// Calls.
    started: Vec<u32>,
    /// Attempts.
    sent: Vec<u32>,
    /// Calls that started in this second and finally failed.
    failed: Vec<u32>,
}

impl TrafficCounts {
    /// Attempts per call in these seconds.
    fn ratio(&self, seconds: Range<u32>) -> f64 {
        f64::from(sum(&self.sent, seconds.clone())) / f64::from(sum(&self.started, seconds))
    }

    /// Maximum attempts per second in these seconds.
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

struct OutageSimulation {
    outage: OutageKind,
    operation: OperationSemantics,
    budget: BudgetMode,
    rng: SeededRng,
    /// Ordered by time, then by insertion.
    events: BinaryHeap<Reverse<(Duration, usize, SimulationEvent)>>,
    event_count: usize,
    budgets: Vec<RetryBudget>,
    calls: Vec<SimulatedCall>,
    traffic: TrafficCounts,
}

impl OutageSimulation {
    fn run(outage: OutageKind, operation: OperationSemantics, budget: BudgetMode, seed: u64) -> TrafficCounts {
        // Leaves time for the last calls to end.
        let seconds = (RUN_SECONDS + 3 * 60) as usize;
        let traffic = TrafficCounts { started: vec![0; seconds], sent: vec![0; seconds], failed: vec![0; seconds] };
        let mut simulation = Self {
            outage,
            operation,
            budget,
            rng: SeededRng(seed),
            events: BinaryHeap::new(),
            event_count: 0,
            budgets: vec![RetryBudget::default(); CLIENTS as usize],
            calls: Vec::new(),
            traffic,
        };
        for client in 0..CLIENTS as usize {
            let phase = simulation.random_up_to(Duration::from_secs(1));
            simulation.schedule(phase, SimulationEvent::StartCall { client });
        }
        while let Some(Reverse((now, _, event))) = simulation.events.pop() {
            simulation.handle(now, event);
        }
        assert!(simulation.calls.iter().all(|call| call.ended), "a call never ended");
        simulation.traffic
    }

    fn random_up_to(&mut self, duration: Duration) -> Duration {
        jitter(duration, self.rng.next())
    }

    fn schedule(&mut self, at: Duration, event: SimulationEvent) {
        self.event_count += 1;
        self.events.push(Reverse((at, self.event_count, event)));
    }

    fn handle(&mut self, now: Duration, event: SimulationEvent) {
        match event {
            SimulationEvent::StartCall { client } => self.start_call(now, client),
            SimulationEvent::SendAttempt { call } => self.send_attempt(now, call),
            SimulationEvent::EndAttempt { call, failed: false } => {
                let call = &mut self.calls[call];
                call.ended = true;
                self.budgets[call.client].deposit();
            }
            SimulationEvent::EndAttempt { call, failed: true } => self.handle_failure(now, call),
        }
    }

    /// Starts a call, and schedules the next one about a second later regardless of the result.
    fn start_call(&mut self, now: Duration, client: usize) {
        if now >= Duration::from_secs(RUN_SECONDS.into()) {
            return;
        }
        self.traffic.started[second(now)] += 1;
        let attempts = RetryState::new(RetryPolicy::default(), &self.operation, now + DEADLINE);
        self.calls.push(SimulatedCall { client, started_at: second(now), attempts, ended: false });
        self.send_attempt(now, self.calls.len() - 1);
        let pause = Duration::from_millis(500) + self.random_up_to(Duration::from_secs(1));
        self.schedule(now + pause, SimulationEvent::StartCall { client });
    }

    fn send_attempt(&mut self, now: Duration, call: usize) {
        self.traffic.sent[second(now)] += 1;
        let succeeds = self.outage == OutageKind::Intermittent && self.rng.next().is_multiple_of(2);
        let failed = (OUTAGE.start as usize..OUTAGE.end as usize).contains(&second(now)) && !succeeds;
        let took = match self.outage {
            OutageKind::Refused if failed => Duration::from_millis(1),
            OutageKind::NoResponse(timeout) if failed => timeout,
            _ => Duration::from_millis(50) + self.random_up_to(Duration::from_millis(100)),
        };
        self.schedule(now + took, SimulationEvent::EndAttempt { call, failed });
    }

    /// Handles a failed attempt like the client's `CallState`.
    fn handle_failure(&mut self, now: Duration, index: usize) {
        let response = ErrorResponse::parse(503, None, b"");
        let outcome = match self.outage {
            OutageKind::Refused => AttemptOutcome::NotSent { is_transient: true, retry_after: Duration::ZERO },
            OutageKind::Unavailable | OutageKind::Intermittent => {
                AttemptOutcome::ErrorResponse { response: &response, retry_after: None }
            }
            OutageKind::NoResponse(_) => AttemptOutcome::NoResponse,
        };
        let random = self.rng.next();
        let call = &mut self.calls[index];
        match call.attempts.decide(&outcome, now, random) {
            RetryDecision::Retry { after }
                if self.budget == BudgetMode::Unlimited || self.budgets[call.client].withdraw() =>
            {
                self.schedule(now + after, SimulationEvent::SendAttempt { call: index });
            }
            _ => {
                call.ended = true;
                self.traffic.failed[call.started_at] += 1;
            }
        }
    }
}

/// The outages, and whether `create` is retried in each.
const OUTAGES: [(OutageKind, bool); 3] = [
    (OutageKind::Refused, true),
    (OutageKind::Unavailable, false),
    // Shorter than the default, so that attempts end during the outage.
    (OutageKind::NoResponse(Duration::from_secs(10)), false),
];

/// Maximum attempts per call during an outage. This project's requirement.
const MAX_RATIO: f64 = 1.2;

/// Average attempts per second without an outage.
const NORMAL_RATE: f64 = CLIENTS as f64;

#[test]
fn outage_adds_at_most_a_fifth() {
    for (outage, create_is_retried) in OUTAGES {
        for (operation, is_retried) in [(LIST, true), (CREATE, create_is_retried)] {
            let traffic = OutageSimulation::run(outage, operation, BudgetMode::Real, 1);
            let within = traffic.ratio(OUTAGE);
            assert!(within <= MAX_RATIO, "{outage:?} {operation:?}: {within} attempts per call");
            assert_eq!(within > 1.0, is_retried, "{outage:?} {operation:?}: {within}");
            assert!(traffic.ratio(0..RUN_SECONDS) <= MAX_RATIO, "{outage:?} {operation:?}");
            let peak = traffic.peak(OUTAGE.end..RUN_SECONDS);
            assert!(f64::from(peak) <= 1.5 * NORMAL_RATE, "{outage:?} {operation:?}: {peak} attempts per second");
            let failed = sum(&traffic.failed, OUTAGE);
            assert!(
                f64::from(failed) > 0.9 * f64::from(sum(&traffic.started, OUTAGE)),
                "{outage:?} {operation:?}: no outage"
            );
            assert_eq!(
                sum(&traffic.failed, OUTAGE.end..RUN_SECONDS),
                0,
                "{outage:?} {operation:?}: the outage is over"
            );
        }
    }
}

#[test]
fn no_budget_multiplies_the_outage() {
    for (outage, create_is_retried) in OUTAGES {
        for operation in [LIST, CREATE] {
            if operation == CREATE && !create_is_retried {
                continue;
            }
            let traffic = OutageSimulation::run(outage, operation, BudgetMode::Unlimited, 1);
            let (within, whole) = (traffic.ratio(OUTAGE), traffic.ratio(0..RUN_SECONDS));
            assert!(within > 1.5 * MAX_RATIO && whole > MAX_RATIO, "{outage:?} {operation:?}: {within} and {whole}");
        }
    }
}

/// With the default timeout of an attempt, an outage without responses is over before the first attempt fails. Retries
/// then add no traffic during the outage. Afterwards the failed calls are retried for a few seconds until the budget is
/// empty.
#[test]
fn long_timeouts_stay_within_the_budget() {
    let no_response = OutageKind::NoResponse(Duration::from_secs(30));
    let traffic = OutageSimulation::run(no_response, LIST, BudgetMode::Real, 1);
    assert_eq!(sum(&traffic.sent, OUTAGE), sum(&traffic.started, OUTAGE));
    assert!(traffic.ratio(0..RUN_SECONDS) <= MAX_RATIO, "{}", traffic.ratio(0..RUN_SECONDS));
    let after = traffic.ratio(OUTAGE.end..RUN_SECONDS);
    assert!(after > 1.05 && after <= MAX_RATIO, "{after}");
    let unlimited = OutageSimulation::run(no_response, LIST, BudgetMode::Unlimited, 1);
    assert!(unlimited.ratio(0..RUN_SECONDS) > MAX_RATIO, "{}", unlimited.ratio(0..RUN_SECONDS));
}

/// Intermittent failures also empty the budget, so they add little traffic.
#[test]
fn intermittent_failures_add_little() {
    let traffic = OutageSimulation::run(OutageKind::Intermittent, LIST, BudgetMode::Real, 1);
    let (within, whole) = (traffic.ratio(OUTAGE), traffic.ratio(0..RUN_SECONDS));
    assert!(within <= 1.3 && whole <= 1.1, "{within} and {whole}");
    let unlimited = OutageSimulation::run(OutageKind::Intermittent, LIST, BudgetMode::Unlimited, 1);
    let (within, whole) = (unlimited.ratio(OUTAGE), unlimited.ratio(0..RUN_SECONDS));
    assert!(within > 1.6 && whole > 1.15, "{within} and {whole}");
}
