//! State files, journals, and locks on disk.

use std::fs;
use std::time::Duration;

use ajo_apply::{ApplyLock, JournalFile, StateFile, create_new, write_atomic};
use ajo_limits::{
    Digest, JOURNAL_VERSION, JournalEntry, JournalHeader, LimitsState, ObservedLimits, PlanOptions, StepState, plan,
};

fn header() -> JournalHeader {
    let desired = ajo_limits::DesiredLimits { sandbox: "prod".parse().expect("a name"), configs: Vec::new() };
    JournalHeader {
        version: JOURNAL_VERSION,
        organization: "A1@AdobeOrg".to_owned(),
        started_at: "2026-11-26T00:00:00Z".to_owned(),
        files: Vec::new(),
        state_digest: Digest::compute(&""),
        plan: plan(&desired, &ObservedLimits::default(), &LimitsState::default(), PlanOptions::default()),
    }
}

#[test]
fn journal_drops_partial_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = JournalFile::path_for(&directory.path().join("ajo.state.json"), "prod");
    assert!(path.ends_with("ajo.state.prod.journal"));
    let mut file = JournalFile::create(&path, header()).expect("created");
    file.append(JournalEntry::Started { change: 0, step: ajo_core::Verb::Create }).expect("appended");
    let state = StepState::Done;
    file.append(JournalEntry::Finished { change: 0, step: ajo_core::Verb::Create, state, uid: None, error: None })
        .expect("appended");
    assert_eq!(JournalFile::load(&path).expect("read").as_ref(), Some(file.journal()));

    let mut text = fs::read_to_string(&path).expect("text");
    text.push_str(r#"{"entry":"sta"#);
    fs::write(&path, &text).expect("written");
    JournalFile::mark_reconciled(&path, Digest::compute(&"state")).expect("reconciled");
    let journal = JournalFile::load(&path).expect("complete lines").expect("a journal");
    assert!(journal.is_reconciled());
    assert_eq!(journal.state_digest(), &Digest::compute(&"state"));
    assert_eq!(JournalFile::list_sandboxes(&directory.path().join("ajo.state.json")).expect("read"), ["prod"]);
    JournalFile::remove(&path).expect("removed");
    assert_eq!(JournalFile::load(&path).expect("a missing journal is not an error"), None);
}

#[test]
fn state_is_empty_or_known_version() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = StateFile::new(directory.path().join("ajo.state.json"));
    assert_eq!(file.load().expect("empty"), LimitsState::default());
    file.save(&LimitsState::default()).expect("saved");
    assert_eq!(file.load().expect("read"), LimitsState::default());
    fs::write(file.path(), r#"{"version": 2, "somethingNew": true}"#).expect("written");
    let error = file.load().expect_err("newer").to_string();
    assert!(error.ends_with("unsupported version 2; this ajo reads version 1"), "{error}");
}

#[test]
fn files_are_written_atomically() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a");
    create_new(&path, "one").expect("created");
    create_new(&path, "two").expect_err("it exists");
    assert_eq!(fs::read_to_string(&path).expect("text"), "one");
    write_atomic(&path, "two").expect("replaced");
    assert_eq!(fs::read_to_string(&path).expect("text"), "two");
    write_atomic(&directory.path().join("no/such/directory/a"), "x").expect_err("no directory");
    assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 1, "no temporary file is left");
}

#[tokio::test]
async fn second_lock_reports_holder() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = ApplyLock::path_for(&directory.path().join("ajo.state.json"));
    let held = ApplyLock::acquire(&path, "ann@desk".to_owned(), Duration::ZERO).await.expect("free");
    let error = ApplyLock::acquire(&path, "bob@desk".to_owned(), Duration::from_millis(150)).await.expect_err("held");
    let message = error.to_string();
    assert!(message.contains("ann@desk") && message.contains(&format!("process {}", std::process::id())), "{message}");
    drop(held);
    ApplyLock::acquire(&path, "bob@desk".to_owned(), Duration::MAX).await.expect("free again");
}
