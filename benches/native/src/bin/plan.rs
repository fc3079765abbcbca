//! CPU time of planning 10 to 10,000 configurations when nothing differs, a tenth differs, or a tenth is new. The baseline is
//! parsing the JSON of the same number of configurations, which every plan requires.

use std::hint::black_box;

use ajo_bench::{PairedRounds, list_json, print_figure};
use ajo_core::{Api, CappingConfig, SandboxName};
use ajo_limits::{
    ConfigDefinition, DeployState, DesiredConfig, DesiredLimits, LimitsState, ManagedConfig, ObservedConfig,
    ObservedLimits, Plan, PlanOptions, plan,
};
use serde::Deserialize;
use serde_json::json;

/// The limits file.
const FILE: &str = "prod.yaml";
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
/// Configurations planned per measurement; small plans are repeated until they reach this number.
const CONFIGS_PER_ROUND: usize = 20_000;
/// Rounds per run; `cargo xtask bench` makes five runs.
const ROUNDS: usize = 5;

/// The difference between the files and the service.
#[derive(Clone, Copy)]
enum PlanCase {
    Unchanged,
    TenthChanged,
    TenthNew,
}

#[derive(Deserialize)]
struct ListResponse {
    results: Vec<CappingConfig>,
}

fn main() {
    for case in [PlanCase::Unchanged, PlanCase::TenthChanged, PlanCase::TenthNew] {
        let name = match case {
            PlanCase::Unchanged => "unchanged",
            PlanCase::TenthChanged => "10 % changed",
            PlanCase::TenthNew => "10 % new",
        };
        let mut each = Vec::new();
        for size in SIZES {
            let millis = measure(name, size, case);
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            each.push((size, millis * 1e3 / size as f64));
        }
        let (small, (largest, micros)) = (each[1], each[each.len() - 1]);
        let name = format!("{name}, one of {largest} compared with one of {}", small.0);
        print_figure(&name, micros, "µs", Some(micros / small.1));
    }
}

/// Prints the figures for one size and returns the milliseconds per plan.
fn measure(name: &str, size: usize, case: PlanCase) -> f64 {
    let (desired, observed, state) = plan_input(size, case);
    let make = || plan(&desired, &observed, &state, PlanOptions::default());
    assert_plan(&make(), size, case);
    let plans = (CONFIGS_PER_ROUND / size).max(1);
    let json = list_json(size);
    let read = || serde_json::from_str::<ListResponse>(&json).expect("a list").results;
    assert_eq!(read().len(), size);
    let paired = PairedRounds::run(
        ROUNDS,
        || || (0..plans).for_each(|_| drop(black_box(make()))),
        || || (0..plans).for_each(|_| drop(black_box(read()))),
    );
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let millis = |seconds: f64| seconds * 1e3 / plans as f64;
    let (planning, reading) = paired.cpu_times();
    print_figure(&format!("{name}, {size}"), millis(planning), "ms", Some(paired.cpu_ratio()));
    if size == SIZES[SIZES.len() - 1] && matches!(case, PlanCase::Unchanged) {
        print_figure(&format!("reading {size}"), millis(reading), "ms", None);
    }
    millis(planning)
}

fn plan_input(size: usize, case: PlanCase) -> (DesiredLimits, ObservedLimits, LimitsState) {
    let sandbox: SandboxName = "prod".parse().expect("a sandbox");
    let mut desired = Vec::with_capacity(size);
    let mut observed = Vec::with_capacity(size);
    let mut state = LimitsState { organization: Some("A1B2C3@AdobeOrg".to_owned()), ..LimitsState::default() };
    for number in 0..size {
        let in_tenth = number % 10 == 0;
        let calls = if in_tenth && matches!(case, PlanCase::TenthChanged) { 900 } else { 500 };
        desired.push(DesiredConfig {
            definition: definition(number, calls),
            deployed: true,
            file: Some(FILE.to_owned()),
            location: None,
        });
        if in_tenth && matches!(case, PlanCase::TenthNew) {
            continue;
        }
        let config = ObservedConfig {
            uid: format!("7f9d3a0c-6a1e-4a63-9d43-{number:012x}").parse().expect("a uid"),
            deploy_state: DeployState::from_desired(definition(number, 500), true),
            last_modified_by: Some("someone@AdobeID".to_owned()),
            last_modified_at: Some("2024-03-05T10:26:34.123456Z".to_owned()),
            unknown_fields: serde_json::Map::new(),
            live_unknown_fields: None,
        };
        state.configs.push(ManagedConfig {
            digest: Some(config.deploy_state.digest()),
            service_digest: None,
            ..ManagedConfig::unsettled(&sandbox, config.key(), Some(FILE.to_owned()), &config)
        });
        observed.push(config);
    }
    let observed = ObservedLimits { configs: observed, ..ObservedLimits::default() };
    (DesiredLimits { sandbox, configs: desired, files: vec![FILE.to_owned()] }, observed, state)
}

fn definition(number: usize, calls: i64) -> ConfigDefinition {
    let limit = json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}});
    let json = json!({"url": format!("https://api.example.org/v2/endpoints/{number:05}/*"), "methods": ["GET", "POST"], "services": {"dataSource": limit}});
    ConfigDefinition::from_json(Api::Capping, &json).expect("a definition")
}

/// Checks that the plan has the expected size.
fn assert_plan(plan: &Plan, size: usize, case: PlanCase) {
    let changes = if matches!(case, PlanCase::Unchanged) { 0 } else { size / 10 };
    assert!(plan.blockers.is_empty(), "nothing blocks the plan");
    assert_eq!((plan.changes.len(), plan.unchanged), (changes, size - changes));
}
