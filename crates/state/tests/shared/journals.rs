//! Journals and states in a bucket.

use std::sync::Arc;
use std::time::Duration;

use ajo_core::Verb;
use ajo_limits::{JournalEntry, LimitsState};
use ajo_state::{JournalHandling, StateError};
use tokio::time::timeout;

use crate::fixture::{Fault, LEASE, ORGANIZATION, TestBucket, header, holder, lock, machine, scope, started};

const SECOND: Duration = Duration::from_secs(1);

/// A state that differs from the stored one.
fn changed() -> LimitsState {
    LimitsState { organization: Some(ORGANIZATION.to_owned()), ..LimitsState::default() }
}

#[tokio::test(start_paused = true)]
async fn dropped_write_ends_all_writes() {
    for fault in [Fault::Hang, Fault::HangAfter] {
        let bucket = Arc::new(TestBucket::default());
        let first = lock(&bucket, "a", true, Duration::ZERO).await.expect("free");
        bucket.fail_once("put", "prod/state.json", fault);
        timeout(SECOND, first.save(&changed(), JournalHandling::Close)).await.expect_err("no response");
        let error = first.save(&LimitsState::default(), JournalHandling::Close).await.expect_err("unknown");
        assert!(matches!(error, StateError::UncertainWrite { .. }), "{error}");
        first.release().await;
        // The lease is free, and the next holder sees one of the two states.
        let next = lock(&bucket, "b", true, Duration::ZERO).await.expect("free");
        let expected = if matches!(fault, Fault::HangAfter) { changed() } else { LimitsState::default() };
        assert_eq!(next.stored().state, expected, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn failed_batch_is_never_skipped() {
    for fault in [Fault::Refuse, Fault::Hang, Fault::HangAfter] {
        let bucket = Arc::new(TestBucket::default());
        let first = lock(&bucket, "a", true, Duration::ZERO).await.expect("free");
        let journal = first.start_journal(header()).await.expect("a journal");
        bucket.fail_once("put", "prod/journal", fault);
        let entry = |step| JournalEntry::Started { change: 0, step };
        let create = timeout(SECOND, journal.append_durably(entry(Verb::Create)));
        let (create, deploy) = tokio::join!(create, journal.append_durably(entry(Verb::Deploy)));
        assert!(!create.unwrap_or(false) && !deploy, "{fault:?}: an entry was reported as written");
        assert!(journal.has_failed());
        drop(first);
        let next = lock(&bucket, "b", true, LEASE * 2).await.expect("expired");
        let journals = &next.stored().journals;
        assert!(
            journals
                .iter()
                .flat_map(ajo_limits::Journal::results)
                .all(|result| result.step != Verb::Deploy || result.state == ajo_limits::StepState::NotStarted)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn entries_of_both_sets_survive() {
    let bucket = Arc::new(TestBucket::default());
    let first = lock(&bucket, "a", true, Duration::ZERO).await.expect("free");
    let journal = first.start_journal(header()).await.expect("a journal");
    for change in 0..2 {
        assert!(journal.append_durably(JournalEntry::Started { change, step: Verb::Create }).await);
    }
    drop(first);
    let next = lock(&bucket, "b", true, LEASE * 2).await.expect("expired");
    let unknown: Vec<_> = next.stored().journals.iter().map(|journal| journal.unknown_creates().len()).collect();
    assert_eq!(unknown, [1, 1], "a journal of each set");
}

#[tokio::test(start_paused = true)]
async fn throttling_needs_its_lease() {
    let bucket = Arc::new(TestBucket::default());
    let first = lock(&bucket, "a", true, Duration::ZERO).await.expect("free");
    let journal = first.start_journal(header()).await.expect("a journal");
    journal.append_durably(JournalEntry::Started { change: 1, step: Verb::Create }).await;
    // The first apply still runs, so its throttling journal says nothing yet.
    let dev = machine(&bucket).lock(&scope("dev"), false, holder("dev"), Duration::ZERO).await.expect("free");
    assert_eq!(dev.stored().journals, []);
    let error = dev.start_journal(header()).await.expect_err("a plan with throttling");
    assert!(matches!(error, StateError::ThrottlingNotLocked), "{error}");
    drop((first, dev));
    let dev = machine(&bucket).lock(&scope("dev"), true, holder("dev"), LEASE * 3).await.expect("expired");
    let unknown: Vec<_> = dev.stored().journals.iter().flat_map(|journal| journal.unknown_creates()).collect();
    assert_eq!(unknown.len(), 1, "the throttling journal, and not the capping journal of the other sandbox");
}

#[tokio::test(start_paused = true)]
async fn own_throttling_is_locked_too() {
    let bucket = Arc::new(TestBucket::default());
    let first = lock(&bucket, "a", true, Duration::ZERO).await.expect("free");
    let waiting = lock(&bucket, "b", false, LEASE * 10);
    let killed = async {
        // It starts while the second command already waits for the sandbox.
        tokio::time::sleep(SECOND * 5).await;
        let journal = first.start_journal(header()).await.expect("a journal");
        journal.append_durably(JournalEntry::Started { change: 1, step: Verb::Create }).await;
        drop(first);
    };
    let (second, ()) = tokio::join!(waiting, killed);
    let second = second.expect("expired");
    assert_eq!(second.stored().journals.len(), 2, "it must reconcile the throttling that its sandbox has changed");
    second.start_journal(header()).await.expect("it holds the throttling lease");
}

#[tokio::test(start_paused = true)]
async fn write_without_response_loses_the_lease() {
    let bucket = Arc::new(TestBucket::default());
    let first = lock(&bucket, "a", false, Duration::ZERO).await.expect("free");
    bucket.fail_once("put", "prod/state.json", Fault::Hang);
    let error = first.save(&changed(), JournalHandling::Close).await.expect_err("no response");
    assert!(matches!(error, StateError::LeaseLost { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn unchanged_commands_leave_no_journal() {
    let bucket = Arc::new(TestBucket::default());
    for _ in 0..3 {
        lock(&bucket, "a", false, Duration::ZERO).await.expect("free").release().await;
    }
    // Killed before it started a journal.
    drop(lock(&bucket, "a", false, Duration::ZERO).await.expect("free"));
    lock(&bucket, "a", false, LEASE * 2).await.expect("expired").release().await;
    assert_eq!(bucket.state().await.open_journals, []);
    assert_eq!(bucket.names().await, ["journal/4/0", "lease.json", "state.json"], "one seal");
}

#[tokio::test(start_paused = true)]
async fn closed_journals_are_deleted() {
    let bucket = Arc::new(TestBucket::default());
    let killed = lock(&bucket, "a", true, Duration::ZERO).await.expect("free");
    let journal = killed.start_journal(header()).await.expect("a journal");
    for _ in 0..3 {
        journal.append_durably(started()).await;
    }
    drop(killed);
    let next = lock(&bucket, "b", true, LEASE * 2).await.expect("expired");
    next.start_journal(header()).await.expect("a journal").append_durably(started()).await;
    next.save(&changed(), JournalHandling::Close).await.expect("held");
    assert_eq!(bucket.names().await.len(), 9, "nothing is deleted before the release");
    next.release().await;
    // The first holder may still try to create its last batch or the next one.
    assert_eq!(bucket.names().await, ["journal/1/3", "journal/1/4", "lease.json", "state.json"]);
}

#[tokio::test(start_paused = true)]
async fn former_holder_deletes_nothing() {
    let bucket = Arc::new(TestBucket::default());
    let former = lock(&bucket, "former", true, Duration::ZERO).await.expect("free");
    let journal = former.start_journal(header()).await.expect("a journal");
    for _ in 0..20 {
        journal.append_durably(started()).await;
    }
    former.save(&changed(), JournalHandling::Close).await.expect("held");
    bucket.fail_once("delete", "prod/journal", Fault::Delay(LEASE));
    let names = bucket.names().await.len();
    former.release().await;
    let deleted = names - bucket.names().await.len();
    assert!(deleted <= 16, "{deleted} deleted: only those that were sent before the lease was lost");
}
