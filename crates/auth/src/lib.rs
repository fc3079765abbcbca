//! OAuth server-to-server credentials and tokens for Adobe APIs.
//!
//! `ajo-engine` parses credentials and token responses and decides when a token is used or fetched; this crate does the
//! I/O. The feature `reqwest` (on by default) adds the native transport of `TokenProvider`. The feature `fetch` adds
//! the transport for Rust compiled to WebAssembly.
//!
//! # Calling any API of Adobe
//!
//! This crate works without `ajo-core`. It is the way to call an API of Adobe that is not one of Journey Optimizer, whose own APIs have
//! `Client::request` in `ajo-core`. A [`TokenProvider`] has the token, and [`AllowedOrigins`] decides which URLs may get it.
//!
//! ```no_run
//! # #[cfg(feature = "reqwest")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use ajo_auth::{AllowedOrigins, BaseUrl, IMS_URL, TokenProvider, credentials, http_client};
//!
//! let credentials = credentials::from_env()?;
//! let (client_id, org_id) = (credentials.client_id().to_string(), credentials.org_id().to_string());
//! let ims = BaseUrl::parse(IMS_URL)?;
//! // Keep it: it renews the token, and all its clones share one.
//! let tokens = TokenProvider::new(credentials, &ims, http_client(&ims)?);
//!
//! let server = BaseUrl::parse("https://platform.adobe.io")?;
//! // Follows no redirects, which could send the token to another server.
//! let http = http_client(&server)?;
//! // Also allows more hosts, each exactly: `*.adobe.io` contains customers' own code.
//! let allowed = AllowedOrigins::new(&server, &["ups.example"])?;
//! let url = allowed.resolve(&server, "/data/foundation/schemaregistry/tenant/schemas?limit=5")?;
//!
//! let mut issued = tokens.token().await?;
//! let send = |token: &str| {
//!     let request = http.get(&url).bearer_auth(token);
//!     request.header("x-api-key", &client_id).header("x-gw-ims-org-id", &org_id).send()
//! };
//! let mut response = send(issued.token.value().expose()).await?;
//! // A token can be revoked before it expires. Try once more with a new one.
//! if response.status() == 401 && tokens.invalidate(issued.generation) {
//!     issued = tokens.token().await?;
//!     response = send(issued.token.value().expose()).await?;
//! }
//! println!("{}", response.text().await?);
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bounded_read;
mod credential_file;
pub mod credentials;
mod error_chain;
#[cfg(feature = "fetch")]
pub mod fetch;
#[cfg(feature = "reqwest")]
mod file_access;
#[cfg(feature = "reqwest")]
mod private_file;
mod runtime;
mod store;
mod token;
#[cfg(feature = "reqwest")]
mod transport;

// The types in this crate's own signatures, and the check of URLs that get a token. Import everything else from `ajo_engine`.
pub use ajo_engine::{
    AccessToken, AllowedOrigins, AuthError, BaseUrl, BaseUrlError, ClientId, ClientIdError, Credentials,
    CredentialsError, IMS_URL, ImsError, ImsErrorKind, MAX_TOKEN_RESPONSE_BYTES, OrgId, OrgIdError, OriginError,
    RELEASE_POLL_INTERVAL, SHORT_LEASE_DURATION, Scopes, ScopesError, Secret, StoreLocks, Timestamp, TokenRequest,
    TransportErrorKind, VersionedToken,
};
pub use bounded_read::{read_bounded_bytes, read_bounded_text};
pub use credential_file::{MAX_CREDENTIAL_BYTES, read_credential_file, read_credential_text};
pub use error_chain::format_error_chain;
#[cfg(feature = "reqwest")]
pub use file_access::{SymlinkPolicy, open_regular_file, read_bounded_file, read_input_file};
#[cfg(feature = "reqwest")]
pub use private_file::{PrivacyProblem, create_private_directory};
pub use runtime::{ManualRuntime, Runtime, Sleep};
#[cfg(feature = "reqwest")]
pub use runtime::{SystemRuntime, current_timestamp};
#[cfg(feature = "redis")]
pub use store::RedisStore;
#[cfg(feature = "reqwest")]
pub use store::{FileStore, FileStoreProblem, MemoryStore};
pub use store::{StoreError, StoreFuture, TokenStore};
pub use token::action_results;
pub use token::provider::{TokenActionExecutor, TokenProvider};
pub use token::token_transport::{BoxFuture, TokenEvent, TokenResponse, TokenTransport};
#[cfg(feature = "reqwest")]
pub use transport::bounded_body::read_bounded;
#[cfg(feature = "reqwest")]
pub use transport::ca_certificates::ca_source;
#[cfg(feature = "reqwest")]
pub use transport::proxy::{ProxyInUse, proxy_of};
#[cfg(feature = "reqwest")]
pub use transport::{
    connect_error::classify_connect_error,
    http_client::{http_client, http_client_with_timeout},
    server_attributes::record_server,
    server_date::request_server_date,
};

/// Compiles the example of the README.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
struct Readme;
