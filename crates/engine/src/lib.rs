//! Decisions and parsers for Adobe's APIs, without I/O, clock, randomness, or async. Times and random numbers are
//! parameters.
//!
//! - [`json`]: reads JSON through one small trait.
//! - Parsers: credentials in every format, token and error responses, URLs, identifiers, headers.
//! - Failures: whether a change may have been applied, what to do, and the message ([`CallFailure`]).
//! - Decisions: whether a call is retried ([`RetryState`]), when a token is used or fetched ([`TokenCache`]).
//! - [`rules`]: validates definitions with the service's codes.
//! - [`spec`]: the operations and schemas of the specifications, as data.
//!
//! The crate needs `alloc` and not `std`. The feature `serde` serializes identifiers; `serde_json` implements
//! [`json::JsonValue`] for `serde_json::Value`.

#![cfg_attr(not(test), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

mod decide;
mod failure;
pub mod json;
mod parse;
pub mod rules;
pub mod spec;
pub mod text;

pub use decide::attempt_outcome::AttemptOutcome;
pub use decide::call_state::{
    CallAction, CallInput, CallOutcome, CallState, DEADLINE, NotSentReason, SharedClientState, TIMEOUT,
};
pub use decide::client_token_state::{ClientTokenState, OAuthOptions};
pub use decide::jitter::jitter;
pub use decide::limit_change::{LimitChange, ServiceSelectionError, select_service};
pub use decide::method::{Method, MethodError};
pub use decide::monotonic_clock::MonotonicClock;
pub use decide::operation_semantics::{AlreadyApplied, Idempotency, OperationSemantics};
pub use decide::rate_limit::RateLimit;
pub use decide::redeploy::{LiveLimit, RedeployCall, RedeployResult, RedeployState, RedeployStep};
pub use decide::refresh_lease::{RELEASE_POLL_INTERVAL, RefreshLease, SHORT_LEASE_DURATION};
pub use decide::retry_budget::{CALLS_PER_RETRY, MAX_RETRY_TOKENS, RetryBudget};
pub use decide::retry_policy::RetryPolicy;
pub use decide::retry_state::{RetryDecision, RetryState};
pub use decide::step_context::StepContext;
pub use decide::store_breaker::StoreBreaker;
pub use decide::store_locks::StoreLocks;
pub use decide::token_acquisition::{STORE_LOCK_LEASE, StoreLockResult, TokenAcquisition, TokenAction, TokenInput};
pub use decide::token_cache::{
    CacheLookup, EARLY_REFRESH_MARGIN, EXPIRY_MARGIN, FIRST_BACKOFF, MAX_BACKOFF, REJECTION_BACKOFF, TokenCache,
};
pub use decide::versioned_token::VersionedToken;
pub use failure::call_failure::CallFailure;
pub use failure::error_kind::ErrorKind;
pub use failure::failed_response::{MAX_ERROR_RESPONSE_BYTES, redact_token, safe_request_id};
pub use failure::request_target::RequestTarget;
pub use failure::send_error_kind::SendErrorKind;
pub use parse::access_token::AccessToken;
pub use parse::allowed_origins::{AllowedOrigins, OriginError};
pub use parse::api_path::check_api_path;
pub use parse::auth_error::{AuthError, TransportErrorKind};
pub use parse::base_url::{BASE_URL, BaseUrl, BaseUrlError, IMS_URL};
pub use parse::config_definition::config_definition;
pub use parse::credentials::client_id::{ClientId, ClientIdError};
pub use parse::credentials::client_secret_error::ClientSecretError;
pub use parse::credentials::credentials_error::CredentialsError;
pub use parse::credentials::file_setting::{display_path, find_credential_content};
pub use parse::credentials::oauth_credentials::Credentials;
pub use parse::credentials::org_id::{OrgId, OrgIdError};
pub use parse::credentials::scopes::{Scopes, ScopesError};
pub use parse::error_response::{ErrorOrigin, ErrorResponse};
pub use parse::header::{check_custom_header, is_header_name, is_header_value, is_secret_header};
pub use parse::http_date::parse_http_date;
pub use parse::ims_error::{ImsError, ImsErrorKind};
pub use parse::request_body::encode_payload;
pub use parse::response_body::check_json_object;
pub use parse::retry_after::parse_retry_after;
pub use parse::sandbox_name::{SandboxName, SandboxNameError};
pub use parse::secret::Secret;
pub use parse::service_code::ServiceCode;
pub use parse::store_entry::{TokenEntryError, decode_entry, encode_entry, store_key};
pub use parse::timestamp::Timestamp;
pub use parse::token_claims::TokenClaims;
pub use parse::token_request::{TOKEN_PATH, TOKEN_TIMEOUT, TokenRequest};
pub use parse::token_response::{MAX_TOKEN_RESPONSE_BYTES, parse_token_response};
pub use parse::uid::{Uid, UidError};
pub use parse::untrusted_text;

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
