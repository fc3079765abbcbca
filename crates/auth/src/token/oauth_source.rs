//! Tokens by the client credentials grant: cached, shared, and fetched by one caller at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use ajo_engine::{CacheLookup, RefreshLease, TokenCache, parse_retry_after, parse_token_response, store_key};

use crate::token::granted::Granted;
use crate::token::shared_token::Shared;
use crate::{
    AccessToken, AuthError, ClientId, Credentials, CredentialsError, Endpoint, ImsError, MAX_TOKEN_ANSWER, Secret,
    Timestamp, TokenDriver, TokenNote, TokenRequest, TransportProblem,
};

/// How long a token request may take in all. Chosen here; the token host publishes none.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// How long one caller waits for a token that is fetched ahead of time; the others go on with the old one meanwhile. Chosen here:
/// a token host that is well answers sooner.
const AHEAD_TIMEOUT: Duration = Duration::from_secs(2);

/// Fetches tokens with credentials, one request at a time.
pub(super) struct Fetched {
    credentials: Mutex<Current>,
    ims: Endpoint,
    driver: Arc<dyn TokenDriver>,
    shared: Shared,
    cache: RwLock<TokenCache>,
    turn: Mutex<RefreshLease>,
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

/// How an attempt to get a token went.
enum Obtained {
    /// It ended, well or not.
    Ended(Result<Granted, AuthError>, Option<ToShare>),
    /// The time of the one who made it was over. That says nothing about the token host.
    GivenUp,
}

/// The turn of one who fetches; dropped, it goes to the next.
struct Held<'f> {
    fetched: &'f Fetched,
    ticket: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        lock(&self.fetched.turn).release(self.ticket);
        self.fetched.driver.turn_has_ended();
    }
}

/// An attempt to fetch a token ahead of time. Given up before it has ended, because it takes too long or because its call is
/// dropped, it counts as a failure: the next caller would only wait for the same.
struct Ahead<'f> {
    fetched: &'f Fetched,
    seen: u64,
}

impl Drop for Ahead<'_> {
    fn drop(&mut self) {
        let mut cache = write(&self.fetched.cache);
        if cache.attempts() == self.seen {
            let surroundings = self.fetched.driver.surroundings();
            let given_up = given_up("given up, because the old token is still good");
            cache.record(Err(given_up), surroundings.now(), surroundings.random());
        }
    }
}

fn given_up(detail: &str) -> AuthError {
    AuthError::Transport { problem: TransportProblem::Timeout, detail: detail.to_owned() }
}

/// What is behind these locks is sound at every point, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(shared: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    shared.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(shared: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    shared.write().unwrap_or_else(PoisonError::into_inner)
}

impl Fetched {
    pub(super) fn new(credentials: Credentials, ims: &Endpoint, driver: Arc<dyn TokenDriver>) -> Self {
        Self {
            credentials: Mutex::new(Current { credentials: Arc::new(credentials), working_secret: 0, replaced: 0 }),
            ims: ims.clone(),
            driver,
            shared: Shared::default(),
            cache: RwLock::default(),
            turn: Mutex::default(),
        }
    }

    pub(super) fn ims(&self) -> &Endpoint {
        &self.ims
    }

    pub(super) fn client_id(&self) -> ClientId {
        lock(&self.credentials).credentials.client_id().clone()
    }

    pub(super) fn invalidate(&self, generation: u64) -> bool {
        write(&self.cache).invalidate(generation, self.now())
    }

    pub(super) fn still_refused(&self, generation: u64) {
        write(&self.cache).mark_rejected(generation, self.now());
    }

    pub(super) fn cool_down(&self) -> Duration {
        read(&self.cache).backoff_remaining(self.now())
    }

    fn now(&self) -> Timestamp {
        self.driver.surroundings().now()
    }

    fn left(&self, until: Duration) -> Duration {
        until.saturating_sub(self.driver.surroundings().elapsed())
    }

    pub(super) fn replace(&self, credentials: Credentials) -> Result<(), AuthError> {
        let mut current = lock(&self.credentials);
        if credentials.client_id() != current.credentials.client_id() {
            return Err(AuthError::CredentialsMismatch("the credentials are those of another client id"));
        }
        if credentials.org_id() != current.credentials.org_id() {
            return Err(AuthError::CredentialsMismatch("the credentials are those of another organization"));
        }
        let other_scopes = credentials.scopes() != current.credentials.scopes();
        *current = Current {
            credentials: Arc::new(credentials),
            working_secret: 0,
            replaced: current.replaced.wrapping_add(1),
        };
        write(&self.cache).reset(other_scopes);
        Ok(())
    }

    pub(super) async fn token(&self, until: Duration) -> Result<Granted, AuthError> {
        // Every call comes by here, so the clock is looked at before, and readers do not wait for each other.
        let now = self.now();
        let (found, seen) = {
            let cache = read(&self.cache);
            (cache.lookup(now, cache.attempts()), cache.attempts())
        };
        match found {
            CacheLookup::Token { token, generation } => return Ok(Granted { token, generation }),
            CacheLookup::Failed(error) => return Err(error),
            CacheLookup::Refresh { token, generation } => {
                return Ok(self.ahead(seen, until).await.unwrap_or(Granted { token, generation }));
            }
            CacheLookup::Fetch => {}
        }
        let late = || given_up("the deadline of the call has passed");
        let turn = self.turn(until).await.ok_or_else(late)?;
        let found = read(&self.cache).lookup(self.now(), seen);
        match found {
            CacheLookup::Token { token, generation } | CacheLookup::Refresh { token, generation } => {
                Ok(Granted { token, generation })
            }
            CacheLookup::Failed(error) => Err(error),
            CacheLookup::Fetch => {
                let obtained = self.obtain(until).await;
                // Those who wait need not wait for the store.
                drop(turn);
                let Obtained::Ended(granted, to_share) = obtained else { return Err(late()) };
                self.share(to_share, until).await;
                granted
            }
        }
    }

    /// Fetches the next token while the old one is good. Whoever finds the turn free does it; the others go on with the old one,
    /// and so does whoever has waited long enough.
    async fn ahead(&self, seen: u64, until: Duration) -> Option<Granted> {
        let turn = self.try_turn()?;
        // Somebody else may have done it since.
        let again = read(&self.cache).lookup(self.now(), seen);
        if let CacheLookup::Token { token, generation } = again {
            return Some(Granted { token, generation });
        }
        let attempt = Ahead { fetched: self, seen };
        let until = until.min(self.driver.surroundings().elapsed().saturating_add(AHEAD_TIMEOUT));
        let obtained = self.obtain(until).await;
        drop(attempt);
        drop(turn);
        let Obtained::Ended(granted, to_share) = obtained else { return None };
        self.share(to_share, until).await;
        granted.ok()
    }

    fn try_turn(&self) -> Option<Held<'_>> {
        let ticket = lock(&self.turn).acquire(self.driver.surroundings().elapsed(), self.driver.lease())?;
        Some(Held { fetched: self, ticket })
    }

    /// Waits for its turn; nothing where the time is over before.
    async fn turn(&self, until: Duration) -> Option<Held<'_>> {
        loop {
            // Before it looks, so that no end is missed.
            let end = self.driver.turn_end(self.left(until));
            if let Some(held) = self.try_turn() {
                return Some(held);
            }
            end.await;
            if self.left(until).is_zero() {
                return None;
            }
        }
    }

    /// Takes the token that others share, or fetches one that is then to be shared. Only who has the turn may do it.
    async fn obtain(&self, until: Duration) -> Obtained {
        loop {
            let current = lock(&self.credentials).clone();
            let key = self.driver.has_store().then(|| store_key(&current.credentials, &self.ims));
            let shared = match &key {
                Some(key) => self.shared.get(&*self.driver, key, self.left(until)).await,
                None => None,
            };
            let shared = shared.filter(|token| read(&self.cache).accepts(token, self.now()));
            let is_shared = shared.is_some();
            let result = match shared {
                Some(token) => {
                    self.driver.note(TokenNote::Taken);
                    Ok(token)
                }
                None => match self.fetch(&current, until).await {
                    Some(result) => result,
                    None => return Obtained::GivenUp,
                },
            };
            if self.is_outdated(&current, &result) {
                continue;
            }
            let to_share = match (&result, key) {
                (Ok(token), Some(key)) if !is_shared => Some(ToShare { key, token: token.clone() }),
                _ => None,
            };
            return Obtained::Ended(self.finish(result), to_share);
        }
    }

    async fn share(&self, to_share: Option<ToShare>, until: Duration) {
        if let Some(ToShare { key, token }) = to_share {
            self.shared.set(&*self.driver, &key, &token, self.left(until)).await;
        }
    }

    /// What replaced credentials come to says nothing about the ones that took their place.
    fn is_outdated(&self, used: &Current, result: &Result<AccessToken, AuthError>) -> bool {
        let latest = lock(&self.credentials);
        latest.replaced != used.replaced
            && (result.is_err() || latest.credentials.scopes() != used.credentials.scopes())
    }

    /// Notes how an attempt ended, and says what that means for who made it.
    fn finish(&self, result: Result<AccessToken, AuthError>) -> Result<Granted, AuthError> {
        let mut cache = write(&self.cache);
        let seen = cache.attempts();
        cache.record(result.clone(), self.now(), self.driver.surroundings().random());
        match (result, cache.lookup(self.now(), seen)) {
            // Also when it is about to expire: it is the newest there is.
            (Ok(token), _) | (Err(_), CacheLookup::Token { token, .. } | CacheLookup::Refresh { token, .. }) => {
                Ok(Granted { token, generation: cache.generation() })
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Tries the secrets in turn, beginning with the one that worked last: while one is being replaced, either may be the
    /// one that the token host knows. Only a refusal of the secret itself leads to the next one. Nothing where the time is over
    /// before the token host's is.
    async fn fetch(&self, current: &Current, until: Duration) -> Option<Result<AccessToken, AuthError>> {
        let secrets = current.credentials.secrets();
        let mut outcome = Err(CredentialsError::NoSecret.into());
        for offset in 0..secrets.len() {
            let place = (current.working_secret + offset) % secrets.len();
            outcome = self.fetch_with(&current.credentials, &secrets[place], until).await?;
            self.driver.note(TokenNote::Asked { granted: outcome.is_ok() });
            if !matches!(&outcome, Err(AuthError::Ims(error)) if error.is_about_the_secret()) {
                let mut latest = lock(&self.credentials);
                if latest.replaced == current.replaced {
                    latest.working_secret = place;
                }
                break;
            }
        }
        Some(outcome)
    }

    async fn fetch_with(
        &self,
        credentials: &Credentials,
        secret: &Secret,
        until: Duration,
    ) -> Option<Result<AccessToken, AuthError>> {
        let request = TokenRequest::new(credentials, secret, &self.ims);
        let left = self.left(until);
        if left.is_zero() {
            return None;
        }
        let answer = match self.driver.send(&request, left.min(TIMEOUT)).await {
            Ok(answer) => answer,
            Err(AuthError::Transport { problem: TransportProblem::Timeout, .. }) if left < TIMEOUT => return None,
            Err(error) => return Some(Err(error)),
        };
        let Some(body) = &answer.body else {
            let detail = format!("its answer is longer than {} KiB", MAX_TOKEN_ANSWER / 1024);
            return Some(Err(AuthError::Transport { problem: TransportProblem::Broken, detail }));
        };
        let retry_after = answer.retry_after.as_deref().and_then(|value| parse_retry_after(value, self.now()));
        let read = parse_token_response(
            answer.status,
            answer.debug_id.as_deref(),
            body.expose().as_bytes(),
            secret,
            self.now(),
        );
        Some(read.map_err(|error| AuthError::Ims(ImsError { retry_after, ..error })))
    }
}
