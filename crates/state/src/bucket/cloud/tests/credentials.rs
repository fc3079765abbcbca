//! Where credentials come from, and errors about them.

use std::time::{Duration, Instant};

use super::scripted_server::{Script, ScriptedServer};
use super::{SECRET, bucket_with};
use crate::bucket::{Bucket as _, BucketError, BucketErrorKind, PutCondition, PutError};
use ajo_limits::BucketProvider::{Azure, Gcs, S3};

/// The error of reading and writing without a connection to a metadata service.
async fn error_without_credentials(metadata: Script) -> BucketError {
    let metadata = ScriptedServer::start(metadata).await;
    let store = ScriptedServer::respond(200, "", "").await;
    let bucket = bucket_with(S3, &[("AWS_ENDPOINT_URL", &store.url), ("AWS_METADATA_ENDPOINT", &metadata.url)]);
    let error = bucket.get("a").await.expect_err("no credentials");
    let put = bucket.put("a", Vec::new(), PutCondition::Absent).await;
    assert!(matches!(&put, Err(PutError::Rejected(rejected)) if rejected.kind == error.kind), "{put:?}");
    assert_eq!(store.requests(), Vec::<String>::new());
    error
}

#[tokio::test]
async fn missing_credentials_are_named() {
    let not_found = Script::Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned());
    for metadata in [Script::Close, Script::Stall(""), not_found] {
        let started = Instant::now();
        let error = error_without_credentials(metadata.clone()).await;
        assert_eq!(error.kind, BucketErrorKind::NoCredentials, "{metadata:?}: {error}");
        for name in ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "metadata service", "AWS CLI are not read"] {
            assert!(error.message.contains(name), "{metadata:?}: {error}");
        }
        assert!(started.elapsed() < Duration::from_secs(5), "{metadata:?}");
    }
}

#[tokio::test]
async fn missing_azure_credentials_are_named() {
    let metadata = ScriptedServer::start(Script::Stall("")).await;
    let variables = [("AZURE_STORAGE_ACCOUNT", "account"), ("AZURE_STORAGE_ENDPOINT", "http://127.0.0.1:1")];
    let bucket = bucket_with(Azure, &[&variables[..], &[("IDENTITY_ENDPOINT", &metadata.url)]].concat());
    let error = bucket.get("a").await.expect_err("no credentials");
    assert_eq!(error.kind, BucketErrorKind::NoCredentials, "{error}");
    assert!(error.message.contains("AZURE_STORAGE_ACCOUNT_KEY"), "{error}");
    assert_eq!(metadata.requests().len(), 1);
}

#[tokio::test]
async fn rejected_client_secret_is_reported() {
    let body = format!(r#"{{"error": "invalid_client", "error_description": "AADSTS7000215: {SECRET}"}}"#);
    let host = ScriptedServer::respond(401, "", &body).await;
    let bucket = bucket_with(
        Azure,
        &[
            ("AZURE_STORAGE_ACCOUNT_NAME", "account"),
            ("AZURE_STORAGE_ENDPOINT", "http://127.0.0.1:1"),
            ("AZURE_AUTHORITY_HOST", &host.url),
            ("AZURE_TENANT_ID", "tenant"),
            ("AZURE_CLIENT_ID", "client"),
            ("AZURE_CLIENT_SECRET", SECRET),
        ],
    );
    let error = bucket.get("a").await.expect_err("rejected");
    assert_eq!(error.kind, BucketErrorKind::InvalidCredentials, "{error}");
    assert!(error.message.contains("invalid_client"), "{error}");
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn credentials_need_https_or_platform() {
    let store = ("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let tokens = tempfile::NamedTempFile::new().expect("a file");
    let tokens = tokens.path().to_str().expect("a path");
    for variables in [
        &[store, ("AWS_METADATA_ENDPOINT", "http://metadata.example")][..],
        &[
            store,
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://10.0.0.1/"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", tokens),
        ],
        &[
            store,
            ("AWS_ENDPOINT_URL_STS", "http://sts.example"),
            ("AWS_ROLE_ARN", "role"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", tokens),
        ],
    ] {
        let error = bucket_with(S3, variables).get("a").await.expect_err("plain http");
        assert_eq!(error.kind, BucketErrorKind::InvalidSettings, "{error}");
        assert!(error.message.contains("plain http is only allowed for loopback addresses; use https"), "{error}");
    }
}

#[test]
fn text_of_invalid_key_file_is_not_shown() {
    let key =
        format!(r#"{{"client_email": "a", "private_key_id": "1", "private_key": "b", "disable_oauth": "{SECRET}"}}"#);
    let error = super::try_bucket_with(Gcs, &[("GOOGLE_SERVICE_ACCOUNT_KEY", &key)]).expect_err("not a key");
    assert!(error.contains("invalid JSON in line 1") && !error.contains("canary"), "{error}");
}
