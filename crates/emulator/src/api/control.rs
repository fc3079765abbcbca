//! The control API: how tests and people look into the emulator and change its state, over HTTP.
//!
//! It has no authentication, because it is on loopback. So that no page in a browser can use it, a request that names another
//! host or comes from another origin is refused.

mod calls;
mod clock;
mod concurrent_edits;
mod configs;
mod origin;
mod refusal;
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

use crate::api::control::origin::check_origin;
use crate::api::control::refusal::Refused;
use crate::api::control::request::{check_parameters, read_body};
use crate::api::control::routes::{CONTROL_ROUTES, PREFIX};
#[cfg(feature = "simulate")]
use crate::api::control::simulate::simulate;
use crate::api::response::{self, Answer};
use crate::faults::fault::Fault;
use crate::faults::names::names;
use crate::state::emulator_state::World;
use crate::state::organization::Organization;
use crate::state::quirks::{Switch, Switches};
use crate::state::settings::{Limits, Settings};

pub(crate) fn answer(world: &mut World, request: &Request<Bytes>, now: Timestamp) -> Answer {
    match run(world, request, now) {
        Ok(body) => response::ok(&body),
        Err(Refused(status, message)) => response::json(status, &json!({"message": message})),
    }
}

fn run(world: &mut World, request: &Request<Bytes>, now: Timestamp) -> Result<Value, Refused> {
    check_origin(request.headers())?;
    let query: BTreeMap<String, String> =
        serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).map_err(Refused::bad)?;
    let named = request.headers().get("x-gw-ims-org-id").and_then(|value| value.to_str().ok());
    let org_id = named.or(query.get("org").map(String::as_str)).map_or_else(|| world.first_id(), str::to_owned);
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default().trim_end_matches('/');
    check_parameters(request.method(), path, &query)?;
    let body = request.body();

    // What is about the whole world.
    match (request.method().as_str(), path) {
        ("GET", "/switches") => return Ok(json!(world.settings.switches)),
        ("PUT", "/switches") => {
            let mut sides: BTreeMap<String, String> = world.settings.switches.clone().into();
            sides.extend(read_body::<BTreeMap<String, String>>(body)?);
            world.settings.switches = Switches::try_from(sides).map_err(Refused::bad)?;
            return Ok(json!(world.settings.switches));
        }
        ("GET", "/switches/sides") => return Ok(sides(&world.settings.switches)),
        ("GET", "/faults/names") => return Ok(names()),
        ("GET", "/organizations") => return Ok(status::organizations(world)),
        ("POST", "/tokens/revoke") => {
            world.revoke_tokens();
            return Ok(json!({}));
        }
        ("GET", "/state") => return Ok(world.snapshot()),
        ("PUT", "/state") => {
            world.restore(&read_body(body)?).map_err(Refused::bad)?;
            return Ok(json!({}));
        }
        ("POST", "/reset") => {
            world.reset(&org_id);
            return Ok(json!({}));
        }
        ("GET", "") => return status::show(world, &org_id, now),
        ("GET", "/environment") => {
            let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
            let variables = world.environment(&format!("http://{host}")).into_iter();
            return Ok(variables.map(|(name, value)| (name, json!(value))).collect());
        }
        ("POST", "/simulate") => return simulate(world, &org_id, body),
        ("GET", "/contract") => return Ok(json!(world.differences)),
        ("DELETE", "/contract") => {
            world.differences.clear();
            return Ok(json!({}));
        }
        _ => {}
    }
    let organization = world.organizations.get_mut(&org_id).ok_or_else(|| Refused::no_organization(&org_id))?;
    let Settings { limits, switches, .. } = &world.settings;
    of_organization(organization, (*limits, switches), (request.method(), path), &query, body, now)
}

fn of_organization(
    organization: &mut Organization,
    (limits, switches): (Limits, &Switches),
    (method, path): (&Method, &str),
    query: &BTreeMap<String, String>,
    body: &[u8],
    now: Timestamp,
) -> Result<Value, Refused> {
    Ok(match (method.as_str(), path) {
        ("GET", "/configs") => {
            let limit = query.get("limit").map(|limit| limit.parse()).transpose();
            let limit = limit.map_err(|_| Refused::bad("limit is a number of configurations"))?;
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
            organization.add_fault(read_body::<Fault>(body)?).map_err(Refused::bad)?;
            json!({"faults": organization.faults().collect::<Vec<_>>()})
        }
        ("DELETE", "/faults") => {
            organization.clear_faults();
            json!({})
        }
        ("GET", "/interferences") => json!({"interferences": organization.interferences()}),
        ("POST", "/interferences") => {
            concurrent_edits::add(organization, read_body(body)?, (limits, switches))?;
            json!({"interferences": organization.interferences()})
        }
        ("GET", "/clock") => clock::show(organization, now),
        ("PUT", "/clock") => clock::set(organization, body, now)?,
        ("POST", "/clock/advance") => clock::advance(organization, body, now)?,
        _ => return Err(unknown(method, path)),
    })
}

fn sides(switches: &Switches) -> Value {
    let all = Switches::ALL.map(|Switch { name, sides, about }| {
        json!({"name": name, "side": switches.side(name), "sides": sides, "about": about})
    });
    json!({"switches": all})
}

#[cfg(not(feature = "simulate"))]
fn simulate(_: &World, _: &str, _: &[u8]) -> Result<Value, Refused> {
    let instead =
        "traffic is simulated by `ajo simulate` and by the emulator's server; it is left out here for its size";
    Err(Refused(StatusCode::NOT_IMPLEMENTED, instead.to_owned()))
}

fn unknown(method: &Method, path: &str) -> Refused {
    let path = excerpt(path, 60);
    let paths: Vec<String> = CONTROL_ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let problem = format!("the control API has no {method} {PREFIX}{path}; it has {}", paths.join(", "));
    Refused(StatusCode::NOT_FOUND, problem)
}
