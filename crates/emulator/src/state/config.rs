//! One stored configuration and its life cycle, the same for both APIs.

use ajo_engine::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use crate::state::definition::Definition;
use crate::state::rfc3339::rfc3339;

/// Where a configuration is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Created,
    Updated,
    Deployed,
}

impl State {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deployed => "deployed",
        }
    }
}

/// Who did something, and when.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    pub(crate) by: String,
    #[serde(with = "millis")]
    pub(crate) at: Timestamp,
}

/// A point in time, in a snapshot: milliseconds since the epoch.
mod millis {
    use ajo_engine::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so; on wasm32 it is large enough")]
    pub(super) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(at.as_millis())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        u64::deserialize(deserializer).map(Timestamp::from_millis)
    }
}

/// A configuration as the service keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) uid: String,
    pub(crate) definition: Definition,
    pub(crate) state: State,
    /// The definition as last deployed; there is one exactly while it is deployed.
    pub(crate) deployed: Option<Definition>,
    before_deploy: State,
    created: Mark,
    modified: Mark,
    last_deployed: Option<Mark>,
}

impl Config {
    pub(crate) fn new(uid: String, definition: Definition, mark: Mark) -> Self {
        Self {
            uid,
            definition,
            state: State::Created,
            deployed: None,
            before_deploy: State::Created,
            created: mark.clone(),
            modified: mark,
            last_deployed: None,
        }
    }

    /// Overwrites the definition. What is deployed stays as it was.
    pub(crate) fn update(&mut self, definition: Definition, mark: Mark) {
        self.definition = definition;
        self.state = State::Updated;
        self.modified = mark;
    }

    /// Makes the current definition the deployed one.
    pub(crate) fn deploy(&mut self, mark: Mark) {
        if self.state != State::Deployed {
            self.before_deploy = self.state;
        }
        self.state = State::Deployed;
        self.deployed = Some(self.definition.clone());
        self.last_deployed = Some(mark);
    }

    /// Back to the state before the deployment. Inferred: one that was updated after its deployment stays `updated`.
    pub(crate) fn undeploy(&mut self) {
        if self.state == State::Deployed {
            self.state = self.before_deploy;
        }
        self.deployed = None;
    }

    /// The length of its definitions, saved and deployed, in bytes of JSON.
    pub(crate) fn length(&self) -> usize {
        self.definition.length() + self.deployed.as_ref().map_or(0, Definition::length)
    }

    /// Whether it was deployed at any time.
    pub(crate) const fn was_deployed(&self) -> bool {
        self.last_deployed.is_some()
    }

    pub(crate) const fn metadata(&self) -> Metadata<'_> {
        Metadata(self)
    }
}

/// Who did what to a configuration, and when, as the service shows it.
pub(crate) struct Metadata<'c>(&'c Config);

impl Metadata<'_> {
    /// Its fields.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'static str, String)> {
        let Config { created, modified, last_deployed, .. } = self.0;
        [
            (["createdBy", "createdById", "createdAt"], Some(created)),
            (["lastModifiedBy", "lastModifiedById", "lastModifiedAt"], Some(modified)),
            (["lastDeployedBy", "lastDeployedById", "lastDeployedAt"], last_deployed.as_ref()),
        ]
        .into_iter()
        .filter_map(|(names, mark)| mark.map(|mark| (names, mark)))
        .flat_map(|([by_name, id_name, at_name], Mark { by, at })| {
            [(by_name, by.clone()), (id_name, [by, "@techacct.adobe.com"].concat()), (at_name, rfc3339(*at))]
        })
    }
}

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn mark() -> Mark {
        Mark { by: "me".to_owned(), at: Timestamp::from_millis(1_583_778_112_432) }
    }

    fn nothing() -> Definition {
        Definition::new(Map::new())
    }

    fn config() -> Config {
        Config::new("u".to_owned(), nothing(), mark())
    }

    #[test]
    fn undeploy_restores_the_state_before_the_deployment() {
        let mut config = config();
        config.deploy(mark());
        config.deploy(mark());
        config.undeploy();
        assert_eq!(config.state, State::Created);
        config.update(nothing(), mark());
        config.deploy(mark());
        config.undeploy();
        assert_eq!(config.state, State::Updated);
        config.undeploy();
        assert_eq!(config.state, State::Updated);
    }

    #[test]
    fn an_update_leaves_the_deployed_definition_alone() {
        let mut config = config();
        config.deploy(mark());
        config.update(Definition::new(Map::from_iter([("url".to_owned(), json!("new"))])), mark());
        assert_eq!((config.state, config.deployed), (State::Updated, Some(nothing())));
    }

    #[test]
    fn times_are_written_as_the_service_writes_them() {
        let metadata = json!(config().metadata());
        assert_eq!(metadata["createdAt"], "2020-03-09T18:21:52.432000Z");
        assert!(metadata.get("lastDeployedAt").is_none());
    }
}
