//! What is kept on disk.

use std::fs;
use std::time::Duration;

use ajo_apply::{JournalFile, LedgerFile, Running, create, replace};
use ajo_limits::{Digest, Entry, Header, JOURNAL_VERSION, Ledger, Observed, Options, StepState, plan};

fn header() -> Header {
    let desired = ajo_limits::Desired { sandbox: "prod".parse().expect("a name"), configs: Vec::new() };
    Header {
        version: JOURNAL_VERSION,
        organization: "A1@AdobeOrg".to_owned(),
        began: "2026-11-26T00:00:00Z".to_owned(),
        files: Vec::new(),
        ledger: Digest::of(&""),
        plan: plan(&desired, &Observed::default(), &Ledger::default(), Options::default()),
    }
}

#[test]
fn a_journal_is_read_back_as_it_was_written_and_a_line_that_was_cut_off_is_none() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = JournalFile::path_for(&directory.path().join("ajo.lock"), "prod");
    assert!(path.ends_with("ajo.lock.prod.journal"));
    let mut file = JournalFile::begin(&path, header()).expect("begun");
    file.add(Entry::Begun { change: 0, step: ajo_core::Verb::Create }).expect("added");
    let state = StepState::Done;
    file.add(Entry::Ended { change: 0, step: ajo_core::Verb::Create, state, uid: None, error: None }).expect("added");
    assert_eq!(JournalFile::load(&path).expect("read").as_ref(), Some(file.journal()));

    let mut text = fs::read_to_string(&path).expect("text");
    text.push_str(r#"{"entry":"beg"#);
    fs::write(&path, &text).expect("written");
    JournalFile::note_settled(&path, Digest::of(&"ledger")).expect("noted");
    let journal = JournalFile::load(&path).expect("every line is whole").expect("it is there");
    assert!(journal.is_settled());
    assert_eq!(journal.ledger(), &Digest::of(&"ledger"));
    assert_eq!(JournalFile::sandboxes(&directory.path().join("ajo.lock")).expect("read"), ["prod"]);
    JournalFile::remove(&path).expect("removed");
    assert_eq!(JournalFile::load(&path).expect("none is no error"), None);
}

#[test]
fn a_ledger_that_is_not_there_is_empty_and_a_newer_one_is_not_guessed_at() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = LedgerFile::at(directory.path().join("ajo.lock"));
    assert_eq!(file.load().expect("empty"), Ledger::default());
    file.save(&Ledger::default()).expect("saved");
    assert_eq!(file.load().expect("read"), Ledger::default());
    fs::write(file.path(), r#"{"version": 2, "somethingNew": true}"#).expect("written");
    let error = file.load().expect_err("newer").to_string();
    assert!(error.ends_with("it is of version 2, and this ajo reads version 1"), "{error}");
}

#[test]
fn a_file_is_replaced_whole_and_created_only_where_there_is_none() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a");
    create(&path, "one").expect("created");
    create(&path, "two").expect_err("it is there");
    assert_eq!(fs::read_to_string(&path).expect("text"), "one");
    replace(&path, "two").expect("replaced");
    assert_eq!(fs::read_to_string(&path).expect("text"), "two");
    replace(&directory.path().join("no/such/directory/a"), "x").expect_err("no directory");
    assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 1, "nothing else is left there");
}

#[tokio::test]
async fn one_holds_the_lock_at_a_time_and_the_other_is_told_who() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = Running::path_for(&directory.path().join("ajo.lock"));
    let held = Running::take(&path, "ann@desk".to_owned(), Duration::ZERO).await.expect("free");
    let error = Running::take(&path, "bob@desk".to_owned(), Duration::from_millis(150)).await.expect_err("held");
    let said = error.to_string();
    assert!(said.contains("ann@desk") && said.contains(&format!("process {}", std::process::id())), "{said}");
    drop(held);
    Running::take(&path, "bob@desk".to_owned(), Duration::MAX).await.expect("free again");
}
