//! When a token is used, fetched or dropped: a state machine without I/O or clock.
//!
//! The driver asks before it waits for its turn and again after; what happened in between decides. So that a crowd of
//! callers makes one request, those who waited for an attempt share its result, also when that is an error.

use std::time::Duration;

use crate::{AccessToken, AuthError, Timestamp};

/// A token is not handed out so near its end that it could expire on the way, at most this long. Chosen here: the time one
/// call of `ajo-core` may take.
pub const EXPIRY_MARGIN: Duration = Duration::from_secs(30);

/// The tokens of one credential.
#[derive(Debug, Default)]
pub struct TokenCache {
    token: Option<AccessToken>,
    generation: u64,
    attempts: u64,
    last_error: Option<AuthError>,
}

/// What a caller does next.
#[derive(Clone, Debug)]
pub enum Cached {
    /// Use this token. Its generation tells it from later ones.
    Token {
        /// The token.
        token: AccessToken,
        /// Counts the tokens this cache has held.
        generation: u64,
    },
    /// The attempt that the caller waited for failed.
    Failed(AuthError),
    /// Fetch one, then say how that went with [`TokenCache::finish`].
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
    pub fn look(&self, now: Timestamp, seen: u64) -> Cached {
        if let Some(token) = self.token.as_ref().filter(|token| is_usable(token, now)) {
            return Cached::Token { token: token.clone(), generation: self.generation };
        }
        match &self.last_error {
            Some(error) if self.attempts > seen => Cached::Failed(error.clone()),
            _ => Cached::Fetch,
        }
    }

    /// Notes how an attempt ended.
    pub fn finish(&mut self, result: Result<AccessToken, AuthError>) {
        self.attempts += 1;
        match result {
            Ok(token) => {
                self.token = Some(token);
                self.generation += 1;
                self.last_error = None;
            }
            Err(error) => self.last_error = Some(error),
        }
    }

    /// Drops the token that the service did not accept, unless it has been replaced meanwhile.
    pub fn invalidate(&mut self, generation: u64) {
        if self.generation == generation {
            self.token = None;
        }
    }
}

/// A token that lives shorter than the margin is used for nine tenths of its life: a margin longer than the life would
/// have every call fetch a token.
fn is_usable(token: &AccessToken, now: Timestamp) -> bool {
    let margin = EXPIRY_MARGIN.min(token.lifetime() / 10);
    now.saturating_add(margin) < token.expires_at()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    const START: Timestamp = Timestamp::from_millis(0);

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn token(text: &str, granted: Timestamp, seconds: u64) -> AccessToken {
        AccessToken::new(Secret::new(text), granted, Duration::from_secs(seconds)).expect("a token")
    }

    fn held(cache: &TokenCache, now: Timestamp) -> Option<(String, u64)> {
        match cache.look(now, cache.attempts()) {
            Cached::Token { token, generation } => Some((token.value().expose().to_owned(), generation)),
            _ => None,
        }
    }

    #[test]
    fn a_token_is_used_until_the_margin_before_its_end() {
        let mut cache = TokenCache::default();
        assert!(matches!(cache.look(START, 0), Cached::Fetch));
        cache.finish(Ok(token("a", START, 3600)));
        assert_eq!(held(&cache, at(3569)), Some(("a".to_owned(), 1)));
        assert_eq!(held(&cache, at(3570)), None);
    }

    #[test]
    fn a_token_that_lives_shorter_than_the_margin_is_used_all_the_same() {
        let mut cache = TokenCache::default();
        cache.finish(Ok(token("a", START, 10)));
        assert!(held(&cache, at(8)).is_some());
        assert!(held(&cache, at(9)).is_none());
    }

    #[test]
    fn who_waited_for_a_failed_attempt_gets_its_error_and_who_comes_later_tries_again() {
        let mut cache = TokenCache::default();
        let seen = cache.attempts();
        cache.finish(Err(AuthError::UnusableToken));
        assert!(matches!(cache.look(START, seen), Cached::Failed(AuthError::UnusableToken)));
        assert!(matches!(cache.look(START, cache.attempts()), Cached::Fetch));
    }

    #[test]
    fn a_late_refusal_of_an_old_token_does_not_drop_a_newer_one() {
        let mut cache = TokenCache::default();
        cache.finish(Ok(token("a", START, 3600)));
        cache.invalidate(1);
        assert_eq!(held(&cache, START), None);
        cache.finish(Ok(token("b", START, 3600)));
        cache.invalidate(1);
        assert_eq!(held(&cache, START), Some(("b".to_owned(), 2)));
    }

    #[test]
    fn a_failed_refresh_keeps_no_error_for_those_who_find_a_good_token() {
        let mut cache = TokenCache::default();
        let seen = cache.attempts();
        cache.finish(Err(AuthError::UnusableToken));
        cache.finish(Ok(token("a", START, 3600)));
        assert!(matches!(cache.look(START, seen), Cached::Token { .. }));
        cache.invalidate(1);
        assert!(matches!(cache.look(START, seen), Cached::Fetch), "the error is older than the token");
    }
}
