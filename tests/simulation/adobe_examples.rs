//! The two worked examples of Adobe's documentation.

use ajo_simulator::{
    ConfiguredLimits, EndpointFailures, Journey, Scenario, SimulationMode, SimulationReport, simulate,
};
use serde_json::json;

use crate::comparison::{Comparison, number};

/// Cohort mode groups calls only above three million requests.
const fn in_mode(mode: SimulationMode, exact: u32, cohort: u32) -> u32 {
    match mode {
        SimulationMode::Exact => exact,
        SimulationMode::Cohort => cohort,
    }
}

fn capped(traffic: &str, calls_per_second: u32) -> Scenario {
    let capping = json!({"url": "https://api.example.org/*", "methods": ["GET"],
        "services": {"action": {"rating": {"maxCallsCount": calls_per_second, "periodInMs": 1000}}}});
    let limits = ConfiguredLimits::from_definitions(None, &[capping]).expect("limits");
    Scenario::new(traffic.parse().expect("a pattern"), limits)
}

fn run(scenario: &Scenario, mode: SimulationMode) -> SimulationReport {
    simulate(scenario, mode).expect("it runs")
}

/// 100 calls per second with two retries each leave 33.3 ("about 30").
pub fn two_retries_per_call(mode: SimulationMode) -> Vec<Comparison> {
    let rejects = |rate: u32| {
        let mut scenario = capped(&format!("{rate}x{}", in_mode(mode, 60, 40_000)), 100);
        scenario.endpoint.failures = EndpointFailures::FirstAttempts(2);
        run(&scenario, mode).totals.rejected > 0
    };
    let greatest = (26..=100).take_while(|rate| !rejects(*rate)).last().unwrap_or(0);
    let mut queued = Scenario::new(
        format!("100x{}", in_mode(mode, 300, 11_000)).parse().expect("a pattern"),
        ConfiguredLimits::default().with_throttling(100),
    );
    queued.endpoint.failures = EndpointFailures::FirstAttempts(2);
    let report = run(&queued, mode);
    // Calls wait for at least 900 seconds, so all slots are used. Groups of calls succeed every three seconds.
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
    // The same number of times all rates.
    let scale = in_mode(mode, 1, 310);
    let rejects = |branches: u32| {
        let mut scenario = capped("1x1", 100 * scale);
        let branch = |index: u32| Journey {
            name: format!("branch {index}"),
            pattern: format!("0x{},{}x20", 20 * index + 1, (500 * scale).div_ceil(branches))
                .parse()
                .expect("a pattern"),
        };
        scenario.journeys = (0..branches).map(branch).collect();
        run(&scenario, mode).totals.rejected > 0
    };
    let fewest = (1..=10).find(|branches| !rejects(*branches)).unwrap_or(0);
    vec![Comparison {
        queue: format!(
            "{}/s in branches into {}/s, {mode} mode",
            number(f64::from(500 * scale)),
            number(f64::from(100 * scale))
        ),
        value: "branches without rejection".to_owned(),
        closed_form: 5.0,
        simulated: fewest.into(),
        tolerance: 0.0,
    }]
}
