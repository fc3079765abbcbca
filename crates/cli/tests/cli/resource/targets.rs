//! Commands with the URL of a configuration instead of its uid.

use super::{capping_file, create, mutating_calls};
use crate::limits::fixture::LimitsFixture;

const URL: &str = "https://A.example.org:443/*";
const THROTTLING: &str = "name: partner\nurlPattern: https://a.example.org/*\nmethods: [POST]\nmaxThroughput: 400\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_takes_a_url() {
    let fixture = LimitsFixture::start().await;
    fixture.write("capping.yaml", &capping_file("700"));
    fixture.write("throttling.yaml", THROTTLING);
    for (api, definition) in [("capping", &*capping_file("500")), ("throttling", THROTTLING)] {
        let uid = create(&fixture, api, definition).await;
        let file = format!("{api}.yaml");
        for arguments in [
            &["can-deploy", URL][..],
            &["update", URL, &file],
            &["deploy", URL],
            &["undeploy", URL],
            &["delete", URL, "--force"],
        ] {
            fixture.clear_calls();
            let yes = (arguments[0] != "can-deploy").then_some("--yes");
            let arguments: Vec<&str> =
                [api].into_iter().chain(arguments.iter().copied()).chain(["--sandbox=prod"]).chain(yes).collect();
            let output = fixture.run_expecting(&arguments, 0).await;
            if yes.is_some() {
                assert!(output.stdout.contains(&uid), "{arguments:?}: {}", output.stdout);
                assert_eq!(mutating_calls(&fixture), [format!("{api}.{}", arguments[1])]);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_matches_are_listed() {
    let fixture = LimitsFixture::start().await;
    let uid = create(&fixture, "capping", &capping_file("500")).await;
    create(&fixture, "capping", &capping_file("1")).await;
    fixture.write("new.yaml", &capping_file("700"));
    fixture.clear_calls();
    for arguments in [&["deploy"][..], &["undeploy"], &["delete"], &["can-deploy"], &["redeploy"], &["update"]] {
        let file = (arguments[0] == "update").then_some("new.yaml");
        let arguments: Vec<&str> =
            ["capping", arguments[0], URL].into_iter().chain(file).chain(["--sandbox=prod"]).collect();
        let output = fixture.run_expecting(&arguments, 1).await;
        assert!(output.stderr.starts_with("error: 2 capping configurations have the URL"), "{}", output.stderr);
        assert!(output.stderr.contains(&format!("{uid} capping GET https://a.example.org/*")), "{}", output.stderr);
    }
    assert_eq!(mutating_calls(&fixture), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirmation_shows_the_uid() {
    let fixture = LimitsFixture::start().await;
    let uid = create(&fixture, "capping", &capping_file("500")).await;
    let output = fixture.run_expecting(&["capping", "deploy", URL, "--sandbox=prod"], 7).await;
    let shown = format!("> deploy capping GET https://a.example.org/*\n  uid: {uid}\n  live: none -> ");
    assert!(output.stderr.starts_with(&shown), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_delete_names_both_ways() {
    let fixture = LimitsFixture::start().await;
    for (api, definition, code) in [("capping", &*capping_file("500"), "1451"), ("throttling", THROTTLING, "1456")] {
        let uid = create(&fixture, api, definition).await;
        fixture.run_expecting(&[api, "deploy", &uid, "--sandbox=prod", "--yes"], 0).await;
        let output = fixture.run_expecting(&[api, "delete", &uid, "--sandbox=prod"], 1).await;
        let expected = format!(
            "error: {uid} is deployed; nothing was deleted (code {code})\nhint: undeploy it first: `ajo {api} undeploy {uid} --sandbox prod`; or \
             delete it while it is live: `ajo {api} delete {uid} --force --sandbox prod`\n"
        );
        assert_eq!(output.stderr, expected);
        let output = fixture.run_expecting(&[api, "delete", &uid, "--sandbox=prod", "--output=json"], 1).await;
        assert!(output.stderr.contains(&format!(r#""code":"{code}""#)), "{}", output.stderr);
    }
}
