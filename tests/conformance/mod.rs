//! Runs one suite of cases through the native client over HTTP. `tests/fetch` runs it over `fetch`, and `crates/wasm/npm/test` in the
//! npm package.

mod native;
mod request_logs;
mod suite;

use serde_json::Value;

/// Fails with the differences of all cases.
fn assert_no_differences(transport: &str, results: &[(String, Vec<String>)]) {
    let failed: Vec<_> = results.iter().filter(|(_, differences)| !differences.is_empty()).collect();
    assert!(failed.is_empty(), "{transport}: {failed:#?}");
}

fn cases(suite: &Value) -> &[Value] {
    suite["cases"].as_array().expect("cases")
}

fn case_name(case: &Value) -> String {
    case["name"].as_str().expect("a name").to_owned()
}

#[tokio::test]
async fn native_client_passes_all_cases() {
    let suite = suite::load_suite();
    let mut results = Vec::new();
    for case in cases(&suite) {
        let (requests, result) = native::run_case(&suite["client"], case).await;
        results.push((case_name(case), suite::find_differences(case, &suite["secrets"], &requests, &result)));
    }
    assert_no_differences("native", &results);
}

#[tokio::test]
async fn differences_are_found() {
    let suite = suite::load_suite();
    let case = &cases(&suite)[0];
    let (mut requests, result) = native::run_case(&suite["client"], case).await;
    assert!(!suite::find_differences(case, &suite["secrets"], &requests, &Ok(Value::Null)).is_empty());
    requests[0].body.clear();
    assert!(!suite::find_differences(case, &suite["secrets"], &requests, &result).is_empty());
    assert!(!suite::find_differences(case, &suite["secrets"], &[], &result).is_empty());
}
