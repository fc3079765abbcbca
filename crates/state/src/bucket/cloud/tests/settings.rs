//! Environment variables.

use super::{SECRET, bucket_with, try_bucket_with};
use ajo_limits::BucketProvider::{self, Azure, Gcs, S3};

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "key-id"), ("AWS_SECRET_ACCESS_KEY", SECRET)];

fn open_error(provider: BucketProvider, variables: &[(&str, &str)]) -> String {
    let error = try_bucket_with(provider, variables).expect_err("invalid settings");
    assert!(!error.contains("canary"), "{error}");
    error
}

#[test]
fn plain_http_needs_loopback() {
    for (provider, variables) in [
        (S3, &[("AWS_ENDPOINT_URL", "http://minio:9000")][..]),
        (S3, &[("AWS_ENDPOINT_URL_S3", "http://10.0.0.1")]),
        (S3, &[("AWS_ENDPOINT_URL", "http://minio:9000"), ("AWS_ALLOW_HTTP", "true")]),
        (Gcs, &[("GOOGLE_BASE_URL", "http://fake-gcs:4443")]),
        (Azure, &[("AZURE_STORAGE_ENDPOINT", "http://azurite:10000/account"), ("AZURE_STORAGE_ACCOUNT", "account")]),
        (Azure, &[("AZURE_STORAGE_USE_EMULATOR", "true"), ("AZURITE_BLOB_STORAGE_URL", "http://azurite:10000")]),
    ] {
        let error = open_error(provider, variables);
        assert!(error.contains("plain http is only allowed for loopback addresses; use https"), "{error}");
        let named = variables.iter().find(|(_, value)| value.starts_with("http")).expect("a URL").0;
        assert!(error.contains(&format!("{named}: ")), "{error}");
    }
    bucket_with(S3, &[("AWS_ENDPOINT_URL", "http://localhost:9000")]);
    bucket_with(S3, &[("AWS_ENDPOINT_URL", "https://account.r2.cloudflarestorage.com")]);
}

#[test]
fn half_of_key_pair_is_an_error() {
    assert!(open_error(S3, &KEYS[..1]).contains("AWS_SECRET_ACCESS_KEY is not"));
    assert!(open_error(S3, &KEYS[1..]).contains("AWS_ACCESS_KEY_ID is not"));
    // An empty variable is a missing one.
    assert!(open_error(S3, &[("AWS_ACCESS_KEY_ID", " "), KEYS[1]]).contains("AWS_ACCESS_KEY_ID is not"));
    assert!(open_error(Azure, &[]).contains("AZURE_STORAGE_ACCOUNT_NAME"));
}

#[test]
fn line_break_in_key_is_an_error() {
    let token = format!("{SECRET}\n{SECRET}");
    let error = open_error(S3, &[KEYS[0], KEYS[1], ("AWS_SESSION_TOKEN", &token)]);
    assert!(error.contains("AWS_SESSION_TOKEN contains a line break"), "{error}");
    let error = open_error(Gcs, &[("GOOGLE_BEARER_TOKEN", &token)]);
    assert!(error.contains("GOOGLE_BEARER_TOKEN contains a line break"), "{error}");
    // One at the end is dropped.
    bucket_with(S3, &[KEYS[0], KEYS[1], ("AWS_SESSION_TOKEN", &format!("{SECRET}\n"))]);
}

#[test]
fn secrets_are_not_debugged() {
    let azure = [("AZURE_STORAGE_ACCOUNT", "account"), ("AZURE_STORAGE_SAS_TOKEN", "sig=canary")];
    for bucket in [bucket_with(S3, &KEYS), bucket_with(Azure, &azure)] {
        let text = format!("{bucket:?}");
        assert!(text.starts_with("CloudBucket(") && !text.contains("canary"), "{text}");
    }
    assert!(!open_error(Azure, &[azure[0], ("AZURE_STORAGE_SAS_TOKEN", "canary")]).is_empty());
    assert!(!open_error(Azure, &[azure[0], ("AZURE_STORAGE_KEY", "canary")]).is_empty());
    let with_password = [("AWS_ENDPOINT_URL", "https://user:canary@example.com")];
    assert!(open_error(S3, &with_password).contains("it must not contain a user name or a password"));
}
