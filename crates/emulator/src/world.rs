//! The whole service in memory.

use std::collections::BTreeMap;

use ajo_auth::{TOKEN_PATH, Timestamp};
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use serde_json::json;

use crate::answer::{self, Answer};
use crate::organization::Organization;
use crate::route::{self, BASE_PATH, Route};
use crate::service::{Input, Session};
use crate::settings::Settings;
use crate::token_host::Grant;
use crate::{gateway, token_host};

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
        Self { settings, tokens: BTreeMap::new(), organizations, random }
    }

    /// What it started with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Forgets every token that was granted, as if each had been revoked.
    pub fn revoke_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Answers one request.
    pub fn handle(&mut self, request: &Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        let id = uuid(&mut self.random);
        let mut response = self.answer(request, now, &id);
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
        let passed = match gateway::check(&self.settings, &self.tokens, request.headers(), now) {
            Ok(passed) => passed,
            Err(refusal) => return refusal.answer(),
        };
        let Some(organization) = self.organizations.get_mut(passed.org_id) else {
            return gateway::Refusal::PROFILE.answer();
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
