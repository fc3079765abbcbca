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

mod causes;
mod client_id;
mod credentials;
mod endpoint;
mod environment;
mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
mod formats;
#[cfg(feature = "reqwest")]
mod http_client;
mod ims_error;
#[cfg(feature = "reqwest")]
mod native_driver;
mod org_id;
mod provider;
mod retry_after;
mod scopes;
mod secret;
#[cfg(feature = "reqwest")]
mod server_date;
mod shared;
mod store;
mod surroundings;
mod timestamp;
mod token;
mod token_answer;
mod token_cache;
mod token_driver;
mod token_entry;
mod token_request;
mod turn;
pub mod untrusted_text;

pub use causes::causes;
pub use client_id::{ClientId, ClientIdError};
pub use credentials::{Credentials, CredentialsError};
pub use endpoint::{Endpoint, EndpointError};
pub use error::{AuthError, TransportProblem, is_about_certificates};
#[cfg(feature = "reqwest")]
pub use http_client::http_client;
pub use ims_error::{ImsError, ImsErrorKind};
pub use org_id::{OrgId, OrgIdError};
pub use provider::{Granted, TokenProvider};
pub use retry_after::read_retry_after;
pub use scopes::{Scopes, ScopesError};
pub use secret::Secret;
#[cfg(feature = "reqwest")]
pub use server_date::server_date;
#[cfg(feature = "redis")]
pub use store::RedisStore;
#[cfg(feature = "reqwest")]
pub use store::{FileStore, MemoryStore};
pub use store::{StoreError, StoreFuture, TokenStore};
#[cfg(feature = "reqwest")]
pub use surroundings::System;
pub use surroundings::{Simulated, Sleep, Surroundings, part_of};
pub use timestamp::Timestamp;
pub use token::AccessToken;
pub use token_answer::read_token_answer;
pub use token_cache::{
    Cached, EXPIRY_MARGIN, FIRST_COOL_DOWN, LONGEST_COOL_DOWN, REFRESH_AHEAD, REFUSAL_PAUSE, TokenCache,
};
pub use token_driver::{LOOK_AGAIN, MAX_TOKEN_ANSWER, Pending, SHORT_LEASE, TokenDriver, TokenHostAnswer, TokenNote};
pub use token_entry::{EntryError, read_entry, store_key, write_entry};
pub use token_request::{IMS_URL, TOKEN_PATH, TokenRequest};
