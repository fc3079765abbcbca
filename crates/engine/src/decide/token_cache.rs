//! Decides when a token is used, fetched, or dropped: a state machine without I/O, clock, or randomness.
//!
//! A fresh token is used. Past its refresh time the token is still used, and one caller fetches the next one early.
//! Shortly before expiry callers wait for the next token, and use the old one only if no other is available.
//!
//! A caller looks up the cache before it waits for the lease and again afterwards. All callers that waited for a
//! refresh share its result, even an error, so concurrent callers make one request. After an error there is a backoff,
//! so an overloaded token endpoint does not get more requests.
//!
//! Limits in this module are ours unless a source is given.

use core::time::Duration;

use crate::{AccessToken, AuthError, Secret, Timestamp, jitter};

/// A token this close to its expiry is not used, because it could expire in transit. This is the default timeout of one
/// attempt in `ajo-core`.
pub const EXPIRY_MARGIN: Duration = Duration::from_secs(30);

/// The next token is fetched at least this long before expiry. A tenth of the lifetime applies if that is longer, and
/// never more than half of it. This is long enough to survive a short outage of the token endpoint.
pub const EARLY_REFRESH_MARGIN: Duration = Duration::from_secs(5 * 60);

/// The backoff after the first failed token request; it doubles with each further failure.
pub const FIRST_BACKOFF: Duration = Duration::from_secs(1);

/// The longest backoff, even if the token endpoint sends a longer `Retry-After`.
pub const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// How long a token is not replaced after its predecessor was rejected as well. Then the cause is not the token, and
/// Adobe may throttle clients that fetch tokens needlessly.
pub const REJECTION_BACKOFF: Duration = Duration::from_secs(30);

/// The cached token of one credential, and the failures to refresh it.
#[derive(Debug, Default)]
pub struct TokenCache {
    cached: Option<CachedToken>,
    generation: u64,
    refresh_count: u64,
    failure_count: u32,
    last_failure: Option<FailedRefresh>,
    rejected_token: Option<Secret>,
    rejection_backoff: Option<Backoff>,
}

#[derive(Debug)]
struct CachedToken {
    token: AccessToken,
    refresh_at: Timestamp,
    unusable_at: Timestamp,
}

#[derive(Debug)]
struct FailedRefresh {
    error: AuthError,
    backoff: Backoff,
}

/// A time span. If the clock is set back before its start, it counts as over.
#[derive(Clone, Copy, Debug)]
struct Backoff {
    start: Timestamp,
    end: Timestamp,
}

impl Backoff {
    fn new(length: Duration, now: Timestamp) -> Self {
        Self { start: now, end: now.saturating_add(length) }
    }

    fn remaining(self, now: Timestamp) -> Duration {
        if now < self.start { Duration::ZERO } else { self.end.saturating_since(now) }
    }
}

/// The result of a cache lookup.
#[derive(Clone, Debug)]
pub enum CacheLookup {
    /// Use this token.
    Token { token: AccessToken, generation: u64 },
    /// Use this token, and fetch the next one unless another caller is doing so.
    Refresh { token: AccessToken, generation: u64 },
    /// The refresh that the caller waited for has failed, or the backoff of an earlier failure is not over.
    Failed(AuthError),
    /// Fetch a token, then report the result to [`TokenCache::record`].
    Fetch,
}

impl TokenCache {
    /// The number of refreshes that have ended. A caller reads it before it waits for the lease.
    pub const fn refresh_count(&self) -> u64 {
        self.refresh_count
    }

    /// The generation of the newest token, which counts the tokens of this cache.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns the next step of a caller. `seen` is the value of [`TokenCache::refresh_count`] before the caller
    /// waited.
    pub fn lookup(&self, now: Timestamp, seen: u64) -> CacheLookup {
        let in_backoff = !self.backoff_remaining(now).is_zero();
        if let Some(held) = self.cached.as_ref().filter(|held| now < held.unusable_at) {
            let (token, generation) = (held.token.clone(), self.generation);
            return if now < held.refresh_at || in_backoff {
                CacheLookup::Token { token, generation }
            } else {
                CacheLookup::Refresh { token, generation }
            };
        }
        match &self.last_failure {
            Some(failed) if in_backoff || self.refresh_count > seen => match self.cached.as_ref() {
                // It may expire in transit, and the service then responds with 401. Without it the call fails in any
                // case.
                Some(held) if now < held.token.expires_at() => {
                    CacheLookup::Token { token: held.token.clone(), generation: self.generation }
                }
                _ => CacheLookup::Failed(failed.error.clone()),
            },
            _ => CacheLookup::Fetch,
        }
    }

    /// Time until the next token request is allowed; zero without a recent failure.
    pub fn backoff_remaining(&self, now: Timestamp) -> Duration {
        self.last_failure.as_ref().map_or(Duration::ZERO, |failed| failed.backoff.remaining(now))
    }

    /// Records the result of a refresh. `random` spreads the next refreshes of many processes over time.
    pub fn record(&mut self, result: Result<AccessToken, AuthError>, now: Timestamp, random: u64) {
        self.refresh_count += 1;
        match result {
            Ok(token) => {
                self.cached = Some(CachedToken::new(token, random));
                self.generation += 1;
                self.failure_count = 0;
                self.last_failure = None;
            }
            Err(error) => {
                let doubled = FIRST_BACKOFF.saturating_mul(1 << self.failure_count.min(16));
                self.failure_count = self.failure_count.saturating_add(1);
                // Half of the backoff is fixed, the other half is random.
                let half = doubled.min(MAX_BACKOFF) / 2;
                let retry_after = error.retry_after().unwrap_or_default();
                let length = (half + jitter(half, random)).max(retry_after).min(MAX_BACKOFF);
                self.last_failure = Some(FailedRefresh { error, backoff: Backoff::new(length, now) });
            }
        }
    }

    /// Drops a token that the service rejected, unless a newer one has replaced it. Returns whether to retry with
    /// another token, which is false shortly after [`TokenCache::mark_rejected`].
    pub fn invalidate(&mut self, generation: u64, now: Timestamp) -> bool {
        if self.generation != generation {
            return true;
        }
        if self.rejection_backoff.is_some_and(|backoff| !backoff.remaining(now).is_zero()) {
            return false;
        }
        if let Some(held) = self.cached.take() {
            self.rejected_token = Some(held.token.value().clone());
        }
        true
    }

    /// Records that the service also rejected the replacement of a rejected token. A third token would not help.
    pub fn mark_rejected(&mut self, generation: u64, now: Timestamp) {
        if self.generation == generation {
            self.rejection_backoff = Some(Backoff::new(REJECTION_BACKOFF, now));
        }
    }

    /// Whether to use a token from the store instead of fetching one. It must be fresh, and neither the rejected token
    /// nor the cached one.
    pub fn accepts(&self, shared: &AccessToken, now: Timestamp) -> bool {
        let same = |other: &Secret| other == shared.value();
        let rejected = self.rejected_token.as_ref().is_some_and(same);
        let held = self
            .cached
            .as_ref()
            .is_some_and(|held| same(held.token.value()) && held.token.expires_at() == shared.expires_at());
        !rejected && !held && now < CachedToken::new(shared.clone(), 0).refresh_at
    }

    /// Clears failures after the credentials were replaced, and the cached token too if `drop_token` is set.
    pub fn reset(&mut self, drop_token: bool) {
        self.failure_count = 0;
        self.last_failure = None;
        self.rejection_backoff = None;
        if drop_token {
            self.cached = None;
        }
    }
}

impl CachedToken {
    /// Computes both thresholds. A token with a lifetime shorter than the margins is used for nine tenths of its life,
    /// because otherwise every call would fetch a token.
    fn new(token: AccessToken, random: u64) -> Self {
        let lifetime = token.lifetime();
        let before_end = |margin| token.expires_at().saturating_sub(margin);
        let expiry_margin = EXPIRY_MARGIN.min(lifetime / 10);
        let early_margin = EARLY_REFRESH_MARGIN.max(lifetime / 10);
        let refresh_margin = (early_margin + jitter(early_margin / 10, random)).min(lifetime / 2);
        Self { unusable_at: before_end(expiry_margin), refresh_at: before_end(refresh_margin), token }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(0);

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn token(text: &str, granted: Timestamp, seconds: u64) -> AccessToken {
        AccessToken::new(Secret::new(text), granted, Duration::from_secs(seconds)).expect("a token")
    }

    fn cache_with_token(text: &str, seconds: u64, random: u64) -> TokenCache {
        let mut cache = TokenCache::default();
        cache.record(Ok(token(text, START, seconds)), START, random);
        cache
    }

    fn describe_lookup(cache: &TokenCache, now: Timestamp) -> String {
        match cache.lookup(now, cache.refresh_count()) {
            CacheLookup::Token { token, generation } => format!("use {} {generation}", token.value().expose()),
            CacheLookup::Refresh { token, generation } => format!("refresh {} {generation}", token.value().expose()),
            CacheLookup::Failed(_) => "failed".to_owned(),
            CacheLookup::Fetch => "fetch".to_owned(),
        }
    }

    #[test]
    fn token_is_used_refreshed_then_awaited() {
        assert_eq!(describe_lookup(&TokenCache::default(), START), "fetch");
        let hour = cache_with_token("a", 3600, 0);
        for (second, expected) in
            [(0, "use a 1"), (3239, "use a 1"), (3240, "refresh a 1"), (3569, "refresh a 1"), (3570, "fetch")]
        {
            assert_eq!(describe_lookup(&hour, at(second)), expected, "{second}");
        }
        let day = cache_with_token("a", 86_400, 0);
        assert_eq!(describe_lookup(&day, at(77_759)), "use a 1");
        assert_eq!(describe_lookup(&day, at(77_760)), "refresh a 1", "a tenth of its life");
        let half_hour = cache_with_token("a", 1800, 0);
        assert_eq!(describe_lookup(&half_hour, at(1499)), "use a 1");
        assert_eq!(describe_lookup(&half_hour, at(1500)), "refresh a 1", "five minutes");
    }

    #[test]
    fn refresh_time_has_jitter() {
        let late = cache_with_token("a", 3600, 0);
        let early = cache_with_token("a", 3600, u64::MAX);
        assert_eq!(
            (describe_lookup(&late, at(3205)), describe_lookup(&early, at(3205))),
            ("use a 1".into(), "refresh a 1".into())
        );
        assert_eq!(describe_lookup(&early, at(3203)), "use a 1");
    }

    #[test]
    fn short_lived_token_is_used() {
        let short = cache_with_token("a", 10, u64::MAX);
        for (second, expected) in [(4, "use a 1"), (5, "refresh a 1"), (8, "refresh a 1"), (9, "fetch")] {
            assert_eq!(describe_lookup(&short, at(second)), expected, "{second}");
        }
    }

    #[test]
    fn waiting_callers_share_the_error() {
        let mut cache = TokenCache::default();
        let seen = cache.refresh_count();
        cache.record(Err(AuthError::InvalidToken), START, u64::MAX);
        assert!(matches!(cache.lookup(at(100), seen), CacheLookup::Failed(AuthError::InvalidToken)));
        assert_eq!(describe_lookup(&cache, Timestamp::from_millis(998)), "failed");
        assert_eq!(describe_lookup(&cache, at(1)), "fetch");
    }

    #[test]
    fn backoff_doubles_until_a_token_arrives() {
        let mut cache = TokenCache::default();
        for (failures, (least, most)) in [(500, 1000), (1000, 2000), (2000, 4000), (4000, 8000)].into_iter().enumerate()
        {
            let mut shortest =
                TokenCache { failure_count: u32::try_from(failures).expect("few"), ..TokenCache::default() };
            shortest.record(Err(AuthError::InvalidToken), START, 0);
            assert_eq!(shortest.backoff_remaining(START), Duration::from_millis(least));
            cache.record(Err(AuthError::InvalidToken), START, u64::MAX);
            assert!(cache.backoff_remaining(START) <= Duration::from_millis(most));
            assert!(cache.backoff_remaining(START) > Duration::from_millis(most - 2));
        }
        for _ in 0..100 {
            cache.record(Err(AuthError::InvalidToken), START, u64::MAX);
        }
        assert!(cache.backoff_remaining(START) <= MAX_BACKOFF);
        cache.record(Ok(token("a", START, 3600)), START, 0);
        assert_eq!(cache.backoff_remaining(START), Duration::ZERO);
        cache.record(Err(AuthError::InvalidToken), START, 0);
        assert_eq!(cache.backoff_remaining(START), Duration::from_millis(500), "a token resets the count");
    }

    #[test]
    fn token_is_used_during_backoff() {
        let mut cache = cache_with_token("a", 3600, 0);
        cache.record(Err(AuthError::InvalidToken), at(3400), 0);
        assert_eq!(describe_lookup(&cache, at(3400)), "use a 1");
        assert_eq!(describe_lookup(&cache, at(3401)), "refresh a 1");
        assert_eq!(describe_lookup(&cache, at(3570)), "fetch");
    }

    #[test]
    fn old_token_is_used_until_expiry() {
        let mut cache = cache_with_token("a", 3600, 0);
        let seen = cache.refresh_count();
        cache.record(Err(AuthError::InvalidToken), at(3599), 0);
        assert_eq!(describe_lookup(&cache, Timestamp::from_millis(3_599_400)), "use a 1");
        assert!(matches!(cache.lookup(at(3599), seen), CacheLookup::Token { .. }), "also for waiting callers");
        cache.record(Err(AuthError::InvalidToken), at(3600), u64::MAX);
        assert_eq!(describe_lookup(&cache, at(3600)), "failed");
    }

    #[test]
    fn clock_set_back_ends_the_backoff() {
        let mut cache = TokenCache::default();
        cache.record(Err(AuthError::InvalidToken), at(5000), 0);
        assert_eq!(describe_lookup(&cache, at(10)), "fetch");
    }

    #[test]
    fn late_rejection_keeps_the_newer_token() {
        let mut cache = cache_with_token("a", 3600, 0);
        assert!(cache.invalidate(1, START));
        assert_eq!(describe_lookup(&cache, START), "fetch");
        cache.record(Ok(token("b", START, 3600)), START, 0);
        assert!(cache.invalidate(1, START));
        assert_eq!(describe_lookup(&cache, START), "use b 2");
    }

    #[test]
    fn rejected_replacement_is_not_replaced() {
        let mut cache = cache_with_token("a", 3600, 0);
        cache.mark_rejected(1, START);
        assert!(!cache.invalidate(1, at(29)));
        assert_eq!(describe_lookup(&cache, at(29)), "use a 1");
        assert!(cache.invalidate(1, at(30)));
        assert_eq!(describe_lookup(&cache, at(30)), "fetch");
    }

    #[test]
    fn fresh_shared_token_is_accepted() {
        let mut cache = cache_with_token("a", 3600, 0);
        assert!(cache.accepts(&token("b", START, 3600), at(3239)));
        assert!(!cache.accepts(&token("b", START, 3600), at(3240)));
        assert!(!cache.accepts(&token("a", START, 3600), START), "it is already cached");
        cache.invalidate(1, START);
        assert!(!cache.accepts(&token("a", START, 3600), START));
    }

    #[test]
    fn reset_clears_failures() {
        let mut cache = TokenCache::default();
        cache.record(Err(AuthError::InvalidToken), START, 0);
        cache.reset(false);
        assert_eq!(describe_lookup(&cache, START), "fetch");
        let mut cache = cache_with_token("a", 3600, 0);
        cache.reset(false);
        assert_eq!(describe_lookup(&cache, START), "use a 1");
        cache.reset(true);
        assert_eq!(describe_lookup(&cache, START), "fetch");
    }
}
