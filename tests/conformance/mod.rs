//! One suite of cases through the drivers that run natively: the native client over HTTP, and the steps of the npm package. The one
//! over `fetch` runs it in `tests/fetch`.

mod journals;
mod native;
mod steps;
mod suite;

use serde_json::Value;

/// Says all that is not so, of all cases.
fn report(driver: &str, found: &[(String, Vec<String>)]) {
    let found: Vec<_> = found.iter().filter(|(_, differences)| !differences.is_empty()).collect();
    assert!(found.is_empty(), "{driver}: {found:#?}");
}

fn cases(suite: &Value) -> &[Value] {
    suite["cases"].as_array().expect("cases")
}

fn name(case: &Value) -> String {
    case["name"].as_str().expect("a name").to_owned()
}

#[tokio::test]
async fn the_native_driver_does_what_the_cases_say() {
    let suite = suite::suite();
    let mut found = Vec::new();
    for case in cases(&suite) {
        let (made, result) = native::run(&suite["client"], case).await;
        found.push((name(case), suite::differences(case, &suite["secrets"], &made, &result)));
    }
    report("native", &found);
}

#[test]
fn the_steps_do_what_the_cases_say() {
    let suite = suite::suite();
    let mut found = Vec::new();
    for case in cases(&suite) {
        let (made, result) = steps::run(&suite["client"], case);
        found.push((name(case), suite::differences(case, &suite["secrets"], &made, &result)));
    }
    report("steps", &found);
}

#[test]
fn a_case_can_fail() {
    let suite = suite::suite();
    let case = &cases(&suite)[0];
    let (mut made, result) = steps::run(&suite["client"], case);
    assert!(!suite::differences(case, &suite["secrets"], &made, &Ok(Value::Null)).is_empty());
    made[0].body.clear();
    assert!(!suite::differences(case, &suite["secrets"], &made, &result).is_empty());
    assert!(!suite::differences(case, &suite["secrets"], &[], &result).is_empty());
}
