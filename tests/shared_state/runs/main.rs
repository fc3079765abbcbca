//! Random runs of applies in this process, on a bucket in memory that injects faults.

#[path = "../../../crates/state/tests/support/faulty_bucket.rs"]
#[expect(dead_code, reason = "the tests of the protocol use more of it")]
mod faulty_bucket;
mod in_process_runner;
mod random_runs;
