//! The machines on buckets that fail at random.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ajo_limits::LimitsState;
use ajo_state::protocol::{
    AcquireOutcome, ConditionalWrite, Fence, FenceOutcome, Machine, NextStep, OpenJournal, StateDocument, StoreRequest,
    StoreResponse, WriteIds, WriteOutcome,
};
use ajo_state::{Bucket, MemoryBucket, PutCondition, PutError};

use crate::faulty_bucket::{FaultRates, FaultyBucket};
use crate::support::{acquire, names};

async fn run<M: Machine>(bucket: &FaultyBucket, start: tokio::time::Instant, machine: &mut M) -> M::Outcome {
    loop {
        let now = start.elapsed();
        match machine.next_step(now) {
            NextStep::Finished(outcome) => return outcome,
            NextStep::WaitUntil(time) => tokio::time::sleep_until(start + time).await,
            NextStep::Send(request) => {
                let response = match request {
                    StoreRequest::Get { name } => StoreResponse::Got(bucket.get(&name).await),
                    StoreRequest::Put { name, content, condition } => {
                        StoreResponse::Put(bucket.put(&name, content, condition).await)
                    }
                };
                machine.receive(response, now, start.elapsed());
            }
        }
    }
}

/// Increments a number in the state under the lease. Returns whether the increment was confirmed.
async fn increment(bucket: &FaultyBucket, ids: &mut WriteIds, owner: u8) -> Option<()> {
    let start = tokio::time::Instant::now();
    let AcquireOutcome::Acquired { lease, .. } = run(bucket, start, &mut acquire(owner, Duration::MAX)).await else {
        return None;
    };
    let mut fence = Fence::new(names(), lease.epoch(), WriteIds::new(rand_id()));
    let FenceOutcome::Fenced(fenced) = run(bucket, start, &mut fence).await else { return None };
    let number: u64 = fenced.document.state.organization.as_deref().map_or(0, |text| text.parse().expect("a number"));
    let write_id = ids.next_id();
    let document = StateDocument {
        write_id: write_id.clone(),
        open_journals: vec![OpenJournal { epoch: lease.epoch(), reconciled: None }],
        state: LimitsState { organization: Some((number + 1).to_string()), ..fenced.document.state },
        ..fenced.document
    };
    let condition = PutCondition::Version(fenced.version);
    let mut write = ConditionalWrite::new(names().state(), document.to_bytes(), write_id, condition);
    let outcome = run(bucket, start, &mut write).await;
    run(bucket, start, &mut lease.release(ids.next_id())).await;
    matches!(outcome, WriteOutcome::Written { .. }).then_some(())
}

fn rand_id() -> u128 {
    static COUNT: AtomicU64 = AtomicU64::new(1 << 32);
    COUNT.fetch_add(1, Ordering::Relaxed).into()
}

const RATES: FaultRates = FaultRates {
    lost_request: 30,
    lost_response: 30,
    late_write: 30,
    stale_read: 30,
    unavailable: 30,
    false_conflict: 30,
    max_delay: Duration::from_millis(200),
    max_lateness: Duration::from_secs(90),
};

#[tokio::test(start_paused = true)]
async fn confirmed_increments_are_not_lost() {
    let full = std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1");
    let mut total = 0;
    for seed in 0..if full { 1000 } else { 30 } {
        let store = Arc::new(MemoryBucket::default());
        let runners = (0..4_u8).map(|owner| {
            let bucket = FaultyBucket::new(store.clone(), seed * 10 + u64::from(owner), RATES);
            async move {
                let mut ids = WriteIds::new(rand_id());
                let mut confirmed = 0;
                for _ in 0..3 {
                    confirmed += u64::from(increment(&bucket, &mut ids, owner).await.is_some());
                }
                confirmed
            }
        });
        let confirmed: u64 = futures_util::future::join_all(runners).await.into_iter().sum();
        let object = store.get(&names().state()).await.expect("no fault").expect("a state");
        let document = StateDocument::parse("state", &object.content).expect("a state");
        let number: u64 = document.state.organization.expect("a number").parse().expect("a number");
        // An increment whose outcome stayed unknown may have happened.
        assert!((confirmed..=12).contains(&number), "seed {seed}: {confirmed} confirmed, {number} counted");
        total += confirmed;
    }
    assert!(total > if full { 5000 } else { 150 }, "{total}");
}

#[tokio::test(start_paused = true)]
async fn each_fault_happens() {
    let certain = |rates: FaultRates| {
        let store = Arc::new(MemoryBucket::default());
        (store.clone(), FaultyBucket::new(store, 1, rates))
    };
    let create = || ("a", b"1".to_vec(), PutCondition::Absent);
    let put = async |bucket: &FaultyBucket| bucket.put(create().0, create().1, create().2).await;

    let (store, bucket) = certain(FaultRates { lost_request: 1000, ..FaultRates::default() });
    assert!(matches!(put(&bucket).await, Err(PutError::Unknown(_))));
    assert!(store.get("a").await.expect("read").is_none() && bucket.get("a").await.is_err());

    let (store, bucket) = certain(FaultRates { lost_response: 1000, ..FaultRates::default() });
    assert!(matches!(put(&bucket).await, Err(PutError::Unknown(_))));
    assert!(store.get("a").await.expect("read").is_some());

    let max_lateness = Duration::from_secs(5);
    let (store, bucket) = certain(FaultRates { late_write: 1000, max_lateness, ..FaultRates::default() });
    assert!(matches!(put(&bucket).await, Err(PutError::Unknown(_))));
    assert!(store.get("a").await.expect("read").is_none());
    tokio::time::sleep(max_lateness).await;
    assert!(store.get("a").await.expect("read").is_some());

    let (_, bucket) = certain(FaultRates { stale_read: 1000, ..FaultRates::default() });
    put(&bucket).await.expect("written");
    assert_eq!(bucket.get("a").await, Ok(None));

    let (store, bucket) = certain(FaultRates { unavailable: 1000, ..FaultRates::default() });
    assert!(matches!(put(&bucket).await, Err(PutError::Rejected(_))));
    assert!(store.get("a").await.expect("read").is_none());

    let (store, bucket) = certain(FaultRates { false_conflict: 1000, ..FaultRates::default() });
    assert_eq!(put(&bucket).await, Err(PutError::Conflict));
    assert!(store.get("a").await.expect("read").is_none());
    assert_eq!((bucket.counts().requests, bucket.counts().false_conflicts), (1, 1));

    let max_delay = Duration::from_secs(1);
    let (_, bucket) = certain(FaultRates { max_delay, ..FaultRates::default() });
    let start = tokio::time::Instant::now();
    put(&bucket).await.expect("written");
    assert!(start.elapsed() > Duration::ZERO && start.elapsed() <= max_delay * 2);
    assert_eq!(bucket.list("").await, Ok(vec!["a".to_owned()]));
    bucket.delete("a").await.expect("deleted");
    assert_eq!(bucket.get("a").await, Ok(None));
    assert!(bucket.url("a").ends_with("/a"));
}
