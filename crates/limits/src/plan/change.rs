//! One configuration that has to change, and how.

use std::collections::BTreeMap;
use std::fmt;

use ajo_core::{Api, Uid, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Definition, Found, InForce, Key, Options, Place, Standing, Wanted};

/// What has to be done to one configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What it is known by; for an update that moves it, by what it will be.
    pub key: Key,
    /// Its identifier; none before it is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub uid: Option<Uid>,
    /// What happens to it, in one word.
    pub kind: Kind,
    /// Why.
    pub cause: Cause,
    /// How it stands; none if it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Standing>,
    /// When the service says it was edited last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
    /// How it shall stand; none if it shall not be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Standing>,
    /// The fields of the saved definition that change.
    #[serde(default)]
    pub edits: Vec<Edit>,
    /// The calls, in their order.
    #[schemars(with = "Vec<String>")]
    pub steps: Vec<Verb>,
    /// Where the file says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// What happens to a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// It is new.
    Create,
    /// Its saved definition changes; and with it what limits, if it is deployed.
    Update,
    /// What is saved replaces what limits.
    Redeploy,
    /// It begins to limit.
    Deploy,
    /// It limits no longer.
    Undeploy,
    /// It goes.
    Delete,
}

/// Why a configuration has to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Cause {
    /// It is new in the files.
    New,
    /// The files changed since the last apply.
    You,
    /// Somebody else changed it at the service since the last apply.
    Others {
        /// Who, in the service's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// When, in the service's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
    },
    /// Somebody else deleted it since the last apply.
    Gone,
    /// It is no longer in the files.
    Removed,
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// Which, with dots between the names.
    pub field: String,
    /// What it is; null if it is not set.
    pub before: Value,
    /// What it will be; null if it will not be set.
    pub after: Value,
}

impl Change {
    /// The change from how a configuration stands, if it is there, to what a file wants. None if nothing has to be done.
    pub(crate) fn to(wanted: &Wanted, found: Option<&Found>, cause: Cause) -> Option<Self> {
        let after = wanted.standing();
        let before = found.map(|found| found.standing.clone());
        let steps = steps(before.as_ref(), &after);
        (!steps.is_empty()).then(|| Self {
            key: wanted.key(),
            uid: found.map(|found| found.uid.clone()),
            kind: kind(&steps),
            cause,
            edits: edits(before.as_ref().map(|before| &before.saved), Some(&after.saved)),
            last_modified_at: found.and_then(|found| found.last_modified_at.clone()),
            before,
            after: Some(after),
            steps,
            place: wanted.place.clone(),
        })
    }

    /// The removal of a configuration.
    pub(crate) fn delete(found: &Found, options: Options) -> Self {
        let undeploy = found.standing.is_deployed() && !options.force_delete;
        Self {
            key: found.key(),
            uid: Some(found.uid.clone()),
            kind: Kind::Delete,
            cause: Cause::Removed,
            edits: edits(Some(&found.standing.saved), None),
            last_modified_at: found.last_modified_at.clone(),
            before: Some(found.standing.clone()),
            after: None,
            steps: if undeploy { vec![Verb::Undeploy, Verb::Delete] } else { vec![Verb::Delete] },
            place: None,
        }
    }

    /// Whether what limits is taken away for a moment and replaced, which is how Adobe documents it for capping.
    pub fn is_redeployed(&self) -> bool {
        self.steps.contains(&Verb::Undeploy) && self.steps.contains(&Verb::Deploy)
    }
}

/// The calls that lead from one standing to another.
fn steps(before: Option<&Standing>, after: &Standing) -> Vec<Verb> {
    let mut steps = Vec::new();
    let Some(before) = before else {
        steps.push(Verb::Create);
        if after.is_deployed() {
            steps.extend([Verb::CanDeploy, Verb::Deploy]);
        }
        return steps;
    };
    if !after.is_deployed() && before.is_deployed() {
        steps.push(Verb::Undeploy);
    }
    let mut now = before.clone();
    if before.saved != after.saved {
        steps.push(Verb::Update);
        now = before.after(Verb::Update, &after.saved);
    }
    if after.is_deployed() {
        match now.in_force {
            InForce::Saved => {}
            InForce::Nothing => steps.extend([Verb::CanDeploy, Verb::Deploy]),
            // Throttling takes a change into account by itself, and refuses to be deployed twice (documented, 14466).
            InForce::Other(_) | InForce::Unknown if after.saved.api() == Api::Throttling => {}
            InForce::Other(_) | InForce::Unknown => {
                steps.extend([Verb::Undeploy, Verb::CanDeploy, Verb::Deploy]);
            }
        }
    }
    steps
}

fn kind(steps: &[Verb]) -> Kind {
    let has = |verb| steps.contains(&verb);
    if has(Verb::Create) {
        Kind::Create
    } else if has(Verb::Update) {
        Kind::Update
    } else if has(Verb::Undeploy) && has(Verb::Deploy) {
        Kind::Redeploy
    } else if has(Verb::Deploy) {
        Kind::Deploy
    } else {
        Kind::Undeploy
    }
}

impl Standing {
    /// The fields in which the deployed definition differs from the saved one: `before` is the saved one.
    pub fn live_edits(&self) -> Vec<Edit> {
        match &self.in_force {
            InForce::Other(deployed) => edits(Some(&self.saved), Some(deployed)),
            InForce::Nothing | InForce::Saved | InForce::Unknown => Vec::new(),
        }
    }
}

/// The fields in which two definitions differ, in the order of their names.
pub(crate) fn edits(before: Option<&Definition>, after: Option<&Definition>) -> Vec<Edit> {
    let (before, after) = (fields(before), fields(after));
    let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let value = |fields: &BTreeMap<String, Value>, name: &str| fields.get(name).cloned().unwrap_or(Value::Null);
    names
        .into_iter()
        .map(|name| Edit { field: name.clone(), before: value(&before, name), after: value(&after, name) })
        .filter(|edit| edit.before != edit.after)
        .collect()
}

fn fields(definition: Option<&Definition>) -> BTreeMap<String, Value> {
    fn collect(name: String, value: Value, fields: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(inner) => {
                for (inner_name, value) in inner {
                    let name = if name.is_empty() { inner_name } else { format!("{name}.{inner_name}") };
                    collect(name, value, fields);
                }
            }
            plain => {
                fields.insert(name, plain);
            }
        }
    }
    let mut all = BTreeMap::new();
    if let Some(definition) = definition {
        collect(String::new(), serde_json::to_value(definition).expect("JSON"), &mut all);
        all.remove("api");
    }
    all
}

impl Kind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Redeploy => "redeploy",
            Self::Deploy => "deploy",
            Self::Undeploy => "undeploy",
            Self::Delete => "delete",
        }
    }

    /// The sign for it.
    pub const fn sign(self) -> char {
        match self {
            Self::Create => '+',
            Self::Update => '~',
            Self::Redeploy => '!',
            Self::Deploy => '>',
            Self::Undeploy => '<',
            Self::Delete => '-',
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("it is new in the files"),
            Self::You => f.write_str("you changed the files"),
            Self::Others { by, at } => {
                write!(f, "{} changed it at the service", by.as_deref().unwrap_or("somebody else"))?;
                at.as_ref().map_or(Ok(()), |at| write!(f, " at {at}"))
            }
            Self::Gone => f.write_str("somebody else deleted it at the service"),
            Self::Removed => f.write_str("it is no longer in the files"),
        }
    }
}
