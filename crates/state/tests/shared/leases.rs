//! Leases that expire, are renewed, and are released.

use std::sync::Arc;
use std::time::Duration;

use ajo_limits::LimitsState;
use ajo_state::{JournalHandling, StateError};
use tokio::time::{Instant, sleep, timeout};

use crate::fixture::{Fault, LEASE, PERMIT, TestBucket, holder, lock, machine, scope};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn hanging_store_loses_lease_in_time() {
    for fault in [Fault::Hang, Fault::HangAfter] {
        let bucket = Arc::new(TestBucket::default());
        let start = Instant::now();
        let lock = lock(&bucket, "a", true, Duration::ZERO).await.expect("free");
        bucket.fail_always("put", "", fault);
        bucket.fail_always("get", "", Fault::Hang);
        let error = timeout(LEASE, lock.keep()).await.expect("within the lease time");
        assert!(matches!(error, StateError::LeaseLost { taken_by: None }), "{error}");
        assert!(start.elapsed() >= PERMIT, "{fault:?}: {:?}", start.elapsed());
        assert!(lock.is_lost());
        timeout(LEASE, lock.permit_request()).await.expect("in time").expect_err("lost");
        timeout(SECOND, lock.release()).await.expect("nothing to release");
    }
}

#[tokio::test(start_paused = true)]
async fn renewals_extend_the_permit() {
    let bucket = Arc::new(TestBucket::default());
    let lock = lock(&bucket, "a", true, Duration::ZERO).await.expect("free");
    let first = lock.permit_request().await.expect("held");
    assert_eq!(first.rest, Some(PERMIT));
    sleep(SECOND * 10).await;
    let later = lock.permit_request().await.expect("held");
    assert_eq!((later.rest, later.renewal), (Some(SECOND * 38), first.renewal));
    // A quarter of the lease time after the last renewal.
    sleep(SECOND * 5).await;
    let renewed = lock.permit_request().await.expect("renewed");
    assert_eq!(renewed.rest, Some(PERMIT));
    assert!(renewed.renewal > first.renewal);
    sleep(PERMIT).await;
    lock.permit_request().await.expect_err("expired");
}

#[tokio::test(start_paused = true)]
async fn waiting_for_throttling_keeps_the_sandbox() {
    let bucket = Arc::new(TestBucket::default());
    let other = machine(&bucket).lock(&scope("dev"), true, holder("other"), Duration::ZERO).await.expect("free");
    let waiting = lock(&bucket, "waiting", true, LEASE * 10);
    let rest = async {
        let late = lock(&bucket, "late", false, LEASE * 3);
        let error =
            tokio::select! { late = late => late.expect_err("the sandbox is locked"), error = other.keep() => error };
        assert!(
            matches!(&error, StateError::Held { holder: Some(holder), .. } if holder.owner == "waiting"),
            "{error}"
        );
        other.release().await;
    };
    let (waiting, ()) = tokio::join!(waiting, rest);
    waiting.expect("both leases").permit_request().await.expect("held");
}

#[tokio::test(start_paused = true)]
async fn slow_fence_keeps_the_lease() {
    let bucket = Arc::new(TestBucket::default());
    lock(&bucket, "a", false, Duration::ZERO).await.expect("free").release().await;
    bucket.fail_once("get", "state.json", Fault::Delay(LEASE * 2));
    let lock = lock(&bucket, "b", false, Duration::ZERO).await.expect("free");
    lock.save(&LimitsState::default(), JournalHandling::Close).await.expect("held");
}

#[tokio::test(start_paused = true)]
async fn failed_lock_releases_the_lease() {
    let bucket = Arc::new(TestBucket::default());
    bucket.fail_once("put", "state.json", Fault::Refuse);
    lock(&bucket, "a", false, Duration::ZERO).await.expect_err("access denied");
    bucket.fail_once("put", "throttling/state.json", Fault::Refuse);
    lock(&bucket, "a", true, Duration::ZERO).await.expect_err("access denied");
    lock(&bucket, "b", true, Duration::ZERO).await.expect("free");
}

#[tokio::test(start_paused = true)]
async fn dropped_renewal_is_not_another_holder() {
    let bucket = Arc::new(TestBucket::default());
    let lock = lock(&bucket, "a", false, Duration::ZERO).await.expect("free");
    bucket.fail_once("put", "lease.json", Fault::HangAfter);
    timeout(SECOND * 20, lock.keep()).await.expect_err("no response to the renewal");
    lock.permit_request().await.expect("renewed again");
    assert!(!lock.is_lost());
    bucket.fail_once("put", "lease.json", Fault::HangAfter);
    timeout(SECOND * 20, lock.keep()).await.expect_err("no response to the renewal");
    lock.release().await;
    assert_eq!(bucket.lease().await.holder, None);
}

#[tokio::test(start_paused = true)]
async fn release_does_not_wait_for_a_hanging_store() {
    let bucket = Arc::new(TestBucket::default());
    let lock = lock(&bucket, "a", false, Duration::ZERO).await.expect("free");
    bucket.fail_always("put", "", Fault::Hang);
    timeout(SECOND * 12, lock.release()).await.expect("gives up");
}

#[tokio::test(start_paused = true)]
async fn released_lease_is_free_at_once() {
    let bucket = Arc::new(TestBucket::default());
    for epoch in 1..=3 {
        let lock = lock(&bucket, "a", true, Duration::ZERO).await.expect("free");
        assert_eq!(bucket.lease().await.epoch, epoch);
        lock.release().await;
        assert_eq!(bucket.lease().await.holder, None);
    }
}

#[tokio::test(start_paused = true)]
async fn former_holder_learns_who_took_over() {
    let bucket = Arc::new(TestBucket::default());
    let former = lock(&bucket, "former", false, Duration::ZERO).await.expect("free");
    let _new = lock(&bucket, "new", false, LEASE * 2).await.expect("expired");
    let error = former.save(&LimitsState::default(), JournalHandling::Close).await.expect_err("lost");
    assert!(matches!(&error, StateError::LeaseLost { taken_by: Some(holder) } if holder.owner == "new"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn rejected_write_ends_all_requests() {
    let bucket = Arc::new(TestBucket::default());
    let former = lock(&bucket, "former", false, Duration::ZERO).await.expect("free");
    // Another clock says that the lease has expired.
    let mut lease = bucket.lease().await;
    lease.holder = None;
    let name = format!("{}/lease.json", crate::fixture::SANDBOX_FOLDER);
    ajo_state::Bucket::delete(&bucket.memory, &name).await.expect("a memory");
    ajo_state::Bucket::put(&bucket.memory, &name, lease.to_bytes(), ajo_state::PutCondition::Absent)
        .await
        .expect("absent");
    let _new = lock(&bucket, "new", false, Duration::ZERO).await.expect("free");
    former.permit_request().await.expect("it does not know yet");
    former.save(&LimitsState::default(), JournalHandling::Close).await.expect_err("the store does");
    former.permit_request().await.expect_err("now it does");
}

#[tokio::test(start_paused = true)]
async fn temporary_read_errors_are_retried() {
    let bucket = Arc::new(TestBucket::default());
    for _ in 0..3 {
        for name in ["prod/lease", "prod/state", "throttling/state"] {
            bucket.fail_once("get", name, Fault::Unavailable);
        }
        machine(&bucket).read(&scope("prod")).await.expect("read again");
        lock(&bucket, "a", false, Duration::ZERO).await.expect("read again").release().await;
    }
}
