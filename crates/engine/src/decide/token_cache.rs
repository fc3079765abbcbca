//! When a token is used, fetched, or dropped: a state machine without I/O, clock, or randomness.
//!
//! A token has three ages. Young, it is used. Past the soft threshold it is still handed out, and one caller fetches the next
//! one ahead of time. Past the hard threshold callers wait for the next one, and get the old one back if that cannot be had.
//!
//! The driver asks before it waits for its turn and again after; what happened in between decides. So that a crowd of
//! callers makes one request, those who waited for an attempt share its result, also when that is an error. After an error
//! nobody tries again until a cool-down is over, so that a token host in trouble is not hammered.

use core::time::Duration;

use crate::{AccessToken, AuthError, Secret, Timestamp, jitter};

/// A token is not handed out so near its end that it could expire on the way, at most this long. Chosen here: the time one
/// attempt of a call of `ajo-core` may take.
pub const EXPIRY_MARGIN: Duration = Duration::from_secs(30);

/// The next token is fetched at least so long before the end of the old one; a tenth of its life where that is longer, and
/// never more than half of it. Chosen here: long enough to sit out a short outage of the token host.
pub const REFRESH_AHEAD: Duration = Duration::from_secs(5 * 60);

/// How long nobody asks again after a first failure; it doubles with each one that follows. Chosen here.
pub const FIRST_BACKOFF: Duration = Duration::from_secs(1);

/// The longest cool-down, also where the token host's `Retry-After` asks for more. Chosen here.
pub const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// How long a token is not replaced again when a fresh one was refused just as the one before it: the cause is not the token.
/// Chosen here; Adobe may throttle those who fetch tokens for nothing.
pub const REJECTION_BACKOFF: Duration = Duration::from_secs(30);

/// The tokens of one credential.
#[derive(Debug, Default)]
pub struct TokenCache {
    held: Option<Held>,
    generation: u64,
    attempts: u64,
    failures: u32,
    failed: Option<Failed>,
    rejected: Option<Secret>,
    rejection_backoff: Option<Backoff>,
}

#[derive(Debug)]
struct Held {
    token: AccessToken,
    refresh_at: Timestamp,
    unusable_at: Timestamp,
}

#[derive(Debug)]
struct Failed {
    error: AuthError,
    pause: Backoff,
}

/// A stretch of time. It is over, too, for a clock that was set back before its beginning.
#[derive(Clone, Copy, Debug)]
struct Backoff {
    from: Timestamp,
    until: Timestamp,
}

impl Backoff {
    fn of(length: Duration, now: Timestamp) -> Self {
        Self { from: now, until: now.saturating_add(length) }
    }

    fn left(self, now: Timestamp) -> Duration {
        if now < self.from { Duration::ZERO } else { self.until.saturating_since(now) }
    }
}

/// What a caller does next.
#[derive(Clone, Debug)]
pub enum CacheLookup {
    /// Use this token. Its generation tells it from later ones.
    Token {
        /// The token.
        token: AccessToken,
        /// Counts the tokens this cache has held.
        generation: u64,
    },
    /// Use this token, and fetch the next one if nobody is doing that.
    Refresh {
        /// The token.
        token: AccessToken,
        /// Counts the tokens this cache has held.
        generation: u64,
    },
    /// The attempt that the caller waited for failed, or one not long ago did.
    Failed(AuthError),
    /// Fetch one, then say how that went with [`TokenCache::record`].
    Fetch,
}

impl TokenCache {
    /// The number of attempts that have ended. A caller remembers it before it waits for its turn.
    pub const fn attempts(&self) -> u64 {
        self.attempts
    }

    /// The generation of the newest token.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// What to do now. `seen` is what [`TokenCache::attempts`] was before the caller waited.
    pub fn lookup(&self, now: Timestamp, seen: u64) -> CacheLookup {
        let cooling = !self.backoff_remaining(now).is_zero();
        if let Some(held) = self.held.as_ref().filter(|held| now < held.unusable_at) {
            let (token, generation) = (held.token.clone(), self.generation);
            return if now < held.refresh_at || cooling {
                CacheLookup::Token { token, generation }
            } else {
                CacheLookup::Refresh { token, generation }
            };
        }
        match &self.failed {
            Some(failed) if cooling || self.attempts > seen => match self.held.as_ref() {
                // It may expire on the way, and the service then says so; without it, the call has failed already.
                Some(held) if now < held.token.expires_at() => {
                    CacheLookup::Token { token: held.token.clone(), generation: self.generation }
                }
                _ => CacheLookup::Failed(failed.error.clone()),
            },
            _ => CacheLookup::Fetch,
        }
    }

    /// How long nobody asks the token host again; zero when there is nothing to wait for.
    pub fn backoff_remaining(&self, now: Timestamp) -> Duration {
        self.failed.as_ref().map_or(Duration::ZERO, |failed| failed.pause.left(now))
    }

    /// Notes how an attempt ended. `random` spreads what many processes would otherwise do at the same moment.
    pub fn record(&mut self, result: Result<AccessToken, AuthError>, now: Timestamp, random: u64) {
        self.attempts += 1;
        match result {
            Ok(token) => {
                self.held = Some(Held::new(token, random));
                self.generation += 1;
                self.failures = 0;
                self.failed = None;
            }
            Err(error) => {
                let doubled = FIRST_BACKOFF.saturating_mul(1 << self.failures.min(16));
                self.failures = self.failures.saturating_add(1);
                // Half of it is sure, the other half by chance.
                let half = doubled.min(MAX_BACKOFF) / 2;
                let asked = error.retry_after().unwrap_or_default();
                let length = (half + jitter(half, random)).max(asked).min(MAX_BACKOFF);
                self.failed = Some(Failed { error, pause: Backoff::of(length, now) });
            }
        }
    }

    /// Drops the token that the service did not accept, unless it has been replaced meanwhile. Says whether another one can be
    /// had; not so shortly after [`TokenCache::mark_rejected`].
    pub fn invalidate(&mut self, generation: u64, now: Timestamp) -> bool {
        if self.generation != generation {
            return true;
        }
        if self.rejection_backoff.is_some_and(|pause| !pause.left(now).is_zero()) {
            return false;
        }
        if let Some(held) = self.held.take() {
            self.rejected = Some(held.token.value().clone());
        }
        true
    }

    /// Notes that the service did not accept a token that had just replaced another: a third will not help.
    pub fn mark_rejected(&mut self, generation: u64, now: Timestamp) {
        if self.generation == generation {
            self.rejection_backoff = Some(Backoff::of(REJECTION_BACKOFF, now));
        }
    }

    /// Whether a token that others share is worth more than fetching one: it is young, and neither the one that was refused nor
    /// the one that is held already.
    pub fn accepts(&self, shared: &AccessToken, now: Timestamp) -> bool {
        let same = |other: &Secret| other == shared.value();
        let rejected = self.rejected.as_ref().is_some_and(same);
        let held = self
            .held
            .as_ref()
            .is_some_and(|held| same(held.token.value()) && held.token.expires_at() == shared.expires_at());
        !rejected && !held && now < Held::new(shared.clone(), 0).refresh_at
    }

    /// Forgets failures: the credentials are others now. With `token` also the token.
    pub fn reset(&mut self, token: bool) {
        self.failures = 0;
        self.failed = None;
        self.rejection_backoff = None;
        if token {
            self.held = None;
        }
    }
}

impl Held {
    /// A token that lives shorter than the margins is used for nine tenths of its life: a margin longer than the life would
    /// have every call fetch a token.
    fn new(token: AccessToken, random: u64) -> Self {
        let lifetime = token.lifetime();
        let before_end = |margin: Duration| {
            Timestamp::from_millis(
                token.expires_at().as_millis().saturating_sub(u64::try_from(margin.as_millis()).unwrap_or(u64::MAX)),
            )
        };
        let hard = EXPIRY_MARGIN.min(lifetime / 10);
        let ahead = REFRESH_AHEAD.max(lifetime / 10);
        let soft = (ahead + jitter(ahead / 10, random)).min(lifetime / 2);
        Self { unusable_at: before_end(hard), refresh_at: before_end(soft), token }
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

    fn holding(text: &str, seconds: u64, random: u64) -> TokenCache {
        let mut cache = TokenCache::default();
        cache.record(Ok(token(text, START, seconds)), START, random);
        cache
    }

    fn look(cache: &TokenCache, now: Timestamp) -> String {
        match cache.lookup(now, cache.attempts()) {
            CacheLookup::Token { token, generation } => format!("use {} {generation}", token.value().expose()),
            CacheLookup::Refresh { token, generation } => format!("refresh {} {generation}", token.value().expose()),
            CacheLookup::Failed(_) => "failed".to_owned(),
            CacheLookup::Fetch => "fetch".to_owned(),
        }
    }

    #[test]
    fn a_token_is_used_then_refreshed_ahead_then_waited_for() {
        assert_eq!(look(&TokenCache::default(), START), "fetch");
        let hour = holding("a", 3600, 0);
        for (second, expected) in
            [(0, "use a 1"), (3239, "use a 1"), (3240, "refresh a 1"), (3569, "refresh a 1"), (3570, "fetch")]
        {
            assert_eq!(look(&hour, at(second)), expected, "{second}");
        }
        let day = holding("a", 86_400, 0);
        assert_eq!(look(&day, at(77_759)), "use a 1");
        assert_eq!(look(&day, at(77_760)), "refresh a 1", "a tenth of its life");
        let half_hour = holding("a", 1800, 0);
        assert_eq!(look(&half_hour, at(1499)), "use a 1");
        assert_eq!(look(&half_hour, at(1500)), "refresh a 1", "five minutes");
    }

    #[test]
    fn chance_spreads_the_refresh_over_a_tenth_of_the_margin() {
        let late = holding("a", 3600, 0);
        let early = holding("a", 3600, u64::MAX);
        assert_eq!((look(&late, at(3205)), look(&early, at(3205))), ("use a 1".into(), "refresh a 1".into()));
        assert_eq!(look(&early, at(3203)), "use a 1");
    }

    #[test]
    fn a_token_that_lives_shorter_than_the_margins_is_used_all_the_same() {
        let short = holding("a", 10, u64::MAX);
        for (second, expected) in [(4, "use a 1"), (5, "refresh a 1"), (8, "refresh a 1"), (9, "fetch")] {
            assert_eq!(look(&short, at(second)), expected, "{second}");
        }
    }

    #[test]
    fn who_waited_for_a_failed_attempt_gets_its_error_and_who_comes_after_the_cool_down_tries_again() {
        let mut cache = TokenCache::default();
        let seen = cache.attempts();
        cache.record(Err(AuthError::InvalidToken), START, u64::MAX);
        assert!(matches!(cache.lookup(at(100), seen), CacheLookup::Failed(AuthError::InvalidToken)));
        assert_eq!(look(&cache, Timestamp::from_millis(998)), "failed");
        assert_eq!(look(&cache, at(1)), "fetch");
    }

    #[test]
    fn the_cool_down_doubles_up_to_its_longest_and_ends_with_a_token() {
        let mut cache = TokenCache::default();
        for (failures, (least, most)) in [(500, 1000), (1000, 2000), (2000, 4000), (4000, 8000)].into_iter().enumerate()
        {
            let mut lucky = TokenCache { failures: u32::try_from(failures).expect("few"), ..TokenCache::default() };
            lucky.record(Err(AuthError::InvalidToken), START, 0);
            assert_eq!(lucky.backoff_remaining(START), Duration::from_millis(least));
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
        assert_eq!(cache.backoff_remaining(START), Duration::from_millis(500), "counted from the last token on");
    }

    #[test]
    fn a_token_is_used_while_its_refresh_cools_down() {
        let mut cache = holding("a", 3600, 0);
        cache.record(Err(AuthError::InvalidToken), at(3400), 0);
        assert_eq!(look(&cache, at(3400)), "use a 1");
        assert_eq!(look(&cache, at(3401)), "refresh a 1");
        assert_eq!(look(&cache, at(3570)), "fetch");
    }

    #[test]
    fn a_token_is_used_to_its_very_end_while_no_other_can_be_had() {
        let mut cache = holding("a", 3600, 0);
        let seen = cache.attempts();
        cache.record(Err(AuthError::InvalidToken), at(3599), 0);
        assert_eq!(look(&cache, Timestamp::from_millis(3_599_400)), "use a 1");
        assert!(matches!(cache.lookup(at(3599), seen), CacheLookup::Token { .. }), "also for those who waited");
        cache.record(Err(AuthError::InvalidToken), at(3600), u64::MAX);
        assert_eq!(look(&cache, at(3600)), "failed");
    }

    #[test]
    fn a_clock_that_is_set_back_ends_the_cool_down() {
        let mut cache = TokenCache::default();
        cache.record(Err(AuthError::InvalidToken), at(5000), 0);
        assert_eq!(look(&cache, at(10)), "fetch");
    }

    #[test]
    fn a_late_refusal_of_an_old_token_does_not_drop_a_newer_one() {
        let mut cache = holding("a", 3600, 0);
        assert!(cache.invalidate(1, START));
        assert_eq!(look(&cache, START), "fetch");
        cache.record(Ok(token("b", START, 3600)), START, 0);
        assert!(cache.invalidate(1, START));
        assert_eq!(look(&cache, START), "use b 2");
    }

    #[test]
    fn a_fresh_token_that_is_refused_too_is_kept_for_a_while() {
        let mut cache = holding("a", 3600, 0);
        cache.mark_rejected(1, START);
        assert!(!cache.invalidate(1, at(29)));
        assert_eq!(look(&cache, at(29)), "use a 1");
        assert!(cache.invalidate(1, at(30)));
        assert_eq!(look(&cache, at(30)), "fetch");
    }

    #[test]
    fn a_shared_token_is_taken_when_it_is_young_and_was_not_refused() {
        let mut cache = holding("a", 3600, 0);
        assert!(cache.accepts(&token("b", START, 3600), at(3239)));
        assert!(!cache.accepts(&token("b", START, 3600), at(3240)));
        assert!(!cache.accepts(&token("a", START, 3600), START), "it is this cache's own");
        cache.invalidate(1, START);
        assert!(!cache.accepts(&token("a", START, 3600), START));
    }

    #[test]
    fn other_credentials_begin_without_the_failures_of_the_old_ones() {
        let mut cache = TokenCache::default();
        cache.record(Err(AuthError::InvalidToken), START, 0);
        cache.reset(false);
        assert_eq!(look(&cache, START), "fetch");
        let mut cache = holding("a", 3600, 0);
        cache.reset(false);
        assert_eq!(look(&cache, START), "use a 1");
        cache.reset(true);
        assert_eq!(look(&cache, START), "fetch");
    }
}
