//! Invariants of the token cache under any sequence of events.

use std::time::Duration;

use ajo_engine::{AccessToken, AuthError, ImsError, ImsErrorKind, Secret, Timestamp};
use ajo_engine::{CacheLookup, MAX_BACKOFF, TokenCache};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// An event. `behind` is the distance of a generation from the newest one.
#[derive(Clone, Copy, Debug)]
enum CacheStep {
    Advance { millis: u64 },
    SetBack { millis: u64 },
    Success { age_millis: u64, life_millis: u64, random: u64 },
    Failure { retry_after: Option<u64>, random: u64 },
    Invalidate { behind: u64 },
    MarkRejected { behind: u64 },
    Reset { drop_token: bool },
}

fn step() -> impl Strategy<Value = CacheStep> {
    let life = prop_oneof![1..120_000_u64, 1..100_000_000_u64];
    prop_oneof![
        prop_oneof![0..5000_u64, 0..90_000_000_u64].prop_map(|millis| CacheStep::Advance { millis }),
        (0..1_000_000_u64).prop_map(|millis| CacheStep::SetBack { millis }),
        (prop_oneof![Just(0), 0..50_000_u64], life, any::<u64>())
            .prop_map(|(age_millis, life_millis, random)| CacheStep::Success { age_millis, life_millis, random }),
        (prop::option::of(prop_oneof![0..100_u64, Just(u64::MAX)]), any::<u64>())
            .prop_map(|(retry_after, random)| CacheStep::Failure { retry_after, random }),
        (0..3_u64).prop_map(|behind| CacheStep::Invalidate { behind }),
        (0..3_u64).prop_map(|behind| CacheStep::MarkRejected { behind }),
        any::<bool>().prop_map(|drop_token| CacheStep::Reset { drop_token }),
    ]
}

fn rate_limited_error(retry_after: Option<u64>) -> AuthError {
    AuthError::from(ImsError {
        kind: ImsErrorKind::RateLimited,
        status: 429,
        code: None,
        description: None,
        debug_id: None,
        retry_after: retry_after.map(Duration::from_secs),
    })
}

/// A model of the expected cache state.
struct CacheModel {
    cache: TokenCache,
    now: Timestamp,
    /// The value and the expiry of the only token that can be returned.
    expected_token: Option<(String, Timestamp)>,
    issued_count: u64,
}

impl CacheModel {
    /// The lookups of a new caller and of a caller that has waited since before the last refresh.
    fn lookups(&self) -> [CacheLookup; 2] {
        [0, 1].map(|back| self.cache.lookup(self.now, self.cache.refresh_count().saturating_sub(back)))
    }

    fn debug_lookups(&self) -> String {
        format!("{:?}", self.lookups())
    }

    fn apply(&mut self, step: CacheStep) -> Result<(), TestCaseError> {
        let generation = self.cache.generation();
        match step {
            CacheStep::Advance { millis } => self.now = self.now.saturating_add(Duration::from_millis(millis)),
            CacheStep::SetBack { millis } => {
                self.now = Timestamp::from_millis(self.now.as_millis().saturating_sub(millis));
            }
            CacheStep::Success { age_millis, life_millis, random } => {
                self.issued_count += 1;
                let issued_at = Timestamp::from_millis(self.now.as_millis().saturating_sub(age_millis));
                let text = format!("token-{}", self.issued_count);
                let token = AccessToken::new(Secret::new(&*text), issued_at, Duration::from_millis(life_millis));
                let token = token.expect("a token");
                self.expected_token = Some((text, token.expires_at()));
                self.cache.record(Ok(token), self.now, random);
                prop_assert_eq!(self.cache.generation(), generation + 1);
                prop_assert_eq!(self.cache.backoff_remaining(self.now), Duration::ZERO, "a token ends the backoff");
            }
            CacheStep::Failure { retry_after, random } => {
                self.cache.record(Err(rate_limited_error(retry_after)), self.now, random);
                prop_assert!(!self.cache.backoff_remaining(self.now).is_zero(), "a failure starts a backoff");
            }
            CacheStep::Invalidate { behind } => {
                let before = self.debug_lookups();
                let rejected = generation.saturating_sub(behind);
                let can_retry = self.cache.invalidate(rejected, self.now);
                if rejected < generation {
                    prop_assert!(can_retry, "there is a newer one");
                }
                if rejected < generation || !can_retry {
                    prop_assert_eq!(self.debug_lookups(), before, "nothing was dropped");
                } else {
                    self.expected_token = None;
                }
            }
            CacheStep::MarkRejected { behind } => {
                let before = self.debug_lookups();
                self.cache.mark_rejected(generation.saturating_sub(behind), self.now);
                prop_assert_eq!(self.debug_lookups(), before, "nothing was dropped");
            }
            CacheStep::Reset { drop_token } => {
                self.cache.reset(drop_token);
                prop_assert_eq!(self.cache.backoff_remaining(self.now), Duration::ZERO);
                if drop_token {
                    self.expected_token = None;
                }
            }
        }
        prop_assert!(self.cache.generation() >= generation, "the generation decreased");
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let backoff = self.cache.backoff_remaining(self.now);
        prop_assert!(backoff <= MAX_BACKOFF, "{:?}", backoff);
        for lookup in self.lookups() {
            match lookup {
                CacheLookup::Token { token, generation } | CacheLookup::Refresh { token, generation } => {
                    prop_assert_eq!(generation, self.cache.generation());
                    prop_assert!(self.now < token.expires_at(), "an expired token was returned");
                    let expected = self.expected_token.as_ref().map(|(text, end)| (text.as_str(), *end));
                    prop_assert_eq!(expected, Some((token.value().expose(), token.expires_at())), "a dropped token");
                }
                CacheLookup::Failed(_) => {}
                CacheLookup::Fetch => {
                    prop_assert!(backoff.is_zero(), "a token is requested during the backoff");
                }
            }
            let refresh = matches!(self.lookups()[0], CacheLookup::Refresh { .. });
            prop_assert!(!refresh || backoff.is_zero(), "a token is requested during the backoff");
        }
        Ok(())
    }
}

/// A fixed seed: the same cases on every run and platform.
fn config() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn invariants_hold_for_any_events(steps in prop::collection::vec(step(), 1..60)) {
        let start = Timestamp::from_millis(1_800_000_000_000);
        let mut model = CacheModel { cache: TokenCache::default(), now: start, expected_token: None, issued_count: 0 };
        model.check()?;
        for step in steps {
            model.apply(step)?;
            model.check()?;
        }
    }

    /// A token is used until it expires if no other is available.
    #[test]
    fn valid_token_survives_failures(
        life in 1..100_000_u64,
        failures in prop::collection::vec((0..30_000_u64, any::<u64>()), 1..20),
    ) {
        let mut now = Timestamp::from_millis(0);
        let mut cache = TokenCache::default();
        let token = AccessToken::new(Secret::new("abc"), now, Duration::from_millis(life)).expect("a token");
        let end = token.expires_at();
        cache.record(Ok(token), now, 0);
        for (pause, random) in failures {
            now = now.saturating_add(Duration::from_millis(pause));
            let seen = cache.refresh_count();
            cache.record(Err(rate_limited_error(None)), now, random);
            let has_one = matches!(cache.lookup(now, seen), CacheLookup::Token { .. } | CacheLookup::Refresh { .. });
            prop_assert_eq!(has_one, now < end);
        }
    }
}
