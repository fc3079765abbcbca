//! Assumptions about retries, connections, the endpoint, and arrivals.

use crate::assumptions::assumption::Provenance::{Chosen, Documented, Inferred, Unknown};
use crate::assumptions::assumption_rule::{
    AssumptionRule, GUARDRAILS, INPUT, NOT_PUBLISHED, QUERIES, SYSTEMS, THROTTLING, rule,
};
use crate::endpoint::simulated_endpoint::EndpointCapacity;
use crate::limits::configured_limits::ServiceType;
use crate::limits::connections::ConnectionsSource;
use crate::scenario::{CappedCall, NoConnection};
use crate::simulation_mode::SimulationMode;
use crate::traffic::arrivals::Arrivals;

#[expect(clippy::redundant_closure_for_method_calls, reason = "a method is not general over the lifetime of its type")]
pub(super) const CALL_ASSUMPTIONS: [AssumptionRule; 24] = [
    // Retries and the timeout.
    rule(
        Documented,
        "retries",
        "a failed call is retried up to 3 times within the timeout, except after 401, 403, and 404; each retry uses a slot",
        GUARDRAILS,
        |it| it.can_retry(),
    ),
    rule(Documented, "final_status", "a call that fails with 401, 403, or 404 is not retried", GUARDRAILS, |it| {
        it.can_fail() && !it.scenario.endpoint.is_retried()
    }),
    rule(Unknown, "retry_at_once", "a retry follows its failure at once", NOT_PUBLISHED, |it| {
        it.can_retry() && it.scenario.retry_delay_ms == 0
    }),
    rule(Unknown, "retry_after_delay", "a retry follows its failure after the given delay", NOT_PUBLISHED, |it| {
        it.can_retry() && it.scenario.retry_delay_ms > 0
    }),
    rule(
        Inferred,
        "rejected_retry",
        "a retry without a free slot of a cap is rejected, and its call counts as rejected",
        NOT_PUBLISHED,
        |it| it.can_retry() && it.has_cap() && it.scenario.capped_call == CappedCall::Final,
    ),
    rule(
        Inferred,
        "throttled_retry",
        "a throttled retry waits ahead of new calls, until the timeout of its call",
        NOT_PUBLISHED,
        |it| it.can_retry() && it.is_throttled(),
    ),
    rule(Chosen, "failure_latency", "a failure takes as long as a success", INPUT, |it| it.can_fail()),
    rule(Documented, "timeout", "a call that exceeds the timeout is canceled and not retried", GUARDRAILS, |_| true),
    rule(
        Documented,
        "timeout_after_queue",
        "the timeout starts when a call leaves the throttling queue",
        SYSTEMS,
        |it| it.is_throttled(),
    ),
    // Connections.
    rule(
        Documented,
        "max_http_connections",
        "maxHttpConnections is the number of connections to the endpoint",
        THROTTLING,
        |it| it.connections_are(ConnectionsSource::MaxHttpConnections),
    ),
    rule(
        Documented,
        "estimated_connections",
        "the number of connections is Adobe's estimate for the throttling rate (stated with the IP proxy)",
        SYSTEMS,
        |it| it.connections_are(ConnectionsSource::ThrottlingEstimate),
    ),
    rule(Chosen, "given_connections", "the number of connections is given", INPUT, |it| {
        it.connections_are(ConnectionsSource::Given)
    }),
    rule(
        Inferred,
        "unlimited_connections",
        "connections have no limit (documented: more than 2,000 without throttling and maxHttpConnections)",
        SYSTEMS,
        |it| !it.has_connections(),
    ),
    rule(Inferred, "one_request_per_connection", "a connection carries one request at a time", NOT_PUBLISHED, |it| {
        it.has_connections()
    }),
    rule(
        Unknown,
        "no_connection_wait",
        "a request without a free connection waits in order until the timeout of its call",
        NOT_PUBLISHED,
        |it| it.has_connections() && it.scenario.no_connection == NoConnection::Wait,
    ),
    rule(
        Unknown,
        "no_connection_reject",
        "a request without a free connection is rejected, and its call ends",
        NOT_PUBLISHED,
        |it| it.has_connections() && it.scenario.no_connection == NoConnection::Reject,
    ),
    // The endpoint.
    rule(
        Chosen,
        "endpoint_rate",
        "the endpoint accepts requests one after the other, in order of arrival, and responds after the latency",
        INPUT,
        |it| matches!(it.scenario.endpoint.capacity, EndpointCapacity::RequestsPerSecond(_)),
    ),
    rule(
        Chosen,
        "endpoint_servers",
        "each worker of the endpoint processes one request at a time, in order of arrival, for the latency",
        INPUT,
        |it| matches!(it.scenario.endpoint.capacity, EndpointCapacity::Servers(_)),
    ),
    rule(Chosen, "canceled_requests_continue", "the endpoint finishes requests that AJO canceled", INPUT, |it| {
        it.has_capacity()
    }),
    rule(
        Chosen,
        "latency_between_percentiles",
        "between percentiles, the latency is linear in -ln(1 - share), as if it were exponential",
        INPUT,
        |it| it.has_latency_percentiles(),
    ),
    // Arrivals and mode.
    rule(Chosen, "even_arrivals", "calls are spread evenly over each second", INPUT, |it| {
        it.arrivals() == Arrivals::Even
    }),
    rule(
        Chosen,
        "poisson_arrivals",
        "calls arrive independently of each other (a Poisson process with the rate of the traffic)",
        INPUT,
        |it| it.arrivals() == Arrivals::Poisson,
    ),
    rule(
        Chosen,
        "cohort_mode",
        "calls of the same step behave alike, and the expected share of them fails, times out, or gets a slot",
        INPUT,
        |it| it.mode == SimulationMode::Cohort,
    ),
    rule(
        Inferred,
        "one_step_event_per_call",
        "Adobe's queries count each call once, by its end; dropped calls are in none of them",
        QUERIES,
        |it| it.scenario.limits.service() == ServiceType::Action,
    ),
];
