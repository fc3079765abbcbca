//! The native driver of the token cache.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};

use crate::shared::Shared;
use crate::{
    AccessToken, AuthError, Cached, Credentials, CredentialsError, Endpoint, ImsError, Secret, Surroundings, System,
    Timestamp, TokenCache, TokenRequest, TokenStore, TransportProblem, read_retry_after, read_token_answer, store_key,
};

/// How long a token request may take in all. Chosen here; the token host publishes none.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long one caller waits for a token that is fetched ahead of time; the others go on with the old one meanwhile. Chosen here:
/// a token host that is well answers sooner.
const AHEAD_TIMEOUT: Duration = Duration::from_secs(2);

/// Most bytes of an answer that are read. A token is about 2 KB.
const MAX_BODY: usize = 64 * 1024;

/// Far enough for a token whose end is not known: a token given ready-made is used until the service refuses it.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Hands out access tokens. Cheap to clone; clones share one token and one request for it.
///
/// It starts no task of its own: a token is fetched, also ahead of time, by one of those who ask for one.
#[derive(Clone)]
pub struct TokenProvider {
    source: Arc<Source>,
}

enum Source {
    Fetched(Box<Fetched>),
    Fixed(AccessToken),
}

struct Fetched {
    credentials: Mutex<Current>,
    ims: Endpoint,
    http: reqwest::Client,
    surroundings: Arc<dyn Surroundings>,
    store: Option<Shared>,
    cache: Mutex<TokenCache>,
    /// Whoever holds it fetches; the others wait for it. Dropping a waiting or fetching future lets the next one go on.
    turn: tokio::sync::Mutex<()>,
}

/// The credentials in use, and which of their secrets worked last; it is tried first.
#[derive(Clone)]
struct Current {
    credentials: Arc<Credentials>,
    working_secret: usize,
    /// Counts replacements, to tell what was begun with the credentials before.
    replaced: u64,
}

/// A token that was fetched, and the key that others find it under.
struct ToShare {
    key: String,
    token: AccessToken,
}

/// An attempt to fetch a token ahead of time. Given up before it has ended, because it takes too long or because its call is
/// dropped, it counts as a failure: the next caller would only wait for the same.
struct Ahead<'f> {
    fetched: &'f Fetched,
    seen: u64,
}

impl Drop for Ahead<'_> {
    fn drop(&mut self) {
        let given_up = AuthError::Transport {
            problem: TransportProblem::Timeout,
            detail: "given up, because the old token is still good".to_owned(),
        };
        let (now, random) = (self.fetched.surroundings.now(), self.fetched.surroundings.random());
        let mut cache = self.fetched.cache();
        if cache.attempts() == self.seen {
            cache.finish(Err(given_up), now, random);
        }
    }
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
        Self::with(credentials, ims, http, Arc::new(System::default()), None)
    }

    /// Like [`TokenProvider::new`], with a store that shares tokens with other processes, and with another source of time
    /// and chance.
    pub fn with(
        credentials: Credentials,
        ims: &Endpoint,
        http: reqwest::Client,
        surroundings: Arc<dyn Surroundings>,
        store: Option<Arc<dyn TokenStore>>,
    ) -> Self {
        let fetched = Fetched {
            credentials: Mutex::new(Current { credentials: Arc::new(credentials), working_secret: 0, replaced: 0 }),
            ims: ims.clone(),
            http,
            surroundings,
            store: store.map(Shared::new),
            cache: Mutex::default(),
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
            Source::Fetched(fetched) => fetched.cache().invalidate(generation, fetched.surroundings.now()),
            Source::Fixed(_) => false,
        }
    }

    /// Says that the service did not accept this token either, which had just replaced another. For half a minute none is
    /// fetched because of refusals.
    pub fn still_refused(&self, generation: u64) {
        if let Source::Fetched(fetched) = &*self.source {
            fetched.cache().still_refused(generation, fetched.surroundings.now());
        }
    }

    /// How long the token host is left alone after a failure; zero when it is not.
    pub fn cool_down(&self) -> Duration {
        match &*self.source {
            Source::Fetched(fetched) => fetched.cache().cool_down(fetched.surroundings.now()),
            Source::Fixed(_) => Duration::ZERO,
        }
    }

    /// Goes on with other secrets or scopes of the same client, without a restart. The token in use stays in use unless the
    /// scopes are others. For another client or organization, make another provider: a call names both in its headers.
    pub fn replace(&self, credentials: Credentials) -> Result<(), AuthError> {
        match &*self.source {
            Source::Fetched(fetched) => fetched.replace(credentials),
            Source::Fixed(_) => Err(AuthError::NotReplaceable("the access token was given ready-made")),
        }
    }
}

impl Fetched {
    fn cache(&self) -> MutexGuard<'_, TokenCache> {
        // The cache is sound at every point, so a panic elsewhere does not spoil it.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.credentials.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, credentials: Credentials) -> Result<(), AuthError> {
        let mut current = self.current();
        if credentials.client_id() != current.credentials.client_id() {
            return Err(AuthError::NotReplaceable("the credentials are those of another client id"));
        }
        if credentials.org_id() != current.credentials.org_id() {
            return Err(AuthError::NotReplaceable("the credentials are those of another organization"));
        }
        let other_scopes = credentials.scopes() != current.credentials.scopes();
        *current = Current {
            credentials: Arc::new(credentials),
            working_secret: 0,
            replaced: current.replaced.wrapping_add(1),
        };
        self.cache().reset(other_scopes);
        Ok(())
    }

    async fn token(&self) -> Result<Granted, AuthError> {
        let (found, seen) = {
            let cache = self.cache();
            (cache.look(self.surroundings.now(), cache.attempts()), cache.attempts())
        };
        match found {
            Cached::Token { token, generation } => return Ok(Granted { token, generation }),
            Cached::Failed(error) => return Err(error),
            Cached::Refresh { token, generation } => {
                return Ok(self.ahead(seen).await.unwrap_or(Granted { token, generation }));
            }
            Cached::Fetch => {}
        }
        let turn = self.turn.lock().await;
        let found = self.cache().look(self.surroundings.now(), seen);
        match found {
            Cached::Token { token, generation } | Cached::Refresh { token, generation } => {
                Ok(Granted { token, generation })
            }
            Cached::Failed(error) => Err(error),
            Cached::Fetch => {
                let (granted, to_share) = self.obtain().await;
                // Those who wait need not wait for the store.
                drop(turn);
                self.share(to_share).await;
                granted
            }
        }
    }

    /// Fetches the next token while the old one is good. Whoever finds the turn free does it; the others go on with the old one,
    /// and so does whoever has waited long enough.
    async fn ahead(&self, seen: u64) -> Option<Granted> {
        let turn = self.turn.try_lock().ok()?;
        // Somebody else may have done it since.
        let again = self.cache().look(self.surroundings.now(), seen);
        if let Cached::Token { token, generation } = again {
            return Some(Granted { token, generation });
        }
        let attempt = Ahead { fetched: self, seen };
        let obtained = tokio::time::timeout(AHEAD_TIMEOUT, self.obtain()).await;
        drop(attempt);
        drop(turn);
        let (granted, to_share) = obtained.ok()?;
        self.share(to_share).await;
        granted.ok()
    }

    /// Takes the token that others share, or fetches one that is then to be shared. Only who has the turn may do it.
    async fn obtain(&self) -> (Result<Granted, AuthError>, Option<ToShare>) {
        loop {
            let current = self.current().clone();
            let key = self.store.as_ref().map(|_| store_key(&current.credentials, &self.ims));
            let shared = match (&self.store, &key) {
                (Some(store), Some(key)) => store.get(key, &*self.surroundings).await,
                _ => None,
            };
            let shared = shared.filter(|token| self.cache().takes(token, self.surroundings.now()));
            let is_shared = shared.is_some();
            let result = match shared {
                Some(token) => Ok(token),
                None => self.fetch(&current).await,
            };
            if self.is_outdated(&current, &result) {
                continue;
            }
            let to_share = match (&result, key) {
                (Ok(token), Some(key)) if !is_shared => Some(ToShare { key, token: token.clone() }),
                _ => None,
            };
            return (self.finish(result), to_share);
        }
    }

    async fn share(&self, to_share: Option<ToShare>) {
        if let (Some(store), Some(ToShare { key, token })) = (&self.store, to_share) {
            store.set(&key, &token, &*self.surroundings).await;
        }
    }

    /// What replaced credentials come to says nothing about the ones that took their place.
    fn is_outdated(&self, used: &Current, result: &Result<AccessToken, AuthError>) -> bool {
        let latest = self.current();
        latest.replaced != used.replaced
            && (result.is_err() || latest.credentials.scopes() != used.credentials.scopes())
    }

    /// Notes how an attempt ended, and says what that means for who made it.
    fn finish(&self, result: Result<AccessToken, AuthError>) -> Result<Granted, AuthError> {
        let mut cache = self.cache();
        let seen = cache.attempts();
        cache.finish(result.clone(), self.surroundings.now(), self.surroundings.random());
        match (result, cache.look(self.surroundings.now(), seen)) {
            // Also when it is about to expire: it is the newest there is.
            (Ok(token), _) | (Err(_), Cached::Token { token, .. } | Cached::Refresh { token, .. }) => {
                Ok(Granted { token, generation: cache.generation() })
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Tries the secrets in turn, beginning with the one that worked last: while one is being replaced, either may be the
    /// one that the token host knows. Only a refusal of the secret itself leads to the next one.
    async fn fetch(&self, current: &Current) -> Result<AccessToken, AuthError> {
        let secrets = current.credentials.secrets();
        let mut outcome = Err(CredentialsError::NoSecret.into());
        for offset in 0..secrets.len() {
            let place = (current.working_secret + offset) % secrets.len();
            outcome = self.fetch_with(&current.credentials, &secrets[place]).await;
            if !matches!(&outcome, Err(AuthError::Ims(error)) if error.is_about_the_secret()) {
                let mut latest = self.current();
                if latest.replaced == current.replaced {
                    latest.working_secret = place;
                }
                break;
            }
        }
        outcome
    }

    async fn fetch_with(&self, credentials: &Credentials, secret: &Secret) -> Result<AccessToken, AuthError> {
        let request = TokenRequest::new(credentials, secret, &self.ims);
        let mut response = self
            .http
            .post(&request.url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .timeout(TIMEOUT)
            .body(request.body.expose().to_owned())
            .send()
            .await
            .map_err(|error| AuthError::transport(&error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|value| read_retry_after(value, self.surroundings.now()));
        let debug_id = response.headers().get("x-debug-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| AuthError::transport(&error))? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(AuthError::Transport {
                    problem: TransportProblem::Broken,
                    detail: format!("its answer is longer than {} KiB", MAX_BODY / 1024),
                });
            }
            body.extend_from_slice(&chunk);
        }
        read_token_answer(status, debug_id.as_deref(), &body, secret, self.surroundings.now())
            .map_err(|error| AuthError::Ims(ImsError { retry_after, ..error }))
    }
}

impl fmt::Debug for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("TokenProvider");
        if let Source::Fetched(fetched) = &*self.source {
            shown.field("client_id", fetched.current().credentials.client_id()).field("ims", &fetched.ims.as_str());
        }
        shown.finish_non_exhaustive()
    }
}
