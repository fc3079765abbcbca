//! The contract of `Bucket`, with local servers.

mod concurrency;
mod contract;
mod stores;
