//! Simulates a thousand clients during a 30-second outage of the token endpoint, in virtual time.

use std::ops::Range;
use std::time::Duration;

use ajo_engine::{AccessToken, AuthError, Secret, Timestamp, TransportErrorKind};
use ajo_engine::{CacheLookup, FIRST_BACKOFF, MAX_BACKOFF, TokenCache, jitter};

use crate::SeededRng;

const CLIENTS: usize = 1000;
/// Length of the run, in seconds.
const RUN_SECONDS: u64 = 120;
/// The seconds in which the token endpoint is down.
const OUTAGE: Range<u64> = 0..30;
/// One day, like Adobe's tokens.
const LIFETIME: Duration = Duration::from_secs(86_400);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BackoffMode {
    Real,
    /// The cache does not see failures, so every call without a token requests one.
    None,
}

/// Counts of one simulation.
struct TokenOutageResult {
    /// Token requests per second.
    requests: Vec<usize>,
    /// Maximum number of requests of one client during the outage.
    max_requests_per_client: usize,
    /// Calls without a token per second.
    calls_without_token: Vec<usize>,
    /// Clients whose last call used a token issued after the outage.
    renewed_clients: usize,
}

impl TokenOutageResult {
    fn requests_in(&self, seconds: Range<u64>) -> usize {
        Self::slice(&self.requests, seconds).iter().sum()
    }

    fn calls_without_token_in(&self, seconds: Range<u64>) -> usize {
        Self::slice(&self.calls_without_token, seconds).iter().sum()
    }

    fn peak_requests(&self, seconds: Range<u64>) -> usize {
        Self::slice(&self.requests, seconds).iter().copied().max().unwrap_or_default()
    }

    fn slice(counts: &[usize], seconds: Range<u64>) -> &[usize] {
        let index = |second| usize::try_from(second).expect("a short run");
        &counts[index(seconds.start)..index(seconds.end)]
    }
}

/// Runs clients that make one call per second on average. Each starts with a token that has `left` of its lifetime
/// left, or without a token.
fn run_outage(left: Option<Duration>, backoff: BackoffMode) -> TokenOutageResult {
    let mut random = SeededRng(3);
    // One lifetime after the epoch, so that earlier tokens are also issued after the epoch.
    let origin = Timestamp::from_millis(0).saturating_add(LIFETIME);
    let seconds = usize::try_from(RUN_SECONDS).expect("a short run") + 1;
    let mut outcome = TokenOutageResult {
        requests: vec![0; seconds],
        max_requests_per_client: 0,
        calls_without_token: vec![0; seconds],
        renewed_clients: 0,
    };
    // Each client has its own cache, so the clients are simulated one after the other.
    for _ in 0..CLIENTS {
        let mut cache = TokenCache::default();
        if let Some(left) = left {
            let issued_at = Timestamp::from_millis(0).saturating_add(left);
            cache.record(Ok(token(issued_at)), issued_at, random.next());
        }
        let mut at = jitter(Duration::from_secs(1), random.next());
        let (mut in_outage, mut has_new_token) = (0, false);
        while at < Duration::from_secs(RUN_SECONDS) {
            let now = origin.saturating_add(at);
            let second = usize::try_from(at.as_secs()).expect("a short run");
            let down = OUTAGE.contains(&at.as_secs());
            let mut found = cache.lookup(now, cache.refresh_count());
            if matches!(found, CacheLookup::Fetch | CacheLookup::Refresh { .. }) {
                outcome.requests[second] += 1;
                in_outage += usize::from(down);
                let seen = cache.refresh_count();
                if !down {
                    cache.record(Ok(token(now)), now, random.next());
                    found = cache.lookup(now, seen);
                } else if backoff == BackoffMode::Real {
                    cache.record(Err(connect_error()), now, random.next());
                    found = cache.lookup(now, seen);
                }
            }
            match found {
                CacheLookup::Token { token, .. } | CacheLookup::Refresh { token, .. } => {
                    has_new_token =
                        token.expires_at() >= origin.saturating_add(Duration::from_secs(OUTAGE.end) + LIFETIME);
                }
                CacheLookup::Failed(_) | CacheLookup::Fetch => outcome.calls_without_token[second] += 1,
            }
            at += Duration::from_millis(500) + jitter(Duration::from_secs(1), random.next());
        }
        outcome.max_requests_per_client = outcome.max_requests_per_client.max(in_outage);
        outcome.renewed_clients += usize::from(has_new_token);
    }
    outcome
}

fn token(issued_at: Timestamp) -> AccessToken {
    AccessToken::new(Secret::new("abc"), issued_at, LIFETIME).expect("a token")
}

fn connect_error() -> AuthError {
    AuthError::Transport { kind: TransportErrorKind::Connect, proxy: None, detail: "connection refused".to_owned() }
}

/// The maximum number of requests of one client: one at once, and one after each of the shortest backoffs during the
/// outage. Jitter can halve a backoff.
fn max_requests() -> usize {
    let outage = Duration::from_secs(OUTAGE.end - OUTAGE.start);
    let shortest = (0..32).map(|failures| (FIRST_BACKOFF * (1 << failures)).min(MAX_BACKOFF) / 2);
    let ends = shortest.scan(Duration::ZERO, |end, length| {
        *end += length;
        Some(*end)
    });
    1 + ends.take_while(|end| *end < outage).count()
}

/// With this remaining lifetime a token is due for refresh, whatever the jitter.
fn refresh_due_lifetime() -> Duration {
    LIFETIME / 10
}

#[test]
fn token_outage_is_invisible_to_calls() {
    let outcome = run_outage(Some(refresh_due_lifetime()), BackoffMode::Real);
    assert!(
        outcome.max_requests_per_client <= max_requests(),
        "{} requests of one client",
        outcome.max_requests_per_client
    );
    assert_eq!(outcome.calls_without_token_in(0..RUN_SECONDS), 0, "the old token stays valid");
    assert_eq!(
        (outcome.renewed_clients, outcome.requests_in(OUTAGE.end..RUN_SECONDS)),
        (CLIENTS, CLIENTS),
        "one request each"
    );
    let peak = outcome.peak_requests(OUTAGE.end..RUN_SECONDS);
    assert!(peak <= CLIENTS / 5, "{peak} clients return in the same second");
}

#[test]
fn clients_without_a_token_recover() {
    // The second case has a token that expires in the middle of the outage.
    for left in [None, Some(Duration::from_secs(15))] {
        let outcome = run_outage(left, BackoffMode::Real);
        assert!(
            outcome.max_requests_per_client <= max_requests(),
            "{} requests of one client",
            outcome.max_requests_per_client
        );
        assert!(outcome.calls_without_token_in(OUTAGE) > CLIENTS, "calls without a token fail");
        assert_eq!(
            (outcome.renewed_clients, outcome.requests_in(OUTAGE.end..RUN_SECONDS)),
            (CLIENTS, CLIENTS),
            "one request each"
        );
        let recovered = OUTAGE.end + MAX_BACKOFF.as_secs();
        assert_eq!(outcome.calls_without_token_in(recovered..RUN_SECONDS), 0, "no backoff lasts longer");
    }
}

#[test]
fn no_backoff_multiplies_the_requests() {
    let with = run_outage(Some(refresh_due_lifetime()), BackoffMode::Real).requests_in(OUTAGE);
    let outcome = run_outage(Some(refresh_due_lifetime()), BackoffMode::None);
    assert!(outcome.requests_in(OUTAGE) > 4 * with, "{} and {with}", outcome.requests_in(OUTAGE));
    assert!(outcome.peak_requests(OUTAGE.end..RUN_SECONDS) > CLIENTS / 2, "they return together");
}
