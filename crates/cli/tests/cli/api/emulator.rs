//! `ajo api` on the emulator.

use serde_json::Value;

use crate::limits::fixture::LimitsFixture;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emulator_answers() {
    let fixture = LimitsFixture::start().await;
    let definition = r#"{"url": "https://a.example/x", "methods": ["GET"], "services": {"action": {"rating": {"maxCallsCount": 5, "periodInMs": 1000}}}}"#;
    fixture.write("capping.json", definition);
    let configs = "/journey/orchestration/endpointConfigs";
    let run = async |arguments: &[&str], exit_code| {
        let arguments = [&["api", "--sandbox", "prod"], arguments].concat();
        fixture.run_expecting(&arguments, exit_code).await
    };
    let created = run(&["POST", configs, "--input", "capping.json"], 0).await.stdout;
    let created: Value = serde_json::from_str(&created).expect("JSON");
    let config = format!("{configs}/{}", created["uid"].as_str().expect("a uid"));
    let limit = run(&["GET", &config, "--jq", ".result.services.action.rating.maxCallsCount"], 0).await;
    assert_eq!(limit.stdout, "5\n");
    let names = run(&["GET", "/data/foundation/sandbox-management/", "--jq", ".sandboxes[].name"], 0).await;
    assert_eq!(names.stdout, "prod\ndev\n");
    let status = run(&["GET", "/imp/", "--include", "--jq", ".status, .body.status"], 0).await;
    assert_eq!(status.stdout, "200\nok\n");
    let unknown =
        run(&["GET", &format!("{configs}/00000000-0000-4000-8000-000000000001"), "--jq", ".a", "--output", "json"], 1)
            .await;
    assert!(unknown.stdout.starts_with("{\"status\":404"), "{}", unknown.stdout);
    let error: Value = serde_json::from_str(&unknown.stderr).expect("JSON");
    assert_eq!(error["error"]["response"]["status"], 404);
}
