//! State files, journals, and locks on disk.

use std::fs;
use std::time::Duration;

use ajo_limits::{
    Digest, JOURNAL_VERSION, JournalEntry, JournalHeader, LimitsState, ObservedLimits, PlanOptions, StepState, plan,
};
use ajo_state::protocol::LeaseHolder;
use ajo_state::{FileLock, FileLockError, JournalFile, StateFile, create_new, write_atomic};

fn header() -> JournalHeader {
    let desired =
        ajo_limits::DesiredLimits { sandbox: "prod".parse().expect("a name"), configs: Vec::new(), files: Vec::new() };
    JournalHeader {
        version: JOURNAL_VERSION,
        organization: "A1@AdobeOrg".to_owned(),
        started_at: "2026-11-26T00:00:00Z".to_owned(),
        files: Vec::new(),
        api: None,
        state_digest: Digest::compute(&""),
        plan: plan(&desired, &ObservedLimits::default(), &LimitsState::default(), PlanOptions::default()),
    }
}

fn holder(owner: &str) -> LeaseHolder {
    LeaseHolder { owner: owner.to_owned(), process: 1, run_url: None, since: "2026-11-26T00:00:00Z".to_owned() }
}

#[test]
fn journal_drops_partial_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = JournalFile::path_for(&directory.path().join("ajo.state.json"), "prod");
    assert!(path.ends_with("ajo.state.prod.journal"));
    let mut file = JournalFile::create(&path, header()).expect("created");
    file.append(JournalEntry::Started { change: 0, step: ajo_core::Verb::Create }).expect("appended");
    let state = StepState::Done;
    file.append(JournalEntry::Finished {
        change: 0,
        step: ajo_core::Verb::Create,
        state,
        uid: None,
        response: None,
        error: None,
        live: None,
    })
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
fn saved_state_has_new_serials() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = StateFile::new(directory.path().join("ajo.state.json"));
    let entry = |sandbox: &str| {
        let key = serde_json::json!({ "api": "capping", "url": "https://a.example/", "methods": ["GET"] });
        let entry = serde_json::json!({ "sandbox": sandbox, "key": key, "uid": format!("uid-{sandbox}") });
        serde_json::from_value::<ajo_limits::ManagedConfig>(entry).expect("an entry")
    };
    let serial = |sandbox: &str| file.load().expect("read").serials.sandboxes.get(sandbox).copied();
    let mut state = LimitsState::default();
    state.record(entry("prod"));
    for _ in 0..2 {
        file.save(&state).expect("saved");
        assert_eq!((serial("prod"), serial("dev")), (Some(1), None));
    }
    state.record(entry("dev"));
    state.configs[0].orphaned = true;
    file.save(&state).expect("saved");
    assert_eq!((serial("prod"), serial("dev")), (Some(2), Some(1)));
}

#[test]
fn newer_state_is_not_overwritten() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = StateFile::new(directory.path().join("ajo.state.json"));
    for text in [r#"{"version": 2, "somethingNew": true}"#, "<<<<<<< HEAD"] {
        fs::write(file.path(), text).expect("written");
        file.save(&LimitsState::default()).expect_err("not a known state");
        assert_eq!(fs::read_to_string(file.path()).expect("text"), text);
    }
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
    let path = FileLock::path_for(&directory.path().join("ajo.state.json"));
    let held = FileLock::acquire(&path, holder("ann@desk"), Duration::ZERO).await.expect("free");
    let error = FileLock::acquire(&path, holder("bob@desk"), Duration::from_millis(150)).await.expect_err("held");
    let FileLockError::Held { holder: Some(found) } = error else { panic!("{error}") };
    assert_eq!(found, holder("ann@desk"));
    drop(held);
    FileLock::acquire(&path, holder("bob@desk"), Duration::MAX).await.expect("free again");
}

#[cfg(unix)]
mod special_files {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;
    use std::process::Command;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("there").permissions().mode() & 0o777
    }

    fn make_pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
    }

    async fn lock_error(path: &Path) -> String {
        FileLock::acquire(path, holder("ann@desk"), Duration::ZERO).await.expect_err("refused").to_string()
    }

    #[tokio::test]
    async fn lock_never_changes_other_files() {
        let directory = tempfile::tempdir().expect("a directory");
        let notes = directory.path().join("notes.txt");
        fs::write(&notes, "my notes").expect("written");
        let lock = FileLock::path_for(&directory.path().join("ajo.state.json"));

        symlink(&notes, &lock).expect("a link");
        assert!(lock_error(&lock).await.ends_with("ajo.state.lock: it is a symbolic link"));
        fs::remove_file(&lock).expect("removed");
        symlink("missing", &lock).expect("a link");
        assert!(lock_error(&lock).await.ends_with("it is a symbolic link"));
        assert!(!directory.path().join("missing").exists(), "the target is not created");

        fs::remove_file(&lock).expect("removed");
        fs::hard_link(&notes, &lock).expect("a link");
        assert!(lock_error(&lock).await.ends_with("ajo.state.lock: it is not a lock file of ajo"));
        assert_eq!(fs::read_to_string(&notes).expect("text"), "my notes");

        fs::remove_file(&lock).expect("removed");
        make_pipe(&lock);
        assert!(lock_error(&lock).await.ends_with("it is not a regular file"));
    }

    #[tokio::test]
    async fn lock_file_is_reused_and_private() {
        let directory = tempfile::tempdir().expect("a directory");
        let lock = directory.path().join("ajo.state.lock");
        drop(FileLock::acquire(&lock, holder("ann@desk"), Duration::ZERO).await.expect("free"));
        assert_eq!(mode(&lock), 0o600);
        for left in ["", "{\"own", r#"{"owner":"ann@de"#] {
            fs::write(&lock, left).expect("written");
            FileLock::acquire(&lock, holder("bob@desk"), Duration::ZERO).await.expect(left);
        }
        assert!(fs::read_to_string(&lock).expect("text").contains("bob@desk"));
    }

    #[test]
    fn journal_rejects_links_and_pipes() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = JournalFile::path_for(&directory.path().join("ajo.state.json"), "prod");
        let notes = directory.path().join("notes.txt");
        fs::write(&notes, "my notes").expect("written");
        symlink(&notes, &path).expect("a link");
        let problems = || {
            let create = JournalFile::create(&path, header()).expect_err("refused").to_string();
            let load = JournalFile::load(&path).expect_err("refused").to_string();
            [create, load, JournalFile::mark_reconciled(&path, Digest::compute(&"")).expect_err("refused").to_string()]
        };
        assert!(problems().iter().all(|problem| problem.ends_with("it is a symbolic link")), "{:?}", problems());
        assert_eq!(fs::read_to_string(&notes).expect("text"), "my notes");
        fs::remove_file(&path).expect("removed");
        make_pipe(&path);
        assert!(problems().iter().all(|problem| problem.ends_with("it is not a regular file")), "{:?}", problems());
    }

    #[test]
    fn state_keeps_link_and_mode() {
        let directory = tempfile::tempdir().expect("a directory");
        let (real, link) = (directory.path().join("real.json"), directory.path().join("ajo.state.json"));
        symlink("real.json", &link).expect("a link");
        let file = StateFile::new(&link);
        file.save(&LimitsState::default()).expect("saved");
        let ordinary = directory.path().join("ordinary");
        fs::write(&ordinary, "").expect("written");
        assert_eq!(mode(&real), mode(&ordinary), "the umask decides");
        for other in [0o600, 0o664] {
            fs::write(&real, r#"{"version": 1, "configs": {}}"#).expect("written");
            fs::set_permissions(&real, fs::Permissions::from_mode(other)).expect("changed");
            write_atomic(&link, &format!("{other}")).expect("saved");
            assert_eq!((mode(&real), link.is_symlink()), (other, true));
        }
        fs::remove_file(&real).expect("removed");
        make_pipe(&real);
        let problems = [
            file.load().expect_err("a pipe").to_string(),
            file.save(&LimitsState::default()).expect_err("a pipe").to_string(),
            write_atomic(&link, "").expect_err("a pipe").to_string(),
        ];
        assert!(problems.iter().all(|problem| problem.ends_with("it is not a regular file")), "{problems:?}");
    }

    #[test]
    fn state_and_journal_are_bounded() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("ajo.state.json");
        fs::File::create(&path).and_then(|file| file.set_len(2 << 30)).expect("a sparse file");
        for error in [StateFile::new(&path).load().map(drop), JournalFile::load(&path).map(drop)] {
            let error = error.expect_err("too long").to_string();
            assert!(error.ends_with("it is longer than 64 MiB"), "{error}");
        }
    }
}
