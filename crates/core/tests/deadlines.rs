//! No attempt starts after the deadline of its call, whatever it waited for.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ajo_auth::{
    AccessToken, AuthError, BoxFuture, ManualRuntime, Runtime, Sleep, Timestamp, TokenProvider, TokenRequest,
    TokenResponse, TokenTransport,
};
use ajo_core::{
    AuthSource, CallOptions, Client, ClientConfig, DeadlineExceeded, HttpRequest, HttpResponse, HttpTransport, Secret,
    SendError, StringRequestTemplate, Uid,
};
const LIMIT: Duration = Duration::from_secs(20);

/// How long each wait takes, in seconds, and what the service responds.
#[derive(Clone, Copy, Default)]
struct Delays {
    permit: u64,
    token: u64,
    send: u64,
    /// Timers fire this late.
    timer: u64,
    status: u16,
}

/// A runtime, a token endpoint, and a service on one manual clock.
struct SlowWorld {
    clock: ManualRuntime,
    delays: Delays,
    sent_at: Mutex<Vec<Duration>>,
}

impl SlowWorld {
    fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Runtime for SlowWorld {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        self.wait(self.delays.timer);
        self.clock.sleep(duration)
    }

    fn random(&self) -> u64 {
        self.clock.random()
    }
}

impl TokenTransport for SlowWorld {
    fn runtime(&self) -> &dyn Runtime {
        self
    }

    fn send_token_request<'d>(
        &'d self,
        _: &'d TokenRequest,
        _: Duration,
    ) -> BoxFuture<'d, Result<TokenResponse, AuthError>> {
        unreachable!("the callback gets the tokens")
    }

    fn request_from_callback(&self, _: Duration) -> BoxFuture<'_, Result<Secret, AuthError>> {
        self.wait(self.delays.token);
        let token = format!("t{}", self.clock.elapsed().as_secs());
        Box::pin(std::future::ready(Ok(Secret::new(&token))))
    }

    fn lease_duration(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn wait_for_release(&self, _: Duration) -> BoxFuture<'_, ()> {
        unreachable!("nobody else gets a token")
    }

    fn notify_released(&self) {}
}

struct SlowTransport(Arc<SlowWorld>);

impl HttpTransport for SlowTransport {
    type Template = StringRequestTemplate;
    type Permit = ();

    fn runtime(&self) -> &dyn Runtime {
        &*self.0
    }

    async fn acquire_permit(&self, _: Duration) -> Result<(), DeadlineExceeded> {
        self.0.wait(self.0.delays.permit);
        Ok(())
    }

    async fn send(
        &self,
        _: &HttpRequest<StringRequestTemplate>,
        _: &AccessToken,
        _: Duration,
    ) -> Result<HttpResponse, SendError> {
        self.0.sent_at.lock().expect("no panic").push(self.0.clock.elapsed());
        self.0.wait(self.0.delays.send);
        Ok(HttpResponse { status: self.0.delays.status, ..HttpResponse::default() })
    }
}

/// Deploys within the limit; returns when each attempt started.
fn attempts(delays: Delays, rate: Option<u32>, options: CallOptions) -> Vec<Duration> {
    let world = Arc::new(SlowWorld { clock: ManualRuntime::new(1), delays, sent_at: Mutex::default() });
    let tokens = TokenProvider::from_callback(world.clone());
    let token = Some(Secret::new("unused"));
    let config = ClientConfig {
        auth: Some(AuthSource::Token { token, client_id: "client-1".to_owned(), org_id: "A1@AdobeOrg".to_owned() }),
        sandbox: Some("prod".to_owned()),
        base_url: Some("https://a.example".to_owned()),
        requests_per_second: rate,
        options,
        ..ClientConfig::default()
    };
    let client = Client::new(config.validate().expect("valid"), SlowTransport(world.clone()), tokens);
    let uid: Uid = "u-1".parse().expect("a uid");
    let limited = client.with_deadline_within(LIMIT);
    let call = pin!(limited.capping().deploy(&uid).response());
    let Poll::Ready(_) = { call }.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("nothing waits for real")
    };
    world.sent_at.lock().expect("no panic").clone()
}

#[test]
fn no_attempt_starts_after_deadline() {
    let waits = [0, 1, 7, 19, 20, 21, 60];
    let mut retries = 0;
    for permit in waits {
        for token in waits {
            for send in waits {
                for timer in waits {
                    for status in [401, 429, 503] {
                        let delays = Delays { permit, token, send, timer, status };
                        let sent_at = attempts(delays, Some(1), CallOptions::default());
                        let case = format!("permit {permit}, token {token}, send {send}, timer {timer}, {status}");
                        assert!(sent_at.iter().all(|at| *at < LIMIT), "{case}: {sent_at:?}");
                        retries += sent_at.len().saturating_sub(1);
                    }
                }
            }
        }
    }
    assert!(retries > 100, "{retries} retries: the cases must make some");
}

#[test]
fn own_deadline_is_not_extended() {
    let delays = Delays { send: 15, status: 503, ..Delays::default() };
    // The default deadline of 60 s is longer than the limit.
    assert_eq!(attempts(delays, None, CallOptions::default()).len(), 2);
    assert_eq!(attempts(delays, None, CallOptions::default().deadline(Duration::from_secs(10))).len(), 1);
}
