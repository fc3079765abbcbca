//! Assumptions about limits.

use crate::assumptions::assumption::Provenance::{Chosen, Documented, Inferred, Unknown};
use crate::assumptions::assumption_rule::{
    ACTIONS, AssumptionRule, INPUT, NOT_PUBLISHED, QUERIES, SYSTEMS, THROTTLING, rule,
};
use crate::limits::default_cap::DefaultCapScope;
use crate::limits::limit::LimitName;
use crate::limits::window_kind::WindowKind;
use crate::scenario::CappedCall;

#[expect(clippy::redundant_closure_for_method_calls, reason = "a method is not general over the lifetime of its type")]
pub(super) const LIMIT_ASSUMPTIONS: [AssumptionRule; 25] = [
    // Counting calls.
    rule(
        Inferred,
        "fixed_window",
        "calls are counted in fixed windows, the first from second 0",
        NOT_PUBLISHED,
        |it| it.counts_with(WindowKind::Fixed),
    ),
    rule(
        Inferred,
        "sliding_window",
        "calls are counted in a sliding window that ends at the current moment",
        NOT_PUBLISHED,
        |it| it.counts_with(WindowKind::Sliding),
    ),
    rule(
        Inferred,
        "token_bucket",
        "calls are counted with a token bucket that holds one period's calls and refills evenly",
        NOT_PUBLISHED,
        |it| it.counts_with(WindowKind::TokenBucket),
    ),
    rule(
        Chosen,
        "matching",
        "every call matches the URL and methods of the definition; how the service compares them is unknown",
        NOT_PUBLISHED,
        |it| it.is_throttled() || it.has(LimitName::Capping),
    ),
    rule(Documented, "journeys_share_limits", "all journeys share the limits of the endpoint", SYSTEMS, |it| {
        it.scenario.journeys.len() > 1
    }),
    // The default cap.
    rule(
        Documented,
        "default_cap_per_host",
        "the default cap is 300,000 calls in any 60 s for each host and sandbox (the page also says endpoint, and domain)",
        ACTIONS,
        |it| it.has_default_cap(DefaultCapScope::Host),
    ),
    rule(
        Documented,
        "default_cap_per_endpoint",
        "the default cap is 300,000 calls in any 60 s for each endpoint and sandbox (the page also says host, and domain)",
        ACTIONS,
        |it| it.has_default_cap(DefaultCapScope::Endpoint),
    ),
    rule(
        Documented,
        "default_cap_per_domain",
        "the default cap is 300,000 calls in any 60 s for each domain and sandbox (the page also says host, and endpoint)",
        ACTIONS,
        |it| it.has_default_cap(DefaultCapScope::Domain),
    ),
    rule(Chosen, "no_other_calls", "no other endpoint of the host or domain is called", INPUT, |it| {
        it.has(LimitName::DefaultCap)
            && !it.has_default_cap(DefaultCapScope::Endpoint)
            && it.scenario.other_calls.is_none()
    }),
    rule(
        Chosen,
        "other_calls",
        "calls to other endpoints are spread evenly, use slots of the default cap before the calls of the same moment, and have no other effect",
        INPUT,
        |it| {
            it.has(LimitName::DefaultCap)
                && !it.has_default_cap(DefaultCapScope::Endpoint)
                && it.scenario.other_calls.is_some()
        },
    ),
    rule(
        Documented,
        "default_cap_replaced",
        "a greater configured limit replaces the default cap (another statement: only Adobe's support raises it)",
        SYSTEMS,
        |it| it.exceeds_default_cap() && it.scenario.default_cap.is_replaced,
    ),
    rule(
        Documented,
        "default_cap_remains",
        "only Adobe's support raises the default cap (another statement: a greater configured limit replaces it)",
        ACTIONS,
        |it| it.exceeds_default_cap() && !it.scenario.default_cap.is_replaced,
    ),
    // Other caps.
    rule(
        Documented,
        "data_source_cap",
        "an external data source is called at most 15 times a second, whatever is configured",
        SYSTEMS,
        |it| it.has(LimitName::DataSource) && !it.has_raised_data_source(),
    ),
    rule(
        Chosen,
        "data_source_cap_raised",
        "Adobe has raised the cap of 15 calls a second for this data source, as it does for private endpoints",
        SYSTEMS,
        |it| it.has_raised_data_source(),
    ),
    rule(
        Documented,
        "slow_endpoint_cap",
        "custom actions reach an endpoint slower than 0.75 s at most 150,000 times in a sliding window of 30 s",
        SYSTEMS,
        |it| it.has(LimitName::SlowEndpoint),
    ),
    rule(
        Inferred,
        "slow_endpoint_mean",
        "an endpoint is slow if the mean of its latency is above 0.75 s",
        NOT_PUBLISHED,
        |it| it.is_partly_slow(),
    ),
    rule(
        Inferred,
        "caps_together",
        "a call that one cap rejects uses no slot of the other caps",
        NOT_PUBLISHED,
        |it| it.has_several_caps(),
    ),
    // Throttling and capping.
    rule(
        Documented,
        "throttling_queue",
        "calls over a throttling limit wait up to 6 hours and are served in order of arrival",
        SYSTEMS,
        |it| it.is_throttled(),
    ),
    rule(
        Inferred,
        "dropped_without_request",
        "a call that has waited for 6 hours ends without a request",
        NOT_PUBLISHED,
        |it| it.totals.dropped > 0,
    ),
    rule(
        Documented,
        "capping_rejects",
        "calls over a capping limit are rejected (the text of one alert says throttled or queued)",
        SYSTEMS,
        |it| it.has_cap(),
    ),
    rule(
        Documented,
        "capped_in_step_events",
        "a rejected call has the error `capping` in journey step events (Adobe's queries search for `capped`)",
        QUERIES,
        |it| it.exceeds_cap(),
    ),
    rule(Unknown, "capped_call_final", "a call that a cap rejects is not retried", NOT_PUBLISHED, |it| {
        it.exceeds_cap() && it.scenario.capped_call == CappedCall::Final
    }),
    rule(
        Unknown,
        "capped_call_retried",
        "a call that a cap rejects is retried like a failed call",
        NOT_PUBLISHED,
        |it| it.exceeds_cap() && it.scenario.capped_call == CappedCall::Retried,
    ),
    rule(Inferred, "throttling_before_capping", "throttling applies before capping", NOT_PUBLISHED, |it| {
        it.is_throttled() && it.has_cap()
    }),
    rule(
        Documented,
        "capping_above_throttling",
        "a capping limit should be above the throttling limit of the endpoint, so that it never applies",
        THROTTLING,
        |it| it.has_low_capping(),
    ),
];
