//! The change of one configuration.

use std::borrow::Cow;
use std::fmt;

use ajo_core::{Api, Uid, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::field_diff::{diff_definitions, preserved_fields};
use crate::{
    ConfigKey, DeployState, DesiredConfig, FieldDiff, LiveState, ObservedConfig, PlanOptions, SourceLocation,
    TrafficEffect,
};

/// The planned change of one configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigChange {
    /// The key; if an update changes the key, the new one.
    pub key: ConfigKey,
    /// The key before the change, if the file gives the configuration another URL or other methods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_key: Option<ConfigKey>,
    /// The UID; absent for a configuration that is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub uid: Option<Uid>,
    /// The action.
    pub action: Action,
    /// The reason for the change.
    pub reason: ChangeReason,
    /// The current deploy state; absent if the configuration does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<DeployState>,
    /// The last edit according to the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
    /// The planned deploy state; absent if the configuration is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<DeployState>,
    /// The fields of the saved definition that change.
    #[serde(default)]
    pub field_diffs: Vec<FieldDiff>,
    /// The fields that are neither in the specification nor in the file. An update sends them back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preserved_fields: Vec<FieldDiff>,
    /// The calls, in order.
    #[schemars(with = "Vec<String>")]
    pub steps: Vec<Verb>,
    /// The effect on observed traffic; absent without observed traffic, and if no live limit changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic_effect: Option<TrafficEffect>,
    /// The position in the limits file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
}

/// What happens to a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// The configuration is created.
    Create,
    /// The saved definition changes; if it is deployed, the live definition changes too.
    Update,
    /// The saved definition replaces the live one.
    Redeploy,
    /// The configuration is deployed.
    Deploy,
    /// The configuration is undeployed.
    Undeploy,
    /// The configuration is deleted.
    Delete,
}

/// Why a configuration changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ChangeReason {
    /// It is new in the files.
    New,
    /// The files changed since the last apply.
    FileChanged,
    /// The configuration already differed from the file after the last import or apply, and neither changed since.
    Unsettled,
    /// Someone else changed it at the service since the last apply.
    ChangedRemotely {
        /// The editor according to the service.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// The time according to the service.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
    },
    /// Someone else deleted it since the last apply.
    DeletedRemotely,
    /// It was removed from the files.
    RemovedFromFiles,
    /// An interrupted apply created it after another one had created the configuration.
    LateCreate,
}

impl ConfigChange {
    /// The change from the current state of a configuration to the desired one. `None` if there is nothing to change.
    pub(crate) fn from_desired(
        wanted: &DesiredConfig,
        found: Option<&ObservedConfig>,
        reason: ChangeReason,
    ) -> Option<Self> {
        let after = wanted.deploy_state();
        let before = found.map(|found| found.deploy_state_for(&wanted.definition).into_owned());
        let before = before.map(|before| before.with_salt(wanted.definition.salt()));
        let steps = plan_steps(before.as_ref(), &after);
        let is_updated = steps.contains(&Verb::Update);
        (!steps.is_empty()).then(|| Self {
            key: wanted.key(),
            previous_key: None,
            uid: found.map(|found| found.uid.clone()),
            action: classify_action(&steps, before.as_ref()),
            reason,
            field_diffs: diff_definitions(before.as_ref().map(|before| &before.saved), Some(&after.saved)),
            preserved_fields: found
                .filter(|_| is_updated)
                .map(|found| preserved_fields(wanted, found))
                .unwrap_or_default(),
            last_modified_at: found.and_then(|found| found.last_modified_at.clone()),
            before,
            after: Some(after),
            steps,
            traffic_effect: None,
            location: wanted.location.clone(),
        })
    }

    /// The deploy state of the configuration, as the file describes it.
    pub fn deploy_state_of<'o>(&self, found: &'o ObservedConfig) -> Cow<'o, DeployState> {
        let after = self.after.as_ref().map(|after| found.deploy_state_for(&after.saved));
        after.unwrap_or(Cow::Borrowed(&found.deploy_state))
    }

    /// The deletion of a configuration.
    pub(crate) fn deletion(found: &ObservedConfig, reason: ChangeReason, options: PlanOptions) -> Self {
        let undeploy = found.deploy_state.is_deployed() && !options.force_delete;
        Self {
            key: found.key(),
            previous_key: None,
            uid: Some(found.uid.clone()),
            action: Action::Delete,
            reason,
            field_diffs: diff_definitions(Some(&found.deploy_state.saved), None),
            preserved_fields: Vec::new(),
            last_modified_at: found.last_modified_at.clone(),
            before: Some(found.deploy_state.clone()),
            after: None,
            steps: if undeploy { vec![Verb::Undeploy, Verb::Delete] } else { vec![Verb::Delete] },
            traffic_effect: None,
            location: None,
        }
    }

    /// Whether a definition that is live is replaced by deploying again.
    pub fn is_redeployed(&self) -> bool {
        is_redeploy(&self.steps, self.before.as_ref())
    }
}

/// The calls that lead from one deploy state to another.
fn plan_steps(before: Option<&DeployState>, after: &DeployState) -> Vec<Verb> {
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
        now = before.after_call(Verb::Update, &after.saved);
    }
    if after.is_deployed() {
        match now.live {
            LiveState::SameAsSaved => {}
            // The service deploys an updated throttling configuration itself and rejects a second deploy (documented, 14466).
            LiveState::Differs(_) | LiveState::Unknown if after.saved.api() == Api::Throttling => {}
            // A deployed configuration is undeployed first only if the service refuses this deploy.
            LiveState::NotDeployed | LiveState::Differs(_) | LiveState::Unknown => {
                steps.extend([Verb::CanDeploy, Verb::Deploy]);
            }
        }
    }
    steps
}

fn is_redeploy(steps: &[Verb], before: Option<&DeployState>) -> bool {
    steps.contains(&Verb::Deploy) && before.is_some_and(DeployState::is_deployed)
}

fn classify_action(steps: &[Verb], before: Option<&DeployState>) -> Action {
    let has = |verb| steps.contains(&verb);
    if has(Verb::Create) {
        Action::Create
    } else if has(Verb::Update) {
        Action::Update
    } else if is_redeploy(steps, before) {
        Action::Redeploy
    } else if has(Verb::Deploy) {
        Action::Deploy
    } else {
        Action::Undeploy
    }
}

impl DeployState {
    /// The fields in which the live definition (`after`) differs from the saved one (`before`).
    pub fn live_diffs(&self) -> Vec<FieldDiff> {
        match &self.live {
            LiveState::Differs(deployed) => diff_definitions(Some(&self.saved), Some(deployed)),
            LiveState::NotDeployed | LiveState::SameAsSaved | LiveState::Unknown => Vec::new(),
        }
    }
}

impl Action {
    /// The action in reports.
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

    /// The symbol in text output.
    pub const fn symbol(self) -> char {
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

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for ChangeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("not at the service yet"),
            Self::FileChanged => f.write_str("the files changed"),
            Self::Unsettled => f.write_str("the file and the service differed when it was imported or last applied"),
            Self::ChangedRemotely { by, at } => {
                write!(f, "{} changed it at the service", by.as_deref().unwrap_or("someone else"))?;
                at.as_ref().map_or(Ok(()), |at| write!(f, " at {at}"))
            }
            Self::DeletedRemotely => f.write_str("someone else deleted it at the service"),
            Self::RemovedFromFiles => f.write_str("it was removed from the files"),
            Self::LateCreate => f.write_str("created late by an apply that was interrupted"),
        }
    }
}
