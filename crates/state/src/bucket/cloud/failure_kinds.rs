//! The kinds of failures.

use std::error::Error;

use ajo_auth::format_error_chain;

use super::error_response::{ErrorResponse, library_text};
use super::request_failure::{FailureCause, RequestFailure, RequestPurpose};
use crate::bucket::{BucketErrorKind, MAX_OBJECT_BYTES, PutCondition};
use ajo_limits::BucketProvider;

/// The result of a failed write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteResult {
    Conflict,
    Unknown,
    Rejected,
}

/// Codes for "there is no such object". Any other 404 is an error: a wrong endpoint must not look like an empty bucket.
const NO_OBJECT: [&str; 2] = ["NoSuchKey", "BlobNotFound"];
const NO_BUCKET: [&str; 3] = ["NoSuchBucket", "ContainerNotFound", "ContainerBeingDeleted"];
const INVALID_CREDENTIALS: [&str; 12] = [
    // S3 and Google Cloud Storage
    "AuthenticationRequired",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidSecurity",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    // Azure
    "AuthenticationFailed",
    "InvalidAuthenticationInfo",
    "NoAuthenticationInformation",
    // S3: a key without its secret, or none
    "AuthorizationQueryParametersError",
];
const WRONG_REGION: [&str; 3] =
    ["AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"];
const NO_CONDITIONS: [&str; 3] = ["ConditionHeadersNotSupported", "NotImplemented", "UnsupportedHeader"];
const THROTTLED: [&str; 4] = ["RequestLimitExceeded", "ServerBusy", "SlowDown", "TooManyRequests"];
/// Azure's own leases on blobs, which have nothing to do with ours.
const BLOB_IS_LEASED: [&str; 3] = ["LeaseIdMismatchWithBlobOperation", "LeaseIdMissing", "LeaseLost"];

/// Whether the object does not exist.
pub(super) fn is_missing_object(error: &object_store::Error) -> bool {
    matches!(response_of(error), Some(ErrorResponse { status: 404, code, .. }) if NO_OBJECT.contains(&code.as_str()))
}

fn response_of(error: &object_store::Error) -> Option<&ErrorResponse> {
    match RequestFailure::find(error) {
        Some(RequestFailure { purpose: RequestPurpose::Objects, cause: FailureCause::Response(response), .. }) => {
            Some(response)
        }
        _ => None,
    }
}

/// The result of a failed write. In doubt it is [`WriteResult::Unknown`]: the caller then reads the object.
///
/// A `409 ConditionalRequestConflict` of S3 says that another request was processed at the same time, not that it wrote the object, so it is
/// also unknown.
pub(super) fn write_result(error: &object_store::Error, condition: &PutCondition) -> WriteResult {
    let Some(failure) = RequestFailure::find(error) else { return WriteResult::Unknown };
    if failure.purpose != RequestPurpose::Objects {
        return WriteResult::Rejected;
    }
    let response = match &failure.cause {
        FailureCause::Settings(_) | FailureCause::Connect(_) => return WriteResult::Rejected,
        FailureCause::NoResponse(_) | FailureCause::TooLong => return WriteResult::Unknown,
        FailureCause::Response(response) => response,
    };
    let code = response.code.as_str();
    match response.status {
        412 if BLOB_IS_LEASED.contains(&code) => WriteResult::Rejected,
        // Some stores report an existing object with 304.
        412 | 304 => WriteResult::Conflict,
        409 if code == "BlobAlreadyExists" => WriteResult::Conflict,
        404 if NO_OBJECT.contains(&code) && *condition != PutCondition::Absent => WriteResult::Conflict,
        501 => WriteResult::Rejected,
        408 | 409 | 429 | 500.. => WriteResult::Unknown,
        _ => WriteResult::Rejected,
    }
}

/// The kind of an error, and its text without credentials.
pub(super) fn describe(
    error: &(dyn Error + 'static),
    provider: BucketProvider,
    operation: &str,
) -> (BucketErrorKind, String) {
    let Some(failure) = RequestFailure::find(error) else {
        return (BucketErrorKind::Other, library_error(error));
    };
    let host = &failure.host;
    let (kind, text) = match &failure.cause {
        FailureCause::Settings(text) => return (BucketErrorKind::InvalidSettings, text.clone()),
        FailureCause::Connect(text) | FailureCause::NoResponse(text) => (BucketErrorKind::Network, text.clone()),
        FailureCause::TooLong => {
            (BucketErrorKind::TooLarge, format!("the response is longer than {MAX_OBJECT_BYTES} bytes"))
        }
        FailureCause::Response(response) => {
            (response_kind(response, operation), describe_response(response, provider, operation))
        }
    };
    match failure.purpose {
        RequestPurpose::Objects => (kind, format!("{host}: {text}")),
        RequestPurpose::PlatformCredentials => {
            (BucketErrorKind::NoCredentials, format!("{} ({host}: {text})", credential_sources(provider)))
        }
        RequestPurpose::Credentials => {
            let is_rejected = matches!(&failure.cause, FailureCause::Response(response) if response.status < 500);
            let kind = if is_rejected { BucketErrorKind::InvalidCredentials } else { BucketErrorKind::NoCredentials };
            (kind, format!("no credentials from {host}: {text}"))
        }
    }
}

fn response_kind(response: &ErrorResponse, operation: &str) -> BucketErrorKind {
    let code = response.code.as_str();
    if NO_BUCKET.contains(&code) {
        BucketErrorKind::NoSuchBucket
    } else if INVALID_CREDENTIALS.contains(&code) || response.status == 401 {
        BucketErrorKind::InvalidCredentials
    } else if WRONG_REGION.contains(&code) || (300..400).contains(&response.status) {
        BucketErrorKind::InvalidSettings
    } else if operation == "write" && (NO_CONDITIONS.contains(&code) || response.status == 501) {
        BucketErrorKind::ConditionsUnsupported
    } else if THROTTLED.contains(&code) || [429, 503].contains(&response.status) {
        BucketErrorKind::Throttled
    } else if response.status == 403 {
        BucketErrorKind::AccessDenied
    } else {
        BucketErrorKind::Other
    }
}

fn describe_response(response: &ErrorResponse, provider: BucketProvider, operation: &str) -> String {
    let text = response.describe();
    match &response.region {
        None if provider == BucketProvider::S3 && operation == "read" && response.code == "AccessDenied" => {
            format!("{text} (S3 also denies the read of a missing object if s3:ListBucket is not permitted)")
        }
        Some(region) if (300..=400).contains(&response.status) => {
            format!("{text} (the bucket is in the region {region}; set AWS_REGION)")
        }
        _ if (300..400).contains(&response.status) => format!("{text} (redirects are not followed)"),
        _ => text,
    }
}

/// Where the crate looks for credentials. The metadata service is the last one.
fn credential_sources(provider: BucketProvider) -> &'static str {
    match provider {
        BucketProvider::S3 => {
            "no credentials: looked for AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, \
             AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, and the metadata service; the profiles of the AWS CLI are not read"
        }
        BucketProvider::Gcs => {
            "no credentials: looked for GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_SERVICE_ACCOUNT, GOOGLE_SERVICE_ACCOUNT_KEY, the application \
             default credentials of gcloud, and the metadata service"
        }
        BucketProvider::Azure => {
            "no credentials: looked for AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_CLIENT_ID with AZURE_TENANT_ID and \
             AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE, and the managed identity; the login of the Azure CLI is read if \
             AZURE_USE_AZURE_CLI is true"
        }
    }
}

/// The text of an error of the crate. Errors about JSON could repeat a part of it, which may be a key.
pub(super) fn library_error(error: &(dyn Error + 'static)) -> String {
    let mut causes = std::iter::successors(Some(error), |&error| error.source());
    let json = causes.find_map(|error| error.downcast_ref::<serde_json::Error>());
    match json {
        Some(json) => format!("invalid JSON in line {}, column {}", json.line(), json.column()),
        None => library_text(&format_error_chain(error)),
    }
}
