//! Finds the limits of endpoints.

use std::collections::BTreeMap;

use ajo_core::Api;
use ajo_limits::ConfigKey;
use ajo_limits::url_form::{normalize_url_pattern, normalized_host, patterns_overlap};
use ajo_simulator::{ConfiguredLimits, DefaultCapScope, ServiceType};

use crate::command_error::CommandError;
use crate::commands::simulate::source::{SourceLimit, SourceLimits};

/// The limits of custom actions in some sources.
pub(super) struct EndpointLimits {
    limits: Vec<ActionLimit>,
    /// Deployed configurations without a known definition.
    unknown: Vec<ConfigKey>,
    /// Whether a source limits data sources, too.
    pub(super) has_data_sources: bool,
}

struct ActionLimit {
    source: SourceLimit,
    /// Calls, and the period in milliseconds.
    rate: (u64, u64),
}

/// Endpoints that share their limits: the same configurations, or else the default cap.
#[derive(Clone, Debug)]
pub(super) struct EndpointGroup {
    /// The positions of the endpoints.
    pub(super) endpoints: Vec<usize>,
    /// At most one of each API.
    pub(super) limits: Vec<SourceLimit>,
    /// A configuration that may limit the endpoints, but whose definition is not known.
    pub(super) unknown: Option<ConfigKey>,
}

impl EndpointLimits {
    /// `method` excludes limits for other methods.
    pub(super) fn new(sources: &SourceLimits, method: Option<&str>) -> Result<Self, CommandError> {
        let method = method.map(str::to_ascii_uppercase);
        let applies = |key: &ConfigKey| method.as_ref().is_none_or(|method| key.methods.contains(method));
        let mut limits = Vec::new();
        for source in sources.limits.iter().filter(|limit| applies(&limit.key)) {
            let found = read_limits(&[source])?;
            let throttling = found.throttling().map(|calls| (calls, 1000));
            if let Some(rate) = found.capping().or(throttling) {
                limits.push(ActionLimit { source: source.clone(), rate });
            }
        }
        let has_data_source = |limit: &SourceLimit| !limit.definition["services"]["dataSource"].is_null();
        Ok(Self {
            limits,
            unknown: sources.unknown.iter().filter(|key| applies(key)).cloned().collect(),
            has_data_sources: sources.limits.iter().any(has_data_source),
        })
    }

    /// The configurations that match none of these endpoints.
    pub(super) fn unmatched(&self, urls: &[String]) -> Vec<&ConfigKey> {
        let urls: Vec<String> = urls.iter().map(|url| normalize_url_pattern(url)).collect();
        let keys = self.limits.iter().map(|limit| &limit.source.key);
        keys.filter(|key| !urls.iter().any(|url| patterns_overlap(&key.url, url))).collect()
    }

    /// Groups endpoints by the limits that match their URLs. Of several limits of an API, the lowest applies (unknown).
    pub(super) fn group(&self, urls: &[String], default_cap: DefaultCapScope) -> Vec<EndpointGroup> {
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, url) in urls.iter().enumerate() {
            let normal = normalize_url_pattern(url);
            let lowest = [Api::Capping, Api::Throttling].map(|api| self.find_lowest(api, &normal));
            let unknown = self.unknown.iter().find(|key| patterns_overlap(&key.url, &normal));
            let shared = match (lowest, default_cap) {
                ([None, None], DefaultCapScope::Host | DefaultCapScope::Domain) => normalized_host(&normal).to_owned(),
                ([None, None], DefaultCapScope::Endpoint) => normal,
                _ => String::new(),
            };
            groups.entry((lowest, unknown, shared)).or_default().push(index);
        }
        let to_group = |((lowest, unknown, _), endpoints): (([Option<usize>; 2], Option<&ConfigKey>, _), _)| {
            let limits = lowest.into_iter().flatten().map(|index| self.limits[index].source.clone()).collect();
            EndpointGroup { endpoints, limits, unknown: unknown.cloned() }
        };
        let mut groups: Vec<_> = groups.into_iter().map(to_group).collect();
        groups.sort_by_key(|group| group.endpoints[0]);
        groups
    }

    /// The position of the lowest limit for a URL; the first of equal ones.
    fn find_lowest(&self, api: Api, url: &str) -> Option<usize> {
        let matches = |limit: &ActionLimit| limit.source.key.api == api && patterns_overlap(&limit.source.key.url, url);
        let matching = (0..self.limits.len()).filter(|index| matches(&self.limits[*index]));
        matching.min_by(|one, other| {
            let ((calls, period), (other_calls, other_period)) = (self.limits[*one].rate, self.limits[*other].rate);
            let product = |calls: u64, period: u64| u128::from(calls) * u128::from(period);
            product(calls, other_period).cmp(&product(other_calls, period))
        })
    }
}

impl EndpointGroup {
    /// Whether a simulation of the other group has the same result.
    pub(super) fn has_same_limits(&self, other: &Self) -> bool {
        let definitions = |group: &Self| -> Vec<_> { group.limits.iter().map(|it| it.definition.clone()).collect() };
        self.endpoints == other.endpoints && definitions(self) == definitions(other)
    }

    pub(super) fn configured_limits(&self) -> Result<ConfiguredLimits, CommandError> {
        read_limits(&self.limits.iter().collect::<Vec<_>>())
    }
}

fn read_limits(sources: &[&SourceLimit]) -> Result<ConfiguredLimits, CommandError> {
    let definitions: Vec<_> = sources.iter().map(|source| source.definition.clone()).collect();
    ConfiguredLimits::from_definitions(Some(ServiceType::Action), &definitions).map_err(|error| {
        let origin = sources.first().map_or("", |source| &source.origin);
        CommandError::new(format!("{origin}: {error}"))
    })
}
