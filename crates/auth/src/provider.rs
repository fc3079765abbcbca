//! The native driver of the token cache.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;

use crate::{
    AccessToken, AuthError, Cached, Credentials, CredentialsError, Endpoint, Secret, Timestamp, TokenCache,
    TokenRequest, TransportProblem, causes, read_token_answer,
};

/// How long a token request may take in all. Chosen here; the token host publishes none.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Most bytes of an answer that are read. A token is about 2 KB.
const MAX_BODY: usize = 64 * 1024;

/// Far enough for a token whose end is not known: a token given ready-made is used until the service refuses it.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Hands out access tokens. Cheap to clone; clones share one token and one request for it.
#[derive(Clone)]
pub struct TokenProvider {
    source: Arc<Source>,
}

enum Source {
    Fetched(Box<Fetched>),
    Fixed(AccessToken),
}

struct Fetched {
    credentials: Credentials,
    ims: Endpoint,
    http: reqwest::Client,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    cache: Mutex<TokenCache>,
    /// The place of the secret that worked last; it is tried first.
    working_secret: AtomicUsize,
    /// Whoever holds it fetches; the others wait for it. Dropping a waiting or fetching future lets the next one go on.
    turn: tokio::sync::Mutex<()>,
}

/// A token that was handed out.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The token.
    pub token: AccessToken,
    /// What to name in [`TokenProvider::invalidate`].
    pub generation: u64,
}

impl TokenProvider {
    /// Fetches tokens with these credentials from this token host. Make the client with [`crate::http_client`].
    pub fn new(credentials: Credentials, ims: &Endpoint, http: reqwest::Client) -> Self {
        Self::with_clock(credentials, ims, http, Timestamp::now)
    }

    /// Like [`TokenProvider::new`], with another clock, for tests.
    pub fn with_clock(
        credentials: Credentials,
        ims: &Endpoint,
        http: reqwest::Client,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        let fetched = Fetched {
            credentials,
            ims: ims.clone(),
            http,
            now: Box::new(now),
            cache: Mutex::default(),
            working_secret: AtomicUsize::new(0),
            turn: tokio::sync::Mutex::default(),
        };
        Self { source: Arc::new(Source::Fetched(Box::new(fetched))) }
    }

    /// Hands out one token that was fetched elsewhere, until the service refuses it.
    pub fn fixed(token: &Secret) -> Result<Self, AuthError> {
        let token = Secret::new(token.expose().trim());
        let token = AccessToken::new(token, Timestamp::now(), UNKNOWN_LIFETIME).ok_or(AuthError::UnusableToken)?;
        Ok(Self { source: Arc::new(Source::Fixed(token)) })
    }

    /// A token that is good for the next call, fetched if there is none. However many callers wait, one request is made.
    pub async fn token(&self) -> Result<Granted, AuthError> {
        match &*self.source {
            Source::Fetched(fetched) => fetched.token().await,
            Source::Fixed(token) => Ok(Granted { token: token.clone(), generation: 0 }),
        }
    }

    /// Says that the service did not accept the token of this generation. Returns whether there can be another one.
    pub fn invalidate(&self, generation: u64) -> bool {
        match &*self.source {
            Source::Fetched(fetched) => {
                fetched.cache().invalidate(generation);
                true
            }
            Source::Fixed(_) => false,
        }
    }
}

impl Fetched {
    fn cache(&self) -> std::sync::MutexGuard<'_, TokenCache> {
        // The cache is sound at every point, so a panic elsewhere does not spoil it.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn token(&self) -> Result<Granted, AuthError> {
        let seen = {
            let cache = self.cache();
            if let Cached::Token { token, generation } = cache.look((self.now)(), cache.attempts()) {
                return Ok(Granted { token, generation });
            }
            cache.attempts()
        };
        let _turn = self.turn.lock().await;
        let found = self.cache().look((self.now)(), seen);
        match found {
            Cached::Token { token, generation } => Ok(Granted { token, generation }),
            Cached::Failed(error) => Err(error),
            Cached::Fetch => {
                let result = self.fetch().await;
                let mut cache = self.cache();
                cache.finish(result.clone());
                match result {
                    // Also when it is about to expire: it is the newest there is.
                    Ok(token) => Ok(Granted { token, generation: cache.generation() }),
                    Err(error) => Err(error),
                }
            }
        }
    }

    /// Tries the secrets in turn, beginning with the one that worked last: while one is being replaced, either may be the
    /// one that the token host knows. Only a refusal of the secret itself leads to the next one.
    async fn fetch(&self) -> Result<AccessToken, AuthError> {
        let secrets = self.credentials.secrets();
        let first = self.working_secret.load(Ordering::Relaxed);
        let mut outcome = Err(CredentialsError::NoSecret.into());
        for offset in 0..secrets.len() {
            let place = (first + offset) % secrets.len();
            outcome = self.fetch_with(&secrets[place]).await;
            if !matches!(&outcome, Err(AuthError::Ims(error)) if error.is_about_the_secret()) {
                self.working_secret.store(place, Ordering::Relaxed);
                break;
            }
        }
        outcome
    }

    async fn fetch_with(&self, secret: &Secret) -> Result<AccessToken, AuthError> {
        let request = TokenRequest::new(&self.credentials, secret, &self.ims);
        let mut response = self
            .http
            .post(&request.url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .timeout(TIMEOUT)
            .body(request.body.expose().to_owned())
            .send()
            .await
            .map_err(|error| transport(&error))?;
        let status = response.status().as_u16();
        let debug_id = response.headers().get("x-debug-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| transport(&error))? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(AuthError::Transport {
                    problem: TransportProblem::Broken,
                    detail: format!("its answer is longer than {} KiB", MAX_BODY / 1024),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(read_token_answer(status, debug_id.as_deref(), &body, secret, (self.now)())?)
    }
}

fn transport(error: &reqwest::Error) -> AuthError {
    let problem = if error.is_timeout() {
        TransportProblem::Timeout
    } else if error.is_connect() {
        TransportProblem::Connect
    } else {
        TransportProblem::Broken
    };
    AuthError::Transport { problem, detail: causes(error) }
}

impl fmt::Debug for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("TokenProvider");
        if let Source::Fetched(fetched) = &*self.source {
            shown.field("client_id", fetched.credentials.client_id()).field("ims", &fetched.ims.as_str());
        }
        shown.finish_non_exhaustive()
    }
}
