//! Changes of limits with `ajo api` need a confirmation, as with `ajo capping`.

use crate::limits::fixture::LimitsFixture;

const CONFIGS: &str = "/journey/orchestration/endpointConfigs";
const UID: &str = "00000000-0000-4000-8000-000000000001";

/// Runs `ajo api` without a terminal. Returns its exit code and the number of calls that can change something.
async fn run(fixture: &LimitsFixture, arguments: &[&str]) -> (Option<i32>, usize, String) {
    fixture.clear_calls();
    let output = fixture.run(&[&["api"], arguments].concat()).await;
    (output.exit_code, fixture.emulator.state().calls().mutating().len(), output.stderr)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn change_of_a_limit_needs_yes() {
    let fixture = LimitsFixture::start().await;
    let (config, deploy) = (format!("{CONFIGS}/{UID}"), format!("{CONFIGS}/{UID}/deploy"));
    let throttling = format!("/journey/orchestration/throttlingConfigs/{UID}/undeploy");
    for (method, path) in [("DELETE", &config), ("PUT", &config), ("POST", &deploy), ("POST", &throttling)] {
        let (code, calls, error) = run(&fixture, &[method, path, "--sandbox", "prod"]).await;
        assert_eq!((code, calls), (Some(7), 0), "{method} {path}: {error}");
        assert!(
            error.contains(&format!("{method} {path} may change a live limit")) && error.contains("--yes"),
            "{error}"
        );
        let (code, calls, error) = run(&fixture, &[method, path, "--sandbox", "prod", "--yes"]).await;
        assert_eq!((code, calls), (Some(1), 1), "{method} {path}: {error}");
    }
    // The throttling configuration limits all sandboxes.
    assert_eq!(run(&fixture, &["POST", &throttling, "--sandbox", "dev"]).await.0, Some(7));
    let (code, calls, error) = run(&fixture, &["POST", &deploy, "--sandbox", "dev"]).await;
    assert_eq!((code, calls), (Some(1), 1), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_service_counts_as_production() {
    let fixture = LimitsFixture::start().await;
    let url = format!("https://platform.adobe.io{CONFIGS}/{UID}/deploy");
    let (code, calls, error) = run(&fixture, &["POST", &url, "--sandbox", "dev"]).await;
    assert_eq!((code, calls), (Some(7), 0), "{error}");
    assert!(error.contains("another host than the base URL"), "{error}");
    // The same service, as a URL.
    let url = format!("{}{CONFIGS}/{UID}/deploy", fixture.emulator.ims_url());
    assert_eq!(run(&fixture, &["POST", &url, "--sandbox", "dev"]).await.0, Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn create_and_other_apis_do_not_ask() {
    let fixture = LimitsFixture::start().await;
    let list = "/journey/orchestration/list/endpointConfigs";
    for (arguments, expected) in [
        (["POST", list, "--sandbox", "prod"], Some(0)),
        (["POST", CONFIGS, "--sandbox", "prod"], Some(1)),
        (["POST", "/ajo/config/suppression/addresses", "--sandbox", "prod"], Some(1)),
    ] {
        let (code, _, error) = run(&fixture, &arguments).await;
        assert_eq!(code, expected, "{arguments:?}: {error}");
    }
}
