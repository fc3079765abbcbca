//! A driver of one core with a clock.

use serde_json::Value;

use crate::action::{code, flag};
use crate::core_state::CoreState;
use crate::input::Report;
use crate::time::Moment;

pub(super) const CREDENTIALS: &str = r#"{"clientId": "client-1", "clientSecrets": ["p8e-secret-1"], "orgId": "A1@AdobeOrg", "scopes": ["openid"], "sandbox": "prod""#;

pub(super) const TOKEN: &str = "token-0123456789";

pub(super) struct Driver {
    pub(super) core: CoreState,
    pub(super) client: u32,
    pub(super) millis: f64,
}

impl Driver {
    /// A client with credentials and further options, such as `, "tokenStore": true`.
    pub(super) fn new(options: &str) -> Self {
        Self::open(&format!("{CREDENTIALS}{options}}}"))
    }

    pub(super) fn open(options: &str) -> Self {
        let mut core = CoreState::new();
        let opened: Value = serde_json::from_str(&core.open(options)).expect("JSON");
        let client = opened["client"].as_u64().unwrap_or_else(|| panic!("{opened}"));
        Self { core, client: u32::try_from(client).expect("small"), millis: 1000.0 }
    }

    pub(super) fn moment(&self) -> Moment {
        Moment { now: 1_800_000_000_000.0 + self.millis, elapsed: self.millis, random: 0.0 }
    }

    /// Begins a call with default limits.
    pub(super) fn begin(&mut self, operation: i32) -> u32 {
        self.begin_with(operation, 0.0, 0.0, 0)
    }

    pub(super) fn begin_with(&mut self, operation: i32, timeout: f64, deadline: f64, attempts: u32) -> u32 {
        let moment = self.moment();
        self.core.begin(self.client, operation, timeout, deadline, attempts, moment)
    }

    pub(super) fn step(&mut self, call: u32) -> u32 {
        self.report(call, Report::Continue)
    }

    pub(super) fn report(&mut self, call: u32, report: Report) -> u32 {
        let moment = self.moment();
        self.core.report(call, Some(report), moment)
    }

    pub(super) fn respond(&mut self, call: u32, status: u32, body: &str) -> u32 {
        let (request_id, retry_after, debug_id) = (Some("id-1".into()), None, None);
        self.report(call, Report::Response { status, request_id, retry_after, debug_id, body: Some(body.into()) })
    }

    /// Responds to a token request with a token for an hour.
    pub(super) fn issue(&mut self, call: u32, token: &str) -> u32 {
        self.respond(call, 200, &format!(r#"{{"access_token": "{token}", "expires_in": 3600}}"#))
    }

    /// Begins a call and gets its token, so that it sends the request next.
    pub(super) fn begin_sending(&mut self, operation: i32) -> u32 {
        let call = self.begin(operation);
        let action = self.step(call);
        if action & 0xFF == code::REQUEST_TOKEN {
            assert_eq!(self.issue(call, TOKEN), code::SEND | flag::TOKEN_REQUEST_SUCCEEDED);
        } else {
            assert_eq!(action, code::SEND | flag::ATTEMPT_STARTED);
        }
        call
    }

    pub(super) fn error(&mut self, call: u32) -> Value {
        serde_json::from_str(&self.core.take_error(call, "capping.list", "sent-1")).expect("JSON")
    }

    pub(super) fn token(&self) -> String {
        self.core.access_token(self.client)
    }
}
