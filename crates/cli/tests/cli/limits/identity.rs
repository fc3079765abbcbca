//! URLs in different spellings, and changes of URL and methods.

use crate::limits::fixture::{LimitsFixture, limits_file};

async fn applied_fixture(file: &str) -> LimitsFixture {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", file);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spellings_of_a_url_are_one_limit() {
    let plain = limits_file(&[("api", 1, true)]);
    let spelled = plain.replace("https://api.example.org/*", "HTTPS://API.Example.org.:443/*");
    let fixture = LimitsFixture::start().await;
    let entry = spelled.split("capping:\n").nth(1).expect("an entry");
    fixture.write("twice.yaml", &format!("{plain}{entry}"));
    let output = fixture.run_expecting(&["validate", "twice.yaml"], 1).await;
    assert!(output.stdout.contains("AJO_LIMITS_DUPLICATE"), "{}", output.stdout);

    let fixture = applied_fixture(&plain).await;
    fixture.write("prod.yaml", &spelled);
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    assert!(!output.stdout.contains("stale"), "{}", output.stdout);
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code", "--state=other.json"], 0).await;
    fixture.run_expecting(&["import", "prod.yaml", "--state=other.json"], 0).await;
    assert!(fixture.read("other.json").contains("\"https://api.example.org/*\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn url_change_is_one_update() {
    let before = limits_file(&[("api", 1, true), ("other", 2, true)]);
    for (from, to, lost) in [
        ("https://api.example.org/*", "https://api.example.org/v2/*", "GET https://api.example.org/*"),
        ("https://api.example.org/*", "https://new.example.org/*", "GET https://api.example.org/*"),
        (
            "methods: [GET]\n    services:\n      action: { maxHttpConnections: 50, rating: { maxCallsCount: 1,",
            "methods: [POST]\n    services:\n      action: { maxHttpConnections: 50, rating: { maxCallsCount: 1,",
            "GET https://api.example.org/*",
        ),
    ] {
        let fixture = applied_fixture(&before).await;
        let uid = fixture.managed_uids().remove(0);
        assert!(before.contains(from), "{from}");
        fixture.write("prod.yaml", &before.replace(from, to));
        let output = fixture.run_expecting(&["plan", "prod.yaml", "--prune"], 0).await;
        let expected = format!("once this is deployed, the limit no longer covers {lost}");
        assert!(output.stdout.contains(&expected), "{}", output.stdout);
        assert!(output.stdout.contains("0 to create, 1 to update, 0 to delete"), "{}", output.stdout);
        fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
        assert!(fixture.read("ajo.state.json").contains(&uid), "{to}");
        let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
        assert!(!output.stdout.contains("orphaned") && !output.stdout.contains("unmanaged"), "{}", output.stdout);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reverted_url_names_lost_calls() {
    let fixture = applied_fixture(&limits_file(&[("api", 1, true)])).await;
    let uid = fixture.managed_uids().remove(0);
    fixture.write(
        "edit.yaml",
        "url: https://moved.example.org/*
methods: [GET]
services: { action: { maxHttpConnections: 50, rating: { maxCallsCount: 1, periodInMs: 1000 } } }
",
    );
    fixture.run_expecting(&["capping", "update", &uid, "edit.yaml", "--sandbox=prod", "--yes"], 0).await;
    let lost = "the limit no longer covers GET https://moved.example.org/*";
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 0).await;
    assert!(output.stdout.contains("it was capping GET https://moved.example.org/* before"), "{}", output.stdout);
    assert!(!output.stdout.contains(lost), "not live: {}", output.stdout);
    fixture.run_expecting(&["capping", "redeploy", &uid, "--sandbox=prod", "--yes"], 0).await;
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 0).await;
    assert!(output.stdout.contains(lost), "{}", output.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unclear_url_change_is_reported() {
    let fixture = applied_fixture(&limits_file(&[("a", 1, true), ("b", 1, true)])).await;
    fixture.write("prod.yaml", &limits_file(&[("c", 1, true), ("d", 1, true)]));
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 0).await;
    assert!(
        output.stdout.contains("2 to create, 0 to update") && output.stdout.contains("unclear: "),
        "{}",
        output.stdout
    );
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    // An entry that was already gone is not replaced later.
    fixture.write("prod.yaml", &limits_file(&[("c", 1, true), ("d", 1, true), ("e", 1, true)]));
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 0).await;
    assert!(
        output.stdout.contains("1 to create, 0 to update") && !output.stdout.contains("unclear"),
        "{}",
        output.stdout
    );
}
