//! The control API: inspects and changes the emulator over HTTP.
//!
//! It has no authentication, because the emulator listens on loopback. To keep web pages out, it rejects requests with
//! a foreign `Host` or `Origin`.

mod calls;
mod clock;
mod concurrent_edits;
mod configs;
mod request;
pub(crate) mod restore_job;
pub(crate) mod routes;
#[cfg(feature = "simulate")]
pub(crate) mod simulation_job;
mod status;

use std::collections::BTreeMap;

use ajo_engine::Timestamp;
use ajo_engine::untrusted_text::excerpt;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::api::control::request::{check_parameters, parse_body};
use crate::api::control::restore_job::RestoreJob;
use crate::api::control::routes::{CONTROL_PREFIX, CONTROL_ROUTES};
#[cfg(feature = "simulate")]
use crate::api::control::simulation_job::SimulationJob;
use crate::api::host_check::{HostScope, check_host};
use crate::api::pending_response::PendingResponse;
use crate::api::request_error::RequestError;
use crate::api::response;
use crate::faults::fault::Fault;
use crate::faults::fault_names::fault_names;
use crate::state::emulator_state::EmulatorState;
use crate::state::organization::Organization;
use crate::state::quirks::{Quirk, QuirkSettings};
use crate::state::settings::{EmulatorSettings, ResourceLimits};

/// A request to the control API.
struct ControlRequest<'r> {
    method: &'r Method,
    /// Without the prefix.
    path: &'r str,
    query: BTreeMap<String, String>,
    org_id: String,
    /// The emulator's host and port, as the client calls it.
    host: &'r str,
    body: &'r [u8],
}

pub(crate) fn respond(state: &mut EmulatorState, request: &Request<Bytes>, now: Timestamp) -> PendingResponse {
    let mut response = match parse_request(state, request) {
        Err(error) => error.to_response(),
        #[cfg(feature = "simulate")]
        Ok(control) if *control.method == Method::POST && control.path == "/simulate" => {
            match SimulationJob::prepare(state, &control.org_id, control.body, now) {
                Ok(job) => return PendingResponse::Simulation(Box::new(job)),
                Err(error) => error.to_response(),
            }
        }
        Ok(control) if *control.method == Method::PUT && control.path == "/state" => {
            return PendingResponse::Restore(RestoreJob { body: request.body().clone(), now });
        }
        Ok(control) => match run(state, &control, now) {
            Ok(body) => response::ok(&body),
            Err(error) => error.to_response(),
        },
    };
    response::set_date(&mut response, now);
    PendingResponse::Ready(response)
}

fn parse_request<'r>(state: &EmulatorState, request: &'r Request<Bytes>) -> Result<ControlRequest<'r>, RequestError> {
    check_host(request, &state.settings.allowed_hosts, HostScope::AnyAddress)?;
    let query: BTreeMap<String, String> =
        serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).map_err(RequestError::bad_request)?;
    let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let org_id = header("x-gw-ims-org-id").or(query.get("org").map(String::as_str));
    let org_id = org_id.map_or_else(|| state.default_org_id(), str::to_owned);
    let path = request.uri().path().strip_prefix(CONTROL_PREFIX).unwrap_or_default().trim_end_matches('/');
    check_parameters(request.method(), path, &query)?;
    let host = header(header::HOST.as_str()).unwrap_or("localhost");
    Ok(ControlRequest { method: request.method(), path, query, org_id, host, body: request.body() })
}

fn run(state: &mut EmulatorState, control: &ControlRequest<'_>, now: Timestamp) -> Result<Value, RequestError> {
    let ControlRequest { method, path, query, org_id, host, body } = control;
    // Routes for the whole emulator; the others are for one organization.
    match (method.as_str(), *path) {
        ("GET", "/quirks") => return Ok(json!(state.settings.quirks)),
        ("PUT", "/quirks") => {
            let mut variants: BTreeMap<String, String> = state.settings.quirks.clone().into();
            variants.extend(parse_body::<BTreeMap<String, String>>(body)?);
            state.settings.quirks = QuirkSettings::try_from(variants).map_err(RequestError::bad_request)?;
            return Ok(json!(state.settings.quirks));
        }
        ("GET", "/quirks/variants") => return Ok(quirk_variants(&state.settings.quirks)),
        ("GET", "/faults/names") => return Ok(fault_names()),
        ("GET", "/organizations") => return Ok(status::organizations(state)),
        ("POST", "/tokens/revoke") => {
            state.revoke_tokens();
            return Ok(json!({}));
        }
        ("GET", "/state") => return Ok(state.snapshot()),
        ("POST", "/reset") => {
            state.reset(org_id);
            return Ok(json!({}));
        }
        ("GET", "") => return status::show(state, org_id, now),
        ("GET", "/environment") => {
            let variables = state.environment(&format!("http://{host}")).into_iter();
            return Ok(variables.map(|(name, value)| (name, json!(value))).collect());
        }
        #[cfg(not(feature = "simulate"))]
        ("POST", "/simulate") => return Err(no_simulation()),
        ("GET", "/contract") => return Ok(json!(state.differences)),
        ("DELETE", "/contract") => {
            state.differences.clear();
            return Ok(json!({}));
        }
        _ => {}
    }
    let organization = state.organizations.get_mut(org_id).ok_or_else(|| RequestError::unknown_organization(org_id))?;
    let EmulatorSettings { limits, quirks, .. } = &state.settings;
    run_for_organization(organization, (*limits, quirks), (method, path), query, body, now)
}

fn run_for_organization(
    organization: &mut Organization,
    (limits, quirks): (ResourceLimits, &QuirkSettings),
    (method, path): (&Method, &str),
    query: &BTreeMap<String, String>,
    body: &[u8],
    now: Timestamp,
) -> Result<Value, RequestError> {
    Ok(match (method.as_str(), path) {
        ("GET", "/configs") => {
            let limit = query.get("limit").map(|limit| limit.parse()).transpose();
            let limit = limit.map_err(|_| RequestError::bad_request("`limit` must be a number of configurations"))?;
            configs::list(organization, query.get("find").map(String::as_str), limit)
        }
        ("GET", "/calls") => {
            json!({"calls": calls::filter(organization, query)?.to_vec()})
        }
        ("DELETE", "/calls") => {
            organization.clear_calls();
            json!({})
        }
        ("GET", "/faults") => json!({"faults": organization.faults().collect::<Vec<_>>()}),
        ("POST", "/faults") => {
            organization.add_fault(parse_body::<Fault>(body)?).map_err(RequestError::bad_request)?;
            json!({"faults": organization.faults().collect::<Vec<_>>()})
        }
        ("DELETE", "/faults") => {
            organization.clear_faults();
            json!({})
        }
        ("GET", "/concurrent-edits") => json!({"concurrentEdits": organization.concurrent_edits()}),
        ("POST", "/concurrent-edits") => {
            concurrent_edits::add(organization, parse_body(body)?, (limits, quirks))?;
            json!({"concurrentEdits": organization.concurrent_edits()})
        }
        ("GET", "/clock") => clock::show(organization, now),
        ("PUT", "/clock") => clock::set(organization, body, now)?,
        ("POST", "/clock/advance") => clock::advance(organization, body, now)?,
        _ => return Err(unknown_route(method, path)),
    })
}

fn quirk_variants(quirks: &QuirkSettings) -> Value {
    let all = QuirkSettings::ALL.map(|Quirk { name, variants, description }| {
        json!({"name": name, "variant": quirks.variant(name), "variants": variants, "description": description})
    });
    json!({"quirks": all})
}

#[cfg(not(feature = "simulate"))]
fn no_simulation() -> RequestError {
    let instead = "this build of the emulator has no traffic simulation; use `ajo simulate` or the emulator's server";
    RequestError(StatusCode::NOT_IMPLEMENTED, instead.to_owned())
}

fn unknown_route(method: &Method, path: &str) -> RequestError {
    let path = excerpt(path, 60);
    let paths: Vec<String> = CONTROL_ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let problem = format!("the control API has no {method} {CONTROL_PREFIX}{path}; it has {}", paths.join(", "));
    RequestError(StatusCode::NOT_FOUND, problem)
}
