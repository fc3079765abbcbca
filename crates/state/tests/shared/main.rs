//! State in a bucket, with the clock of tokio paused.

mod fixture;
mod journals;
mod leases;
