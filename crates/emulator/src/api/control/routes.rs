//! The routes of the control API.

/// Path prefix of the control API. The service has no such path.
pub(crate) const CONTROL_PREFIX: &str = "/_emulator";

/// A route of the control API.
///
/// ```
/// use ajo_emulator::{CONTROL_ROUTES, ControlRoute};
///
/// let clock = |route: &&ControlRoute| route.path.starts_with("/_emulator/clock");
/// assert!(CONTROL_ROUTES.iter().filter(clock).any(|route| route.method == "PUT"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlRoute {
    pub method: &'static str,
    pub path: &'static str,
    pub description: &'static str,
}

const fn route(method: &'static str, path: &'static str, description: &'static str) -> ControlRoute {
    ControlRoute { method, path, description }
}

/// All routes of the control API. Most are for one organization: the one in the header `x-gw-ims-org-id` or the parameter
/// `org`, else the first.
pub const CONTROL_ROUTES: [ControlRoute; 25] = [
    route("GET", "/_emulator", "status: version, settings and counts"),
    route("GET", "/_emulator/organizations", "lists the organizations and counts their configurations"),
    route(
        "GET",
        "/_emulator/configs",
        "lists configurations, saved and deployed; `find=TEXT` (uid or URL), `limit=N` (200)",
    ),
    route("GET", "/_emulator/environment", "environment variables for `ajo` and other programs"),
    route(
        "GET",
        "/_emulator/calls",
        "lists the request log; filters: `mutating=true`, `operation=capping.create`, `since=N`",
    ),
    route("DELETE", "/_emulator/calls", "clears the request log"),
    route("GET", "/_emulator/faults", "lists the active faults"),
    route("POST", "/_emulator/faults", "adds a fault: `{\"at\", \"when\", \"fault\"}`"),
    route("DELETE", "/_emulator/faults", "removes all faults"),
    route("GET", "/_emulator/faults/names", "lists the possible values for each part of a fault"),
    route("GET", "/_emulator/concurrent-edits", "lists the pending concurrent edits"),
    route(
        "POST",
        "/_emulator/concurrent-edits",
        "adds a concurrent edit, which applies once: `{\"before\", \"uid\", \"mutation\", \"definition\", \"by\"}`",
    ),
    route("GET", "/_emulator/clock", "the emulated time and its speed"),
    route(
        "PUT",
        "/_emulator/clock",
        "`{\"nowMillis\"}` sets it, `{\"speed\"}` freezes it (0), resumes it (1) or speeds it up",
    ),
    route("POST", "/_emulator/clock/advance", "`{\"seconds\"}` advances it at once"),
    route("GET", "/_emulator/quirks", "the selected variant of each quirk"),
    route("PUT", "/_emulator/quirks", "selects variants: `{\"NAME\": \"VARIANT\"}`"),
    route("GET", "/_emulator/quirks/variants", "describes each quirk and lists its variants"),
    route("POST", "/_emulator/tokens/revoke", "revokes all tokens"),
    route("GET", "/_emulator/state", "a snapshot of all configurations"),
    route("PUT", "/_emulator/state", "restores a snapshot"),
    route("POST", "/_emulator/reset", "resets the organization: configurations, faults, request log, clock and tokens"),
    route("GET", "/_emulator/contract", "lists the differences found in contract mode"),
    route("DELETE", "/_emulator/contract", "clears the differences"),
    route(
        "POST",
        "/_emulator/simulate",
        "simulates traffic through the deployed configuration `uid`, a `definition`, both or neither: `{\"traffic\", \"uid\", \
         \"definition\", …}`",
    ),
];

/// The path of snapshots.
pub(crate) const STATE_PATH: &str = "/_emulator/state";

pub(crate) fn is_control_path(path: &str) -> bool {
    path.strip_prefix(CONTROL_PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
