//! The machines of the protocol: lost responses, conflicts, stale reads, races, and objects that are not what they should be.

mod acquire_lease;
mod conditional_write;
mod documents;
#[path = "../support/faulty_bucket.rs"]
mod faulty_bucket;
mod fence;
mod held_lease;
mod random_faults;
mod support;
mod unlock_lease;
