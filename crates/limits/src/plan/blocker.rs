//! Reasons that prevent an apply until the user decides.

use ajo_core::Uid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigKey, ObservedConfig, SourceLocation};

/// A problem that prevents an apply, and how to solve it.
///
/// ```
/// use ajo_core::CappingConfig;
/// use ajo_limits::file::{SourceFile, SourceSet, parse_limits};
/// use ajo_limits::{
///     Action, BlockReason, Blocker, ConfigSummary, DeployState, FieldDiff, LimitsState, ManagedConfig, ObservedConfig,
///     ObservedLimits, PlanOptions, match_configs, plan,
/// };
///
/// let text = "version: 1
/// sandbox: prod
/// capping:
///   - url: https://api.example.org/*
///     methods: [GET]
///     deployed: false
///     services:
///       action: { maxHttpConnections: 50, rating: { maxCallsCount: 200, periodInMs: 1000 } }
/// ";
/// let source = SourceFile { name: "limits.yaml".to_owned(), content: text.to_owned() };
/// let desired = parse_limits(&SourceSet::new(vec![source]), &|_| None).desired.expect("a valid file");
///
/// // The service has another number, and the state file does not list the configuration.
/// let config: CappingConfig = serde_json::from_str(r#"{
///     "uid": "u-1", "state": "created", "url": "https://api.example.org/*", "methods": ["GET"],
///     "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}}
/// }"#)?;
/// let observed = ObservedLimits::new(&[config], &[]);
/// let found: &ObservedConfig = &observed.configs[0];
/// let mut state = LimitsState::default();
/// let blocked = plan(&desired, &observed, &state, PlanOptions::default());
/// let blocker: &Blocker = &blocked.blockers[0];
/// assert_eq!((blocker.reason, &blocker.candidates[0]), (BlockReason::Unmanaged, &ConfigSummary::from(found)));
/// assert_eq!(blocker.reason.code(), "AJO_LIMITS_UNMANAGED");
/// let deploy_state = desired.configs[0].deploy_state();
/// assert_eq!(deploy_state, DeployState::from_desired(desired.configs[0].definition.clone(), false));
/// assert_ne!(deploy_state, found.deploy_state);
///
/// // After an import it is managed, and the plan updates it.
/// state.record(ManagedConfig::unsettled(&desired.sandbox, found.key(), None, found));
/// let managed: Vec<&ManagedConfig> = state.for_sandbox(&desired.sandbox).collect();
/// assert!(managed[0].uid == found.uid && managed[0].is_unchanged(found));
/// assert_eq!(observed.get(&managed[0].uid), Some(found));
/// assert_eq!(match_configs(&desired, &observed, &state), [Some(found)]);
/// let plan = plan(&desired, &observed, &state, PlanOptions::default());
/// let change = &plan.changes[0];
/// let (field, before, after) = ("services.action.rating.maxCallsCount".to_owned(), 500.into(), 200.into());
/// assert_eq!((change.action, &change.field_diffs[..]), (Action::Update, &[FieldDiff { field, before, after }][..]));
/// assert!((change.action.as_str(), change.action.symbol()) == ("update", '~') && !change.is_redeployed());
///
/// // Once removed from the state, it is no longer written to the state file.
/// state.remove(&found.uid);
/// assert!(!state.to_json_string().contains("u-1"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Blocker {
    /// The kind of problem.
    pub reason: BlockReason,
    /// The configuration, if the problem concerns one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ConfigKey>,
    /// A description of the problem.
    pub message: String,
    /// How to solve it.
    pub hint: String,
    /// The configurations involved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<ConfigSummary>,
    /// The position in the limits file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
}

/// Why a plan cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BlockReason {
    /// Several configurations match.
    Ambiguous,
    /// The configuration exists, differs, and is not in the state file.
    Unmanaged,
    /// Both the files and the service have changed.
    Conflict,
    /// The organization already has another throttling configuration.
    MultipleThrottling,
    /// The plan deletes more configurations than allowed.
    TooManyDeletes,
    /// The service's list contradicts itself or `get`.
    IncompleteList,
    /// More managed configurations are missing than a plan may delete.
    TooManyMissing,
    /// The effect on observed traffic is above a maximum of the policy.
    EffectMaximum,
    /// The policy has a maximum for the effect on traffic, and the effect is unknown.
    EffectUnknown,
}

impl BlockReason {
    /// The code in reports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ambiguous => "AJO_LIMITS_AMBIGUOUS",
            Self::Unmanaged => "AJO_LIMITS_UNMANAGED",
            Self::Conflict => "AJO_LIMITS_CONFLICT",
            Self::MultipleThrottling => "AJO_LIMITS_MULTIPLE_THROTTLING",
            Self::TooManyDeletes => "AJO_LIMITS_TOO_MANY_DELETES",
            Self::IncompleteList => "AJO_LIMITS_INCOMPLETE_LIST",
            Self::TooManyMissing => "AJO_LIMITS_TOO_MANY_MISSING",
            Self::EffectMaximum => "AJO_LIMITS_EFFECT_MAXIMUM",
            Self::EffectUnknown => "AJO_LIMITS_EFFECT_UNKNOWN",
        }
    }
}

/// Identifies a configuration of the service in messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigSummary {
    /// The UID.
    #[schemars(with = "String")]
    pub uid: Uid,
    /// The key.
    pub key: ConfigKey,
    /// Whether it is deployed.
    pub deployed: bool,
    /// Who last edited it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_by: Option<String>,
    /// When it was last edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
}

impl From<&ObservedConfig> for ConfigSummary {
    fn from(found: &ObservedConfig) -> Self {
        Self {
            uid: found.uid.clone(),
            key: found.key(),
            deployed: found.deploy_state.is_deployed(),
            last_modified_by: found.last_modified_by.clone(),
            last_modified_at: found.last_modified_at.clone(),
        }
    }
}
