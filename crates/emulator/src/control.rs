//! The control API: how tests and people look into the emulator and tamper with it, over HTTP.
//!
//! It has no authentication, because it is on loopback; so that no page in a browser can use it, a request that names another
//! host or comes from another origin is refused.

use std::collections::BTreeMap;
use std::time::Duration;

use ajo_auth::Timestamp;
use ajo_core::OPERATIONS;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::clock::LAST_MOMENT;
use crate::config;
use crate::fault::{self, Fault, Target};
use crate::interference::{Interference, LONGEST_BY};
use crate::journal::Calls;
use crate::judge;
use crate::organization::{MAX_INTERFERENCES, Organization};
use crate::overview;
use crate::settings::{Limits, Settings};
use crate::switches::{Switch, Switches};
use crate::world::World;
#[cfg(feature = "simulate")]
use ajo_simulator as traffic;

/// The one path prefix that is reserved. The service has no such path.
pub(crate) const PREFIX: &str = "/_emulator";

/// A request of the control API.
///
/// ```
/// use ajo_emulator::{CONTROL_ROUTES, ControlRoute};
///
/// let clock = |route: &&ControlRoute| route.path.starts_with("/_emulator/clock");
/// assert!(CONTROL_ROUTES.iter().filter(clock).any(|route| route.method == "PUT"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlRoute {
    /// The HTTP method.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// What it does.
    pub about: &'static str,
}

const fn route(method: &'static str, path: &'static str, about: &'static str) -> ControlRoute {
    ControlRoute { method, path, about }
}

/// All requests of the control API. Each is about the organization that the header `x-gw-ims-org-id` or the parameter `org`
/// names, else about the first one.
pub const CONTROL_ROUTES: [ControlRoute; 25] = [
    route("GET", "/_emulator", "what it is, how it is set, and how much it keeps"),
    route("GET", "/_emulator/organizations", "the organizations there are, and how much each keeps"),
    route(
        "GET",
        "/_emulator/configs",
        "configurations, saved beside deployed; `find=TEXT` (uid or URL), `limit=N` (200)",
    ),
    route(
        "GET",
        "/_emulator/environment",
        "variables for `ajo` and other programs; the secret opens this emulator alone",
    ),
    route(
        "GET",
        "/_emulator/calls",
        "the journal; `mutating=true`, `operation=capping.create`, `since=N` narrow it down",
    ),
    route("DELETE", "/_emulator/calls", "forgets the calls"),
    route("GET", "/_emulator/faults", "the faults that are set"),
    route("POST", "/_emulator/faults", "sets one: `{\"at\", \"when\", \"fault\"}`"),
    route("DELETE", "/_emulator/faults", "takes all of them away"),
    route("GET", "/_emulator/faults/names", "what each part of a fault can be"),
    route("GET", "/_emulator/interferences", "what somebody else still waits to do"),
    route(
        "POST",
        "/_emulator/interferences",
        "has somebody else act once: `{\"before\", \"uid\", \"does\", \"definition\", \"by\"}`",
    ),
    route("GET", "/_emulator/clock", "the time, and how fast it runs"),
    route("PUT", "/_emulator/clock", "`{\"nowMillis\"}` sets it, `{\"speed\"}` freezes (0), lets go (1) or hurries it"),
    route("POST", "/_emulator/clock/advance", "`{\"seconds\"}` moves it on at once"),
    route("GET", "/_emulator/switches", "the side taken of each contradiction"),
    route("PUT", "/_emulator/switches", "takes other sides: `{\"NAME\": \"SIDE\"}`"),
    route("GET", "/_emulator/switches/sides", "what each contradiction is, and the sides it has"),
    route("POST", "/_emulator/tokens/revoke", "forgets every token that was granted"),
    route("GET", "/_emulator/state", "everything kept, as a snapshot"),
    route("PUT", "/_emulator/state", "takes a snapshot up in place of what is there"),
    route("POST", "/_emulator/reset", "empties the organization; faults, journal, clock and tokens too"),
    route("GET", "/_emulator/contract", "what differed from the specifications so far, in contract mode"),
    route("DELETE", "/_emulator/contract", "forgets that"),
    route(
        "POST",
        "/_emulator/simulate",
        "plays traffic through the deployed configuration `uid`, a `definition`, both or neither: `{\"traffic\", \"uid\", \
         \"definition\", \"service\", \"window\", \"latencyMs\", \"failures\", \"timeoutSeconds\", \"seed\", \"rows\"}`",
    ),
];

/// Where a snapshot is put.
pub(crate) const STATE: &str = "/_emulator/state";

/// Whether a path is meant for the control API.
pub(crate) fn is_meant(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Why a request of the control API is not carried out.
struct Refused(StatusCode, String);

impl Refused {
    fn bad(problem: impl std::fmt::Display) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("{problem}"))
    }
}

pub(crate) fn answer(world: &mut World, request: &Request<Bytes>, now: Timestamp) -> Answer {
    match run(world, request, now) {
        Ok(body) => answer::ok(&body),
        Err(Refused(status, message)) => answer::of(status, &json!({"message": message})),
    }
}

fn run(world: &mut World, request: &Request<Bytes>, now: Timestamp) -> Result<Value, Refused> {
    from_here(request.headers())?;
    let query: BTreeMap<String, String> =
        serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).map_err(Refused::bad)?;
    let named = request.headers().get("x-gw-ims-org-id").and_then(|value| value.to_str().ok());
    let org_id = named.or(query.get("org").map(String::as_str)).map_or_else(|| world.first_id(), str::to_owned);
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default().trim_end_matches('/');
    only_known_parameters(request.method(), path, &query)?;
    let body = request.body();

    // What is about the whole world.
    match (request.method().as_str(), path) {
        ("GET", "/switches") => return Ok(json!(world.settings.switches)),
        ("PUT", "/switches") => {
            let mut sides: BTreeMap<String, String> = world.settings.switches.clone().into();
            sides.extend(read::<BTreeMap<String, String>>(body)?);
            world.settings.switches = Switches::try_from(sides).map_err(Refused::bad)?;
            return Ok(json!(world.settings.switches));
        }
        ("GET", "/switches/sides") => return Ok(sides(&world.settings.switches)),
        ("GET", "/faults/names") => return Ok(fault::names()),
        ("GET", "/organizations") => return Ok(organizations(world)),
        ("POST", "/tokens/revoke") => {
            world.revoke_tokens();
            return Ok(json!({}));
        }
        ("GET", "/state") => return Ok(world.snapshot()),
        ("PUT", "/state") => {
            world.restore(&read(body)?).map_err(Refused::bad)?;
            return Ok(json!({}));
        }
        ("POST", "/reset") => {
            world.reset(&org_id);
            return Ok(json!({}));
        }
        ("GET", "") => return status(world, &org_id, now),
        ("GET", "/environment") => {
            let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
            let variables = world.environment(&format!("http://{host}")).into_iter();
            return Ok(variables.map(|(name, value)| (name, json!(value))).collect());
        }
        ("POST", "/simulate") if cfg!(feature = "simulate") => return simulate(world, &org_id, body),
        ("POST", "/simulate") => {
            let instead =
                "traffic is played by `ajo simulate` and by the emulator's server; it is left out here for its size";
            return Err(Refused(StatusCode::NOT_IMPLEMENTED, instead.to_owned()));
        }
        ("GET", "/contract") => return Ok(json!(world.differences)),
        ("DELETE", "/contract") => {
            world.differences.clear();
            return Ok(json!({}));
        }
        _ => {}
    }
    let organization = world.organizations.get_mut(&org_id).ok_or_else(|| no_organization(&org_id))?;
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
            overview::configs(organization, query.get("find").map(String::as_str), limit)
        }
        ("GET", "/calls") => {
            json!({"calls": calls(organization, query)?.to_vec()})
        }
        ("DELETE", "/calls") => {
            organization.clear_calls();
            json!({})
        }
        ("GET", "/faults") => json!({"faults": organization.faults().collect::<Vec<_>>()}),
        ("POST", "/faults") => {
            organization.add_fault(read::<Fault>(body)?).map_err(Refused::bad)?;
            json!({"faults": organization.faults().collect::<Vec<_>>()})
        }
        ("DELETE", "/faults") => {
            organization.clear_faults();
            json!({})
        }
        ("GET", "/interferences") => json!({"interferences": organization.interferences()}),
        ("POST", "/interferences") => {
            let interference = read::<Interference>(body)?.checked(switches).map_err(Refused::bad)?;
            interfere(organization, interference, limits)?;
            json!({"interferences": organization.interferences()})
        }
        ("GET", "/clock") => clock(organization, now),
        ("PUT", "/clock") => {
            let Setting { now_millis, speed } = read(body)?;
            let clock_mut = organization.clock_mut();
            if now_millis.is_some_and(|millis| millis > LAST_MOMENT.as_millis()) {
                return Err(beyond_the_end());
            }
            if let Some(speed) = speed {
                clock_mut.run_at(speed, now).map_err(Refused::bad)?;
            }
            if let Some(millis) = now_millis {
                clock_mut.set(Timestamp::from_millis(millis), now);
            }
            clock(organization, now)
        }
        ("POST", "/clock/advance") => {
            let Step { seconds } = read(body)?;
            let step = Duration::try_from_secs_f64(seconds)
                .map_err(|_| Refused::bad("seconds is a number of seconds from 0 to 1.8e19"))?;
            if organization.clock().read(now).saturating_add(step) > LAST_MOMENT {
                return Err(beyond_the_end());
            }
            organization.advance(step);
            clock(organization, now)
        }
        _ => return Err(unknown(method, path)),
    })
}

/// The journal, narrowed down as the parameters say.
fn calls<'o>(organization: &'o Organization, query: &BTreeMap<String, String>) -> Result<Calls<'o>, Refused> {
    let mut calls = organization.calls();
    match query.get("mutating").map(String::as_str) {
        Some("true") => calls = calls.mutating(),
        Some("false") | None => {}
        Some(_) => return Err(Refused::bad("mutating is true or false")),
    }
    if let Some(operation) = query.get("operation") {
        let mut known: Vec<String> = OPERATIONS.iter().map(|operation| Target::of(operation).to_string()).collect();
        known.push(Target::Token.to_string());
        if !known.contains(operation) {
            return Err(Refused::bad(format!("operation is one of {}", known.join(", "))));
        }
        calls = calls.of(operation);
    }
    if let Some(since) = query.get("since") {
        calls = calls.since(since.parse().map_err(|_| Refused::bad("since is the number of a call"))?);
    }
    Ok(calls)
}

/// Has somebody else act, where there is room for that and for what they would save.
fn interfere(organization: &mut Organization, interference: Interference, limits: Limits) -> Result<(), Refused> {
    if interference.by.len() > LONGEST_BY {
        return Err(Refused::bad(format!("by has at most {LONGEST_BY} bytes")));
    }
    let saved = interference.definition.as_ref().map_or(0, config::length);
    if !organization.kept.has_room_for(saved, limits.config_bytes) {
        let most = limits.config_bytes;
        return Err(Refused::bad(format!("at most {most} bytes of definitions are kept for an organization")));
    }
    if !organization.interfere(interference) {
        return Err(Refused::bad(format!(
            "no more than {MAX_INTERFERENCES} interferences can wait; reset, or let them happen"
        )));
    }
    Ok(())
}

fn beyond_the_end() -> Refused {
    Refused::bad(format!("a clock goes to {} ms, at the end of the year 9999, and no further", LAST_MOMENT.as_millis()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Setting {
    now_millis: Option<u64>,
    speed: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    seconds: f64,
}

fn clock(organization: &Organization, now: Timestamp) -> Value {
    let clock = organization.clock();
    json!({"nowMillis": clock.read(now).as_millis(), "speed": clock.speed()})
}

fn status(world: &World, org_id: &str, now: Timestamp) -> Result<Value, Refused> {
    let organization = world.organizations.get(org_id).ok_or_else(|| no_organization(org_id))?;
    let (capping, throttling) = organization.count();
    let sandboxes = organization.kept.sandboxes.iter();
    let sandboxes: Vec<Value> =
        sandboxes.map(|sandbox| json!({"name": sandbox.name, "production": sandbox.production})).collect();
    Ok(json!({
        "emulator": env!("CARGO_PKG_VERSION"),
        "organization": org_id,
        "organizations": world.organizations.len(),
        "sandboxes": sandboxes,
        "auth": world.settings.auth,
        "capping": capping,
        "throttling": throttling,
        "tokens": world.tokens.len(),
        "calls": organization.journal.next_number() - 1,
        "callsKept": organization.calls().len(),
        "faults": organization.faults().count(),
        "clock": clock(organization, now),
        "pageControls": world.settings.page_controls,
        "contract": world.settings.contract,
    }))
}

fn organizations(world: &World) -> Value {
    let counted = world.organizations.iter().map(|(id, organization)| {
        let (capping, throttling) = organization.count();
        json!({"id": id, "capping": capping, "throttling": throttling})
    });
    json!({"organizations": counted.collect::<Vec<_>>()})
}

fn sides(switches: &Switches) -> Value {
    let told = Switches::ALL.map(|Switch { name, sides, about }| {
        json!({"name": name, "side": switches.side(name), "sides": sides, "about": about})
    });
    json!({"switches": told})
}

fn simulate(world: &World, org_id: &str, body: &[u8]) -> Result<Value, Refused> {
    let kept = &world.organizations.get(org_id).ok_or_else(|| no_organization(org_id))?.kept;
    let request: traffic::SimulationRequest = read(body)?;
    let deployed = request.uid.as_deref().map(|uid| {
        let (api, config) = kept.find(uid).ok_or_else(|| {
            let shown: String = uid.chars().take(60).collect();
            Refused(StatusCode::NOT_FOUND, format!("no configuration has the uid {shown}"))
        })?;
        let definition = config.deployed.as_ref();
        let definition =
            definition.ok_or_else(|| Refused::bad(format!("{uid} is not deployed, so it limits nothing")))?;
        Ok(Value::Object(judge::plain(api, definition, &world.settings.switches).into_owned()))
    });
    let report = request.simulate(deployed.transpose()?).map_err(Refused::bad)?;
    Ok(json!(report))
}

fn no_organization(org_id: &str) -> Refused {
    let shown: String = org_id.chars().take(60).collect();
    Refused(StatusCode::NOT_FOUND, format!("the emulator has no organization {shown}"))
}

fn unknown(method: &Method, path: &str) -> Refused {
    let shown: String = path.chars().take(60).collect();
    let paths: Vec<String> = CONTROL_ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let problem = format!("the control API has no {method} {PREFIX}{shown}; it has {}", paths.join(", "));
    Refused(StatusCode::NOT_FOUND, problem)
}

/// A misspelled parameter is refused: passed over, it would give another answer than was asked for.
fn only_known_parameters(method: &Method, path: &str, query: &BTreeMap<String, String>) -> Result<(), Refused> {
    let known: &[&str] = match (method.as_str(), path) {
        ("GET", "/configs") => &["org", "find", "limit"],
        ("GET", "/calls") => &["org", "mutating", "operation", "since"],
        _ => &["org"],
    };
    match query.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let shown: String = name.chars().take(60).collect();
            Err(Refused::bad(format!("there is no parameter {shown} here; there are: {}", known.join(", "))))
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused::bad(format!("the body cannot be used: {error}")))
}

/// Browsers let any page send requests to loopback addresses, under the page's own origin or under a name that it has made to
/// lead here. Neither is let in.
fn from_here(headers: &HeaderMap) -> Result<(), Refused> {
    let header = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = header(header::HOST).unwrap_or("localhost");
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']');
    let is_address = address.parse::<std::net::IpAddr>().is_ok();
    if !is_address && !name.eq_ignore_ascii_case("localhost") {
        return Err(Refused(
            StatusCode::FORBIDDEN,
            "the control API is called by an address or as localhost".to_owned(),
        ));
    }
    let same = |origin: &str| origin.split_once("://").is_some_and(|(_, rest)| rest == host);
    if header(header::ORIGIN).is_some_and(|origin| !same(origin)) {
        return Err(Refused(StatusCode::FORBIDDEN, "the control API is not for pages of another origin".to_owned()));
    }
    Ok(())
}
