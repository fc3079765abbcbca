//! Each failure of a bucket is one error with a place and a hint.

use super::fake_bucket::{Behavior, FakeBucket, ORGANIZATION};

const ARGUMENTS: [&str; 5] = ["state", "list", "--state=s3://limits/team", "--org-id", ORGANIZATION];

#[test]
fn failed_requests_have_hints() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    for (behavior, code, message, hint) in [
        (Behavior::Fails(403, "InvalidAccessKeyId"), 3, "InvalidAccessKeyId", "get new credentials"),
        (Behavior::Fails(400, "ExpiredToken"), 3, "ExpiredToken", "get new credentials"),
        (Behavior::Fails(403, "AccessDenied"), 3, "AccessDenied", "the policy must allow s3:ListBucket"),
        (Behavior::Fails(404, "NoSuchBucket"), 1, "NoSuchBucket", "create the bucket, or correct its name"),
        (Behavior::Disconnects, 1, "failed to list s3://limits/team", "check the network"),
    ] {
        bucket.set_behavior(behavior);
        let error = bucket.run(directory.path(), &ARGUMENTS, code).stderr;
        assert_eq!(error.lines().count(), 2, "{behavior:?}: {error}");
        assert!(error.starts_with("error: failed to ") && error.contains("s3://limits/team"), "{behavior:?}: {error}");
        assert!(error.contains(message) && error.contains(&format!("hint: {hint}")), "{behavior:?}: {error}");
    }
}

#[test]
fn missing_permission_is_named() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    bucket.set_behavior(Behavior::Fails(403, "AccessDenied"));
    for (arguments, action) in [
        (&["state", "init"][..], "s3:PutObject"),
        (&["state", "list", "--sandbox=prod", "--org-id=A1B2@AdobeOrg"], "s3:GetObject and s3:ListBucket"),
    ] {
        let error = bucket.run(directory.path(), &[arguments, &["--state=s3://limits/team"]].concat(), 3).stderr;
        assert!(error.contains(&format!("hint: the policy must allow {action} below this prefix")), "{error}");
    }
    bucket.set_behavior(Behavior::Fails(501, "NotImplemented"));
    let error = bucket.run(directory.path(), &["state", "init", "--state=s3://limits/team"], 1).stderr;
    assert!(error.contains("hint: use a store with conditional writes"), "{error}");
}

#[test]
fn unusable_objects_are_named() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    let name = format!("team/{ORGANIZATION}/sandboxes/prod/state.json");
    for (content, message, hint) in [
        ("<<<<", "is not a state of ajo", "hint: restore an earlier version of this object"),
        (r#"{"version": 9}"#, "has version 9, and this ajo reads version 1", "hint: update ajo"),
        (
            r#"{"version": 1, "epoch": 1, "writeId": "x", "state": {"version": 9}}"#,
            "has version 9, and this ajo reads version 1",
            "hint: update ajo",
        ),
        (
            r#"{"version": 1, "epoch": 1, "writeId": "x", "state": {"version": 1, "organization": "C3D4@AdobeOrg"}}"#,
            "the state file is for organization C3D4@AdobeOrg",
            "hint: use a credential of that organization",
        ),
    ] {
        bucket.set_object(&name, content);
        let code = if content.contains("C3D4") { 7 } else { 1 };
        let error = bucket.run(directory.path(), &ARGUMENTS, code).stderr;
        assert!(error.contains("s3://limits/team") && error.contains(message) && error.contains(hint), "{error}");
        assert_eq!(error.lines().count(), 2, "{error}");
    }
}

#[test]
fn missing_credentials_are_one_error() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    let mut command = bucket.command(&ARGUMENTS);
    command.current_dir(directory.path()).env_remove("AWS_SECRET_ACCESS_KEY").env_remove("AWS_ACCESS_KEY_ID");
    // The metadata service is not asked on the machine that runs the test.
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1");
    let output = crate::support::CommandOutput::from(command.output().expect("ajo runs"));
    assert_eq!(output.exit_code, Some(3), "{}", output.stderr);
    assert!(
        output.stderr.contains("no credentials") && output.stderr.contains("hint: set the variables"),
        "{}",
        output.stderr
    );

    let mut command = bucket.command(&ARGUMENTS);
    command.current_dir(directory.path()).env_remove("AWS_SECRET_ACCESS_KEY");
    let output = crate::support::CommandOutput::from(command.output().expect("ajo runs"));
    assert!(output.stderr.contains("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"), "{}", output.stderr);
    assert_eq!(output.exit_code, Some(1), "{}", output.stderr);
}
