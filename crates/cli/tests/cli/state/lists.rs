//! `ajo state list` and `show`.

use serde_json::Value;

use super::example;
use super::fake_bucket::{FakeBucket, ORGANIZATION};

#[test]
fn list_shows_entries_of_file() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    std::fs::write(directory.path().join("ajo.state.json"), example().to_json_string()).expect("written");
    let list = bucket.run(directory.path(), &["state", "list"], 0).stdout;
    let lines: Vec<Vec<&str>> = list.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["UID", "API", "METHODS", "URL", "SANDBOX", "FILE", "LAST", "EDIT"], "{list}");
    let uids: Vec<_> = lines[1..].iter().map(|line| line[0]).collect();
    assert_eq!(uids, ["uid-3", "uid-1", "uid-2", "uid-4"], "{list}");
    let expected = ["uid-3", "capping", "GET,PUT", "https://a3.example/*", "dev", "dev.yaml", "2026-11-26T09:00:00Z"];
    assert_eq!(lines[1], expected, "{list}");

    let list = bucket.run(directory.path(), &["state", "list", "--sandbox=dev", "--output=json"], 0).stdout;
    let list: Value = serde_json::from_str(&list).expect("JSON");
    let uids: Vec<_> = list["configs"].as_array().expect("a list").iter().map(|entry| &entry["uid"]).collect();
    assert_eq!(uids, ["uid-3", "uid-4"], "throttling is in every sandbox: {list}");
    let parts = (&list["organization"], &list["location"], &list["sets"][0]["sandbox"], &list["sets"][0]["serial"]);
    assert_eq!(parts, (&ORGANIZATION.into(), &"ajo.state.json".into(), &"dev".into(), &1.into()), "{list}");
}

#[test]
fn missing_state_is_an_empty_list() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    for location in ["ajo.state.json", "s3://limits/team"] {
        let output = bucket.run(directory.path(), &["state", "list", "--state", location], 0);
        assert_eq!(
            (output.stdout.as_str(), output.stderr.contains("no managed configurations")),
            ("", true),
            "{location}"
        );
    }
    bucket.run(directory.path(), &["state", "pull"], 1);
    assert!(bucket.names().is_empty());
}

#[test]
fn show_finds_uid_or_url() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    std::fs::write(directory.path().join("ajo.state.json"), example().to_json_string()).expect("written");
    let by_uid = bucket.run(directory.path(), &["state", "show", "uid-1"], 0).stdout;
    assert!(by_uid.starts_with("capping GET,PUT https://a1.example/*\n  uid          uid-1\n"), "{by_uid}");
    assert!(by_uid.contains("  at service   the same"), "{by_uid}");
    let by_url = bucket.run(directory.path(), &["state", "show", "HTTPS://a1.example:443/*"], 0).stdout;
    assert_eq!(by_url, by_uid);
    let json = bucket.run(directory.path(), &["state", "show", "uid-4", "--output=json"], 0).stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json[0]["key"]["api"], json.as_array().map(Vec::len)), (&"throttling".into(), Some(1)), "{json}");
    let error = bucket.run(directory.path(), &["state", "show", "uid-9"], 1).stderr;
    assert!(error.contains("does not manage uid-9") && error.contains("hint: `ajo state list`"), "{error}");
}

#[test]
fn limits_file_names_the_state() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).expect("written");
    std::fs::create_dir(directory.path().join("limits")).expect("a directory");
    write("states.json", &example().to_json_string());
    // A variable that is not set does not hide where the state is.
    write(
        "limits/prod.yaml",
        "version: 1\nsandbox: prod\nstate: ../states.json\nvariables: [HOST]\nthrottling: { urlPattern: '${HOST}' }\n",
    );
    let list = bucket.run(directory.path(), &["state", "list", "--limits=limits/prod.yaml"], 0).stdout;
    assert!(list.contains("uid-1"), "{list}");
    let arguments = ["state", "list", "--limits=limits/prod.yaml", "--state=other.json"];
    assert_eq!(bucket.run(directory.path(), &arguments, 0).stdout, "");
    let mut command = bucket.command(&["state", "list", "--limits=limits/prod.yaml"]);
    let output = command.current_dir(directory.path()).env("AJO_STATE", "other.json").output().expect("ajo runs");
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(0), true));
    write("limits/broken.yaml", "version: [");
    let error = bucket.run(directory.path(), &["state", "list", "--limits=limits/broken.yaml"], 1).stderr;
    assert!(error.contains("does not say where the state is"), "{error}");
    bucket.run(directory.path(), &["state", "list", "--emulator"], 64);
}
