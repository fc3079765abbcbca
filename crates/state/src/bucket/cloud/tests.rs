//! Against scripted servers.

mod credentials;
mod requests;
mod responses;
mod scripted_server;
mod settings;
mod transport;

use std::time::Duration;

use super::CloudBucket;
use super::http_service::RequestLimits;
use ajo_limits::{BucketProvider, BucketUrl};

/// Never in a text for people.
const SECRET: &str = "secret+canary/0123456789";

/// A bucket whose server has this URL.
fn bucket_at(provider: BucketProvider, url: &str) -> CloudBucket {
    let variables = match provider {
        BucketProvider::S3 => vec![
            ("AWS_ENDPOINT_URL", url),
            ("AWS_ACCESS_KEY_ID", "key-id"),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_SESSION_TOKEN", SECRET),
        ],
        BucketProvider::Gcs => vec![("GOOGLE_BASE_URL", url), ("GOOGLE_BEARER_TOKEN", SECRET)],
        BucketProvider::Azure => vec![
            ("AZURE_STORAGE_ENDPOINT", url),
            ("AZURE_STORAGE_ACCOUNT_NAME", "account"),
            ("AZURE_STORAGE_SAS_TOKEN", "sv=2025-05-05&sig=secret+canary/0123456789"),
        ],
    };
    bucket_with(provider, &variables)
}

fn bucket_with(provider: BucketProvider, variables: &[(&str, &str)]) -> CloudBucket {
    try_bucket_with(provider, variables).expect("a bucket")
}

fn try_bucket_with(provider: BucketProvider, variables: &[(&str, &str)]) -> Result<CloudBucket, String> {
    let limits = RequestLimits {
        timeout: Duration::from_secs(1),
        platform_timeout: Duration::from_millis(300),
        max_bytes: 10_000,
        list_timeout: Duration::from_secs(2),
    };
    let url = BucketUrl { provider, bucket: "limits".to_owned(), prefix: "team".to_owned() };
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    CloudBucket::with_limits(&url, variables, limits).map_err(|error| error.to_string())
}
