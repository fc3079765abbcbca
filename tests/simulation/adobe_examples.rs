//! The two worked examples of Adobe's documentation.

use ajo_simulator::{
    ConfiguredLimits, EndpointFailures, Journey, Scenario, SimulationMode, SimulationReport, simulate,
};
use serde_json::json;

use crate::comparison::Comparison;

fn capped(traffic: &str) -> Scenario {
    let capping = json!({"url": "https://api.example.org/*", "methods": ["GET"],
        "services": {"action": {"rating": {"maxCallsCount": 100, "periodInMs": 1000}}}});
    let limits = ConfiguredLimits::from_definitions(None, &[capping]).expect("limits");
    Scenario::new(traffic.parse().expect("a pattern"), limits)
}

fn run(scenario: &Scenario, mode: SimulationMode) -> SimulationReport {
    simulate(scenario, mode).expect("it runs")
}

/// 100 calls per second with two retries each leave 33.3 ("about 30").
pub fn two_retries_per_call(mode: SimulationMode) -> Vec<Comparison> {
    let rejects = |rate: u32| {
        let mut scenario = capped(&format!("{rate}x60"));
        scenario.endpoint.failures = EndpointFailures::FirstAttempts(2);
        run(&scenario, mode).totals.rejected > 0
    };
    let greatest = (1..=100).take_while(|rate| !rejects(*rate)).last().unwrap_or(0);
    let mut queued =
        Scenario::new("100x300".parse().expect("a pattern"), ConfiguredLimits::default().with_throttling(100));
    queued.endpoint.failures = EndpointFailures::FirstAttempts(2);
    let report = run(&queued, mode);
    // Calls wait for 900 seconds, so all slots are used. Groups of calls succeed every three seconds.
    let rows = &report.rows[3..303];
    let succeeded: u64 = rows.iter().map(|row| row.counts.succeeded).sum();
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let rate = succeeded as f64 / rows.len() as f64;
    let row = |queue: &str, value: &str, simulated: f64, tolerance: f64| Comparison {
        queue: format!("{queue}, two retries each, {mode} mode"),
        value: value.to_owned(),
        closed_form: 100.0 / 3.0,
        simulated,
        tolerance,
    };
    vec![
        // Whole calls per second.
        row("100/s capped", "greatest rate without rejection, calls/s", greatest.into(), 0.02),
        row("100/s throttled", "calls that succeed, calls/s", rate, 0.01),
    ]
}

/// 10,000 profiles read at 500 per second, into an endpoint of 100 per second: five branches, each with a longer wait.
pub fn percentage_split(mode: SimulationMode) -> Vec<Comparison> {
    let rejects = |branches: u32| {
        let mut scenario = capped("1x1");
        let branch = |index: u32| Journey {
            name: format!("branch {index}"),
            pattern: format!("0x{},{}x20", 20 * index + 1, 500_u32.div_ceil(branches)).parse().expect("a pattern"),
        };
        scenario.journeys = (0..branches).map(branch).collect();
        run(&scenario, mode).totals.rejected > 0
    };
    let fewest = (1..=10).find(|branches| !rejects(*branches)).unwrap_or(0);
    vec![Comparison {
        queue: format!("500/s in branches into 100/s, {mode} mode"),
        value: "branches without rejection".to_owned(),
        closed_form: 5.0,
        simulated: fewest.into(),
        tolerance: 0.0,
    }]
}
