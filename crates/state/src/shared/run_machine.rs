//! Sends requests to the bucket: one read, or those of a machine of the protocol.

use crate::protocol::{Machine, NextStep, READ_DELAY, ReadRetries, StoreRequest, StoreResponse};
use crate::shared::LeaseClock;
use crate::{Bucket, BucketError, BucketObject};

/// Reads an object, repeatedly if the store or the network fails for a moment.
pub(super) async fn read_object(
    bucket: &dyn Bucket,
    clock: &dyn LeaseClock,
    name: &str,
) -> Result<Option<BucketObject>, BucketError> {
    let mut retries = ReadRetries::new();
    loop {
        match bucket.get(name).await {
            Err(error) if retries.may_retry(&error) => clock.sleep(READ_DELAY).await,
            result => return result,
        }
    }
}

/// Sends the requests of the machine until it has an outcome.
pub(super) async fn run_machine<M: Machine>(bucket: &dyn Bucket, clock: &dyn LeaseClock, mut machine: M) -> M::Outcome {
    loop {
        let now = clock.now();
        match machine.next_step(now) {
            NextStep::Finished(outcome) => return outcome,
            NextStep::WaitUntil(time) => clock.sleep(time.saturating_sub(now)).await,
            NextStep::Send(request) => {
                let response = match request {
                    StoreRequest::Get { name } => StoreResponse::Got(bucket.get(&name).await),
                    StoreRequest::Put { name, content, condition } => {
                        StoreResponse::Put(bucket.put(&name, content, condition).await)
                    }
                };
                machine.receive(response, now, clock.now());
            }
        }
    }
}
