//! URL patterns that match the same calls.

use ajo_core::rules::Severity;
use ajo_core::{Api, Uid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::url_form::{overlap_sort_key, pattern_covers, patterns_overlap};
use crate::{ConfigDefinition, ConfigKey, DesiredLimits, ObservedConfig, SourceLocation};

/// A configuration of the files, and another one with a common method whose URL pattern matches some of the same URLs. Which
/// of the two limits applies to them is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatternOverlap {
    /// A warning if the other one is deployed and in no file, otherwise a note.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// The key in the files.
    pub key: ConfigKey,
    /// The key of the other configuration.
    pub other: ConfigKey,
    /// The UID of the other configuration; absent if it is in the files too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub other_uid: Option<Uid>,
    /// How the other URL pattern is related to the one in the files.
    pub relation: PatternRelation,
    /// The position in the limits file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
}

/// How a URL pattern is related to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PatternRelation {
    /// It matches the same URLs.
    Same,
    /// It matches all URLs of the other one, and more.
    Wider,
    /// It matches only URLs of the other one.
    Narrower,
    /// Each matches URLs that the other one does not.
    Partial,
}

impl PatternRelation {
    /// The relation in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Partial => "overlapping",
        }
    }

    /// The relation of `other` to `one`, if they overlap. Both are in normal form.
    fn between(one: &str, other: &str) -> Option<Self> {
        match (pattern_covers(other, one), pattern_covers(one, other)) {
            (true, true) => Some(Self::Same),
            (true, false) => Some(Self::Wider),
            (false, true) => Some(Self::Narrower),
            (false, false) => patterns_overlap(one, other).then_some(Self::Partial),
        }
    }
}

/// A definition whose pattern is compared.
struct PatternEntry<'d> {
    key: ConfigKey,
    services: Vec<&'static str>,
    /// The number of the configuration in the files, and its position.
    desired: Option<(usize, Option<&'d SourceLocation>)>,
    /// The configuration of the service, if it is in no file.
    found: Option<&'d ObservedConfig>,
}

/// The overlaps between two configurations of the files, and between one of them and one of `others`. An organization has
/// only one throttling configuration, and a capping limit on the same URL as the throttling limit is allowed (documented).
pub(super) fn find_overlaps(desired: &DesiredLimits, others: &[&ObservedConfig]) -> Vec<PatternOverlap> {
    let entry = |definition: &ConfigDefinition, desired, found| PatternEntry {
        key: definition.key(),
        services: definition.field_names_at(&["services"]),
        desired,
        found,
    };
    let wanted = desired.configs.iter().enumerate();
    let wanted = wanted.map(|(index, config)| entry(&config.definition, Some((index, config.location.as_ref())), None));
    let found = others.iter().map(|found| {
        let state = &found.deploy_state;
        entry(state.live_definition().unwrap_or(&state.saved), None, Some(*found))
    });
    let mut entries: Vec<_> = wanted.chain(found).filter(|entry| entry.key.api == Api::Capping).collect();
    entries.sort_by(|one, other| overlap_sort_key(&one.key.url).cmp(&overlap_sort_key(&other.key.url)));
    let mut overlaps = Vec::new();
    for (index, one) in entries.iter().enumerate() {
        let (prefix, is_plain) = overlap_sort_key(&one.key.url);
        let candidates = entries[index + 1..]
            .iter()
            .take_while(|other| if is_plain { other.key.url == prefix } else { other.key.url.starts_with(prefix) });
        overlaps.extend(candidates.filter_map(|other| overlap(one, other).or_else(|| overlap(other, one))));
    }
    overlaps.sort_by_key(|(position, _)| *position);
    overlaps.into_iter().map(|(_, overlap)| overlap).collect()
}

/// The overlap of a configuration of the files with another one, with its position in the report.
fn overlap(one: &PatternEntry<'_>, other: &PatternEntry<'_>) -> Option<((usize, usize), PatternOverlap)> {
    let (index, location) = one.desired?;
    let has_common_method = one.key.methods.intersection(&other.key.methods).next().is_some();
    let has_common_service = one.services.iter().any(|service| other.services.contains(service));
    if !has_common_method || !has_common_service {
        return None;
    }
    let relation = PatternRelation::between(&one.key.url, &other.key.url)?;
    let is_deployed = other.found.is_some_and(|found| found.deploy_state.is_deployed());
    let overlap = PatternOverlap {
        severity: if is_deployed { Severity::Warning } else { Severity::Note },
        key: one.key.clone(),
        other: other.key.clone(),
        other_uid: other.found.map(|found| found.uid.clone()),
        relation,
        location: location.cloned(),
    };
    Some(((index, other.desired.map_or(usize::MAX, |(index, _)| index)), overlap))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{DeployState, DesiredConfig};

    fn capping(url: &str, method: &str, service: &str) -> ConfigDefinition {
        let json = json!({"url": url, "methods": [method], "services": {service: {"rating": {"maxCallsCount": 1, "periodInMs": 1000}}}});
        ConfigDefinition::from_json(Api::Capping, &json).expect("a definition")
    }

    fn observed(number: usize, definition: ConfigDefinition, deployed: bool) -> ObservedConfig {
        ObservedConfig {
            uid: format!("uid-{number}").parse().expect("a uid"),
            deploy_state: DeployState::from_desired(definition, deployed),
            last_modified_by: None,
            last_modified_at: None,
            unknown_fields: serde_json::Map::new(),
            live_unknown_fields: None,
        }
    }

    fn desired(definitions: Vec<ConfigDefinition>) -> DesiredLimits {
        let config = |definition| DesiredConfig { definition, deployed: true, file: None, location: None };
        let configs = definitions.into_iter().map(config).collect();
        DesiredLimits { sandbox: "prod".parse().expect("a name"), configs, files: Vec::new() }
    }

    #[test]
    fn relation_and_severity_are_reported() {
        let files = desired(vec![capping("https://a.example/v1/*", "GET", "action")]);
        let other = |url, method, service, deployed| {
            let found = observed(1, capping(url, method, service), deployed);
            find_overlaps(&files, &[&found]).first().map(|overlap| (overlap.relation, overlap.severity))
        };
        for (url, method, service, deployed, expected) in [
            ("https://a.example/*", "GET", "action", true, Some((PatternRelation::Wider, Severity::Warning))),
            ("https://a.example/*", "GET", "action", false, Some((PatternRelation::Wider, Severity::Note))),
            ("https://a.example/v1/x", "GET", "action", true, Some((PatternRelation::Narrower, Severity::Warning))),
            ("https://a.example/*/x", "GET", "action", true, Some((PatternRelation::Partial, Severity::Warning))),
            ("https://a.example/v1/*", "GET", "action", true, Some((PatternRelation::Same, Severity::Warning))),
            ("https://a.example/*", "POST", "action", true, None),
            ("https://a.example/*", "GET", "dataSource", true, None),
            ("https://a.example/v2/*", "GET", "action", true, None),
        ] {
            assert_eq!(other(url, method, service, deployed), expected, "{url} {method} {service}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_overlapping_pair_is_found(
            files in prop::collection::vec("[ab*]{0,4}", 0..5),
            others in prop::collection::vec("[ab*]{0,4}", 0..5),
        ) {
            let pattern = |path: &String| capping(&format!("https://h.example/{path}"), "GET", "action");
            let found: Vec<_> = others.iter().enumerate().map(|(index, path)| observed(index, pattern(path), true)).collect();
            let overlaps = find_overlaps(&desired(files.iter().map(pattern).collect()), &found.iter().collect::<Vec<_>>());
            let mut expected = 0;
            for (index, one) in files.iter().enumerate() {
                expected += files[index + 1..].iter().chain(&others).filter(|other| patterns_overlap(one, other)).count();
            }
            prop_assert_eq!(overlaps.len(), expected);
        }
    }
}
