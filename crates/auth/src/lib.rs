//! OAuth server-to-server credentials and tokens for Adobe APIs.
//!
//! Everything that decides is pure: what a credential is, what the token request says, what the answer means, when a token
//! is used, fetched or dropped. It takes the time as a parameter, does no I/O, and compiles for wasm32. The feature
//! `reqwest` (on by default) adds the native driver of `TokenProvider`, and `fetch` the one for Rust compiled to WebAssembly.
//!
//! ```no_run
//! # #[cfg(feature = "reqwest")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use ajo_auth::{Credentials, Endpoint, IMS_URL, TokenProvider, http_client};
//!
//! let ims = Endpoint::parse(IMS_URL)?;
//! let tokens = TokenProvider::new(Credentials::from_env()?, &ims, http_client(&ims)?);
//! let granted = tokens.token().await?;
//! println!("good until {}", granted.token.expires_at().as_millis());
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "reqwest")]
mod bounded_read;
mod credentials;
mod env;
mod error;
mod error_chain;
#[cfg(feature = "fetch")]
pub mod fetch;
mod secret;
mod store;
mod timestamp;
mod token;
mod transport;
pub mod untrusted_text;

#[cfg(feature = "reqwest")]
pub use bounded_read::{read_bounded, read_bounded_text};
pub use credentials::client_id::{ClientId, ClientIdError};
pub use credentials::credentials_error::CredentialsError;
pub use credentials::oauth_credentials::Credentials;
pub use credentials::org_id::{OrgId, OrgIdError};
pub use credentials::scopes::{Scopes, ScopesError};
#[cfg(feature = "reqwest")]
pub use env::System;
pub use env::{Simulated, Sleep, Surroundings, part_of};
pub use error::{AuthError, TransportProblem, is_about_certificates};
pub use error_chain::causes;
pub use secret::Secret;
#[cfg(feature = "redis")]
pub use store::RedisStore;
#[cfg(feature = "reqwest")]
pub use store::{FileStore, MemoryStore};
pub use store::{StoreError, StoreFuture, TokenStore};
pub use timestamp::Timestamp;
pub use token::access_token::{AccessToken, Granted};
pub use token::ims_error::{ImsError, ImsErrorKind};
pub use token::provider::TokenProvider;
pub use token::token_cache::{
    Cached, EXPIRY_MARGIN, FIRST_COOL_DOWN, LONGEST_COOL_DOWN, REFRESH_AHEAD, REFUSAL_PAUSE, TokenCache,
};
pub use token::token_entry::{EntryError, read_entry, store_key, write_entry};
pub use token::token_request::{IMS_URL, TOKEN_PATH, TokenRequest};
pub use token::token_response::read_token_answer;
pub use token::token_transport::{
    LOOK_AGAIN, MAX_TOKEN_ANSWER, Pending, SHORT_LEASE, TokenDriver, TokenHostAnswer, TokenNote,
};
pub use transport::endpoint::{Endpoint, EndpointError};
pub use transport::retry_after::read_retry_after;
#[cfg(feature = "reqwest")]
pub use transport::{http_client::http_client, server_date::server_date};
