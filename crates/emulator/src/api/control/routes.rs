//! The requests that the control API has.

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
pub(crate) fn is_control_path(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
