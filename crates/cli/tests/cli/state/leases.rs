//! `ajo state unlock` and `init`.

use super::fake_bucket::{Behavior, FakeBucket, ORGANIZATION};

const HELD: &str = r#"{"version":1,"epoch":7,"writeId":"x","leaseMs":60000,"holder":{"owner":"ci@host","process":9,
    "runUrl":"https://ci.example/42","since":"2026-11-26T09:00:00Z"}}"#;

fn holder(bucket: &FakeBucket) -> (Option<u64>, bool) {
    let lease = bucket.object(&format!("team/{ORGANIZATION}/sandboxes/prod/lease.json")).expect("a lease");
    let lease: serde_json::Value = serde_json::from_str(&lease).expect("JSON");
    (lease["epoch"].as_u64(), lease.get("holder").is_some())
}

#[test]
fn unlock_needs_epoch_and_confirmation() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    bucket.set_object(&format!("team/{ORGANIZATION}/sandboxes/prod/lease.json"), HELD);
    let run = |arguments: &[&str], code: i32| {
        let target = ["state", "unlock", "--state=s3://limits/team"];
        bucket.run(directory.path(), &[&target, arguments].concat(), code).stderr
    };
    let error = run(&["--epoch=6", "--yes"], 6);
    assert!(error.contains("another command holds its lease now, with epoch 7"), "{error}");
    let error = run(&["--epoch=7"], 7);
    assert!(error.contains("sandbox prod is locked by ci@host, process 9, since 2026-11-26T09:00:00Z"), "{error}");
    assert!(error.contains("https://ci.example/42") && error.contains("for up to 15 s after"), "{error}");
    assert!(error.contains("hint: pass --yes"), "{error}");
    assert_eq!(holder(&bucket), (Some(7), true));
    assert!(run(&["--epoch=7", "--yes"], 0).contains("unlocked sandbox prod"));
    assert_eq!(holder(&bucket), (Some(7), false));
    assert!(run(&["--epoch=7", "--yes"], 6).contains("nobody holds its lease"));
}

#[test]
fn list_names_holder() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    bucket.set_object(&format!("team/{ORGANIZATION}/sandboxes/prod/lease.json"), HELD);
    let arguments = ["state", "list", "--state=s3://limits/team"];
    let note = bucket.run(directory.path(), &arguments, 0).stderr;
    assert!(note.contains("note: sandbox prod: locked by ci@host, process 9") && note.contains("(epoch 7)"), "{note}");
    let json = bucket.run(directory.path(), &[&arguments[..], &["--output=json"]].concat(), 0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["sets"][0]["lease"]["holder"]["runUrl"], "https://ci.example/42", "{json}");
}

#[test]
fn state_file_has_no_lease() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    let error = bucket.run(directory.path(), &["state", "unlock", "--epoch=1", "--yes"], 64).stderr;
    assert!(error.contains("the operating system releases it when the process ends"), "{error}");
    let error = bucket.run(directory.path(), &["state", "init"], 64).stderr;
    assert!(error.contains("only a bucket needs a check"), "{error}");
}

#[test]
fn init_refuses_store_that_ignores_conditions() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    let arguments = ["state", "init", "--state=s3://limits/team"];
    let note = bucket.run(directory.path(), &arguments, 0).stderr;
    assert!(note.starts_with("s3://limits/team can hold shared state\n  ok: "), "{note}");
    bucket.set_behavior(Behavior::IgnoresConditions);
    let error = bucket.run(directory.path(), &arguments, 7).stderr;
    assert!(error.contains("the store ignores `If-None-Match: *`") && error.contains("hint: "), "{error}");
    assert_eq!(bucket.names(), Vec::<String>::new(), "nothing stays");
}
