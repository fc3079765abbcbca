//! The assumptions behind a report.

use std::fmt;

use serde::Serialize;

use crate::limits::configured_limits::{DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS};
use crate::limits::default_cap::DefaultCapScope;
use crate::limits::limit::{LimitName, OverLimit};
use crate::limits::window_kind::WindowKind;
use crate::report::simulation_report::LimitUse;
use crate::scenario::Scenario;

/// The source of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Stated in Adobe's documents.
    Documented,
    /// Suggested by Adobe's documents, but not stated.
    Inferred,
    /// A choice of this simulation, because the behavior is unknown or the input does not say.
    Chosen,
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Documented => "documented",
            Self::Inferred => "inferred",
            Self::Chosen => "chosen",
        })
    }
}

/// An assumption behind a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// The name in the list of behaviors, `crates/emulator/fidelity.toml`.
    pub id: &'static str,
    pub provenance: Provenance,
    pub statement: &'static str,
}

impl Assumption {
    /// All assumptions that a report can have.
    pub fn all() -> impl Iterator<Item = Self> {
        ASSUMPTIONS.iter().map(|(assumption, _)| *assumption)
    }
}

/// A scenario and the limits that applied to it.
struct Simulated<'s> {
    scenario: &'s Scenario,
    limits: &'s [LimitUse],
}

/// Whether an assumption applies.
type Condition = fn(&Simulated<'_>) -> bool;

const ASSUMPTIONS: [(Assumption, Condition); 25] = [
    inferred("fixed_window", "calls are counted in fixed windows, the first from second 0", |it| {
        it.counts_with(WindowKind::Fixed)
    }),
    inferred("sliding_window", "calls are counted in a sliding window that ends at the current moment", |it| {
        it.counts_with(WindowKind::Sliding)
    }),
    inferred(
        "token_bucket",
        "calls are counted with a token bucket that holds one period's calls and refills evenly",
        |it| it.counts_with(WindowKind::TokenBucket),
    ),
    documented(
        "default_cap_per_host",
        "the default cap is 300,000 calls in any 60 s for each host and sandbox (the page also says endpoint, and domain)",
        |it| it.has_default_cap(DefaultCapScope::Host),
    ),
    documented(
        "default_cap_per_endpoint",
        "the default cap is 300,000 calls in any 60 s for each endpoint and sandbox (the page also says host, and domain)",
        |it| it.has_default_cap(DefaultCapScope::Endpoint),
    ),
    documented(
        "default_cap_per_domain",
        "the default cap is 300,000 calls in any 60 s for each domain and sandbox (the page also says host, and endpoint)",
        |it| it.has_default_cap(DefaultCapScope::Domain),
    ),
    chosen("no_other_endpoint_of_host", "no other endpoint of the host is called", |it| {
        it.has_default_cap(DefaultCapScope::Host)
    }),
    chosen("no_other_endpoint_of_domain", "no other endpoint of the domain is called", |it| {
        it.has_default_cap(DefaultCapScope::Domain)
    }),
    documented(
        "default_cap_replaced",
        "a greater configured limit replaces the default cap (another statement: only Adobe's support raises it)",
        |it| it.exceeds_default_cap() && it.scenario.default_cap.is_replaced,
    ),
    documented(
        "default_cap_remains",
        "only Adobe's support raises the default cap (another statement: a greater configured limit replaces it)",
        |it| it.exceeds_default_cap() && !it.scenario.default_cap.is_replaced,
    ),
    documented(
        "data_source_cap",
        "an external data source is called at most 15 times a second, unless Adobe has raised this for a private endpoint",
        |it| it.has(LimitName::DataSource),
    ),
    documented(
        "slow_endpoint_cap",
        "custom actions reach an endpoint slower than 0.75 s at most 150,000 times in a sliding window of 30 s",
        |it| it.has(LimitName::SlowEndpoint),
    ),
    documented(
        "throttling_queue",
        "calls over a throttling limit wait up to 6 hours and are served in order of arrival",
        |it| it.has(LimitName::Throttling),
    ),
    documented(
        "capping_rejects",
        "calls over a capping limit are rejected (the text of one alert says throttled or queued)",
        |it| it.limits.iter().any(|limit| limit.limit.over_limit == OverLimit::Rejected),
    ),
    documented(
        "capped_in_step_events",
        "a rejected call has the error `capping` in journey step events (Adobe's queries search for `capped`)",
        |it| it.limits.iter().any(|limit| limit.limit.over_limit == OverLimit::Rejected && limit.exceeded > 0),
    ),
    inferred("throttling_before_capping", "throttling applies before capping", |it| {
        it.has(LimitName::Throttling) && it.has(LimitName::Capping)
    }),
    documented(
        "capping_above_throttling",
        "a capping limit should be above the throttling limit of the endpoint, so that it never applies",
        has_low_capping,
    ),
    documented(
        "retries",
        "a failed call is retried up to 3 times within the timeout, except after 401, 403, and 404; each retry uses a slot",
        can_fail,
    ),
    chosen("retried_failures", "no failure is a 401, 403, or 404", can_fail),
    inferred("retry_at_once", "a retry follows its failure at once, ahead of calls that arrived later", can_fail),
    inferred("rejected_retry", "a retry without a free slot is rejected, and its call fails", |it| {
        can_fail(it) && !it.has(LimitName::Throttling)
    }),
    inferred("throttled_retry", "a throttled retry waits until the timeout of its call", |it| {
        can_fail(it) && it.has(LimitName::Throttling)
    }),
    documented("timeout", "a call that exceeds the timeout is canceled and not retried", |_| true),
    chosen(
        "matching",
        "every call matches the URL and methods of the definition; how the service compares them is unknown",
        |it| it.has(LimitName::Throttling) || it.has(LimitName::Capping),
    ),
    chosen("even_arrivals", "calls are spread evenly over each second, and maxHttpConnections has no effect", |_| true),
];

/// The assumptions of one scenario.
pub(crate) fn assumptions(scenario: &Scenario, limits: &[LimitUse]) -> Vec<Assumption> {
    let simulated = Simulated { scenario, limits };
    ASSUMPTIONS.iter().filter(|(_, applies)| applies(&simulated)).map(|(assumption, _)| *assumption).collect()
}

const fn documented(id: &'static str, statement: &'static str, applies: Condition) -> (Assumption, Condition) {
    (Assumption { id, provenance: Provenance::Documented, statement }, applies)
}

const fn inferred(id: &'static str, statement: &'static str, applies: Condition) -> (Assumption, Condition) {
    (Assumption { id, provenance: Provenance::Inferred, statement }, applies)
}

const fn chosen(id: &'static str, statement: &'static str, applies: Condition) -> (Assumption, Condition) {
    (Assumption { id, provenance: Provenance::Chosen, statement }, applies)
}

impl Simulated<'_> {
    fn find(&self, name: LimitName) -> Option<&LimitUse> {
        self.limits.iter().find(|limit| limit.limit.name == name)
    }

    fn has(&self, name: LimitName) -> bool {
        self.find(name).is_some()
    }

    /// Whether a limit uses the selected window. The default cap and the limit of slow endpoints always slide.
    fn counts_with(&self, window: WindowKind) -> bool {
        let uses_it = |limit: &LimitUse| !matches!(limit.limit.name, LimitName::DefaultCap | LimitName::SlowEndpoint);
        self.scenario.window == window && self.limits.iter().any(uses_it)
    }

    fn has_default_cap(&self, scope: DefaultCapScope) -> bool {
        self.has(LimitName::DefaultCap) && self.scenario.default_cap.scope == scope
    }

    /// Whether a limit allows a higher rate than the default cap of custom actions.
    fn exceeds_default_cap(&self) -> bool {
        let mut configured = [LimitName::Throttling, LimitName::Capping].into_iter().filter_map(|name| self.find(name));
        !self.has(LimitName::DataSource)
            && configured.any(|limit| is_greater(limit, DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS))
    }
}

fn can_fail(simulated: &Simulated<'_>) -> bool {
    simulated.scenario.endpoint.failures.is_possible()
}

/// Whether capping does not allow a higher rate than throttling.
fn has_low_capping(simulated: &Simulated<'_>) -> bool {
    let find = |name| simulated.find(name);
    find(LimitName::Throttling)
        .zip(find(LimitName::Capping))
        .is_some_and(|(throttling, capping)| !is_greater(capping, throttling.limit.calls, throttling.limit.period_ms))
}

/// Whether the rate of a limit is greater than a number of calls in a period.
fn is_greater(limit: &LimitUse, calls: u64, period_ms: u64) -> bool {
    u128::from(limit.limit.calls) * u128::from(period_ms) > u128::from(calls) * u128::from(limit.limit.period_ms)
}
