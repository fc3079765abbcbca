//! The whole service in memory.

use std::collections::BTreeMap;

use ajo_auth::{TOKEN_PATH, Timestamp};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::arrival::Broken;
use crate::contract::Differences;
use crate::control;
use crate::fault::{FAULT_HEADER, Fault, FaultError, Target};
use crate::gateway;
use crate::gateway_error::GatewayError;
use crate::journal::{Call, Calls};
use crate::organization::Organization;
use crate::page;
use crate::route::{self, BASE_PATH, Route};
use crate::service::{Input, Session};
use crate::settings::{Caller, Settings};
use crate::strike::{self, Strike};
use crate::switches::Switches;
use crate::token_host::{self, Form};
use crate::tokens::Tokens;
use crate::unread;

/// Most organizations of one world, and most sandboxes of each. Chosen here: a thousand tests can have one each.
pub const MAX_ORGANIZATIONS: usize = 10_000;
/// See [`MAX_ORGANIZATIONS`].
pub const MAX_SANDBOXES: usize = 100;

/// Longest text of a client that the journal keeps, in characters: a path, an identifier. Chosen here.
const LONGEST_PATH: usize = 200;
const LONGEST_ID: usize = 128;

/// The service in memory: organizations with their sandboxes and configurations, and the tokens that were granted.
///
/// It does no I/O and has no clock and no chance of its own: the same requests at the same times give the same bytes.
///
/// ```
/// use ajo_auth::Timestamp;
/// use ajo_emulator::{MAX_ORGANIZATIONS, MAX_SANDBOXES, Settings, World};
///
/// let settings = Settings::default();
/// assert!(settings.callers.len() <= MAX_ORGANIZATIONS && settings.sandboxes.len() <= MAX_SANDBOXES);
/// let mut world = World::new(settings);
/// let request = http::Request::get("/journey/orchestration/endpointConfigs/u-1").body(bytes::Bytes::new())?;
/// let response = world.handle(&request, Timestamp::from_millis(0));
/// assert_eq!(response.status(), 403); // no API key
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
pub struct World {
    pub(crate) settings: Settings,
    pub(crate) tokens: Tokens,
    pub(crate) organizations: BTreeMap<String, Organization>,
    random: fastrand::Rng,
    /// What differed from the specifications, in contract mode.
    pub(crate) differences: Differences,
}

impl World {
    /// A world with empty sandboxes for the organization of each caller.
    ///
    /// # Panics
    ///
    /// When the settings have more than [`MAX_ORGANIZATIONS`] organizations or more than [`MAX_SANDBOXES`] sandboxes.
    pub fn new(settings: Settings) -> Self {
        assert!(settings.sandboxes.len() <= MAX_SANDBOXES, "an organization has at most {MAX_SANDBOXES} sandboxes");
        let mut random = fastrand::Rng::with_seed(settings.seed);
        let mut organizations = BTreeMap::new();
        for caller in &settings.callers {
            organizations
                .entry(caller.org_id.to_string())
                .or_insert_with(|| Organization::new(&settings.sandboxes, || uuid(&mut random)));
        }
        assert!(organizations.len() <= MAX_ORGANIZATIONS, "a world has at most {MAX_ORGANIZATIONS} organizations");
        Self { settings, tokens: Tokens::default(), organizations, random, differences: Differences::default() }
    }

    /// Begins chance anew.
    pub(crate) fn reseed(&mut self, seed: u64) {
        self.random = fastrand::Rng::with_seed(seed);
    }

    /// What it started with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The switches, to take another side.
    pub fn switches_mut(&mut self) -> &mut Switches {
        &mut self.settings.switches
    }

    /// A caller's credential, to change it while the emulator runs: rotation of secrets, for one.
    pub fn caller_mut(&mut self, client_id: &str) -> Option<&mut Caller> {
        self.settings.callers.iter_mut().find(|caller| caller.client_id == client_id)
    }

    /// Settings for `ajo` and for any program that reads the same variables, where the emulator is at this root. The secret
    /// opens nothing but this emulator.
    pub fn environment(&self, root: &str) -> Vec<(&'static str, String)> {
        let caller = self.settings.callers.first();
        let of = |text: fn(&Caller) -> String| caller.map(text).unwrap_or_default();
        let sandbox = self.settings.sandboxes.first().map(|sandbox| sandbox.name.clone());
        vec![
            ("AJO_BASE_URL", format!("{root}{BASE_PATH}")),
            ("AJO_IMS_URL", root.to_owned()),
            ("AJO_CLIENT_ID", of(|caller| caller.client_id.clone())),
            (
                "AJO_CLIENT_SECRET",
                of(|caller| caller.secrets.first().map(|it| it.expose().to_owned()).unwrap_or_default()),
            ),
            ("AJO_ORG_ID", of(|caller| caller.org_id.to_string())),
            ("AJO_SCOPES", of(|caller| caller.scopes.to_string())),
            ("AJO_SANDBOX", sandbox.unwrap_or_default()),
        ]
    }

    /// Forgets every token that was granted, as if each had been revoked.
    pub fn revoke_tokens(&mut self) {
        self.tokens.clear();
    }

    /// One of the organizations.
    pub fn organization(&self, org_id: &str) -> Option<&Organization> {
        self.organizations.get(org_id)
    }

    /// One of the organizations, to tamper with.
    pub fn organization_mut(&mut self, org_id: &str) -> Option<&mut Organization> {
        self.organizations.get_mut(org_id)
    }

    /// The organization of the first caller.
    ///
    /// # Panics
    ///
    /// When the settings have no caller.
    pub fn first(&self) -> &Organization {
        self.organizations.get(&self.first_id()).expect("the settings have a caller")
    }

    /// The same, to tamper with.
    ///
    /// # Panics
    ///
    /// When the settings have no caller.
    pub fn first_mut(&mut self) -> &mut Organization {
        let first = self.first_id();
        self.organizations.get_mut(&first).expect("the settings have a caller")
    }

    pub(crate) fn first_id(&self) -> String {
        self.settings.callers.first().map(|caller| caller.org_id.to_string()).unwrap_or_default()
    }

    /// The calls of the first organization.
    pub fn calls(&self) -> Calls<'_> {
        self.first().calls()
    }

    /// Sets a fault in the first organization.
    pub fn add_fault(&mut self, fault: Fault) -> Result<(), FaultError> {
        self.first_mut().add_fault(fault)
    }

    /// Takes all faults of the first organization away.
    pub fn clear_faults(&mut self) {
        self.first_mut().clear_faults();
    }

    /// Puts an organization back to how it was at the start, tokens of its callers included; the journal is empty then.
    pub(crate) fn reset(&mut self, org_id: &str) {
        for caller in self.settings.callers.iter().filter(|caller| caller.org_id.as_str() == org_id) {
            self.tokens.revoke(&caller.client_id);
        }
        if let Some(organization) = self.organizations.get_mut(org_id) {
            organization.reset();
        }
    }

    /// Answers one request. How the answer reaches the client stands in the response's extensions, as [`crate::Delivery`].
    pub fn handle(&mut self, request: &Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        let path = request.uri().path();
        // Before chance comes in: who looks on does not change what comes next.
        if cfg!(feature = "page")
            && let Some(mut answer) = page::answer(request)
        {
            answer::date(&mut answer, now);
            return answer;
        }
        if control::is_meant(path) {
            let mut answer = self.unusable(request).unwrap_or_else(|| control::answer(self, request, now));
            answer::date(&mut answer, now);
            return answer;
        }
        let id = uuid(&mut self.random);
        let form = if path == TOKEN_PATH { Form::read(request.body()) } else { Form::read(b"") };
        let org_id = self.organization_of(request, &form);
        let here = self.organizations.get(&org_id).map_or(now, |organization| organization.clock.read(now));
        let route = route::find(request.method(), path, &self.settings.switches);
        let target = match &route {
            Route::Operation { operation, .. } => Some(Target::of(operation)),
            Route::Token => Some(Target::Token),
            Route::WrongMethod(_) | Route::Nowhere => None,
        };

        let strike = self.strike(request.headers(), &org_id, target, &id);
        let json = match route {
            Route::Operation { .. } => serde_json::from_slice(request.body()).ok(),
            _ => None,
        };
        let unread = match &route {
            Route::Operation { operation, .. } => {
                unread::of(operation, json.as_ref(), request.uri().query().unwrap_or_default())
            }
            Route::Token => form.unread(),
            Route::WrongMethod(_) | Route::Nowhere => Vec::new(),
        };
        let mut answer = match &strike {
            Err(error) => answer::of(StatusCode::BAD_REQUEST, &json!({"message": format!("{FAULT_HEADER}: {error}")})),
            Ok(Strike { instead: Some(answer), .. }) => answer.clone(),
            Ok(_) => match self.unusable(request) {
                Some(refusal) => refusal,
                None => self.process((request, json), &route, &form, &org_id, here, &id),
            },
        };
        if !answer.status().is_success() {
            answer::spell(&mut answer, &self.settings.switches);
        }
        let mut struck = None;
        if let Ok(strike) = strike {
            strike.deliver(&mut answer, here);
            struck = strike.effect.map(|effect| effect.to_string());
        }
        self.note(request, &route, unread, (target, struck), (&org_id, here), (answer.status(), &id));
        let name = if path == TOKEN_PATH { "x-debug-id" } else { "x-request-id" };
        if let Ok(id) = header::HeaderValue::from_str(&id) {
            answer.headers_mut().insert(name, id);
        }
        answer::date(&mut answer, here);
        if cfg!(feature = "contract")
            && self.settings.contract
            && let Route::Operation { operation, .. } = route
        {
            self.differences.compare(operation, request, &mut answer);
        }
        answer
    }

    /// The answer to a body that cannot be used. Inferred: what the service says to one is unknown.
    fn unusable(&self, request: &Request<Bytes>) -> Option<Answer> {
        let most = self.settings.limits.of_body(request.uri().path());
        let (status, message) = if request.extensions().get::<Broken>().is_some() {
            (StatusCode::BAD_REQUEST, "the body broke off before its end".to_owned())
        } else if request.body().len() > most {
            (StatusCode::PAYLOAD_TOO_LARGE, format!("the body is longer than {most} bytes"))
        } else {
            return None;
        };
        Some(answer::of(status, &json!({"message": message})))
    }

    /// The organization that a request is for: the one it names, that of its client, or the first.
    fn organization_of(&self, request: &Request<Bytes>, form: &Form) -> String {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let named = header("x-gw-ims-org-id").filter(|org_id| self.organizations.contains_key(*org_id));
        let client = header("x-api-key").unwrap_or_else(|| form.field("client_id"));
        let of_client = || self.settings.callers.iter().find(|caller| caller.client_id == client);
        match (named, request.uri().path() == TOKEN_PATH) {
            (Some(org_id), false) => org_id.to_owned(),
            _ => of_client().map_or_else(|| self.first_id(), |caller| caller.org_id.to_string()),
        }
    }

    /// What strikes a call: the fault that its header asks for, else one of those that are set.
    fn strike(
        &mut self,
        headers: &HeaderMap,
        org_id: &str,
        target: Option<Target>,
        request_id: &str,
    ) -> Result<Strike, FaultError> {
        let asked = headers.get(FAULT_HEADER).map(|value| value.to_str().unwrap_or_default().parse()).transpose()?;
        let Some(target) = target else { return Ok(Strike::default()) };
        let set = self.organizations.get_mut(org_id).and_then(|it| it.faults.strike(target, &mut self.random));
        Ok(strike::of(asked.or(set), target, request_id, &mut self.random))
    }

    /// What the service does when nothing strikes.
    fn process(
        &mut self,
        (request, json): (&Request<Bytes>, Option<Value>),
        route: &Route<'_>,
        form: &Form,
        org_id: &str,
        now: Timestamp,
        request_id: &str,
    ) -> Answer {
        let Self { settings, tokens, organizations, random, .. } = self;
        let (operation, uid) = match route {
            Route::Operation { operation, uid } => (*operation, *uid),
            Route::Token => return token_host::grant(settings, tokens, form, now, random),
            Route::WrongMethod(allowed) => return answer::wrong_method(allowed),
            Route::Nowhere => return nowhere(request.uri().path()),
        };
        let passed = match gateway::check(settings, tokens, request.headers(), org_id, now) {
            Ok(passed) => passed,
            Err((error, detail)) => return error.answer_about(detail),
        };
        let Some(organization) = organizations.get_mut(org_id) else {
            return GatewayError::PROFILE.answer();
        };
        organization.be_interfered_with(Target::of(operation), passed.sandbox, uid, now);
        let session = Session {
            kept: &mut organization.kept,
            org_id,
            sandbox: passed.sandbox,
            account: cut(passed.client_id, LONGEST_ID),
            now,
            request_id,
            switches: &settings.switches,
            limits: settings.limits,
        };
        let query = request.uri().query().unwrap_or_default();
        session.run(operation, Input { uid, query, body: request.body(), json }, || uuid(random))
    }

    /// Writes a call down.
    fn note(
        &mut self,
        request: &Request<Bytes>,
        route: &Route<'_>,
        unread: Vec<String>,
        (target, fault): (Option<Target>, Option<String>),
        (org_id, here): (&str, Timestamp),
        (status, request_id): (StatusCode, &str),
    ) {
        let most = self.settings.limits.journal;
        let Some(organization) = self.organizations.get_mut(org_id) else { return };
        let header = |name: &str, most: usize| {
            let text = request.headers().get(name)?.to_str().ok()?;
            Some(cut(text, most).to_owned())
        };
        let path = cut(request.uri().path(), LONGEST_PATH).to_owned();
        organization.journal.push(
            Call {
                number: organization.journal.next_number(),
                at: here.as_millis(),
                method: request.method().to_string(),
                operation: target.map(|target| target.to_string()),
                sandbox: header("x-sandbox-name", LONGEST_ID),
                status: status.as_u16(),
                request_id: request_id.to_owned(),
                sent_request_id: header("x-request-id", LONGEST_ID),
                fault,
                unread,
                closest: matches!(route, Route::Nowhere).then(|| route::closest(&path)),
                path,
            },
            most,
        );
    }
}

/// A text without what is beyond so many characters.
fn cut(text: &str, most: usize) -> &str {
    // So many bytes are no more characters than that.
    let end = if text.len() > most { text.char_indices().nth(most) } else { None };
    end.map_or(text, |(end, _)| &text[..end])
}

fn uuid(random: &mut fastrand::Rng) -> String {
    uuid::Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid().to_string()
}

/// Not the service's words: what it answers on an unknown path is unknown.
fn nowhere(path: &str) -> Answer {
    let shown: String = path.chars().take(120).collect();
    let closest = route::closest(&shown);
    let message = format!(
        "the emulator has nothing at {shown}; the closest path is {closest}, and there are {BASE_PATH}/…, {TOKEN_PATH} and {}/…",
        control::PREFIX
    );
    answer::of(StatusCode::NOT_FOUND, &json!({"message": message}))
}
