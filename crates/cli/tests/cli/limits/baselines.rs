//! Baselines in the state, and the reasons in plans.

use crate::limits::fixture::{LimitsFixture, limits_file};

fn config_json(host: &str, calls: u32) -> String {
    format!(
        r#"{{"url": "https://{host}/*", "methods": ["GET"], "services": {{"action":
        {{"maxHttpConnections": 50, "rating": {{"maxCallsCount": {calls}, "periodInMs": 1000}}}}}}}}"#
    )
}

/// Sets the saved calls of a.example.org, as someone else would.
async fn edit_at_service(fixture: &LimitsFixture, uid: &str, calls: u32) {
    fixture.write("edit.json", &config_json("a.example.org", calls));
    fixture.run_expecting(&["capping", "update", uid, "edit.json", "--sandbox=prod", "--yes"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_keeps_real_reason() {
    let fixture = LimitsFixture::start().await;
    fixture.write("a.json", &config_json("a.example.org", 5));
    fixture.run_expecting(&["capping", "create", "a.json", "--sandbox=prod"], 0).await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    let output = fixture.run_expecting(&["import", "prod.yaml"], 0).await;
    assert!(output.stdout.contains("imported; it differs from the file"), "{}", output.stdout);
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 2).await;
    assert!(output.stdout.contains("reason: the file and the service differed"), "{}", output.stdout);
    assert!(!output.stdout.contains("the files changed"), "{}", output.stdout);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saved_but_not_live_limit_is_imported() {
    let fixture = LimitsFixture::start().await;
    fixture.write("a.json", &config_json("a.example.org", 5));
    fixture.run_expecting(&["capping", "create", "a.json", "--sandbox=prod"], 0).await;
    fixture.run_expecting(&["capping", "redeploy", "https://a.example.org/*", "--sandbox=prod", "--yes"], 0).await;
    let list = fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.stdout;
    let uid = list.split("\"uid\":\"").nth(1).expect("a uid").split('"').next().expect("a uid");
    edit_at_service(&fixture, uid, 9).await;
    let output = fixture.run_expecting(&["export", "--sandbox=prod", "--out=prod.yaml"], 0).await;
    assert!(output.stderr.contains("exported 1 configuration;"), "{}", output.stderr);
    // The file equals the saved definition, so "differs from the file" is not the reason.
    let expected = "equals the file, but its live definition differs";
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
    assert!(output.stdout.contains(expected) && !output.stdout.contains("differs from the file"), "{}", output.stdout);
    let output = fixture.run_expecting(&["import", "prod.yaml"], 0).await;
    assert!(output.stdout.contains(expected) && !output.stdout.contains("differs from the file"), "{}", output.stdout);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["drift", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn export_counts_entries_in_file() {
    let fixture = LimitsFixture::start().await;
    fixture.write("a.json", &config_json("a.example.org", 5));
    for _ in 0..2 {
        fixture.run_expecting(&["capping", "create", "a.json", "--sandbox=prod"], 0).await;
    }
    let output = fixture.run_expecting(&["export", "--sandbox=prod", "--out=prod.yaml"], 0).await;
    let expected = "exported 1 of 2 configurations (comments in the file say why); add";
    assert!(output.stderr.contains(expected), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copied_edit_is_no_conflict() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let uid = fixture.managed_uids().remove(0);
    edit_at_service(&fixture, &uid, 9).await;
    fixture.write("prod.yaml", &limits_file(&[("a", 5, true)]));
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
    assert!(output.stdout.contains("to keep the change made at the service, run `ajo accept`"), "{}", output.stdout);
    // The edit is saved, but not live, so it must still be deployed.
    fixture.write("prod.yaml", &limits_file(&[("a", 9, true)]));
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 2).await;
    assert!(output.stdout.contains("1 to redeploy") && output.stdout.contains("changed it at"), "{}", output.stdout);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["drift", "prod.yaml"], 0).await;
    // Someone also undeployed it, which the file contradicts.
    edit_at_service(&fixture, &uid, 9).await;
    fixture.run_expecting(&["capping", "undeploy", &uid, "--sandbox=prod", "--yes"], 0).await;
    fixture.write("prod.yaml", &limits_file(&[("a", 8, true)]));
    fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
    edit_at_service(&fixture, &uid, 8).await;
    fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moved_entry_updates_state() {
    let fixture = LimitsFixture::start().await;
    fixture.write("a.yaml", &limits_file(&[("a", 1, true), ("b", 3, true)]));
    fixture.run_expecting(&["apply", "a.yaml", "--yes"], 0).await;
    fixture.write("a.yaml", &limits_file(&[("a", 1, true)]));
    fixture.write("b.yaml", &limits_file(&[("b", 3, true)]));
    let output = fixture.run_expecting(&["plan", "a.yaml", "b.yaml", "--exit-code"], 0).await;
    assert!(output.stdout.contains("out of date; `ajo apply` updates it"), "{}", output.stdout);
    fixture.run_expecting(&["apply", "a.yaml", "b.yaml", "--yes"], 0).await;
    let output = fixture.run_expecting(&["plan", "a.yaml", "--prune"], 0).await;
    assert!(output.stdout.contains("No changes"), "{}", output.stdout);
    assert!(output.stdout.contains("not given: 1 configuration"), "{}", output.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revert_updates_state() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    edit_at_service(&fixture, &fixture.managed_uids()[0], 9).await;
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    assert!(output.stdout.contains("1 done"), "{}", output.stdout);
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    assert!(!output.stdout.contains("stale"), "{}", output.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prune_keeps_limits_of_other_files() {
    let fixture = LimitsFixture::start().await;
    fixture.write("team-a.yaml", &limits_file(&[("a", 1, true), ("old", 2, true)]));
    fixture.write("sub/team-b.yaml", &limits_file(&[("b", 3, true)]));
    fixture.run_expecting(&["apply", "team-a.yaml", "sub/team-b.yaml", "--yes"], 0).await;
    assert!(fixture.read("ajo.state.json").contains("\"file\": \"sub/team-b.yaml\""));
    fixture.write("team-a.yaml", &limits_file(&[("a", 1, true)]));
    let output = fixture.run_expecting(&["plan", "team-a.yaml", "--prune"], 0).await;
    assert!(
        output.stdout.contains("1 to delete") && output.stdout.contains("not given: 1 configuration"),
        "{}",
        output.stdout
    );
    assert!(output.stdout.contains("capping GET https://b.example.org/* in sub/team-b.yaml"), "{}", output.stdout);
    let absolute = fixture.path("team-a.yaml").display().to_string();
    fixture.run_expecting(&["apply", &absolute, "--prune", "--yes"], 0).await;
    let list = fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.stdout;
    assert!(list.contains("b.example.org") && !list.contains("old.example.org"), "{list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn normalized_limit_stays_a_warning() {
    let fixture = LimitsFixture::start().await;
    fixture.set_quirk("normalization", "all");
    let file = |connections: u32| {
        format!(
            "version: 1
sandbox: prod
capping:
  - url: https://API.example.org:443/v1/
    methods: [PUT, GET]
    services:
      action: {{ maxHttpConnections: {connections}, rating: {{ maxCallsCount: 100, periodInMs: 1000 }} }}
throttling:
  name: ' partner '
  urlPattern: https://T.example.org/x/
  methods: [PUT, POST]
  maxThroughput: 300
"
        )
    };
    fixture.write("prod.yaml", &file(500));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    // An apply of another limit repeats it, because no plan was shown.
    fixture.write("prod.yaml", &file(500).replace("maxThroughput: 300", "maxThroughput: 400"));
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    assert!(output.stdout.contains("warning[AJO_LIMITS_NORMALIZED]"), "{}", output.stdout);
    fixture.write("prod.yaml", &file(500));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    for _ in 0..2 {
        let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
        let changed = "services.action.maxHttpConnections: 400 instead of 500";
        assert!(output.stdout.contains("warning[AJO_LIMITS_NORMALIZED]"), "{}", output.stdout);
        assert!(
            output.stdout.contains(changed) && output.stdout.contains("note[AJO_LIMITS_NORMALIZED]"),
            "{}",
            output.stdout
        );
        assert!(!output.stdout.contains("stale"), "{}", output.stdout);
    }
    fixture.write("prod.yaml", &file(400));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    assert!(!output.stdout.contains("warning[AJO_LIMITS_NORMALIZED]"), "{}", output.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_fields_are_shown_and_kept() {
    let fixture = LimitsFixture::start().await;
    fixture.set_quirk("unknown_fields", "returned");
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    assert!(
        output.stdout.contains("unknown fields: 1 configuration") && output.stdout.contains("priority"),
        "{}",
        output.stdout
    );

    fixture.write("prod.yaml", &limits_file(&[("a", 2, true)]));
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 0).await;
    assert!(output.stdout.contains("kept, not in the file:\n    priority: 1\n"), "{}", output.stdout);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let uid = fixture.managed_uids().remove(0);
    let get = ["capping", "get", &uid, "--output=json", "--sandbox=prod"];
    assert!(fixture.run_expecting(&get, 0).await.stdout.contains("\"priority\":1"));

    fixture.write("prod.yaml", &format!("{}    extra: {{ priority: 7 }}\n", limits_file(&[("a", 2, true)])));
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 2).await;
    assert!(output.stdout.contains("extra.priority: 1 -> 7"), "{}", output.stdout);
    assert!(output.stdout.contains("reason: the files changed"), "{}", output.stdout);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    assert!(fixture.run_expecting(&get, 0).await.stdout.contains("\"priority\":7"));

    // Someone else changes a field that the file sets.
    edit_at_service(&fixture, &uid, 2).await;
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 2).await;
    assert!(output.stdout.contains("changed it at the service"), "{}", output.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn created_config_has_extra_fields() {
    let fixture = LimitsFixture::start().await;
    fixture.set_quirk("unknown_fields", "returned");
    fixture.write("prod.yaml", &format!("{}    extra: {{ priority: 7 }}\n", limits_file(&[("a", 2, true)])));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    let exported = fixture.run_expecting(&["export", "--sandbox=prod"], 0).await.stdout;
    assert!(exported.contains("extra: { priority: 7"), "{exported}");
}
