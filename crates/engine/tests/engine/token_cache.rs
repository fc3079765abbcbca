//! What holds for the token cache whatever happens to it, in whatever order.

use std::time::Duration;

use ajo_engine::{AccessToken, AuthError, ImsError, ImsErrorKind, Secret, Timestamp};
use ajo_engine::{CacheLookup, MAX_BACKOFF, TokenCache};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Something that happens to a cache. A generation is named by how far it is behind the newest one.
#[derive(Clone, Copy, Debug)]
enum Step {
    Advance { millis: u64 },
    SetBack { millis: u64 },
    Granted { age_millis: u64, life_millis: u64, random: u64 },
    Refused { retry_after: Option<u64>, random: u64 },
    Invalidate { behind: u64 },
    StillRefused { behind: u64 },
    Reset { token: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let life = prop_oneof![1..120_000_u64, 1..100_000_000_u64];
    prop_oneof![
        prop_oneof![0..5000_u64, 0..90_000_000_u64].prop_map(|millis| Step::Advance { millis }),
        (0..1_000_000_u64).prop_map(|millis| Step::SetBack { millis }),
        (prop_oneof![Just(0), 0..50_000_u64], life, any::<u64>())
            .prop_map(|(age_millis, life_millis, random)| Step::Granted { age_millis, life_millis, random }),
        (prop::option::of(prop_oneof![0..100_u64, Just(u64::MAX)]), any::<u64>())
            .prop_map(|(retry_after, random)| Step::Refused { retry_after, random }),
        (0..3_u64).prop_map(|behind| Step::Invalidate { behind }),
        (0..3_u64).prop_map(|behind| Step::StillRefused { behind }),
        any::<bool>().prop_map(|token| Step::Reset { token }),
    ]
}

fn refusal(retry_after: Option<u64>) -> AuthError {
    AuthError::Ims(ImsError {
        kind: ImsErrorKind::RateLimited,
        status: 429,
        code: None,
        description: None,
        debug_id: None,
        retry_after: retry_after.map(Duration::from_secs),
    })
}

/// What may be known about a cache from outside.
struct Model {
    cache: TokenCache,
    now: Timestamp,
    /// The value of the token that may be handed out, and when it ends.
    held: Option<(String, Timestamp)>,
    granted: u64,
}

impl Model {
    /// The answer to each kind of caller: who has just come, and who has waited since before the last attempt.
    fn looks(&self) -> [CacheLookup; 2] {
        [0, 1].map(|back| self.cache.lookup(self.now, self.cache.attempts().saturating_sub(back)))
    }

    fn shown(&self) -> String {
        format!("{:?}", self.looks())
    }

    fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
        let generation = self.cache.generation();
        match step {
            Step::Advance { millis } => self.now = self.now.saturating_add(Duration::from_millis(millis)),
            Step::SetBack { millis } => self.now = Timestamp::from_millis(self.now.as_millis().saturating_sub(millis)),
            Step::Granted { age_millis, life_millis, random } => {
                self.granted += 1;
                let granted_at = Timestamp::from_millis(self.now.as_millis().saturating_sub(age_millis));
                let text = format!("token-{}", self.granted);
                let token = AccessToken::new(Secret::new(&*text), granted_at, Duration::from_millis(life_millis));
                let token = token.expect("a token");
                self.held = Some((text, token.expires_at()));
                self.cache.record(Ok(token), self.now, random);
                prop_assert_eq!(self.cache.generation(), generation + 1);
                prop_assert_eq!(self.cache.backoff_remaining(self.now), Duration::ZERO, "a token ends the cool-down");
            }
            Step::Refused { retry_after, random } => {
                self.cache.record(Err(refusal(retry_after)), self.now, random);
                prop_assert!(!self.cache.backoff_remaining(self.now).is_zero(), "a failure begins one");
            }
            Step::Invalidate { behind } => {
                let before = self.shown();
                let named = generation.saturating_sub(behind);
                let another_can_be_had = self.cache.invalidate(named, self.now);
                if named < generation {
                    prop_assert!(another_can_be_had, "there is a newer one");
                }
                if named < generation || !another_can_be_had {
                    prop_assert_eq!(self.shown(), before, "nothing was dropped");
                } else {
                    self.held = None;
                }
            }
            Step::StillRefused { behind } => {
                let before = self.shown();
                self.cache.mark_rejected(generation.saturating_sub(behind), self.now);
                prop_assert_eq!(self.shown(), before, "nothing was dropped");
            }
            Step::Reset { token } => {
                self.cache.reset(token);
                prop_assert_eq!(self.cache.backoff_remaining(self.now), Duration::ZERO);
                if token {
                    self.held = None;
                }
            }
        }
        prop_assert!(self.cache.generation() >= generation, "a generation came back");
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let cool_down = self.cache.backoff_remaining(self.now);
        prop_assert!(cool_down <= MAX_BACKOFF, "{:?}", cool_down);
        for look in self.looks() {
            match look {
                CacheLookup::Token { token, generation } | CacheLookup::Refresh { token, generation } => {
                    prop_assert_eq!(generation, self.cache.generation());
                    prop_assert!(self.now < token.expires_at(), "a token was handed out past its end");
                    let held = self.held.as_ref().map(|(text, end)| (text.as_str(), *end));
                    prop_assert_eq!(held, Some((token.value().expose(), token.expires_at())), "a dropped token");
                }
                CacheLookup::Failed(_) => {}
                CacheLookup::Fetch => {
                    prop_assert!(cool_down.is_zero(), "the token host is asked while it is left alone");
                }
            }
            let refresh = matches!(self.looks()[0], CacheLookup::Refresh { .. });
            prop_assert!(!refresh || cool_down.is_zero(), "the token host is asked while it is left alone");
        }
        Ok(())
    }
}

/// The same cases on every run and every platform.
fn config() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_sequence_of_events_breaks_a_promise(steps in prop::collection::vec(step(), 1..60)) {
        let start = Timestamp::from_millis(1_800_000_000_000);
        let mut model = Model { cache: TokenCache::default(), now: start, held: None, granted: 0 };
        model.check()?;
        for step in steps {
            model.take(step)?;
            model.check()?;
        }
    }

    /// A token that has not ended is never withheld from a caller for whom another cannot be had.
    #[test]
    fn a_valid_token_outlasts_any_number_of_failures(
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
            let seen = cache.attempts();
            cache.record(Err(refusal(None)), now, random);
            let has_one = matches!(cache.lookup(now, seen), CacheLookup::Token { .. } | CacheLookup::Refresh { .. });
            prop_assert_eq!(has_one, now < end);
        }
    }
}
