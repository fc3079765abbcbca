//! The limits that are configured for an endpoint.

use std::fmt;
use std::str::FromStr;

use ajo_core::Api;
use ajo_core::rules::Severity;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::limit::{Limit, LimitName, Over};
use crate::window::Window;

/// What is allowed where nothing is configured, for each host and sandbox. Documented: 300,000 calls over one minute.
pub const DEFAULT_CAP_CALLS: u64 = 300_000;
/// The period of that, in milliseconds.
pub const DEFAULT_CAP_PERIOD_MS: u64 = 60_000;

/// What is allowed to an external data source in a second, whatever is configured. Documented.
pub const DATA_SOURCE_CALLS: u64 = 15;

/// An endpoint that takes longer than this, in milliseconds, is slow. Documented: more than 0.75 seconds.
pub const SLOW_AFTER_MS: u64 = 750;
/// What custom actions are allowed by the service of slow endpoints. Documented: 150,000 calls in a sliding window of 30
/// seconds.
pub const SLOW_CALLS: u64 = 150_000;
/// The period of that, in milliseconds.
pub const SLOW_PERIOD_MS: u64 = 30_000;

const SECOND_MS: u64 = 1000;

/// What calls the endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Service {
    /// A custom action.
    #[default]
    #[serde(rename = "action")]
    Action,
    /// An external data source.
    #[serde(rename = "dataSource", alias = "data-source")]
    DataSource,
}

impl Service {
    /// Its name in a capping definition.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::DataSource => "dataSource",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Service {
    type Err = String;

    /// Reads its name; `data-source` will do too.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "action" => Ok(Self::Action),
            "dataSource" | "data-source" => Ok(Self::DataSource),
            _ => Err("expected action or data-source".to_owned()),
        }
    }
}

/// What is configured for an endpoint.
///
/// Where nothing is configured, what Adobe documents for everybody is in force:
///
/// ```
/// use ajo_simulator::{
///     DATA_SOURCE_CALLS, DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS, Endpoint, Failures, Limit, LimitName, Limits, LimitsError, Over,
///     SLOW_AFTER_MS, SLOW_CALLS, SLOW_PERIOD_MS, Scenario, Service, simulate,
/// };
///
/// let named = |service, latency_ms| {
///     let mut scenario = Scenario::new("10x1".parse()?, Limits::of(Some(service), &[])?);
///     scenario.endpoint = Endpoint::new(latency_ms, Failures::Share(0.0))?;
///     let limits: Vec<Limit> = simulate(&scenario).limits;
///     Ok::<_, Box<dyn std::error::Error>>(limits.into_iter().map(|it| (it.name, it.calls, it.period_ms, it.over)).collect::<Vec<_>>())
/// };
/// let default_cap = (LimitName::DefaultCap, DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS, Over::Rejected);
/// assert!(named(Service::Action, 100)?.contains(&default_cap));
/// let slow = (LimitName::SlowEndpoint, SLOW_CALLS, SLOW_PERIOD_MS, Over::Rejected);
/// assert!(named(Service::Action, SLOW_AFTER_MS + 1)?.contains(&slow));
/// let data_source = (LimitName::DataSource, DATA_SOURCE_CALLS, 1000, Over::Rejected);
/// assert!(named(Service::DataSource, 100)?.contains(&data_source));
///
/// let neither = serde_json::json!({"name": "of neither kind"});
/// assert_eq!(Limits::of(None, &[neither]).unwrap_err(), LimitsError::Kind);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    service: Service,
    /// Calls, and the milliseconds of the period.
    capping: Option<(u64, u64)>,
    /// Calls a second.
    throttling: Option<u64>,
}

/// Definitions that cannot be simulated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitsError {
    /// Neither of capping nor of throttling.
    #[error("the definition is neither one of capping, with `services`, nor one of throttling, with `maxThroughput`")]
    Kind,
    /// Two of the same kind.
    #[error("both definitions are of {_0}; one of each kind can limit an endpoint")]
    Twice(Api),
    /// The service would not deploy it.
    #[error("the {api} definition cannot be deployed: {message} ({code} at {pointer})")]
    Undeployable {
        /// Of which API it is.
        api: Api,
        /// The service's code.
        code: &'static str,
        /// What is wrong.
        message: String,
        /// Where, as a JSON pointer.
        pointer: String,
    },
    /// Throttling of a data source.
    #[error("throttling limits custom actions only, and no data source")]
    DataSource,
}

impl Limits {
    /// Those of deployed definitions: none, one of capping, one of throttling, or both. Which is which shows by their fields.
    /// If no service is named, it is the action where the definition limits it or nothing is capped, else the data source.
    pub fn of(service: Option<Service>, definitions: &[Value]) -> Result<Self, LimitsError> {
        let (mut capping, mut throttling) = (None, None);
        for definition in definitions {
            let api = kind(definition)?;
            let place = if api == Api::Capping { &mut capping } else { &mut throttling };
            if place.replace(definition).is_some() {
                return Err(LimitsError::Twice(api));
            }
            if let Some(error) = api.validate(definition).into_iter().find(|it| it.severity == Severity::Error) {
                let (code, message, pointer) = (error.code, error.message, error.pointer);
                return Err(LimitsError::Undeployable { api, code, message, pointer });
            }
        }
        let rating = |service: Service| {
            let rating = capping?.get("services")?.get(service.as_str())?.get("rating")?;
            Some((rating.get("maxCallsCount")?.as_u64()?, rating.get("periodInMs")?.as_u64()?))
        };
        let only_data_source = rating(Service::Action).is_none() && rating(Service::DataSource).is_some();
        let service = service.unwrap_or(if only_data_source && throttling.is_none() {
            Service::DataSource
        } else {
            Service::Action
        });
        if service == Service::DataSource && throttling.is_some() {
            return Err(LimitsError::DataSource);
        }
        let throttling = throttling.and_then(|definition| definition.get("maxThroughput")?.as_u64());
        Ok(Self { service, capping: rating(service), throttling })
    }

    /// What calls the endpoint.
    pub const fn service(&self) -> Service {
        self.service
    }

    /// The limits that a call passes, in this order. That throttling comes before capping is inferred.
    pub(crate) fn on_the_way(&self, window: Window, endpoint: Endpoint) -> Vec<Limit> {
        let limit = |name, calls, period_ms, window| {
            let over = if name == LimitName::Throttling { Over::Queued } else { Over::Rejected };
            Limit { name, calls, period_ms, window, over, exceeded: 0 }
        };
        let mut limits = Vec::new();
        if let Some(calls) = self.throttling {
            limits.push(limit(LimitName::Throttling, calls, SECOND_MS, window));
        }
        if let Some((calls, period)) = self.capping {
            limits.push(limit(LimitName::Capping, calls, period, window));
        }
        match self.service {
            Service::Action => {
                if limits.is_empty() {
                    limits.push(limit(LimitName::DefaultCap, DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS, window));
                }
                if endpoint.latency_ms() > SLOW_AFTER_MS {
                    limits.push(limit(LimitName::SlowEndpoint, SLOW_CALLS, SLOW_PERIOD_MS, Window::Sliding));
                }
            }
            Service::DataSource => limits.push(limit(LimitName::DataSource, DATA_SOURCE_CALLS, SECOND_MS, window)),
        }
        limits
    }
}

fn kind(definition: &Value) -> Result<Api, LimitsError> {
    let has = |field: &str| definition.get(field).is_some();
    match (has("services") || has("url"), has("maxThroughput") || has("urlPattern")) {
        (true, false) => Ok(Api::Capping),
        (false, true) => Ok(Api::Throttling),
        _ => Err(LimitsError::Kind),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn capping(service: &str, calls: i64) -> Value {
        let rating = json!({"maxCallsCount": calls, "periodInMs": 500});
        json!({"url": "https://a.example/*", "methods": ["GET"], "services": {service: {"rating": rating}}})
    }

    fn throttling() -> Value {
        json!({"urlPattern": "https://a.example/*", "methods": ["POST"], "maxThroughput": 400})
    }

    fn on_the_way(service: Option<Service>, definitions: &[Value], latency: u64) -> Vec<(LimitName, u64, u64)> {
        let endpoint = Endpoint::new(latency, crate::endpoint::Failures::First(0)).expect("an endpoint");
        let limits = Limits::of(service, definitions).expect("limits").on_the_way(Window::Fixed, endpoint);
        limits.iter().map(|limit| (limit.name, limit.calls, limit.period_ms)).collect()
    }

    #[test]
    fn the_documented_limits_are_on_the_way() {
        use LimitName::{Capping, DataSource, DefaultCap, SlowEndpoint, Throttling};
        let cases = [
            (None, vec![], 750, vec![(DefaultCap, 300_000, 60_000)]),
            (None, vec![], 751, vec![(DefaultCap, 300_000, 60_000), (SlowEndpoint, 150_000, 30_000)]),
            (Some(Service::DataSource), vec![], 751, vec![(DataSource, 15, 1000)]),
            (None, vec![capping("action", 7)], 1, vec![(Capping, 7, 500)]),
            (None, vec![capping("dataSource", 7)], 1, vec![(Capping, 7, 500), (DataSource, 15, 1000)]),
            (Some(Service::Action), vec![capping("dataSource", 7)], 1, vec![(DefaultCap, 300_000, 60_000)]),
            (None, vec![throttling()], 751, vec![(Throttling, 400, 1000), (SlowEndpoint, 150_000, 30_000)]),
            (None, vec![capping("action", 7), throttling()], 1, vec![(Throttling, 400, 1000), (Capping, 7, 500)]),
            (None, vec![capping("dataSource", 7), throttling()], 1, vec![(Throttling, 400, 1000)]),
        ];
        for (service, definitions, latency, expected) in cases {
            assert_eq!(on_the_way(service, &definitions, latency), expected, "{service:?} {definitions:?}");
        }
    }

    #[test]
    fn the_service_of_slow_endpoints_slides_whatever_is_chosen() {
        let endpoint = Endpoint::new(1000, crate::endpoint::Failures::First(0)).expect("an endpoint");
        let limits = Limits::default().on_the_way(Window::TokenBucket, endpoint);
        assert_eq!([limits[0].window, limits[1].window], [Window::TokenBucket, Window::Sliding]);
    }

    #[test]
    fn what_cannot_be_deployed_cannot_be_played() {
        let problem = |service, definitions: &[Value]| Limits::of(service, definitions).expect_err("none").to_string();
        let neither = "the definition is neither one of capping, with `services`, nor one of throttling, with \
                       `maxThroughput`";
        assert_eq!(problem(None, &[json!({})]), neither);
        assert_eq!(problem(None, &[json!([])]), neither);
        assert_eq!(
            problem(None, &[throttling(), throttling()]),
            "both definitions are of throttling; one of each kind can limit an endpoint"
        );
        let invalid = problem(None, &[capping("action", 0)]);
        assert!(invalid.starts_with("the capping definition cannot be deployed: "), "{invalid}");
        assert!(invalid.ends_with("(ERR_ENDPOINTCONFIG_107 at /services/action/rating/maxCallsCount)"), "{invalid}");
        let data_source = problem(Some(Service::DataSource), &[throttling()]);
        assert_eq!(data_source, "throttling limits custom actions only, and no data source");
    }
}
