//! Many calls of one client against a scripted service, in virtual time.

use std::time::Duration;

use ajo_engine::{
    AccessToken, AlreadyDone, AttemptOutcome, AuthError, CallAction, CallInput, CallOutcome, CallState, Credentials,
    Endpoint, Idempotency, Moment, OAuthOptions, Operation, RateLimit, RetryBudget, RetryPolicy, Secret, Shared,
    StoreLockResult, Timestamp, TokenAction, TokenInput, TokenState, TransportProblem,
};
use proptest::prelude::*;

const GET: Operation = Operation { method: "GET", idempotency: Idempotency::Safe, already_done: AlreadyDone::Never };
const DEADLINE: Duration = Duration::from_secs(60);

/// What the calls of a client share, and its clock.
struct Client {
    tokens: TokenState,
    budget: RetryBudget,
    rate: Option<RateLimit>,
    elapsed: Duration,
    random: u64,
    token_requests: usize,
}

impl Client {
    fn new(has_store: bool) -> Self {
        let credentials = Credentials::new("id", Secret::new("s3cr3t"), "A1@AdobeOrg", "openid").expect("credentials");
        let ims = Endpoint::parse("https://ims.example").expect("an endpoint");
        let options = OAuthOptions { has_store, store_locks: has_store, lease: Duration::from_secs(60) };
        Self {
            tokens: TokenState::with_credentials(credentials, ims, options),
            budget: RetryBudget::default(),
            rate: None,
            elapsed: Duration::ZERO,
            random: 1,
            token_requests: 0,
        }
    }

    fn moment(&mut self) -> Moment {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let now = Timestamp::from_millis(0).saturating_add(self.elapsed);
        Moment { now, elapsed: self.elapsed, random: self.random }
    }

    fn call(&self) -> CallState {
        CallState::new(GET, RetryPolicy::default(), Duration::from_secs(30), self.elapsed + DEADLINE)
    }

    fn step(&mut self, call: &mut CallState, input: CallInput<'_>) -> CallAction {
        let moment = self.moment();
        let shared = &mut Shared { tokens: &mut self.tokens, budget: &mut self.budget, rate: self.rate.as_mut() };
        let action = call.step(shared, input, moment);
        if matches!(action, CallAction::Token(TokenAction::Request { .. })) {
            self.token_requests += 1;
        }
        action
    }

    fn token(&self, text: &str) -> AccessToken {
        let now = Timestamp::from_millis(0).saturating_add(self.elapsed);
        AccessToken::new(Secret::new(text), now, Duration::from_secs(86_400)).expect("a token")
    }

    /// Retries that the budget can still pay for.
    fn retries(&self) -> usize {
        let mut budget = self.budget.clone();
        (0..100).filter(|_| budget.withdraw()).count()
    }
}

#[test]
fn ten_thousand_cold_calls_request_one_token() {
    let mut client = Client::new(false);
    let mut calls: Vec<CallState> = (0..10_000).map(|_| client.call()).collect();
    let first: Vec<CallAction> = calls.iter_mut().map(|call| client.step(call, CallInput::Continue)).collect();
    assert!(matches!(first[0], CallAction::Token(TokenAction::Request { .. })));
    assert!(first[1..].iter().all(|action| matches!(action, CallAction::Token(TokenAction::Wait { .. }))));
    let token = client.token("t0k3n");
    let sent = client.step(&mut calls[0], CallInput::Token(TokenInput::Response(Ok(token))));
    assert!(matches!(sent, CallAction::Send { .. }));
    assert!(client.tokens.take_released());
    for call in &mut calls[1..] {
        assert!(matches!(client.step(call, CallInput::Token(TokenInput::Continue)), CallAction::Send { .. }));
    }
    assert_eq!(client.token_requests, 1);
}

#[test]
fn second_401_ends_the_call_after_one_replay() {
    let mut client = Client::new(false);
    let mut call = client.call();
    let unauthorized = ajo_engine::Failure::read(401, None, b"");
    client.step(&mut call, CallInput::Continue);
    for token in ["first", "second"] {
        let token = client.token(token);
        let action = client.step(&mut call, CallInput::Token(TokenInput::Response(Ok(token))));
        assert!(matches!(action, CallAction::Send { .. }));
        let outcome = AttemptOutcome::ErrorResponse { failure: &unauthorized, retry_after: None };
        match client.step(&mut call, CallInput::Sent(Some(outcome))) {
            CallAction::Token(TokenAction::Request { .. }) => assert_eq!(client.token_requests, 2),
            CallAction::Finish(CallOutcome::Failed) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((client.token_requests, call.attempts()), (2, 1));
}

/// Steps a call until it does something else than to use the store.
fn until_request(client: &mut Client, call: &mut CallState, ticket: Option<&str>) -> (CallAction, Duration) {
    let mut action = client.step(call, CallInput::Continue);
    let started = client.elapsed;
    loop {
        let input = match &action {
            CallAction::Token(TokenAction::ReadStore { .. }) => TokenInput::StoreRead { responded: true, token: None },
            CallAction::Token(TokenAction::LockStore { .. }) => TokenInput::StoreLocked(match ticket {
                Some(ticket) => StoreLockResult::Acquired(ticket.to_owned()),
                None => StoreLockResult::Busy,
            }),
            CallAction::Token(TokenAction::Sleep { wait }) => {
                client.elapsed += *wait;
                TokenInput::Continue
            }
            _ => return (action, client.elapsed.saturating_sub(started)),
        };
        action = client.step(call, CallInput::Token(input));
    }
}

#[test]
fn store_is_locked_for_the_request_and_unlocked_after_the_write() {
    let mut client = Client::new(true);
    let mut call = client.call();
    let (action, waited) = until_request(&mut client, &mut call, Some("ticket"));
    assert!(matches!(action, CallAction::Token(TokenAction::Request { .. })) && waited.is_zero());
    let token = client.token("t0k3n");
    let action = client.step(&mut call, CallInput::Token(TokenInput::Response(Ok(token))));
    assert!(matches!(action, CallAction::Token(TokenAction::WriteStore { .. })));
    let written = || CallInput::Token(TokenInput::StoreWritten { responded: true });
    let action = client.step(&mut call, written());
    assert!(matches!(&action, CallAction::Token(TokenAction::UnlockStore { ticket, .. }) if ticket == "ticket"));
    assert!(matches!(client.step(&mut call, written()), CallAction::Send { .. }));
}

#[test]
fn lock_of_another_process_is_waited_for_two_seconds() {
    let mut client = Client::new(true);
    let mut call = client.call();
    let (action, waited) = until_request(&mut client, &mut call, None);
    assert!(matches!(action, CallAction::Token(TokenAction::Request { .. })));
    assert_eq!(waited, Duration::from_secs(2));
}

#[test]
fn busy_lock_leaves_a_short_call_time_for_its_request() {
    let mut client = Client::new(true);
    let mut call = CallState::new(GET, RetryPolicy::default(), DEADLINE, Duration::from_millis(400));
    let (action, waited) = until_request(&mut client, &mut call, None);
    assert!(matches!(action, CallAction::Token(TokenAction::Request { .. })), "{action:?}");
    assert_eq!(waited, Duration::from_millis(100));
}

#[test]
fn lock_of_a_dropped_call_is_taken_by_the_next_one() {
    let mut client = Client::new(true);
    let mut dropped = client.call();
    until_request(&mut client, &mut dropped, Some("ticket"));
    client.step(&mut dropped, CallInput::Cancelled);
    let mut next = client.call();
    let (action, waited) = until_request(&mut client, &mut next, None);
    assert!(
        matches!(action, CallAction::Token(TokenAction::Request { .. })) && waited.is_zero(),
        "{action:?} {waited:?}"
    );
}

#[test]
fn rate_limit_spaces_calls_and_a_cancelled_call_returns_its_slot() {
    let mut client = Client::new(false);
    client.rate = RateLimit::per_second(10);
    let mut calls: Vec<CallState> = (0..3).map(|_| client.call()).collect();
    client.step(&mut calls[0], CallInput::Continue);
    let pace = |action: &CallAction| match action {
        CallAction::Pace { wait } => wait.as_millis(),
        other => panic!("{other:?}"),
    };
    assert_eq!(pace(&client.step(&mut calls[1], CallInput::Continue)), 100);
    assert_eq!(pace(&client.step(&mut calls[2], CallInput::Continue)), 200);
    client.step(&mut calls[1], CallInput::Cancelled);
    let mut next = client.call();
    assert_eq!(pace(&client.step(&mut next, CallInput::Continue)), 100, "the slot between the two others");
    client.step(&mut calls[2], CallInput::Cancelled);
    let mut last = client.call();
    assert_eq!(pace(&client.step(&mut last, CallInput::Continue)), 200);
}

#[test]
fn attempt_that_ends_before_a_request_has_no_result_of_one() {
    let mut client = Client::new(false);
    let mut call = client.call();
    client.step(&mut call, CallInput::Continue);
    let token = client.token("t0k3n");
    client.step(&mut call, CallInput::Token(TokenInput::Response(Ok(token))));
    let lost = CallInput::Sent(Some(AttemptOutcome::NoResponse));
    assert!(matches!(client.step(&mut call, lost), CallAction::Retry { .. }) && call.was_sent());
    client.elapsed += DEADLINE;
    assert!(matches!(client.step(&mut call, CallInput::Continue), CallAction::Finish(CallOutcome::NotSent(_))));
    assert!(!call.was_sent());
}

/// How one action ends.
#[derive(Clone, Debug)]
enum Scripted {
    Works,
    Fails,
    TimesOut,
}

fn script() -> impl Strategy<Value = Vec<Scripted>> {
    let one = prop_oneof![3 => Just(Scripted::Works), 3 => Just(Scripted::Fails), 1 => Just(Scripted::TimesOut)];
    prop::collection::vec(one, 0..40)
}

/// The result of an action. Time passes as the action says.
fn result(client: &mut Client, action: &CallAction, how: &Scripted) -> Option<CallInput<'static>> {
    let timed_out = || AuthError::Transport { problem: TransportProblem::Timeout, detail: "slow".into() };
    let refused = || AuthError::Transport { problem: TransportProblem::Connect, detail: "down".into() };
    let mut pass = |time: Duration| client.elapsed += time;
    Some(match (action, how) {
        (CallAction::Finish(_), _) => return None,
        (CallAction::Pace { wait } | CallAction::Retry { after: wait }, _) => {
            pass(*wait);
            CallInput::Continue
        }
        (CallAction::Send { .. }, Scripted::Works) => CallInput::Sent(None),
        (CallAction::Send { .. }, Scripted::Fails) => {
            CallInput::Sent(Some(AttemptOutcome::NotSent { is_transient: true, wait: Duration::ZERO }))
        }
        (CallAction::Send { timeout, .. }, Scripted::TimesOut) => {
            pass(*timeout);
            CallInput::Sent(Some(AttemptOutcome::NoResponse))
        }
        (CallAction::Token(action), how) => CallInput::Token(match (action, how) {
            (TokenAction::Wait { at_most }, _) => {
                pass(*at_most);
                TokenInput::Continue
            }
            (TokenAction::Request { .. }, Scripted::Works) => {
                let token = client.token("t0k3n");
                TokenInput::Response(Ok(token))
            }
            (TokenAction::Request { .. }, Scripted::Fails) => TokenInput::Response(Err(refused())),
            (TokenAction::Request { timeout }, Scripted::TimesOut) => {
                pass(*timeout);
                TokenInput::Response(Err(timed_out()))
            }
            (TokenAction::ReadStore { timeout }, how) => {
                if let Scripted::TimesOut = how {
                    pass(*timeout);
                }
                TokenInput::StoreRead { responded: !matches!(how, Scripted::TimesOut), token: None }
            }
            (TokenAction::LockStore { .. }, how) => TokenInput::StoreLocked(match how {
                Scripted::Works => StoreLockResult::Acquired("ticket".into()),
                Scripted::Fails => StoreLockResult::Busy,
                Scripted::TimesOut => StoreLockResult::NoResponse,
            }),
            (TokenAction::Sleep { wait }, _) => {
                pass(*wait);
                TokenInput::Continue
            }
            (TokenAction::WriteStore { .. } | TokenAction::UnlockStore { .. }, how) => {
                TokenInput::StoreWritten { responded: !matches!(how, Scripted::TimesOut) }
            }
            (TokenAction::Callback { .. } | TokenAction::Finish(_), _) => unreachable!("not with credentials"),
        }),
    })
}

proptest! {
    /// Whatever has happened, a cancelled call leaves the lease, the budget, and the cache usable.
    #[test]
    fn cancelled_call_blocks_nobody(has_store: bool, steps in script()) {
        let mut client = Client::new(has_store);
        client.rate = RateLimit::per_second(1);
        let mut call = client.call();
        let (mut retries, mut pending) = (client.retries(), false);
        let mut action = client.step(&mut call, CallInput::Continue);
        for how in &steps {
            pending |= matches!(action, CallAction::Retry { .. });
            let Some(input) = result(&mut client, &action, how) else { break };
            action = client.step(&mut call, input);
            if pending && matches!(action, CallAction::Token(_) | CallAction::Send { .. }) {
                retries -= 1;
                pending = false;
            }
        }
        if !matches!(action, CallAction::Finish(_)) {
            client.step(&mut call, CallInput::Cancelled);
        }
        prop_assert_eq!(client.retries(), retries, "a retry that was not made is returned");
        client.elapsed += Duration::from_secs(120);
        let mut next = client.call();
        let mut action = client.step(&mut next, CallInput::Continue);
        while !matches!(action, CallAction::Finish(_)) {
            prop_assert!(!matches!(action, CallAction::Token(TokenAction::Wait { .. })), "the lease is free");
            let input = result(&mut client, &action, &Scripted::Works).expect("not finished");
            action = client.step(&mut next, input);
        }
        prop_assert!(matches!(action, CallAction::Finish(CallOutcome::Success)), "{:?}", action);
    }

    /// Whatever happens, a call ends by its deadline, after at most three attempts and three token requests.
    #[test]
    fn every_call_ends_within_its_bounds(has_store: bool, steps in script()) {
        let mut client = Client::new(has_store);
        let mut call = client.call();
        let mut sent = 0;
        let mut action = client.step(&mut call, CallInput::Continue);
        for how in steps.iter().chain(std::iter::repeat(&Scripted::Works)) {
            sent += usize::from(matches!(action, CallAction::Send { .. }));
            let Some(input) = result(&mut client, &action, how) else { break };
            action = client.step(&mut call, input);
        }
        prop_assert!(sent <= 3 && client.token_requests <= 3, "{} {}", sent, client.token_requests);
        prop_assert!(client.elapsed <= DEADLINE, "{:?}", client.elapsed);
    }
}
