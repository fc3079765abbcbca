//! Runs a machine of the protocol: the loop that does its I/O.

use crate::Bucket;
use crate::protocol::{Machine, NextStep, StoreRequest, StoreResponse};
use crate::shared::LeaseClock;

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
