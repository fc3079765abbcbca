//! CPU time of a plan of 10 to 10,000 configurations, if none, a tenth, or a new tenth differs; compared with reading the JSON of as
//! many configurations, which every plan has to do.

use std::hint::black_box;

use ajo_bench::{Paired, list, print_figure};
use ajo_core::{Api, CappingConfig, Sandbox};
use ajo_limits::{Definition, Desired, Found, Ledger, Observed, Options, Owned, Plan, Standing, Wanted, plan};
use serde::Deserialize;
use serde_json::json;

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
/// Configurations planned in one measurement, in as many plans as that takes.
const PLANNED: usize = 20_000;
/// Rounds of one run; `cargo xtask bench` makes five runs.
const ROUNDS: usize = 5;

/// The difference between the files and the service.
#[derive(Clone, Copy)]
enum Case {
    Unchanged,
    TenthChanged,
    TenthNew,
}

/// The response to a list.
#[derive(Deserialize)]
struct Many {
    results: Vec<CappingConfig>,
}

fn main() {
    for case in [Case::Unchanged, Case::TenthChanged, Case::TenthNew] {
        let name = match case {
            Case::Unchanged => "unchanged",
            Case::TenthChanged => "10 % changed",
            Case::TenthNew => "10 % new",
        };
        let mut each = Vec::new();
        for size in SIZES {
            let millis = measure(name, size, case);
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            each.push((size, millis * 1e3 / size as f64));
        }
        let (few, (most, micros)) = (each[1], each[each.len() - 1]);
        let name = format!("{name}, one of {most} compared with one of {}", few.0);
        print_figure(&name, micros, "µs", Some(micros / few.1));
    }
}

/// Prints the figures of one size, and returns the milliseconds of a plan.
fn measure(name: &str, size: usize, case: Case) -> f64 {
    let (desired, observed, ledger) = situation(size, case);
    let make = || plan(&desired, &observed, &ledger, Options::default());
    check(&make(), size, case);
    let plans = (PLANNED / size).max(1);
    let json = list(size);
    let read = || serde_json::from_str::<Many>(&json).expect("a list").results;
    assert_eq!(read().len(), size);
    let paired = Paired::run(
        ROUNDS,
        || || (0..plans).for_each(|_| drop(black_box(make()))),
        || || (0..plans).for_each(|_| drop(black_box(read()))),
    );
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let millis = |seconds: f64| seconds * 1e3 / plans as f64;
    let (ours, reading) = paired.cpus();
    print_figure(&format!("{name}, {size}"), millis(ours), "ms", Some(paired.cpu_ratio()));
    if size == SIZES[SIZES.len() - 1] && matches!(case, Case::Unchanged) {
        print_figure(&format!("reading {size}"), millis(reading), "ms", None);
    }
    millis(ours)
}

fn situation(size: usize, case: Case) -> (Desired, Observed, Ledger) {
    let sandbox: Sandbox = "prod".parse().expect("a sandbox");
    let mut wanted = Vec::with_capacity(size);
    let mut found = Vec::with_capacity(size);
    let mut ledger = Ledger { organization: Some("A1B2C3@AdobeOrg".to_owned()), ..Ledger::default() };
    for number in 0..size {
        let chosen = number % 10 == 0;
        let calls = if chosen && matches!(case, Case::TenthChanged) { 900 } else { 500 };
        wanted.push(Wanted { definition: definition(number, calls), deployed: true, place: None });
        if chosen && matches!(case, Case::TenthNew) {
            continue;
        }
        let there = Found {
            uid: format!("7f9d3a0c-6a1e-4a63-9d43-{number:012x}").parse().expect("a uid"),
            standing: Standing::wanted(definition(number, 500), true),
            last_modified_by: Some("someone@AdobeID".to_owned()),
            last_modified_at: Some("2024-03-05T10:26:34.123456Z".to_owned()),
            unknown_fields: serde_json::Map::new(),
        };
        ledger.configurations.push(Owned {
            sandbox: sandbox.to_string(),
            key: there.key(),
            uid: there.uid.clone(),
            digest: there.standing.digest(),
            last_modified_at: there.last_modified_at.clone(),
        });
        found.push(there);
    }
    (Desired { sandbox, configs: wanted }, Observed { configs: found }, ledger)
}

fn definition(number: usize, calls: i64) -> Definition {
    let limit = json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}});
    let json = json!({"url": format!("https://api.example.org/v2/endpoints/{number:05}/*"), "methods": ["GET", "POST"], "services": {"dataSource": limit}});
    Definition::from_json(Api::Capping, &json).expect("a definition")
}

/// Checks that the plan is the intended one.
fn check(plan: &Plan, size: usize, case: Case) {
    let changes = if matches!(case, Case::Unchanged) { 0 } else { size / 10 };
    assert!(plan.refusals.is_empty(), "nothing is in the way");
    assert_eq!((plan.changes.len(), plan.unchanged), (changes, size - changes));
}
