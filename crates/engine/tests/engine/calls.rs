//! Calls of one client against a scripted service, in virtual time.

use std::time::Duration;

use ajo_engine::{
    AccessToken, AlreadyApplied, AttemptOutcome, AuthError, BaseUrl, CallAction, CallInput, CallOutcome, CallState,
    ClientTokenState, Credentials, Idempotency, OAuthOptions, OperationSemantics, RateLimit, RetryBudget, RetryPolicy,
    Secret, SharedClientState, StepContext, StoreLockResult, StoreLocks, Timestamp, TokenAction, TokenInput,
    TransportErrorKind,
};
use proptest::prelude::*;

const GET: OperationSemantics =
    OperationSemantics { idempotency: Idempotency::Safe, already_applied: AlreadyApplied::Never };
const DEADLINE: Duration = Duration::from_secs(60);

/// The shared state of a client, and its clock.
struct SimulatedClient {
    tokens: ClientTokenState,
    retry_budget: RetryBudget,
    rate_limit: Option<RateLimit>,
    elapsed: Duration,
    random: u64,
    token_requests: usize,
}

impl SimulatedClient {
    fn new(has_store: bool) -> Self {
        let credentials = Credentials::new("id", Secret::new("s3cr3t"), "A1@AdobeOrg", "openid").expect("credentials");
        let ims = BaseUrl::parse("https://ims.example").expect("an endpoint");
        let store_locks = if has_store { StoreLocks::Expiring } else { StoreLocks::None };
        let options = OAuthOptions { has_store, store_locks, lease_duration: Duration::from_secs(60) };
        Self {
            tokens: ClientTokenState::with_credentials(credentials, ims, options),
            retry_budget: RetryBudget::default(),
            rate_limit: None,
            elapsed: Duration::ZERO,
            random: 1,
            token_requests: 0,
        }
    }

    fn snapshot(&mut self) -> StepContext {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let now = Timestamp::from_millis(0).saturating_add(self.elapsed);
        StepContext { now, elapsed: self.elapsed, random: self.random }
    }

    fn call(&self) -> CallState {
        CallState::new(GET, RetryPolicy::default(), Duration::from_secs(30), self.elapsed + DEADLINE)
    }

    fn step(&mut self, call: &mut CallState, input: CallInput<'_>) -> CallAction {
        let context = self.snapshot();
        let shared = &mut SharedClientState {
            tokens: &mut self.tokens,
            retry_budget: &mut self.retry_budget,
            rate_limit: self.rate_limit.as_mut(),
        };
        let action = call.step(shared, input, context);
        if matches!(action, CallAction::Token(TokenAction::Request { .. })) {
            self.token_requests += 1;
        }
        action
    }

    fn token(&self, text: &str) -> AccessToken {
        let now = Timestamp::from_millis(0).saturating_add(self.elapsed);
        AccessToken::new(Secret::new(text), now, Duration::from_secs(86_400)).expect("a token")
    }

    /// The number of retries left in the budget.
    fn retries_left(&self) -> usize {
        let mut budget = self.retry_budget.clone();
        (0..100).filter(|_| budget.withdraw()).count()
    }
}

#[test]
fn cold_calls_request_one_token() {
    let mut client = SimulatedClient::new(false);
    let mut calls: Vec<CallState> = (0..10_000).map(|_| client.call()).collect();
    let first: Vec<CallAction> = calls.iter_mut().map(|call| client.step(call, CallInput::Continue)).collect();
    assert!(matches!(first[0], CallAction::Token(TokenAction::Request { .. })));
    assert!(first[1..].iter().all(|action| matches!(action, CallAction::Token(TokenAction::WaitForRelease { .. }))));
    let token = client.token("t0k3n");
    let sent = client.step(&mut calls[0], CallInput::Token(TokenInput::Response(Ok(token))));
    assert!(matches!(sent, CallAction::Send { .. }));
    assert!(client.tokens.take_lease_released());
    for call in &mut calls[1..] {
        assert!(matches!(client.step(call, CallInput::Token(TokenInput::Continue)), CallAction::Send { .. }));
    }
    assert_eq!(client.token_requests, 1);
}

#[test]
fn second_401_ends_the_call() {
    let mut client = SimulatedClient::new(false);
    let mut call = client.call();
    let unauthorized = ajo_engine::ErrorResponse::parse(401, None, b"");
    client.step(&mut call, CallInput::Continue);
    for token in ["first", "second"] {
        let token = client.token(token);
        let action = client.step(&mut call, CallInput::Token(TokenInput::Response(Ok(token))));
        assert!(matches!(action, CallAction::Send { .. }));
        let outcome = AttemptOutcome::ErrorResponse { response: &unauthorized, retry_after: None };
        match client.step(&mut call, CallInput::Sent(Some(outcome))) {
            CallAction::Token(TokenAction::Request { .. }) => assert_eq!(client.token_requests, 2),
            CallAction::Finish(CallOutcome::Failed) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((client.token_requests, call.attempts()), (2, 1));
}

/// Steps a call until its first action that does not concern the store.
fn step_until_request(
    client: &mut SimulatedClient,
    call: &mut CallState,
    ticket: Option<&str>,
) -> (CallAction, Duration) {
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
fn store_is_locked_during_the_request() {
    let mut client = SimulatedClient::new(true);
    let mut call = client.call();
    let (action, waited) = step_until_request(&mut client, &mut call, Some("ticket"));
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
fn busy_lock_is_awaited_for_two_seconds() {
    let mut client = SimulatedClient::new(true);
    let mut call = client.call();
    let (action, waited) = step_until_request(&mut client, &mut call, None);
    assert!(matches!(action, CallAction::Token(TokenAction::Request { .. })));
    assert_eq!(waited, Duration::from_secs(2));
}

#[test]
fn busy_lock_leaves_time_for_the_request() {
    let mut client = SimulatedClient::new(true);
    let mut call = CallState::new(GET, RetryPolicy::default(), DEADLINE, Duration::from_millis(400));
    let (action, waited) = step_until_request(&mut client, &mut call, None);
    assert!(matches!(action, CallAction::Token(TokenAction::Request { .. })), "{action:?}");
    assert_eq!(waited, Duration::from_millis(100));
}

#[test]
fn next_call_takes_an_orphaned_lock() {
    let mut client = SimulatedClient::new(true);
    let mut dropped = client.call();
    step_until_request(&mut client, &mut dropped, Some("ticket"));
    client.step(&mut dropped, CallInput::Cancelled);
    let mut next = client.call();
    let (action, waited) = step_until_request(&mut client, &mut next, None);
    assert!(
        matches!(action, CallAction::Token(TokenAction::Request { .. })) && waited.is_zero(),
        "{action:?} {waited:?}"
    );
}

#[test]
fn cancelled_call_returns_its_slot() {
    let mut client = SimulatedClient::new(false);
    client.rate_limit = RateLimit::per_second(10);
    let mut calls: Vec<CallState> = (0..3).map(|_| client.call()).collect();
    client.step(&mut calls[0], CallInput::Continue);
    let wait_millis = |action: &CallAction| match action {
        CallAction::WaitForSlot { wait } => wait.as_millis(),
        other => panic!("{other:?}"),
    };
    assert_eq!(wait_millis(&client.step(&mut calls[1], CallInput::Continue)), 100);
    assert_eq!(wait_millis(&client.step(&mut calls[2], CallInput::Continue)), 200);
    client.step(&mut calls[1], CallInput::Cancelled);
    let mut next = client.call();
    assert_eq!(wait_millis(&client.step(&mut next, CallInput::Continue)), 100, "the slot between the other two");
    client.step(&mut calls[2], CallInput::Cancelled);
    let mut last = client.call();
    assert_eq!(wait_millis(&client.step(&mut last, CallInput::Continue)), 200);
}

#[test]
fn was_sent_is_false_before_a_request() {
    let mut client = SimulatedClient::new(false);
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

/// The scripted result of one action.
#[derive(Clone, Debug)]
enum ScriptedResult {
    Success,
    Failure,
    Timeout,
}

fn script() -> impl Strategy<Value = Vec<ScriptedResult>> {
    let one = prop_oneof![3 => Just(ScriptedResult::Success), 3 => Just(ScriptedResult::Failure), 1 => Just(ScriptedResult::Timeout)];
    prop::collection::vec(one, 0..40)
}

/// Converts a scripted result to the input for the next step, and advances the clock.
fn action_result(
    client: &mut SimulatedClient,
    action: &CallAction,
    result: &ScriptedResult,
) -> Option<CallInput<'static>> {
    let timed_out = || AuthError::Transport { kind: TransportErrorKind::Timeout, proxy: None, detail: "slow".into() };
    let connection_refused =
        || AuthError::Transport { kind: TransportErrorKind::Connect, proxy: None, detail: "down".into() };
    let mut pass = |time: Duration| client.elapsed += time;
    Some(match (action, result) {
        (CallAction::Finish(_), _) => return None,
        (CallAction::WaitForSlot { wait } | CallAction::Retry { after: wait }, _) => {
            pass(*wait);
            CallInput::Continue
        }
        (CallAction::Send { .. }, ScriptedResult::Success) => CallInput::Sent(None),
        (CallAction::Send { .. }, ScriptedResult::Failure) => {
            CallInput::Sent(Some(AttemptOutcome::NotSent { is_transient: true, retry_after: Duration::ZERO }))
        }
        (CallAction::Send { timeout, .. }, ScriptedResult::Timeout) => {
            pass(*timeout);
            CallInput::Sent(Some(AttemptOutcome::NoResponse))
        }
        (CallAction::Token(action), result) => CallInput::Token(match (action, result) {
            (TokenAction::WaitForRelease { timeout }, _) => {
                pass(*timeout);
                TokenInput::Continue
            }
            (TokenAction::Request { .. }, ScriptedResult::Success) => {
                let token = client.token("t0k3n");
                TokenInput::Response(Ok(token))
            }
            (TokenAction::Request { .. }, ScriptedResult::Failure) => TokenInput::Response(Err(connection_refused())),
            (TokenAction::Request { timeout }, ScriptedResult::Timeout) => {
                pass(*timeout);
                TokenInput::Response(Err(timed_out()))
            }
            (TokenAction::ReadStore { timeout }, result) => {
                if let ScriptedResult::Timeout = result {
                    pass(*timeout);
                }
                TokenInput::StoreRead { responded: !matches!(result, ScriptedResult::Timeout), token: None }
            }
            (TokenAction::LockStore { .. }, result) => TokenInput::StoreLocked(match result {
                ScriptedResult::Success => StoreLockResult::Acquired("ticket".into()),
                ScriptedResult::Failure => StoreLockResult::Busy,
                ScriptedResult::Timeout => StoreLockResult::NoResponse,
            }),
            (TokenAction::Sleep { wait }, _) => {
                pass(*wait);
                TokenInput::Continue
            }
            (TokenAction::WriteStore { .. } | TokenAction::UnlockStore { .. }, result) => {
                TokenInput::StoreWritten { responded: !matches!(result, ScriptedResult::Timeout) }
            }
            (TokenAction::Callback { .. } | TokenAction::Finish(_), _) => unreachable!("not with credentials"),
        }),
    })
}

proptest! {
    /// After any sequence of results, a cancelled call leaves the lease, the budget, and the cache usable.
    #[test]
    fn cancelled_call_blocks_no_other(has_store: bool, steps in script()) {
        let mut client = SimulatedClient::new(has_store);
        client.rate_limit = RateLimit::per_second(1);
        let mut call = client.call();
        let (mut retries, mut pending) = (client.retries_left(), false);
        let mut action = client.step(&mut call, CallInput::Continue);
        for result in &steps {
            pending |= matches!(action, CallAction::Retry { .. });
            let Some(input) = action_result(&mut client, &action, result) else { break };
            action = client.step(&mut call, input);
            if pending && matches!(action, CallAction::Token(_) | CallAction::Send { .. }) {
                retries -= 1;
                pending = false;
            }
        }
        if !matches!(action, CallAction::Finish(_)) {
            client.step(&mut call, CallInput::Cancelled);
        }
        prop_assert_eq!(client.retries_left(), retries, "a retry that was not made is returned");
        client.elapsed += Duration::from_secs(120);
        let mut next = client.call();
        let mut action = client.step(&mut next, CallInput::Continue);
        while !matches!(action, CallAction::Finish(_)) {
            prop_assert!(!matches!(action, CallAction::Token(TokenAction::WaitForRelease { .. })), "the lease is free");
            let input = action_result(&mut client, &action, &ScriptedResult::Success).expect("not finished");
            action = client.step(&mut next, input);
        }
        prop_assert!(matches!(action, CallAction::Finish(CallOutcome::Success)), "{:?}", action);
    }

    /// With any sequence of results, a call ends by its deadline, after at most three attempts and three token
    /// requests.
    #[test]
    fn every_call_ends_within_its_limits(has_store: bool, steps in script()) {
        let mut client = SimulatedClient::new(has_store);
        let mut call = client.call();
        let mut sent = 0;
        let mut action = client.step(&mut call, CallInput::Continue);
        for result in steps.iter().chain(std::iter::repeat(&ScriptedResult::Success)) {
            sent += usize::from(matches!(action, CallAction::Send { .. }));
            let Some(input) = action_result(&mut client, &action, result) else { break };
            action = client.step(&mut call, input);
        }
        prop_assert!(sent <= 3 && client.token_requests <= 3, "{} {}", sent, client.token_requests);
        prop_assert!(client.elapsed <= DEADLINE, "{:?}", client.elapsed);
    }
}
