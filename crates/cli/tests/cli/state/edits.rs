//! `ajo state mv` and `rm`.

use std::path::Path;

use ajo_limits::{LimitsState, StateSet};

use super::example;
use super::fake_bucket::{FakeBucket, ORGANIZATION};

fn load(path: &Path) -> LimitsState {
    LimitsState::parse(&std::fs::read_to_string(path).expect("a state")).expect("valid")
}

fn files(state: &LimitsState) -> Vec<(&str, &str)> {
    let file = |it: &ajo_limits::ManagedConfig| it.file.clone().expect("a file");
    let mut files: Vec<_> =
        state.configs.iter().map(|it| (it.uid.as_str(), it.file.as_deref().unwrap_or("?"))).collect();
    assert!(state.configs.iter().all(|it| !file(it).is_empty()));
    files.sort_unstable();
    files
}

#[test]
fn mv_records_new_file() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    let path = directory.path().join("limits/ajo.state.json");
    std::fs::create_dir(directory.path().join("limits")).expect("a directory");
    std::fs::write(&path, example().to_json_string()).expect("written");
    let mv = |source: &str, file: &str, code: i32| {
        bucket.run(directory.path(), &["state", "mv", source, file, "--state=limits/ajo.state.json"], code).stderr
    };
    // Paths are those of the working directory, or as recorded.
    assert!(mv("limits/prod.yaml", "limits/new.yaml", 0).contains("2 configurations are recorded in new.yaml"));
    assert!(mv("new.yaml", "limits/../prod.yaml", 0).contains("recorded in ../prod.yaml"));
    assert!(mv("uid-3", "limits/split.yaml", 0).contains("1 configuration is recorded in split.yaml"));
    let state = load(&path);
    let expected =
        [("uid-1", "../prod.yaml"), ("uid-2", "../prod.yaml"), ("uid-3", "split.yaml"), ("uid-4", "throttling.yaml")];
    assert_eq!(files(&state), expected);
    assert_eq!((state.serials.sandboxes["prod"], state.serials.sandboxes["dev"], state.serials.throttling), (3, 2, 1));
    let error = mv("limits/prod.yaml", "limits/x.yaml", 1);
    assert!(error.contains("no entry of limits/ajo.state.json is recorded under limits/prod.yaml"), "{error}");
}

#[test]
fn rm_is_all_or_nothing() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    let path = directory.path().join("ajo.state.json");
    std::fs::write(&path, example().to_json_string()).expect("written");
    let error = bucket.run(directory.path(), &["state", "rm", "uid-1", "uid-9"], 1).stderr;
    assert!(error.contains("does not manage uid-9; nothing was changed"), "{error}");
    assert_eq!(load(&path).configs.len(), 4);
    let note = bucket.run(directory.path(), &["state", "rm", "uid-1", "uid-3", "uid-1"], 0).stderr;
    assert!(note.contains("2 configurations are not managed any more"), "{note}");
    assert_eq!(files(&load(&path)).iter().map(|(uid, _)| *uid).collect::<Vec<_>>(), ["uid-2", "uid-4"]);
}

#[test]
fn edits_in_a_bucket_take_the_leases() {
    let (bucket, directory) = (FakeBucket::start(), tempfile::tempdir().expect("a directory"));
    std::fs::write(directory.path().join("ajo.state.json"), example().to_json_string()).expect("written");
    let target = ["--state=s3://limits/team", "--org-id", ORGANIZATION];
    let run = |arguments: &[&str], code: i32| bucket.run(directory.path(), &[arguments, &target].concat(), code);
    run(&["state", "push", "ajo.state.json"], 0);
    run(&["state", "rm", "uid-4", "uid-1"], 0);
    run(&["state", "mv", "uid-3", "new.yaml"], 0);
    let pulled = LimitsState::parse(&run(&["state", "pull"], 0).stdout).expect("a state");
    assert_eq!(files(&pulled), [("uid-2", "prod.yaml"), ("uid-3", "new.yaml")]);
    let serial = |set: &str| pulled.serials.get(&StateSet::Sandbox(set.parse().expect("a name")));
    assert_eq!((serial("prod"), serial("dev"), pulled.serials.throttling), (2, 2, 2));
    // The epoch shows who took which lease.
    let epoch = |set: &str| {
        let lease = bucket.object(&format!("team/{ORGANIZATION}/{set}/lease.json")).expect("a lease");
        let lease: serde_json::Value = serde_json::from_str(&lease).expect("JSON");
        (lease["epoch"].as_u64(), lease.get("holder").is_some())
    };
    assert_eq!(epoch("sandboxes/prod"), (Some(2), false));
    assert_eq!(epoch("sandboxes/dev"), (Some(2), false));
    assert_eq!(epoch("throttling"), (Some(2), false));
}
