//! What the commands of limits as code do.

use serde_json::Value;

use crate::limits::fixture::{Site, limits};

/// The uid of the only capping configuration.
async fn only_uid(site: &Site) -> String {
    let list = site.ajo_ends(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.out;
    let list: Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(list["results"].as_array().map(Vec::len), Some(1), "{list}");
    list["results"][0]["uid"].as_str().expect("a uid").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_existing_organization_is_dumped_adopted_changed_and_applied() {
    let site = Site::start().await;
    site.write("seed.yaml", &limits(&[("a", 1, true), ("b", 2, false)]));
    site.ajo_ends(&["apply", "seed.yaml", "--yes", "--ledger=elsewhere.lock"], 0).await;

    let ran = site.ajo_ends(&["dump", "--sandbox=prod", "--save=prod.yaml"], 0).await;
    assert!(ran.err.contains("ajo adopt prod.yaml"), "{}", ran.err);
    site.ajo_ends(&["dump", "--sandbox=prod", "--save=prod.yaml"], 1).await;
    site.ajo_ends(&["validate", "prod.yaml"], 0).await;
    site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 0).await;
    let changed = site.read("prod.yaml").replace("maxCallsCount: 1", "maxCallsCount: 5");
    assert_ne!(changed, site.read("prod.yaml"));
    site.write("prod.yaml", &changed);
    let ran = site.ajo_ends(&["plan", "prod.yaml"], 7).await;
    assert!(ran.out.contains("ajo adopt"), "what is not ours is not overwritten: {}", ran.out);
    site.ajo_ends(&["adopt", "prod.yaml"], 0).await;
    site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 2).await;
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
    site.ajo_ends(&["verify", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_with_the_same_key_are_an_ambiguity_that_lists_both_and_is_decided_by_uid() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    for ledger in ["--ledger=one.lock", "--ledger=two.lock"] {
        site.ajo_ends(&["apply", "prod.yaml", "--yes", ledger], 0).await;
    }
    let definition = r#"{"url":"https://a.example.org/*","methods":["GET"],"services":{"action":{"rating":{"maxCallsCount":9,"periodInMs":1000}}}}"#;
    site.write("twin.json", definition);
    site.ajo_ends(&["capping", "create", "twin.json", "--sandbox=prod"], 0).await;
    let ran = site.ajo_ends(&["plan", "prod.yaml"], 7).await;
    let list: Value =
        serde_json::from_str(&site.ajo_ends(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.out)
            .expect("JSON");
    let uids: Vec<&str> =
        list["results"].as_array().expect("a list").iter().filter_map(|it| it["uid"].as_str()).collect();
    assert_eq!(uids.len(), 2);
    for uid in &uids {
        assert!(ran.out.contains(uid), "{}", ran.out);
    }
    site.ajo_ends(&["adopt", "prod.yaml"], 7).await;
    let twin = list["results"].as_array().expect("a list").iter().find(|it| it["services"]["action"].is_object());
    let twin = twin.and_then(|it| it["uid"].as_str()).expect("the twin");
    site.ajo_ends(&["adopt", "prod.yaml", "--uid", twin], 0).await;
    let ran = site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 2).await;
    let change = ran.out.split("~ update").nth(1).unwrap_or_default();
    assert!(change.contains(twin), "the twin becomes what the file wants: {}", ran.out);
    let other = uids.iter().find(|uid| **uid != twin).expect("the other");
    assert!(ran.out.contains(&format!("{other} limits the same, and is not ours")), "{}", ran.out);
    site.ajo_ends(&["adopt", "prod.yaml", "--uid=no-such-uid"], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_ledger_is_rebuilt() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true), ("b", 1, false)]));
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
    let ledger = site.read("ajo.lock");
    std::fs::remove_file(site.path("ajo.lock")).expect("lost");
    site.ajo_ends(&["adopt", "prod.yaml"], 0).await;
    assert_eq!(site.read("ajo.lock"), ledger);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_in_json_is_versioned_and_names_the_digest_that_an_apply_is_held_to() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    let ran = site.ajo_ends(&["plan", "prod.yaml", "--save=plan.json", "--output=json"], 0).await;
    assert_eq!(ran.out, site.read("plan.json"), "the saved plan is what is printed");
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((&report["version"], &report["command"]), (&1.into(), &"plan".into()));
    assert!(report["plan"]["digest"].as_str().is_some_and(|digest| digest.starts_with("sha256:")));
    site.ajo_ends(&["apply", "--plan=plan.json", "--yes"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_fresh_emulator_nothing_is_left_behind_and_nobody_is_asked() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.ajo_ends(&["apply", "prod.yaml", "--emulator"], 0).await;
    site.ajo_ends(&["plan", "prod.yaml", "--emulator", "--exit-code"], 2).await;
    assert!(!site.has("ajo.lock") && !site.has("ajo.lock.prod.journal") && !site.has("ajo.lock.running"));
    assert_eq!(site.calls(), 0, "the other service was not called");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_the_journal_and_all_that_is_printed_hold_no_secret() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true), ("b", 1, true)]));
    site.fault("capping.create@first:1=drop_after");
    let secret = site.emulator.environment().into_iter().find(|(name, _)| *name == "AJO_CLIENT_SECRET").expect("one").1;
    let ran = site.ajo(&["apply", "prod.yaml", "--yes"]).await;
    assert_eq!(ran.code, Some(4), "{}", ran.out);
    for text in [
        &ran.out,
        &ran.err,
        &site.read("ajo.lock"),
        &site.read("ajo.lock.prod.journal"),
        &site.read("ajo.lock.running"),
    ] {
        assert!(!text.contains(&secret) && !text.contains("Bearer ") && !text.contains("eyJ"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_service_has_and_no_file_names_is_left_alone() {
    let site = Site::start().await;
    site.write("other.json", r#"{"url":"https://other.example.org/*","methods":["GET"],"services":{"action":{"rating":{"maxCallsCount":9,"periodInMs":1000}}}}"#);
    site.ajo_ends(&["capping", "create", "other.json", "--sandbox=prod"], 0).await;
    let uid = only_uid(&site).await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.ajo_ends(&["apply", "prod.yaml", "--yes", "--prune"], 0).await;
    site.ajo_ends(&["capping", "get", &uid, "--sandbox=prod"], 0).await;
    let calls = site.emulator.world().calls().mutating().iter().filter(|call| call.path.contains(&uid)).count();
    assert_eq!(calls, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_is_obeyed_and_a_freeze_holds_an_apply_back() {
    let site = Site::start().await;
    site.write(
        "policy.yaml",
        "version: 1\nceilings:\n  - { url: \"https://a.example.org/*\", maxCallsPerSecond: 5 }\n",
    );
    site.write("prod.yaml", &format!("policy: policy.yaml\n{}", limits(&[("a", 6, true), ("b", 6, true)])));
    for command in ["validate", "plan", "apply"] {
        let ran = site.ajo_ends(&[command, "prod.yaml"], 7).await;
        assert!(ran.out.contains("AJO_LIMITS_POLICY") && ran.out.contains("policy.yaml:3"), "{command}: {}", ran.out);
    }
    site.write("prod.yaml", &format!("policy: policy.yaml\n{}", limits(&[("a", 5, true), ("b", 6, true)])));
    site.ajo_ends(&["validate", "prod.yaml"], 0).await;

    let freeze = "version: 1\nfreezeWindows:\n  - { from: 2020-01-01T00:00:00Z, to: 2199-01-01T00:00:00Z, reason: a long sleep }\n";
    site.write("freeze.yaml", freeze);
    let ran = site.ajo_ends(&["plan", "prod.yaml", "--policy=freeze.yaml"], 0).await;
    assert!(ran.out.contains("a long sleep"), "{}", ran.out);
    let ran = site.ajo_ends(&["apply", "prod.yaml", "--policy=freeze.yaml", "--yes"], 7).await;
    assert!(ran.err.contains("until 2199-01-01T00:00:00Z: a long sleep"), "{}", ran.err);
    assert_eq!(site.emulator.world().calls().mutating().len(), 0);
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
}
