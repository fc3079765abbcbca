//! Buckets of cloud providers, through the crate `object_store`.
//!
//! The crate signs requests and obtains credentials. Everything else is ours: [`http_service`] sends the requests and turns each failure
//! into a [`RequestFailure`](request_failure::RequestFailure), and [`failure_kinds`] decides how the caller reacts.

mod cloud_bucket;
mod error_response;
mod failure_kinds;
mod http_service;
mod provider_settings;
mod request_failure;
#[cfg(test)]
mod tests;

pub use cloud_bucket::CloudBucket;
