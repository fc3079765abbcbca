//! The whole service in memory.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use ajo_auth::{TOKEN_PATH, Timestamp};
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use serde_json::json;

use crate::answer::{self, Answer};
use crate::gateway_error::GatewayError;
use crate::organization::Organization;
use crate::route::{self, BASE_PATH, Route};
use crate::service::{Input, Session};
use crate::settings::{Caller, Settings};
use crate::token_host::Grant;
use crate::{gateway, token_host};

/// The end of the year 9999, since the epoch: the last moment that a header can name.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

/// The service in memory: organizations with their sandboxes and configurations, and the tokens that were granted.
///
/// ```
/// use ajo_auth::Timestamp;
/// use ajo_emulator::{Settings, World};
///
/// let mut world = World::new(Settings::default());
/// let request = http::Request::get("/journey/orchestration/endpointConfigs/u-1").body(bytes::Bytes::new())?;
/// let response = world.handle(&request, Timestamp::from_millis(0));
/// assert_eq!(response.status(), 403); // no API key
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
pub struct World {
    settings: Settings,
    tokens: BTreeMap<String, Grant>,
    organizations: BTreeMap<String, Organization>,
    random: fastrand::Rng,
    refusing: Option<GatewayError>,
}

impl World {
    /// A world with empty sandboxes for the organization of each caller.
    pub fn new(settings: Settings) -> Self {
        let mut random = fastrand::Rng::with_seed(settings.seed);
        let organizations = settings
            .callers
            .iter()
            .map(|caller| {
                let organization = Organization::new(&settings.sandboxes, || uuid(&mut random));
                (caller.org_id.to_string(), organization)
            })
            .collect();
        Self { settings, tokens: BTreeMap::new(), organizations, random, refusing: None }
    }

    /// What it started with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Forgets every token that was granted, as if each had been revoked.
    pub fn revoke_tokens(&mut self) {
        self.tokens.clear();
    }

    /// From now on the gateway answers every call with this error, whatever it is; with `None`, as it should.
    ///
    /// ```
    /// use ajo_emulator::{GatewayError, Settings, World};
    ///
    /// let mut world = World::new(Settings::default());
    /// world.refuse_calls(GatewayError::by_code("429050"));
    /// ```
    pub fn refuse_calls(&mut self, error: Option<GatewayError>) {
        self.refusing = error;
    }

    /// What a caller's credential is, to change it while the emulator runs: rotation of secrets, for one.
    pub fn caller_mut(&mut self, client_id: &str) -> Option<&mut Caller> {
        self.settings.callers.iter_mut().find(|caller| caller.client_id == client_id)
    }

    /// Answers one request.
    pub fn handle(&mut self, request: &Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        let id = uuid(&mut self.random);
        let mut response = self.answer(request, now, &id);
        // By this clock, and not by the one of the machine that the server behind it would take.
        let date = UNIX_EPOCH + Duration::from_millis(now.as_millis()).min(LAST_DATE);
        if let Ok(date) = header::HeaderValue::from_str(&httpdate::fmt_http_date(date)) {
            response.headers_mut().insert(header::DATE, date);
        }
        if let Ok(id) = header::HeaderValue::from_str(&id) {
            let name = if request.uri().path() == TOKEN_PATH { "x-debug-id" } else { "x-request-id" };
            response.headers_mut().insert(name, id);
        }
        response
    }

    fn answer(&mut self, request: &Request<Bytes>, now: Timestamp, request_id: &str) -> Answer {
        let path = request.uri().path();
        if path == TOKEN_PATH {
            if request.method() != Method::POST {
                return wrong_method(&["POST"]);
            }
            let token = format!("emulated.{}.{}", uuid(&mut self.random), uuid(&mut self.random));
            return token_host::grant(&self.settings, &mut self.tokens, request.body(), &token, now);
        }
        let (operation, uid) = match route::find(request.method(), path) {
            Route::Operation { operation, uid } => (operation, uid),
            Route::WrongMethod(allowed) => return wrong_method(&allowed),
            Route::Nowhere => return nowhere(path),
        };
        if let Some(error) = self.refusing {
            return error.answer();
        }
        let passed = match gateway::check(&self.settings, &self.tokens, request.headers(), now) {
            Ok(passed) => passed,
            Err((error, detail)) => return error.answer_about(detail),
        };
        let Some(organization) = self.organizations.get_mut(passed.org_id) else {
            return GatewayError::PROFILE.answer();
        };
        let random = &mut self.random;
        let session = Session {
            organization,
            org_id: passed.org_id,
            sandbox: passed.sandbox,
            account: passed.client_id,
            now,
            request_id,
        };
        let query = request.uri().query().unwrap_or_default();
        session.run(operation, Input { uid, query, body: request.body() }, || uuid(random))
    }
}

fn uuid(random: &mut fastrand::Rng) -> String {
    uuid::Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid().to_string()
}

/// Not the service's words: what it answers on an unknown path is unknown.
fn nowhere(path: &str) -> Answer {
    let shown: String = path.chars().take(120).collect();
    let message = format!("the emulator has nothing at {shown}; it has {BASE_PATH}/… and {TOKEN_PATH}");
    answer::of(StatusCode::NOT_FOUND, &json!({"message": message}))
}

fn wrong_method(allowed: &[&str]) -> Answer {
    let allowed = allowed.join(", ");
    let message = format!("the method is not allowed here; allowed: {allowed}");
    let mut response = answer::of(StatusCode::METHOD_NOT_ALLOWED, &json!({"message": message}));
    if let Ok(value) = header::HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}
