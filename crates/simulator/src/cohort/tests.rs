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
        let calls = self.around(f64::from(self.rate) * f64::from(period) / 1000.0).max(20);
        let rating = json!({"maxCallsCount": calls, "periodInMs": period});
        json!({"url": "https://a.example/*", "methods": ["GET"], "services": {"action": {"rating": rating}}})
    }

    fn throttling(&mut self) -> Value {
        json!({"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": self.around(f64::from(self.rate)).max(200)})
    }
}

/// Compares both modes for many scenarios. Returns those that differ by more than `tolerance` of the offered calls.
fn differences(tolerance: f64, scenario: impl Fn(&mut Scenarios) -> Scenario) -> Vec<String> {
    let compare = |seed| {
        let mut random = fastrand::Rng::with_seed(seed);
        let rate = random.u32(200..1200);
        let scenario = scenario(&mut Scenarios { random, rate });
        let mut go = |_: Progress| ControlFlow::Continue(());
        let exact = exact::simulate(&scenario, &mut go).expect("few calls").totals;
        let steps = simulate_in_steps(&scenario, STEP_MS, &mut go).expect("not canceled").totals;
        assert_eq!(steps.ended(), steps.offered, "seed {seed}: {steps:?}");
        assert_eq!(steps.offered, exact.offered, "seed {seed}");
        #[expect(clippy::cast_precision_loss, reason = "few calls")]
        let share = |calls: u64| calls as f64 / exact.offered as f64;
        let differing = outcomes(&exact)
            .into_iter()
            .zip(outcomes(&steps))
            .filter(|(exact, steps)| share(exact.1.abs_diff(steps.1)) > tolerance);
        let differing: Vec<_> = differing
            .map(|((name, exact), (_, steps))| {
                format!("{name} {exact} / {steps} ({:.3})", share(exact.abs_diff(steps)))
            })
            .collect();
        (!differing.is_empty()).then(|| {
            let connections = scenario.limits.connections(scenario.connections).map(|it| it.count);
            format!(
                "seed {seed}: {}; {connections:?} connections, {:?}, {:?}, {}, {} s",
                differing.join(", "),
                scenario.endpoint,
                scenario.limits,
                scenario.window,
                scenario.timeout_seconds
            )
        })
    };
    (0..100).filter_map(compare).collect()
}

#[test]
fn explore() {
    let show = |name: &str, list: Vec<String>| eprintln!("== {name}: {}\n{}", list.len(), list.join("\n"));
    show(
        "endpoint",
        differences(0.01, |it| {
            let mut s = it.scenario(&[]);
            it.failures(&mut s);
            let rate = f64::from(it.rate);
            s.endpoint.capacity = match it.random.u8(..3) {
                0 => EndpointCapacity::Unlimited,
                1 => EndpointCapacity::RequestsPerSecond(it.around(rate).max(20)),
                _ => EndpointCapacity::Servers(it.around(rate * s.endpoint.latency.mean() / 1e6).max(20)),
            };
            s
        }),
    );
    show(
        "caps",
        differences(0.01, |it| {
            let d = it.capping();
            it.scenario(&[d])
        }),
    );
    show(
        "throttling",
        differences(0.01, |it| {
            let d = it.throttling();
            let mut s = it.scenario(&[d]);
            it.failures(&mut s);
            s.connections = Some(1_000_000);
            s
        }),
    );
    show(
        "both",
        differences(0.01, |it| {
            let d = [it.throttling(), it.capping()];
            let mut s = it.scenario(&d);
            s.connections = Some(1_000_000);
            s.capped_call = it.pick(&[CappedCall::Final, CappedCall::Retried]);
            s
        }),
    );
    show(
        "connections",
        differences(0.01, |it| {
            let mut s = it.scenario(&[]);
            it.failures(&mut s);
            s.connections = Some(it.around(f64::from(it.rate) * s.endpoint.latency.mean() / 1e6).max(20));
            s.no_connection = it.pick(&[NoConnection::Wait, NoConnection::Reject]);
            s
        }),
    );
    show(
        "throttled connections",
        differences(0.01, |it| {
            let d = it.throttling();
            let mut s = it.scenario(&[d]);
            it.failures(&mut s);
            s
        }),
    );
    show(
        "capped retries",
        differences(0.01, |it| {
            let d = it.capping();
            let mut s = it.scenario(&[d]);
            it.failures(&mut s);
            s
        }),
    );
}
