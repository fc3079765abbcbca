//! The control API: inspects and changes the emulator over HTTP.
//!
//! It has no authentication, because the emulator listens on loopback. To keep web pages out, it rejects requests with
//! a foreign `Host` or `Origin`.

mod calls;
mod clock;
mod concurrent_edits;
mod configs;
mod control_error;
mod origin;
mod request;
pub(crate) mod routes;
#[cfg(feature = "simulate")]
mod simulate;
mod status;

use std::collections::BTreeMap;

use ajo_engine::Timestamp;
use ajo_engine::untrusted_text::excerpt;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::api::control::control_error::ControlError;
use crate::api::control::origin::check_origin;
use crate::api::control::request::{check_parameters, parse_body};
use crate::api::control::routes::{CONTROL_PREFIX, CONTROL_ROUTES};
#[cfg(feature = "simulate")]
use crate::api::control::simulate::simulate;
use crate::api::response::{self, ByteResponse};
use crate::faults::fault::Fault;
use crate::faults::fault_names::fault_names;
use crate::state::emulator_state::EmulatorState;
use crate::state::organization::Organization;
use crate::state::quirks::{Quirk, QuirkSettings};
use crate::state::settings::{EmulatorSettings, ResourceLimits};

pub(crate) fn respond(state: &mut EmulatorState, request: &Request<Bytes>, now: Timestamp) -> ByteResponse {
    match run(state, request, now) {
        Ok(body) => response::ok(&body),
        Err(ControlError(status, message)) => response::json(status, &json!({"message": message})),
    }
}

fn run(state: &mut EmulatorState, request: &Request<Bytes>, now: Timestamp) -> Result<Value, ControlError> {
    check_origin(request.headers())?;
    let query: BTreeMap<String, String> =
        serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).map_err(ControlError::bad_request)?;
    let header = request.headers().get("x-gw-ims-org-id").and_then(|value| value.to_str().ok());
    let org_id = header.or(query.get("org").map(String::as_str)).map_or_else(|| state.default_org_id(), str::to_owned);
    let path = request.uri().path().strip_prefix(CONTROL_PREFIX).unwrap_or_default().trim_end_matches('/');
    check_parameters(request.method(), path, &query)?;
    let body = request.body();

    // Routes for the whole emulator; the others are for one organization.
    match (request.method().as_str(), path) {
        ("GET", "/quirks") => return Ok(json!(state.settings.quirks)),
        ("PUT", "/quirks") => {
            let mut variants: BTreeMap<String, String> = state.settings.quirks.clone().into();
            variants.extend(parse_body::<BTreeMap<String, String>>(body)?);
            state.settings.quirks = QuirkSettings::try_from(variants).map_err(ControlError::bad_request)?;
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
        ("PUT", "/state") => {
            state.restore(&parse_body(body)?).map_err(ControlError::bad_request)?;
            return Ok(json!({}));
        }
        ("POST", "/reset") => {
            state.reset(&org_id);
            return Ok(json!({}));
        }
        ("GET", "") => return status::show(state, &org_id, now),
        ("GET", "/environment") => {
            let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
            let variables = state.environment(&format!("http://{host}")).into_iter();
            return Ok(variables.map(|(name, value)| (name, json!(value))).collect());
        }
        ("POST", "/simulate") => return simulate(state, &org_id, body),
        ("GET", "/contract") => return Ok(json!(state.differences)),
        ("DELETE", "/contract") => {
            state.differences.clear();
            return Ok(json!({}));
        }
        _ => {}
    }
    let organization =
        state.organizations.get_mut(&org_id).ok_or_else(|| ControlError::unknown_organization(&org_id))?;
    let EmulatorSettings { limits, quirks, .. } = &state.settings;
    run_for_organization(organization, (*limits, quirks), (request.method(), path), &query, body, now)
}

fn run_for_organization(
    organization: &mut Organization,
    (limits, quirks): (ResourceLimits, &QuirkSettings),
    (method, path): (&Method, &str),
    query: &BTreeMap<String, String>,
    body: &[u8],
    now: Timestamp,
) -> Result<Value, ControlError> {
    Ok(match (method.as_str(), path) {
        ("GET", "/configs") => {
            let limit = query.get("limit").map(|limit| limit.parse()).transpose();
            let limit = limit.map_err(|_| ControlError::bad_request("`limit` must be a number of configurations"))?;
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
            organization.add_fault(parse_body::<Fault>(body)?).map_err(ControlError::bad_request)?;
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
fn simulate(_: &EmulatorState, _: &str, _: &[u8]) -> Result<Value, ControlError> {
    let instead = "this build of the emulator has no traffic simulation; use `ajo simulate` or the emulator's server";
    Err(ControlError(StatusCode::NOT_IMPLEMENTED, instead.to_owned()))
}

fn unknown_route(method: &Method, path: &str) -> ControlError {
    let path = excerpt(path, 60);
    let paths: Vec<String> = CONTROL_ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let problem = format!("the control API has no {method} {CONTROL_PREFIX}{path}; it has {}", paths.join(", "));
    ControlError(StatusCode::NOT_FOUND, problem)
}
