//! The limits configured for an endpoint.

use std::fmt;
use std::str::FromStr;

use ajo_core::Api;
use ajo_core::rules::Severity;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::limits::connections::{Connections, ConnectionsSource, estimated_connections};

/// Default limit without a configuration. Documented: 300,000 calls in a sliding window of one minute.
pub const DEFAULT_CAP_CALLS: u64 = 300_000;
/// The period of the default limit, in milliseconds.
pub const DEFAULT_CAP_PERIOD_MS: u64 = 60_000;

/// Calls per second to an external data source, in addition to configured limits. Documented; Adobe can raise it for private
/// endpoints.
pub const DATA_SOURCE_CALLS: u64 = 15;

/// An endpoint is slow above this latency, in milliseconds. Documented: more than 0.75 seconds.
pub const SLOW_ENDPOINT_LATENCY_MS: u64 = 750;
/// Calls of custom actions to a slow endpoint. Documented: 150,000 calls in a sliding window of 30 seconds.
pub const SLOW_ENDPOINT_CALLS: u64 = 150_000;
/// The period for slow endpoints, in milliseconds.
pub const SLOW_ENDPOINT_PERIOD_MS: u64 = 30_000;

/// The kind of caller of the endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceType {
    #[default]
    #[serde(rename = "action")]
    Action,
    #[serde(rename = "dataSource", alias = "data-source")]
    DataSource,
}

impl ServiceType {
    /// The name in a capping definition.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::DataSource => "dataSource",
        }
    }
}

impl fmt::Display for ServiceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ServiceType {
    type Err = String;

    /// Parses the name; `data-source` is accepted too.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "action" => Ok(Self::Action),
            "dataSource" | "data-source" => Ok(Self::DataSource),
            _ => Err("expected action or data-source".to_owned()),
        }
    }
}

/// The limits configured for an endpoint.
///
/// ```
/// use ajo_simulator::{ConfiguredLimits, ConfiguredLimitsError, ServiceType};
/// use serde_json::json;
///
/// let rating = json!({"maxCallsCount": 10, "periodInMs": 1000});
/// let capping = json!({"url": "https://a.example/*", "methods": ["GET"], "services": {"dataSource": {"rating": rating}}});
/// let limits = ConfiguredLimits::from_definitions(None, &[capping.clone()])?;
/// assert_eq!((limits.service(), limits.capping()), (ServiceType::DataSource, Some((10, 1000))));
/// let twice = ConfiguredLimits::from_definitions(None, &[capping.clone(), capping]);
/// assert!(matches!(twice, Err(ConfiguredLimitsError::Duplicate(_))));
/// # Ok::<(), ConfiguredLimitsError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfiguredLimits {
    service: ServiceType,
    /// Calls and the period in milliseconds.
    capping: Option<(u64, u64)>,
    /// `maxHttpConnections` of the capping configuration.
    max_http_connections: Option<u32>,
    /// Calls per second.
    throttling: Option<u64>,
}

/// Definitions that cannot be simulated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfiguredLimitsError {
    #[error("unknown kind of definition: capping needs `services`, throttling needs `maxThroughput`")]
    UnknownApi,
    #[error("both definitions are for {_0}; an endpoint can have one of each API")]
    Duplicate(Api),
    /// The service would reject the deployment.
    #[error("the {api} definition cannot be deployed: {message} ({code} at {pointer})")]
    NotDeployable {
        api: Api,
        /// The service's error code.
        code: &'static str,
        message: String,
        /// A JSON pointer.
        pointer: String,
    },
    #[error("throttling applies to custom actions only, not to data sources")]
    DataSource,
}

impl ConfiguredLimits {
    /// Takes up to one capping and one throttling definition and detects the API by their fields. Without `service`, it is the
    /// action if the definition limits the action or nothing is capped, else the data source.
    pub fn from_definitions(
        service: Option<ServiceType>,
        definitions: &[Value],
    ) -> Result<Self, ConfiguredLimitsError> {
        let (mut capping, mut throttling) = (None, None);
        for definition in definitions {
            let api = detect_api(definition)?;
            let slot = if api == Api::Capping { &mut capping } else { &mut throttling };
            if slot.replace(definition).is_some() {
                return Err(ConfiguredLimitsError::Duplicate(api));
            }
            if let Some(error) = api.validate(definition).into_iter().find(|it| it.severity == Severity::Error) {
                let (code, message, pointer) = (error.code, error.message, error.pointer);
                return Err(ConfiguredLimitsError::NotDeployable { api, code, message, pointer });
            }
        }
        let rating = |service: ServiceType| {
            let rating = capping?.get("services")?.get(service.as_str())?.get("rating")?;
            Some((rating.get("maxCallsCount")?.as_u64()?, rating.get("periodInMs")?.as_u64()?))
        };
        let only_data_source = rating(ServiceType::Action).is_none() && rating(ServiceType::DataSource).is_some();
        let service = service.unwrap_or(if only_data_source && throttling.is_none() {
            ServiceType::DataSource
        } else {
            ServiceType::Action
        });
        if service == ServiceType::DataSource && throttling.is_some() {
            return Err(ConfiguredLimitsError::DataSource);
        }
        let throttling = throttling.and_then(|definition| definition.get("maxThroughput")?.as_u64());
        let connections = || capping?.get("services")?.get(service.as_str())?.get("maxHttpConnections")?.as_u64();
        let max_http_connections = connections().map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        Ok(Self { service, capping: rating(service), max_http_connections, throttling })
    }

    /// Limits of custom actions that are live, so the service has accepted them: capping as calls and the period in milliseconds,
    /// throttling in calls per second. Each number is at least 1.
    pub fn for_actions(
        capping: Option<(u64, u64)>,
        max_http_connections: Option<u32>,
        throttling: Option<u64>,
    ) -> Self {
        Self {
            service: ServiceType::Action,
            capping: capping.map(|(calls, period)| (calls.max(1), period.max(1))),
            max_http_connections: max_http_connections.map(|count| count.max(1)),
            throttling: throttling.map(|calls| calls.max(1)),
        }
    }

    /// Replaces the throttling limit with any number of calls per second, also with one that the service would reject.
    #[must_use]
    pub const fn with_throttling(mut self, calls_per_second: u64) -> Self {
        self.throttling = Some(calls_per_second);
        self
    }

    /// The kind of caller.
    pub const fn service(&self) -> ServiceType {
        self.service
    }

    /// The capping limit: calls, and the period in milliseconds.
    pub const fn capping(&self) -> Option<(u64, u64)> {
        self.capping
    }

    /// The throttling limit in calls per second.
    pub const fn throttling(&self) -> Option<u64> {
        self.throttling
    }

    /// The connections that AJO opens. Without a configured number, AJO opens more than 2,000, which is simulated as no limit.
    pub(crate) fn connections(&self, given: Option<u32>) -> Option<Connections> {
        let from = |count, source| Connections { count, source };
        let estimate =
            self.throttling.map(|calls| from(estimated_connections(calls), ConnectionsSource::ThrottlingEstimate));
        let configured = self.max_http_connections.map(|count| from(count, ConnectionsSource::MaxHttpConnections));
        let fewest = [configured, estimate].into_iter().flatten().min_by_key(|connections| connections.count);
        given.map(|count| from(count, ConnectionsSource::Given)).or(fewest)
    }
}

fn detect_api(definition: &Value) -> Result<Api, ConfiguredLimitsError> {
    let has = |field: &str| definition.get(field).is_some();
    match (has("services") || has("url"), has("maxThroughput") || has("urlPattern")) {
        (true, false) => Ok(Api::Capping),
        (false, true) => Ok(Api::Throttling),
        _ => Err(ConfiguredLimitsError::UnknownApi),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::limits::test_definitions::{capping, throttling};

    #[test]
    fn fewest_connections_apply() {
        let count = |definitions: &[Value], given| {
            let limits = ConfiguredLimits::from_definitions(None, definitions).expect("limits");
            limits.connections(given).map(|connections| (connections.count, connections.source))
        };
        let with = |connections: i64| {
            let mut definition = capping("action", 7);
            definition["services"]["action"]["maxHttpConnections"] = connections.into();
            definition
        };
        assert_eq!(count(&[], None), None);
        assert_eq!(count(&[with(-1)], None), None);
        assert_eq!(count(&[with(40)], None), Some((40, ConnectionsSource::MaxHttpConnections)));
        assert_eq!(count(&[with(60), throttling()], None), Some((50, ConnectionsSource::ThrottlingEstimate)));
        assert_eq!(count(&[with(40), throttling()], None), Some((40, ConnectionsSource::MaxHttpConnections)));
        assert_eq!(count(&[with(40), throttling()], Some(70)), Some((70, ConnectionsSource::Given)));
    }

    #[test]
    fn undeployable_definition_is_rejected() {
        let problem = |service, definitions: &[Value]| {
            ConfiguredLimits::from_definitions(service, definitions).expect_err("none").to_string()
        };
        let unknown = "unknown kind of definition: capping needs `services`, throttling needs `maxThroughput`";
        assert_eq!(problem(None, &[json!({})]), unknown);
        assert_eq!(problem(None, &[json!([])]), unknown);
        assert_eq!(
            problem(None, &[throttling(), throttling()]),
            "both definitions are for throttling; an endpoint can have one of each API"
        );
        let invalid = problem(None, &[capping("action", 0)]);
        assert!(invalid.starts_with("the capping definition cannot be deployed: "), "{invalid}");
        assert!(invalid.ends_with("(ERR_ENDPOINTCONFIG_107 at /services/action/rating/maxCallsCount)"), "{invalid}");
        let data_source = problem(Some(ServiceType::DataSource), &[throttling()]);
        assert_eq!(data_source, "throttling applies to custom actions only, not to data sources");
    }
}
