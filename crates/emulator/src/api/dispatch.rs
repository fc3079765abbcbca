//! Dispatches a request to the UI, the control API, the gateway with the authoring service, or the token endpoint.

use ajo_engine::TOKEN_PATH;
use ajo_engine::Timestamp;
use ajo_engine::untrusted_text::excerpt;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::api::authoring;
use crate::api::authoring::session::{Input, Session};
use crate::api::contract;
use crate::api::control;
use crate::api::control::routes::{PREFIX, is_control_path};
use crate::api::gateway;
use crate::api::gateway_error::GatewayError;
use crate::api::headers;
use crate::api::request_body;
use crate::api::response::{self, Answer};
use crate::api::route::{self, BASE_PATH, Route};
use crate::api::token_endpoint::{self, Form};
use crate::api::unknown_fields;
use crate::faults::fault_error::FaultError;
use crate::faults::injection::{FAULT_HEADER, InjectedFault};
use crate::faults::target::Target;
use crate::state::emulator_state::{World, uuid};
use crate::state::request_log::Call;
use crate::ui;

/// Longest path and longest identifier in the request log, in characters.
const MAX_PATH: usize = 200;
const MAX_ID: usize = 128;

impl World {
    /// Handles one request. The response's extensions say how to deliver it, as [`crate::Delivery`].
    pub fn handle(&mut self, request: &Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        let path = request.uri().path();
        // Before any random number is drawn: looking at the UI changes nothing.
        if cfg!(feature = "page")
            && let Some(mut answer) = ui::answer(request)
        {
            response::date(&mut answer, now);
            return answer;
        }
        if is_control_path(path) {
            let mut answer = request_body::refuse(&self.settings.limits, request)
                .unwrap_or_else(|| control::answer(self, request, now));
            response::date(&mut answer, now);
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
            Route::WrongMethod(_) | Route::NotFound => None,
        };

        let injected = self.inject(request, &org_id, target, &id);
        let json = match route {
            Route::Operation { .. } => serde_json::from_slice(request.body()).ok(),
            _ => None,
        };
        let unread = match &route {
            Route::Operation { operation, .. } => {
                unknown_fields::find(operation, json.as_ref(), request.uri().query().unwrap_or_default())
            }
            Route::Token => form.unread(),
            Route::WrongMethod(_) | Route::NotFound => Vec::new(),
        };
        let mut answer = match &injected {
            Err(error) => {
                response::json(StatusCode::BAD_REQUEST, &json!({"message": format!("{FAULT_HEADER}: {error}")}))
            }
            Ok(InjectedFault { instead: Some(answer), .. }) => answer.clone(),
            Ok(_) => match request_body::refuse(&self.settings.limits, request) {
                Some(refusal) => refusal,
                None => self.process((request, json), &route, &form, &org_id, here, &id),
            },
        };
        if !answer.status().is_success() {
            response::apply_error_quirks(&mut answer, &self.settings.switches);
        }
        let mut struck = None;
        if let Ok(fault) = injected {
            fault.deliver(&mut answer, here);
            struck = fault.effect.map(|effect| effect.to_string());
        }
        self.log(request, &route, unread, (target, struck), (&org_id, here), (answer.status(), &id));
        let name = if path == TOKEN_PATH { "x-debug-id" } else { "x-request-id" };
        if let Ok(id) = header::HeaderValue::from_str(&id) {
            answer.headers_mut().insert(name, id);
        }
        response::date(&mut answer, here);
        if cfg!(feature = "contract")
            && self.settings.contract
            && let Route::Operation { operation, .. } = route
        {
            contract::compare(&mut self.differences, operation, request, &mut answer);
        }
        answer
    }

    /// The organization that a request is for: the one it names, that of its client, or the first.
    fn organization_of(&self, request: &Request<Bytes>, form: &Form) -> String {
        let header = |name| headers::text(request.headers(), name);
        let named = header(&headers::ORG_ID).filter(|org_id| self.organizations.contains_key(*org_id));
        let client = header(&headers::API_KEY).unwrap_or_else(|| form.field("client_id"));
        let of_client = || self.settings.callers.iter().find(|caller| caller.client_id == client);
        match (named, request.uri().path() == TOKEN_PATH) {
            (Some(org_id), false) => org_id.to_owned(),
            _ => of_client().map_or_else(|| self.first_id(), |caller| caller.org_id.to_string()),
        }
    }

    /// The fault to inject: the one that the header requests, else the first active fault that matches.
    fn inject(
        &mut self,
        request: &Request<Bytes>,
        org_id: &str,
        target: Option<Target>,
        request_id: &str,
    ) -> Result<InjectedFault, FaultError> {
        let asked = request
            .headers()
            .get(&headers::FAULT)
            .map(|value| value.to_str().unwrap_or_default().parse())
            .transpose()?;
        let Some(target) = target else { return Ok(InjectedFault::default()) };
        let set = self.organizations.get_mut(org_id).and_then(|it| it.faults.strike(target, &mut self.random));
        Ok(InjectedFault::new(asked.or(set), target, request_id, &mut self.random))
    }

    /// Processes a call that no fault replaces.
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
            Route::Token => return token_endpoint::grant(settings, tokens, form, now, random),
            Route::WrongMethod(allowed) => return response::wrong_method(allowed),
            Route::NotFound => return not_found(request.uri().path()),
        };
        let authorized = match gateway::check(settings, tokens, request.headers(), org_id, now) {
            Ok(authorized) => authorized,
            Err((error, detail)) => return error.answer_about(detail),
        };
        let Some(organization) = organizations.get_mut(org_id) else {
            return GatewayError::PROFILE.answer();
        };
        organization.be_interfered_with(Target::of(operation), authorized.sandbox, uid, now);
        let session = Session {
            store: &mut organization.store,
            org_id,
            sandbox: authorized.sandbox,
            account: &excerpt(authorized.client_id, MAX_ID),
            now,
            request_id,
            switches: &settings.switches,
            limits: settings.limits,
        };
        let query = request.uri().query().unwrap_or_default();
        authoring::run(session, operation, Input { uid, query, body: request.body(), json }, || uuid(random))
    }

    /// Adds a call to the request log.
    fn log(
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
        let header = |name| headers::text(request.headers(), name).map(|text| excerpt(text, MAX_ID));
        let path = excerpt(request.uri().path(), MAX_PATH);
        organization.request_log.push(
            Call {
                number: organization.request_log.next_number(),
                at: here.as_millis(),
                method: request.method().to_string(),
                operation: target.map(|target| target.to_string()),
                sandbox: header(&headers::SANDBOX),
                status: status.as_u16(),
                request_id: request_id.to_owned(),
                sent_request_id: header(&headers::REQUEST_ID),
                fault,
                unread,
                closest: matches!(route, Route::NotFound).then(|| route::closest(&path)),
                path,
            },
            most,
        );
    }
}

/// The service's own response to an unknown path is unknown.
fn not_found(path: &str) -> Answer {
    let path = excerpt(path, 120);
    let closest = route::closest(&path);
    let message = format!(
        "the emulator has nothing at {path}; the closest path is {closest}, and there are {BASE_PATH}/…, {TOKEN_PATH} and \
         {PREFIX}/…"
    );
    response::json(StatusCode::NOT_FOUND, &json!({"message": message}))
}
