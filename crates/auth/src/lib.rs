//! OAuth server-to-server credentials and tokens for Adobe APIs.
//!
//! `ajo-engine` decides and parses: formats of credentials, token requests and responses, when a token is used or fetched. This
//! crate does the I/O. The feature `reqwest` (on by default) adds the native driver of `TokenProvider`, and `fetch` the one for
//! Rust compiled to WebAssembly.
//!
//! ```no_run
//! # #[cfg(feature = "reqwest")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use ajo_auth::{Endpoint, IMS_URL, TokenProvider, credentials, http_client};
//!
//! let ims = Endpoint::parse(IMS_URL)?;
//! let tokens = TokenProvider::new(credentials::from_env()?, &ims, http_client(&ims)?);
//! let granted = tokens.token().await?;
//! println!("good until {}", granted.token.expires_at().as_millis());
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "reqwest")]
mod bounded_read;
pub mod credentials;
mod env;
mod error_chain;
#[cfg(feature = "fetch")]
pub mod fetch;
mod store;
mod token;
#[cfg(feature = "reqwest")]
mod transport;

// The types in this crate's own signatures. Import everything else from `ajo_engine`.
pub use ajo_engine::{
    AccessToken, AuthError, ClientId, ClientIdError, Credentials, CredentialsError, Endpoint, EndpointError, IMS_URL,
    ImsError, ImsErrorKind, IssuedToken, OrgId, OrgIdError, Scopes, ScopesError, Secret, Timestamp, TokenRequest,
    TransportProblem,
};
#[cfg(feature = "reqwest")]
pub use bounded_read::{read_bounded, read_bounded_text};
pub use env::{Simulated, Sleep, Surroundings};
#[cfg(feature = "reqwest")]
pub use env::{System, now};
pub use error_chain::causes;
#[cfg(feature = "redis")]
pub use store::RedisStore;
#[cfg(feature = "reqwest")]
pub use store::{FileStore, MemoryStore};
pub use store::{StoreError, StoreFuture, TokenStore};
pub use token::provider::{TokenPerformer, TokenProvider};
pub use token::token_input;
pub use token::token_transport::{
    LOOK_AGAIN, MAX_TOKEN_ANSWER, Pending, SHORT_LEASE, TokenDriver, TokenHostAnswer, TokenNote,
};
#[cfg(feature = "reqwest")]
pub use transport::{connect_problem::connect_problem, http_client::http_client, server_date::server_date};
