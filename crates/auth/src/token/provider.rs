//! Provides access tokens: fetched with credentials, fixed, or from a callback.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::token::granted::Granted;
use crate::token::oauth_source::{Fetched, TIMEOUT};
use crate::{AccessToken, AuthError, Credentials, Endpoint, Secret, Timestamp, TokenDriver};

/// Far enough for a token whose end is not known: a token given ready-made is used until the service refuses it.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Hands out access tokens. Cheap to clone; clones share one token and one request for it.
///
/// It starts no task of its own: a token is fetched, also ahead of time, by one of those who ask for one. What it does outside
/// (requests, the store, waiting) goes through a [`TokenDriver`].
#[derive(Clone)]
pub struct TokenProvider {
    source: Arc<Source>,
}

enum Source {
    Fetched(Box<Fetched>),
    Fixed(AccessToken),
    Asked(Asked),
}

/// Somebody else has tokens, and is asked for one before each attempt.
struct Asked {
    driver: Arc<dyn TokenDriver>,
    /// Counts the tokens it gave.
    given: AtomicU64,
}

impl TokenProvider {
    /// Fetches tokens with these credentials from this token host. Make the client with [`crate::http_client`].
    #[cfg(feature = "reqwest")]
    pub fn new(credentials: Credentials, ims: &Endpoint, http: reqwest::Client) -> Self {
        Self::with(credentials, ims, http, Arc::new(crate::System::default()), None)
    }

    /// Like [`TokenProvider::new`], with a store that shares tokens with other processes, and with another source of time
    /// and chance.
    #[cfg(feature = "reqwest")]
    pub fn with(
        credentials: Credentials,
        ims: &Endpoint,
        http: reqwest::Client,
        surroundings: Arc<dyn crate::Surroundings>,
        store: Option<Arc<dyn crate::TokenStore>>,
    ) -> Self {
        let driver = crate::transport::reqwest_transport::NativeDriver::new(http, surroundings, store);
        Self::driven(credentials, ims, Arc::new(driver))
    }

    /// Fetches tokens with these credentials from this token host, by way of another driver than the native one.
    pub fn driven(credentials: Credentials, ims: &Endpoint, driver: Arc<dyn TokenDriver>) -> Self {
        Self { source: Arc::new(Source::Fetched(Box::new(Fetched::new(credentials, ims, driver)))) }
    }

    /// Hands out one token that was fetched elsewhere, until the service refuses it.
    pub fn fixed(token: &Secret) -> Result<Self, AuthError> {
        Ok(Self { source: Arc::new(Source::Fixed(ready_made(token)?)) })
    }

    /// Asks the driver for a token before each attempt, and once more when one is refused ([`TokenDriver::ask`]).
    pub fn asked(driver: Arc<dyn TokenDriver>) -> Self {
        Self { source: Arc::new(Source::Asked(Asked { driver, given: AtomicU64::new(0) })) }
    }

    /// A token that is good for the next call, fetched if there is none. However many callers wait, one request is made.
    pub async fn token(&self) -> Result<Granted, AuthError> {
        self.token_until(Duration::MAX).await
    }

    /// Like [`TokenProvider::token`], and given up at `until`, on the clock of [`crate::Surroundings::elapsed`].
    pub async fn token_until(&self, until: Duration) -> Result<Granted, AuthError> {
        match &*self.source {
            Source::Fetched(fetched) => fetched.token(until).await,
            Source::Fixed(token) => Ok(Granted { token: token.clone(), generation: 0 }),
            Source::Asked(asked) => asked.token(until).await,
        }
    }

    /// Says that the service did not accept the token of this generation. Returns whether there can be another one.
    pub fn invalidate(&self, generation: u64) -> bool {
        match &*self.source {
            Source::Fetched(fetched) => fetched.invalidate(generation),
            Source::Fixed(_) => false,
            Source::Asked(_) => true,
        }
    }

    /// Says that the service did not accept this token either, which had just replaced another. For half a minute none is
    /// fetched because of refusals.
    pub fn still_refused(&self, generation: u64) {
        if let Source::Fetched(fetched) = &*self.source {
            fetched.still_refused(generation);
        }
    }

    /// How long the token host is left alone after a failure; zero when it is not.
    pub fn cool_down(&self) -> Duration {
        match &*self.source {
            Source::Fetched(fetched) => fetched.cool_down(),
            Source::Fixed(_) | Source::Asked(_) => Duration::ZERO,
        }
    }

    /// Goes on with other secrets or scopes of the same client, without a restart. The token in use stays in use unless the
    /// scopes are others. For another client or organization, make another provider: a call names both in its headers.
    pub fn replace(&self, credentials: Credentials) -> Result<(), AuthError> {
        match &*self.source {
            Source::Fetched(fetched) => fetched.replace(credentials),
            Source::Fixed(_) | Source::Asked(_) => {
                Err(AuthError::CredentialsMismatch("the access token was given ready-made"))
            }
        }
    }
}

/// A token that was fetched elsewhere and whose end is not known.
fn ready_made(token: &Secret) -> Result<AccessToken, AuthError> {
    let token = Secret::new(token.expose().trim());
    AccessToken::new(token, Timestamp::from_millis(0), UNKNOWN_LIFETIME).ok_or(AuthError::InvalidToken)
}

impl Asked {
    async fn token(&self, until: Duration) -> Result<Granted, AuthError> {
        let left = until.saturating_sub(self.driver.surroundings().elapsed());
        let token = ready_made(&self.driver.ask(left.min(TIMEOUT)).await?)?;
        Ok(Granted { token, generation: self.given.fetch_add(1, Ordering::Relaxed) })
    }
}

impl fmt::Debug for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("TokenProvider");
        if let Source::Fetched(fetched) = &*self.source {
            shown.field("client_id", &fetched.client_id()).field("ims", &fetched.ims().as_str());
        }
        shown.finish_non_exhaustive()
    }
}
