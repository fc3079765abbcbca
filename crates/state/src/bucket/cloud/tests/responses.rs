//! The meaning of each response of a store.

use super::scripted_server::ScriptedServer;
use super::{SECRET, bucket_at};
use crate::bucket::{Bucket as _, BucketErrorKind, ObjectVersion, PutCondition, PutError};
use ajo_limits::BucketProvider::{self, Azure, Gcs, S3};

/// `conflict`, or `unknown` or `rejected` with the kind.
fn summary(result: Result<ObjectVersion, PutError>) -> String {
    match result {
        Ok(_) => "written".to_owned(),
        Err(PutError::Conflict) => "conflict".to_owned(),
        Err(PutError::Unknown(error)) => format!("unknown {:?}", error.kind),
        Err(PutError::Rejected(error)) => format!("rejected {:?}", error.kind),
    }
}

fn xml(code: &str) -> String {
    format!("<?xml version='1.0'?><Error><Code>{code}</Code><Message>The message</Message></Error>")
}

fn update() -> PutCondition {
    PutCondition::Version(ObjectVersion { e_tag: Some("\"1\"".to_owned()), generation: Some("1".to_owned()) })
}

#[tokio::test]
async fn write_responses_are_classified() {
    let create = || PutCondition::Absent;
    let cases: [(BucketProvider, u16, &str, PutCondition, &str); 32] = [
        (S3, 412, "PreconditionFailed", create(), "conflict"),
        (S3, 412, "PreconditionFailed", update(), "conflict"),
        (S3, 404, "NoSuchKey", update(), "conflict"),
        (S3, 409, "ConditionalRequestConflict", create(), "unknown Other"),
        (S3, 409, "OperationAborted", update(), "unknown Other"),
        (S3, 500, "InternalError", create(), "unknown Other"),
        (S3, 503, "SlowDown", create(), "unknown Throttled"),
        (S3, 408, "RequestTimeout", create(), "unknown Other"),
        (S3, 404, "NoSuchBucket", create(), "rejected NoSuchBucket"),
        (S3, 404, "NoSuchBucket", update(), "rejected NoSuchBucket"),
        (S3, 404, "NoSuchKey", create(), "rejected Other"),
        (S3, 403, "AccessDenied", create(), "rejected AccessDenied"),
        (S3, 403, "InvalidAccessKeyId", create(), "rejected InvalidCredentials"),
        (S3, 403, "SignatureDoesNotMatch", create(), "rejected InvalidCredentials"),
        (S3, 403, "RequestTimeTooSkewed", create(), "rejected InvalidCredentials"),
        (S3, 400, "ExpiredToken", create(), "rejected InvalidCredentials"),
        (S3, 400, "AuthorizationHeaderMalformed", create(), "rejected InvalidSettings"),
        (S3, 301, "PermanentRedirect", create(), "rejected InvalidSettings"),
        (S3, 501, "NotImplemented", create(), "rejected ConditionsUnsupported"),
        (Gcs, 412, "PreconditionFailed", create(), "conflict"),
        (Gcs, 401, "AuthenticationRequired", create(), "rejected InvalidCredentials"),
        (Gcs, 403, "AccessDenied", update(), "rejected AccessDenied"),
        (Gcs, 404, "NoSuchBucket", update(), "rejected NoSuchBucket"),
        (Gcs, 429, "SlowDown", update(), "unknown Throttled"),
        (Azure, 409, "BlobAlreadyExists", create(), "conflict"),
        (Azure, 412, "ConditionNotMet", update(), "conflict"),
        (Azure, 412, "LeaseIdMissing", update(), "rejected Other"),
        (Azure, 404, "ContainerNotFound", update(), "rejected NoSuchBucket"),
        (Azure, 404, "BlobNotFound", update(), "conflict"),
        (Azure, 403, "AuthenticationFailed", update(), "rejected InvalidCredentials"),
        (Azure, 403, "AuthorizationPermissionMismatch", update(), "rejected AccessDenied"),
        (Azure, 503, "ServerBusy", update(), "unknown Throttled"),
    ];
    for (provider, status, code, condition, expected) in cases {
        let server = ScriptedServer::respond(status, "", &xml(code)).await;
        let result = bucket_at(provider, &server.url).put("a", b"{}".to_vec(), condition).await;
        if let Err(PutError::Unknown(error) | PutError::Rejected(error)) = &result {
            let text = format!("127.0.0.1: {status} {code}: The message");
            assert!(error.message.starts_with(&text), "{error}");
            assert_eq!(error.url, format!("{}://limits/team/a", provider.scheme()));
        }
        assert_eq!(summary(result), expected, "{provider:?} {status} {code}");
        assert_eq!(server.requests().len(), 1, "{provider:?} {status} {code}: no retry");
    }
}

#[tokio::test]
async fn only_missing_object_is_none() {
    for (provider, code) in [(S3, "NoSuchKey"), (Gcs, "NoSuchKey"), (Azure, "BlobNotFound")] {
        let server = ScriptedServer::respond(404, "", &xml(code)).await;
        let bucket = bucket_at(provider, &server.url);
        assert_eq!(bucket.get("a").await, Ok(None), "{provider:?}");
        bucket.delete("a").await.unwrap_or_else(|error| panic!("{provider:?}: {error}"));
    }
    for body in ["", "<html>not here</html>", &xml("NoSuchUpload")] {
        let server = ScriptedServer::respond(404, "", body).await;
        let error = bucket_at(S3, &server.url).get("a").await.expect_err("not a response of a store");
        assert_eq!(error.kind, BucketErrorKind::Other, "{error}");
    }
}

#[tokio::test]
async fn azure_code_is_read_from_header() {
    let server = ScriptedServer::respond(404, "x-ms-error-code: ContainerNotFound\r\n", "").await;
    let error = bucket_at(Azure, &server.url).get("a").await.expect_err("no container");
    assert_eq!(error.kind, BucketErrorKind::NoSuchBucket, "{error}");
}

#[tokio::test]
async fn region_of_bucket_is_named() {
    let server = ScriptedServer::respond(301, "x-amz-bucket-region: eu-west-1\r\n", &xml("PermanentRedirect")).await;
    let error = bucket_at(S3, &server.url).get("a").await.expect_err("another region");
    assert!(error.message.ends_with("(the bucket is in the region eu-west-1; set AWS_REGION)"), "{error}");
}

#[tokio::test]
async fn denied_read_names_list_permission() {
    let server = ScriptedServer::respond(403, "", &xml("AccessDenied")).await;
    let error = bucket_at(S3, &server.url).get("a").await.expect_err("denied");
    assert!(error.message.contains("if s3:ListBucket is not permitted"), "{error}");
}

#[tokio::test]
async fn write_without_version_is_unknown() {
    for provider in [S3, Gcs, Azure] {
        let server = ScriptedServer::respond(200, "", "").await;
        let result = bucket_at(provider, &server.url).put("a", Vec::new(), PutCondition::Absent).await;
        assert!(matches!(result, Err(PutError::Unknown(_))), "{provider:?}: {result:?}");
    }
}

#[tokio::test]
async fn text_of_store_is_bounded_and_clean() {
    let message = format!("\u{1b}[31m{}", "long ".repeat(1000));
    let server = ScriptedServer::respond(403, "", &xml("AccessDenied").replace("The message", &message)).await;
    let error = bucket_at(S3, &server.url).get("a").await.expect_err("denied").to_string();
    assert!(error.len() < 700 && !error.contains('\u{1b}'), "{error}");
}

#[tokio::test]
async fn repeated_secret_is_left_out() {
    for provider in [S3, Gcs, Azure] {
        let server = ScriptedServer::respond(403, "", &xml("AccessDenied").replace("message", SECRET)).await;
        let bucket = bucket_at(provider, &server.url);
        let error = bucket.get("a").await.expect_err("denied");
        let texts = format!("{error} {error:?} {bucket:?}");
        assert!(!texts.contains(SECRET) && !texts.contains("canary"), "{texts}");
        assert!(server.requests()[0].contains("canary"), "the request has the secret: {provider:?}");
    }
}
