//! Redeploying: makes the saved definition of a deployed capping configuration live.
//!
//! The vendor's specification says that a deployed configuration stays live after an update and "must be deployed again"
//! (documented). Adobe's product page instead lists update, undeploy, `canDeploy`, deploy (documented), which leaves no limit while
//! it runs and if the deploy is refused. Which of them the service accepts is *unknown*. So a redeploy first deploys without a gap,
//! and undeploys only if the service refuses that or does not act on it. See `docs/decisions/redeploy.md`.

#[cfg(test)]
mod tests;

/// Which limit is live: what journeys are subject to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum LiveLimit {
    /// The definition that was live before.
    Old,
    /// The saved definition.
    New,
    /// No definition; only AJO's default cap applies.
    None,
    Unknown,
}

/// A call of a redeploy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedeployCall {
    Get,
    CanDeploy,
    Deploy,
    Undeploy,
}

/// The result of a call of a redeploy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedeployResult {
    /// `get` returned the configuration, and this limit is live.
    Live(LiveLimit),
    /// The call succeeded. For `canDeploy`: the definition can be deployed.
    Done,
    /// The service rejected the call with its own code. For `canDeploy`: the definition cannot be deployed.
    Refused,
    /// The call failed otherwise and had no effect: no permission, no connection, too many requests.
    Failed,
    /// The service may have processed the call.
    Unknown,
}

/// The next step of a redeploy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedeployStep {
    /// Make this call and pass its result to [`RedeployState::advance`].
    Call(RedeployCall),
    /// The redeploy has ended. It succeeded if the new limit is live.
    Finished(LiveLimit),
}

/// The progress of a redeploy.
///
/// ```
/// use ajo_engine::{LiveLimit, RedeployCall, RedeployResult, RedeployState, RedeployStep};
///
/// let mut state = RedeployState::default();
/// let mut calls = Vec::new();
/// let mut results = [
///     RedeployResult::Live(LiveLimit::Old),
///     RedeployResult::Done,
///     RedeployResult::Done,
///     RedeployResult::Live(LiveLimit::New),
/// ]
/// .into_iter();
/// let live = loop {
///     match state.step() {
///         RedeployStep::Finished(live) => break live,
///         RedeployStep::Call(call) => calls.push(call),
///     }
///     state = state.advance(results.next().expect("four calls"));
/// };
/// assert_eq!(live, LiveLimit::New);
/// assert_eq!(calls, [RedeployCall::Get, RedeployCall::CanDeploy, RedeployCall::Deploy, RedeployCall::Get]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RedeployState {
    phase: Phase,
    /// The limit before the first write.
    before: LiveLimit,
}

/// The call whose result is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Read,
    CanDeploy,
    Deploy,
    ReadBack {
        deploy: RedeployResult,
    },
    Undeploy,
    /// After an undeploy whose outcome is unknown.
    CheckUndeploy,
    DeployAgain {
        is_undeployed: bool,
    },
    ReadBackAgain {
        is_undeployed: bool,
        deploy: RedeployResult,
    },
    Finished(LiveLimit),
}

impl Default for RedeployState {
    fn default() -> Self {
        Self { phase: Phase::Read, before: LiveLimit::Unknown }
    }
}

impl RedeployState {
    pub const fn step(self) -> RedeployStep {
        RedeployStep::Call(match self.phase {
            Phase::Read | Phase::ReadBack { .. } | Phase::CheckUndeploy | Phase::ReadBackAgain { .. } => {
                RedeployCall::Get
            }
            Phase::CanDeploy => RedeployCall::CanDeploy,
            Phase::Deploy | Phase::DeployAgain { .. } => RedeployCall::Deploy,
            Phase::Undeploy => RedeployCall::Undeploy,
            Phase::Finished(live) => return RedeployStep::Finished(live),
        })
    }

    /// Whether the redeploy may stop here without leaving the endpoint without a limit.
    pub const fn is_interruptible(self) -> bool {
        matches!(self.phase, Phase::Read | Phase::CanDeploy | Phase::Deploy | Phase::Undeploy | Phase::Finished(_))
    }

    /// The state after the call that [`step`](Self::step) requested.
    #[must_use]
    #[allow(clippy::match_same_arms, reason = "one transition per line, grouped by phase")]
    pub fn advance(self, result: RedeployResult) -> Self {
        use RedeployResult::{Done, Failed, Live, Refused, Unknown};

        let finished = Phase::Finished;
        let mut before = self.before;
        let phase = match (self.phase, result) {
            (Phase::Read, Live(LiveLimit::New)) => finished(LiveLimit::New),
            (Phase::Read, Live(live)) => {
                before = live;
                Phase::CanDeploy
            }
            (Phase::Read, _) => finished(LiveLimit::Unknown),

            (Phase::CanDeploy, Done) => Phase::Deploy,
            (Phase::CanDeploy, _) => finished(before),

            (Phase::Deploy, Done | Refused | Unknown) => Phase::ReadBack { deploy: result },
            (Phase::Deploy, _) => finished(before),

            // Nothing was live, so there is nothing to undeploy.
            (Phase::ReadBack { .. }, Live(live)) if before == LiveLimit::None => finished(live),
            // The service ignores a deploy of a deployed configuration.
            (Phase::ReadBack { deploy: Done }, Live(LiveLimit::Old)) => Phase::Undeploy,
            (Phase::ReadBack { deploy: Refused }, Live(LiveLimit::Old | LiveLimit::Unknown)) => Phase::Undeploy,
            (Phase::ReadBack { .. }, Live(live)) => finished(live),
            (Phase::ReadBack { deploy: Refused }, _) => finished(before),
            (Phase::ReadBack { .. }, _) => finished(LiveLimit::Unknown),

            (Phase::Undeploy, Done) => Phase::DeployAgain { is_undeployed: true },
            (Phase::Undeploy, Unknown) => Phase::CheckUndeploy,
            (Phase::Undeploy, _) => finished(before),

            (Phase::CheckUndeploy, Live(LiveLimit::None)) => Phase::DeployAgain { is_undeployed: true },
            (Phase::CheckUndeploy, Live(live)) => finished(live),
            // There may be no limit now, so deploying is safer than stopping.
            (Phase::CheckUndeploy, _) => Phase::DeployAgain { is_undeployed: false },

            (Phase::DeployAgain { is_undeployed }, _) => Phase::ReadBackAgain { is_undeployed, deploy: result },

            (Phase::ReadBackAgain { .. }, Live(live)) => finished(live),
            (Phase::ReadBackAgain { is_undeployed: true, deploy: Refused | Failed }, _) => finished(LiveLimit::None),
            (Phase::ReadBackAgain { .. }, _) => finished(LiveLimit::Unknown),

            (Phase::Finished(live), _) => finished(live),
        };
        Self { phase, before }
    }
}

impl LiveLimit {
    /// The value in JSON and JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }

    /// A clause for messages.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Old => "the old limit is still live",
            Self::New => "the new limit is live",
            Self::None => "NO limit is live",
            Self::Unknown => "it is unknown which limit is live",
        }
    }

    /// How to continue after a redeploy that ended with this limit, unless the cause says more.
    pub const fn repair_hint(self) -> Option<&'static str> {
        match self {
            Self::Old | Self::New => None,
            Self::None => Some(
                "only AJO's default cap applies until it is deployed: deploy it now, or restore the old definition and deploy that",
            ),
            Self::Unknown => Some("read the configuration back; if it is not deployed, deploy it"),
        }
    }
}
