//! A thousand clients while the token host is down for half a minute, in virtual time: what is asked of it.

use std::ops::Range;
use std::time::Duration;

use ajo_engine::{AccessToken, AuthError, Secret, Timestamp, TransportProblem};
use ajo_engine::{CacheLookup, FIRST_BACKOFF, MAX_BACKOFF, TokenCache, jitter};

use crate::Random;

const CLIENTS: usize = 1000;
/// Length of the run, in seconds.
const RUN: u64 = 120;
/// The seconds in which the token host does not answer.
const OUTAGE: Range<u64> = 0..30;
/// A day, as the token host grants it.
const LIFETIME: Duration = Duration::from_secs(86_400);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CoolDown {
    Real,
    /// Failures are not told to the cache: each call that wants a token asks for one.
    None,
}

/// What was asked of the token host, and what the clients got.
struct Outcome {
    /// Token requests, by second.
    requests: Vec<usize>,
    /// The most requests of one client in the outage.
    most_of_one: usize,
    /// Calls without a token, by second.
    without: Vec<usize>,
    /// Clients whose last call had a token that was granted after the outage.
    renewed: usize,
}

impl Outcome {
    fn requests_in(&self, seconds: Range<u64>) -> usize {
        Self::slice(&self.requests, seconds).iter().sum()
    }

    fn without_in(&self, seconds: Range<u64>) -> usize {
        Self::slice(&self.without, seconds).iter().sum()
    }

    fn peak(&self, seconds: Range<u64>) -> usize {
        Self::slice(&self.requests, seconds).iter().copied().max().unwrap_or_default()
    }

    fn slice(counts: &[usize], seconds: Range<u64>) -> &[usize] {
        let place = |second| usize::try_from(second).expect("a short run");
        &counts[place(seconds.start)..place(seconds.end)]
    }
}

/// Clients that make a call a second on average. At the beginning each holds a token with so much
/// of its life left, or none.
fn run(left: Option<Duration>, cool_down: CoolDown) -> Outcome {
    let mut random = Random(3);
    // One life after the epoch, so that what was granted before it is after the epoch.
    let origin = Timestamp::from_millis(0).saturating_add(LIFETIME);
    let seconds = usize::try_from(RUN).expect("a short run") + 1;
    let mut outcome = Outcome { requests: vec![0; seconds], most_of_one: 0, without: vec![0; seconds], renewed: 0 };
    // Each client has a cache of its own, so one can be simulated after the other.
    for _ in 0..CLIENTS {
        let mut cache = TokenCache::default();
        if let Some(left) = left {
            let granted = Timestamp::from_millis(0).saturating_add(left);
            cache.record(Ok(token(granted)), granted, random.next());
        }
        let mut at = jitter(Duration::from_secs(1), random.next());
        let (mut in_outage, mut renewed) = (0, false);
        while at < Duration::from_secs(RUN) {
            let now = origin.saturating_add(at);
            let second = usize::try_from(at.as_secs()).expect("a short run");
            let down = OUTAGE.contains(&at.as_secs());
            let mut found = cache.lookup(now, cache.attempts());
            if matches!(found, CacheLookup::Fetch | CacheLookup::Refresh { .. }) {
                outcome.requests[second] += 1;
                in_outage += usize::from(down);
                let seen = cache.attempts();
                if !down {
                    cache.record(Ok(token(now)), now, random.next());
                    found = cache.lookup(now, seen);
                } else if cool_down == CoolDown::Real {
                    cache.record(Err(refused()), now, random.next());
                    found = cache.lookup(now, seen);
                }
            }
            match found {
                CacheLookup::Token { token, .. } | CacheLookup::Refresh { token, .. } => {
                    renewed = token.expires_at() >= origin.saturating_add(Duration::from_secs(OUTAGE.end) + LIFETIME);
                }
                CacheLookup::Failed(_) | CacheLookup::Fetch => outcome.without[second] += 1,
            }
            at += Duration::from_millis(500) + jitter(Duration::from_secs(1), random.next());
        }
        outcome.most_of_one = outcome.most_of_one.max(in_outage);
        outcome.renewed += usize::from(renewed);
    }
    outcome
}

fn token(granted: Timestamp) -> AccessToken {
    AccessToken::new(Secret::new("abc"), granted, LIFETIME).expect("a token")
}

fn refused() -> AuthError {
    AuthError::Transport { problem: TransportProblem::Connect, detail: "connection refused".to_owned() }
}

/// The most requests that a cool-down of which only half is sure leaves room for: at once, and after each of the shortest
/// cool-downs that fits in the outage.
fn most_requests() -> usize {
    let outage = Duration::from_secs(OUTAGE.end - OUTAGE.start);
    let shortest = (0..32).map(|failures| (FIRST_BACKOFF * (1 << failures)).min(MAX_BACKOFF) / 2);
    let ends = shortest.scan(Duration::ZERO, |end, length| {
        *end += length;
        Some(*end)
    });
    1 + ends.take_while(|end| *end < outage).count()
}

/// A token with so little of its life left is to be refreshed, whatever chance adds to that.
fn due() -> Duration {
    LIFETIME / 10
}

#[test]
fn a_token_host_that_is_down_is_asked_as_often_as_the_cool_down_lets_and_no_call_notices() {
    let outcome = run(Some(due()), CoolDown::Real);
    assert!(outcome.most_of_one <= most_requests(), "{} of one client", outcome.most_of_one);
    assert_eq!(outcome.without_in(0..RUN), 0, "the old token is good all the time");
    assert_eq!((outcome.renewed, outcome.requests_in(OUTAGE.end..RUN)), (CLIENTS, CLIENTS), "one request each");
    let peak = outcome.peak(OUTAGE.end..RUN);
    assert!(peak <= CLIENTS / 5, "{peak} clients come back in the same second");
}

#[test]
fn clients_without_a_token_ask_no_more_often_and_all_of_them_recover() {
    // The second token is handed out until it ends, in the middle of the outage.
    for left in [None, Some(Duration::from_secs(15))] {
        let outcome = run(left, CoolDown::Real);
        assert!(outcome.most_of_one <= most_requests(), "{} of one client", outcome.most_of_one);
        assert!(outcome.without_in(OUTAGE) > CLIENTS, "calls without a token fail");
        assert_eq!((outcome.renewed, outcome.requests_in(OUTAGE.end..RUN)), (CLIENTS, CLIENTS), "one request each");
        let recovered = OUTAGE.end + MAX_BACKOFF.as_secs();
        assert_eq!(outcome.without_in(recovered..RUN), 0, "no cool-down lasts longer");
    }
}

#[test]
fn without_the_cool_down_each_call_would_ask() {
    let with = run(Some(due()), CoolDown::Real).requests_in(OUTAGE);
    let outcome = run(Some(due()), CoolDown::None);
    assert!(outcome.requests_in(OUTAGE) > 4 * with, "{} and {with}", outcome.requests_in(OUTAGE));
    assert!(outcome.peak(OUTAGE.end..RUN) > CLIENTS / 2, "they come back together");
}
