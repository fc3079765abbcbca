//! Dispatches a request to the web UI, the control API, the gateway with the authoring service, or the token endpoint.

use ajo_core::Verb;
use ajo_engine::TOKEN_PATH;
use ajo_engine::Timestamp;
use ajo_engine::untrusted_text::excerpt;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::api::authoring;
use crate::api::authoring::operation_context::{OperationContext, OperationInput};
use crate::api::contract;
use crate::api::control;
use crate::api::control::routes::{CONTROL_PREFIX, is_control_path};
use crate::api::gateway::{self, SandboxHeader};
use crate::api::gateway_error::GatewayError;
use crate::api::headers;
use crate::api::pending_response::PendingResponse;
use crate::api::request_body;
use crate::api::response::{self, ByteResponse};
use crate::api::route::{self, BASE_PATH, Route};
use crate::api::token_endpoint;
use crate::api::token_form::{TokenForm, is_token_path};
use crate::api::unknown_fields;
use crate::faults::fault_error::FaultError;
use crate::faults::injection::{FAULT_HEADER, InjectedFault};
use crate::faults::target::FaultTarget;
use crate::state::emulator_state::{EmulatorState, uuid};
use crate::state::quirks::QuirkSettings;
use crate::state::request_log::LoggedCall;
use crate::ui;

/// Maximum length of paths and identifiers in the request log, in characters.
const MAX_PATH: usize = 200;
const MAX_ID: usize = 128;

impl EmulatorState {
    /// Handles one request. The response's extensions say how to deliver it; see [`crate::ResponseDelivery`].
    pub fn handle(&mut self, request: &Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        self.begin(request, now).finish(|restore| restore.apply(self))
    }

    /// Handles a request, except for long computations.
    pub(crate) fn begin(&mut self, request: &Request<Bytes>, now: Timestamp) -> PendingResponse {
        let path = request.uri().path();
        // Before any random number is drawn, so that viewing the UI changes nothing.
        if cfg!(feature = "web-ui")
            && let Some(mut response) = ui::respond(request)
        {
            response::set_date(&mut response, now);
            return PendingResponse::Ready(response);
        }
        if is_control_path(path) {
            let Some(mut rejection) = request_body::rejection(&self.settings.limits, request) else {
                return control::respond(self, request, now);
            };
            response::set_date(&mut rejection, now);
            return PendingResponse::Ready(rejection);
        }
        PendingResponse::Ready(self.call_service(request, now))
    }

    /// Handles a call of the service or the token endpoint.
    fn call_service(&mut self, request: &Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        let path = request.uri().path();
        let id = uuid(&mut self.random);
        let form = TokenForm::parse(request);
        let org_id = self.resolve_org_id(request, &form);
        let org_now = self.organizations.get(&org_id).map_or(now, |organization| organization.clock.read(now));
        let route = route::find(request.method(), path, &self.settings.quirks);
        let target = match &route {
            Route::Operation { operation, .. } => Some(FaultTarget::from_operation(operation)),
            Route::Token => Some(FaultTarget::Token),
            Route::Platform(route) => Some(route.fault_target()),
            Route::MethodNotAllowed(_) | Route::NotFound => None,
        };

        let injected = self.inject(request, &org_id, target, &id);
        let json = match route {
            Route::Operation { .. } => serde_json::from_slice(request.body()).ok(),
            _ => None,
        };
        let unknown = match &route {
            Route::Operation { operation, .. } => {
                unknown_fields::find(operation, json.as_ref(), request.uri().query().unwrap_or_default())
            }
            Route::Token => form.unknown_fields(),
            Route::Platform(_) | Route::MethodNotAllowed(_) | Route::NotFound => Vec::new(),
        };
        let mut response = match &injected {
            Err(error) => {
                response::json(StatusCode::BAD_REQUEST, &json!({"message": format!("{FAULT_HEADER}: {error}")}))
            }
            Ok(InjectedFault { replacement: Some(response), .. }) => response.clone(),
            Ok(_) => match request_body::rejection(&self.settings.limits, request) {
                Some(error) => error,
                None => self.process((request, json), &route, &form, &org_id, org_now, &id),
            },
        };
        if !response.status().is_success() {
            response::apply_error_quirks(&mut response, &self.settings.quirks);
        }
        let mut effect = None;
        if let Ok(fault) = injected {
            fault.apply_delivery(&mut response, org_now);
            effect = fault.effect.map(|effect| effect.to_string());
        }
        self.log(request, &route, unknown, (target, effect), (&org_id, org_now), (response.status(), &id));
        let name = if is_token_path(path) { "x-debug-id" } else { "x-request-id" };
        if let Ok(id) = header::HeaderValue::from_str(&id) {
            response.headers_mut().insert(name, id);
        }
        response::set_date(&mut response, org_now);
        if cfg!(feature = "contract")
            && self.settings.contract
            && let Route::Operation { operation, .. } = route
        {
            contract::compare(&mut self.differences, operation, request, &mut response);
        }
        response
    }

    /// The organization of a request: named in the request, that of its client, or the first.
    fn resolve_org_id(&self, request: &Request<Bytes>, form: &TokenForm) -> String {
        let header = |name| headers::get_str(request.headers(), name);
        let named = header(&headers::ORG_ID).filter(|org_id| self.organizations.contains_key(*org_id));
        let client_id = header(&headers::API_KEY).unwrap_or_else(|| form.field("client_id"));
        let find_client = || self.settings.client(client_id);
        match (named, is_token_path(request.uri().path())) {
            (Some(org_id), false) => org_id.to_owned(),
            _ => find_client().map_or_else(|| self.default_org_id(), |client| client.org_id.to_string()),
        }
    }

    /// The fault to inject: from the request header, else the first active fault that matches.
    fn inject(
        &mut self,
        request: &Request<Bytes>,
        org_id: &str,
        target: Option<FaultTarget>,
        request_id: &str,
    ) -> Result<InjectedFault, FaultError> {
        let requested = request
            .headers()
            .get(&headers::FAULT)
            .map(|value| value.to_str().unwrap_or_default().parse())
            .transpose()?;
        let Some(target) = target else { return Ok(InjectedFault::default()) };
        let active = self.organizations.get_mut(org_id).and_then(|it| it.faults.next_effect(target, &mut self.random));
        Ok(InjectedFault::new(requested.or(active), target, request_id, &mut self.random))
    }

    /// Processes a call that no fault replaces.
    fn process(
        &mut self,
        (request, json): (&Request<Bytes>, Option<Value>),
        route: &Route<'_>,
        form: &TokenForm,
        org_id: &str,
        now: Timestamp,
        request_id: &str,
    ) -> ByteResponse {
        let Self { settings, tokens, organizations, random, .. } = self;
        let (operation, uid) = match route {
            Route::Operation { operation, uid } => (*operation, *uid),
            Route::Platform(route) => {
                let call =
                    gateway::authorize(settings, tokens, request.headers(), org_id, now, SandboxHeader::Optional);
                return match (call, organizations.get(org_id)) {
                    (Ok(call), Some(organization)) => route.respond(organization, settings.client(call.client_id)),
                    (Ok(_), None) => GatewayError::PROFILE_INVALID.to_response(),
                    (Err((error, detail)), _) => error.to_response_with_detail(detail),
                };
            }
            Route::Token => return token_endpoint::issue_token(settings, tokens, form, now, random),
            Route::MethodNotAllowed(allowed) => return response::method_not_allowed(allowed),
            Route::NotFound => return not_found(request.uri().path(), &settings.quirks),
        };
        let authorized =
            match gateway::authorize(settings, tokens, request.headers(), org_id, now, SandboxHeader::Required) {
                Ok(authorized) => authorized,
                Err((error, detail)) => return error.to_response_with_detail(detail),
            };
        let Some(organization) = organizations.get_mut(org_id) else {
            return GatewayError::PROFILE_INVALID.to_response();
        };
        organization.apply_concurrent_edit(FaultTarget::from_operation(operation), authorized.sandbox, uid, now);
        let is_stale = settings.quirks.is("list_results", "stale");
        let previous = organization.previous_store.as_ref().filter(|_| is_stale && operation.verb == Verb::List);
        let mut listed = previous.cloned();
        let is_change = !matches!(operation.verb, Verb::List | Verb::Get | Verb::CanDeploy);
        let before = (is_stale && is_change).then(|| organization.store.clone());
        let context = OperationContext {
            store: listed.as_mut().unwrap_or(&mut organization.store),
            org_id: authorized.org_id,
            sandbox: authorized.sandbox,
            account: &excerpt(authorized.client_id, MAX_ID),
            now,
            request_id,
            quirks: &settings.quirks,
            limits: settings.limits,
        };
        let query = request.uri().query().unwrap_or_default();
        let input = OperationInput { uid, query, body: request.body(), json };
        let response = authoring::run(context, operation, input, || uuid(random));
        if before.is_some() && response.status().is_success() {
            organization.previous_store = before;
        }
        response
    }

    /// Adds a call to the request log.
    fn log(
        &mut self,
        request: &Request<Bytes>,
        route: &Route<'_>,
        unknown: Vec<String>,
        (target, fault): (Option<FaultTarget>, Option<String>),
        (org_id, org_now): (&str, Timestamp),
        (status, request_id): (StatusCode, &str),
    ) {
        let max = self.settings.limits.logged_calls;
        let Some(organization) = self.organizations.get_mut(org_id) else { return };
        let header = |name| headers::get_str(request.headers(), name).map(|text| excerpt(text, MAX_ID));
        let path = excerpt(request.uri().path(), MAX_PATH);
        organization.request_log.push(
            LoggedCall {
                number: organization.request_log.next_number(),
                at: org_now.as_millis(),
                method: request.method().to_string(),
                operation: target.map(|target| target.to_string()),
                sandbox: header(&headers::SANDBOX),
                status: status.as_u16(),
                request_id: request_id.to_owned(),
                sent_request_id: header(&headers::REQUEST_ID),
                fault,
                unknown_fields: unknown,
                closest_path: matches!(route, Route::NotFound).then(|| route::closest_path(&path)),
                path,
            },
            max,
        );
    }
}

/// Observed by others: the gateway responds to an unknown path with HTML. The hint is ours.
fn not_found(path: &str, quirks: &QuirkSettings) -> ByteResponse {
    let path = excerpt(path, 120);
    let closest = route::closest_path(&path);
    if quirks.is("unknown_route", "html") {
        // Without the path: a browser must not run a script from it.
        return response::html(StatusCode::NOT_FOUND, &format!("unknown path; did you mean {closest}?"));
    }
    let message = format!(
        "the emulator has nothing at {path}; did you mean {closest}? It serves {BASE_PATH}/…, {TOKEN_PATH} and \
             {CONTROL_PREFIX}/…"
    );
    response::json(StatusCode::NOT_FOUND, &json!({"message": message}))
}
