//! Agreement with exact mode, in steps of 10 ms, over random scenarios. The public function takes shorter steps, and with so few
//! calls it would simulate each of them.

use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::*;
use crate::endpoint::simulated_endpoint::EndpointCapacity;
use crate::limits::configured_limits::ConfiguredLimits;
use crate::limits::window_kind::WindowKind;
use crate::report::call_counts::CallCounts;
use crate::scenario::{CappedCall, NoConnection};

const STEP_MS: u64 = 10;

fn outcomes(counts: &CallCounts) -> [(&'static str, u64); 9] {
    [
        ("offered", counts.offered),
        ("sent", counts.sent),
        ("retried", counts.retried),
        ("throttled", counts.throttled),
        ("succeeded", counts.succeeded),
        ("failed", counts.failed),
        ("rejected", counts.rejected),
        ("dropped", counts.dropped),
        ("timed out", counts.timed_out),
    ]
}

/// Random scenarios; the same in each run.
struct Scenarios {
    random: fastrand::Rng,
    /// The mean number of calls per second.
    rate: u32,
}

impl Scenarios {
    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.random.usize(..items.len())]
    }

    /// A number up to twice `mean`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is positive and small")]
    fn around(&mut self, mean: f64) -> u32 {
        (mean * 2.0 * self.random.f64()) as u32
    }

    fn traffic(&mut self) -> String {
        let rate = self.rate;
        match self.random.u8(..4) {
            0 => format!("{rate}x100"),
            1 => format!("{rate}x40,{}x40,{}x40", rate / 3, rate * 2),
            2 => format!("ramp:0-{}x100", rate * 2),
            _ => (0..6)
                .map(|_| format!("{}x{}", self.random.u32(0..rate * 2), self.random.u32(10..30)))
                .collect::<Vec<_>>()
                .join(","),
        }
    }

    fn scenario(&mut self, definitions: &[Value]) -> Scenario {
        let limits = ConfiguredLimits::from_definitions(None, definitions).expect("limits");
        let mut scenario = Scenario::new(self.traffic().parse().expect("a pattern"), limits);
        scenario.window = self.pick(&WindowKind::ALL);
        let latency =
            self.pick(&["100", "37", "300", "exp:300", "exp:1000", "p50=80,p95=300,p99=900", "1500", "5", "333"]);
        scenario.endpoint.latency = latency.parse().expect("a latency");
        scenario.endpoint.failure_status = self.pick(&[503, 503, 503, 500, 404]);
        scenario.timeout_seconds = self.pick(&[1, 2, 5, 30]);
        scenario.retry_delay_ms = self.pick(&[0, 0, 100, 450, 2000]);
        scenario
    }

    fn failures(&mut self, scenario: &mut Scenario) {
        let failures = self.pick(&["0", "0.02", "0.1", "0.5", "first:1", "first:4"]);
        scenario.endpoint.failures = failures.parse().expect("failures");
    }

    fn capping(&mut self) -> Value {
        let period = self.pick(&[100_u32, 130, 500, 1000, 5000, 60_000]);
        let calls = self.around(f64::from(self.rate) * f64::from(period) / 1000.0).max(100);
        let rating = json!({"maxCallsCount": calls, "periodInMs": period});
        json!({"url": "https://a.example/*", "methods": ["GET"], "services": {"action": {"rating": rating}}})
    }

    fn throttling(&mut self) -> Value {
        json!({"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": self.around(f64::from(self.rate)).max(200)})
    }
}

/// Scenarios whose counts differ from exact mode by more than 1 % of the offered calls.
#[derive(Debug, Default)]
struct Disagreement {
    scenarios: usize,
    /// The largest difference, and the name of the count.
    worst: (f64, String),
}

/// Compares both modes for 40 scenarios.
#[expect(clippy::cast_precision_loss, reason = "few calls")]
fn compare(scenario: impl Fn(&mut Scenarios) -> Scenario) -> Disagreement {
    let mut disagreement = Disagreement::default();
    for seed in 0..40 {
        let mut random = fastrand::Rng::with_seed(seed);
        let rate = random.u32(200..1200);
        let scenario = scenario(&mut Scenarios { random, rate });
        let mut go = |_: Progress| ControlFlow::Continue(());
        let exact = exact::simulate(&scenario, &mut go).expect("few calls").totals;
        let steps = simulate_in_steps(&scenario, STEP_MS, &mut go).expect("not canceled").totals;
        assert_eq!(steps.ended(), steps.offered, "seed {seed}: {steps:?}");
        assert_eq!(steps.offered, exact.offered, "seed {seed}");
        let counts = outcomes(&exact).into_iter().zip(outcomes(&steps));
        let differences = counts.map(|((name, exact), (_, steps))| (exact.abs_diff(steps), name));
        let (calls, name) = differences.max().expect("counts");
        let share = calls as f64 / exact.offered as f64;
        disagreement.scenarios += usize::from(share > 0.01);
        if share > disagreement.worst.0 {
            disagreement.worst = (share, format!("{name}, seed {seed}: {exact:?} {steps:?}"));
        }
    }
    disagreement
}

/// At most this number of the 40 scenarios differ by more than 1 %, and none by more than `worst`.
fn assert_agreement(scenarios: usize, worst: f64, scenario: impl Fn(&mut Scenarios) -> Scenario) {
    let found = compare(scenario);
    assert!(found.scenarios <= scenarios && found.worst.0 <= worst, "{found:?}");
}

#[test]
fn endpoint_agrees_with_exact_mode() {
    assert_agreement(0, 0.01, |random| {
        let mut scenario = random.scenario(&[]);
        random.failures(&mut scenario);
        let rate = f64::from(random.rate);
        let work = rate * scenario.endpoint.latency.mean() / 1e6;
        scenario.endpoint.capacity = match random.random.u8(..3) {
            0 => EndpointCapacity::Unlimited,
            1 => EndpointCapacity::RequestsPerSecond(random.around(rate).max(20)),
            _ => EndpointCapacity::Servers(random.around(work).max(20)),
        };
        scenario
    });
}

#[test]
fn caps_agree_with_exact_mode() {
    assert_agreement(0, 0.01, |random| {
        let capping = random.capping();
        random.scenario(&[capping])
    });
}

#[test]
fn throttling_agrees_with_exact_mode() {
    assert_agreement(1, 0.011, |random| {
        let throttling = random.throttling();
        let mut scenario = random.scenario(&[throttling]);
        random.failures(&mut scenario);
        scenario.connections = Some(1_000_000);
        scenario
    });
}

#[test]
fn connections_agree_with_exact_mode() {
    assert_agreement(1, 0.025, |random| {
        let mut scenario = random.scenario(&[]);
        random.failures(&mut scenario);
        let mean = f64::from(random.rate) * scenario.endpoint.latency.mean() / 1e6;
        scenario.connections = Some(random.around(mean).max(50));
        scenario
    });
}

#[test]
fn rejecting_connections_nearly_agree() {
    assert_agreement(2, 0.015, |random| {
        let mut scenario = random.scenario(&[]);
        let mean = f64::from(random.rate) * scenario.endpoint.latency.mean() / 1e6;
        scenario.connections = Some(random.around(mean).max(50));
        scenario.no_connection = NoConnection::Reject;
        scenario
    });
}

/// Throttled calls that start at the same moment and compete for few connections.
#[test]
fn throttled_bursts_nearly_agree() {
    assert_agreement(5, 0.11, |random| {
        let throttling = random.throttling();
        let mut scenario = random.scenario(&[throttling]);
        random.failures(&mut scenario);
        scenario
    });
}

/// If a cap rejects calls while others are retried, microseconds decide which of them get the slots. Cohort mode divides the slots
/// in proportion, except between attempts that leave the throttling queue at the same moment.
#[test]
fn capped_retries_differ() {
    assert_agreement(8, 0.21, |random| {
        let capping = random.capping();
        let mut scenario = random.scenario(&[capping]);
        random.failures(&mut scenario);
        scenario
    });
}

#[test]
fn retried_rejections_differ() {
    assert_agreement(7, 0.35, |random| {
        let definitions = [random.throttling(), random.capping()];
        let mut scenario = random.scenario(&definitions);
        scenario.connections = Some(1_000_000);
        scenario.capped_call = CappedCall::Retried;
        scenario
    });
}
