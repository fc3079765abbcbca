//! All paths of a redeploy, against all services that could answer it.

use super::{LiveLimit, RedeployCall, RedeployResult, RedeployState, RedeployStep};

const RESULTS: [RedeployResult; 4] =
    [RedeployResult::Done, RedeployResult::Refused, RedeployResult::Failed, RedeployResult::Unknown];

/// One path so far: the calls with their results, and the limit that is really live.
#[derive(Clone)]
struct Path {
    state: RedeployState,
    calls: Vec<(RedeployCall, RedeployResult)>,
    live: LiveLimit,
}

impl Path {
    fn start(live: LiveLimit) -> Self {
        Self { state: RedeployState::default(), calls: Vec::new(), live }
    }

    fn then(&self, call: RedeployCall, result: RedeployResult, live: LiveLimit) -> Self {
        let mut calls = self.calls.clone();
        calls.push((call, result));
        Self { state: self.state.advance(result), calls, live }
    }

    /// The next call with everything that it may do and report. `get` tells the truth, hides the live definition, or fails.
    fn continuations(&self, call: RedeployCall) -> Vec<Self> {
        let same = |result| self.then(call, result, self.live);
        match call {
            RedeployCall::Get => {
                let mut all = vec![
                    same(RedeployResult::Live(self.live)),
                    same(RedeployResult::Failed),
                    same(RedeployResult::Unknown),
                ];
                if self.live != LiveLimit::None {
                    all.push(same(RedeployResult::Live(LiveLimit::Unknown)));
                }
                all
            }
            RedeployCall::CanDeploy => RESULTS.map(same).to_vec(),
            RedeployCall::Deploy | RedeployCall::Undeploy => {
                let after = if call == RedeployCall::Deploy { LiveLimit::New } else { LiveLimit::None };
                let done = RedeployResult::Done;
                let mut all = vec![self.then(call, done, after), self.then(call, RedeployResult::Unknown, after)];
                all.extend(RESULTS.into_iter().filter(|result| *result != done).map(same));
                // The service reports success and ignores the deploy of a deployed configuration.
                if call == RedeployCall::Deploy && self.live != LiveLimit::None {
                    all.push(same(done));
                }
                all
            }
        }
    }
}

/// Every path from its start to its end.
fn all_paths() -> Vec<(Path, LiveLimit)> {
    let mut open: Vec<_> = [LiveLimit::Old, LiveLimit::New, LiveLimit::None].map(Path::start).into();
    let mut finished = Vec::new();
    while let Some(path) = open.pop() {
        assert!(path.calls.len() < 9, "too many calls: {:?}", path.calls);
        match path.state.step() {
            RedeployStep::Call(call) => open.extend(path.continuations(call)),
            RedeployStep::Finished(live) => finished.push((path, live)),
        }
    }
    assert!(finished.len() > 150, "{} paths", finished.len());
    finished
}

fn follow(results: &[RedeployResult]) -> RedeployStep {
    results.iter().fold(RedeployState::default(), |state, result| state.advance(*result)).step()
}

#[test]
fn reported_limit_is_the_live_one() {
    for (path, live) in all_paths() {
        // Only a `get` proves that the new limit is live.
        assert!(live == path.live || live == LiveLimit::Unknown, "{live:?}, really {:?}: {:?}", path.live, path.calls);
    }
}

#[test]
fn undeploy_needs_can_deploy_and_refusal() {
    for (path, _) in all_paths() {
        let Some(position) = path.calls.iter().position(|(call, _)| *call == RedeployCall::Undeploy) else { continue };
        let before = &path.calls[..position];
        assert!(before.contains(&(RedeployCall::CanDeploy, RedeployResult::Done)), "{:?}", path.calls);
        let [.., (RedeployCall::Deploy, deploy), (RedeployCall::Get, found)] = before else {
            panic!("{:?}", path.calls);
        };
        let refused = *deploy == RedeployResult::Refused;
        let ignored = (*deploy, *found) == (RedeployResult::Done, RedeployResult::Live(LiveLimit::Old));
        assert!(refused || ignored, "{:?}", path.calls);
    }
}

#[test]
fn undeploy_is_followed_by_deploy() {
    for (path, live) in all_paths() {
        let Some(position) = path.calls.iter().position(|(call, _)| *call == RedeployCall::Undeploy) else { continue };
        let deployed = path.calls[position..].iter().any(|(call, _)| *call == RedeployCall::Deploy);
        let (_, undeploy) = path.calls[position];
        let undeployed = undeploy == RedeployResult::Done || path.live == LiveLimit::None;
        assert!(deployed || !undeployed, "ended with {live:?}: {:?}", path.calls);
    }
}

#[test]
fn only_a_stop_before_undeploy_is_safe() {
    for (path, _) in all_paths() {
        let mut state = RedeployState::default();
        let mut undeployed = false;
        for (call, result) in &path.calls {
            assert!(!(undeployed && state.is_interruptible()), "{:?}", path.calls);
            undeployed |=
                *call == RedeployCall::Undeploy && matches!(result, RedeployResult::Done | RedeployResult::Unknown);
            state = state.advance(*result);
        }
    }
}

#[test]
fn fallback_ends_with_the_new_limit() {
    use RedeployResult::{Done, Live, Refused};

    for first in [Done, Refused] {
        let results = [Live(LiveLimit::Old), Done, first, Live(LiveLimit::Old), Done, Done, Live(LiveLimit::New)];
        assert_eq!(follow(&results), RedeployStep::Finished(LiveLimit::New));
        assert_eq!(follow(&results[..4]), RedeployStep::Call(RedeployCall::Undeploy));
    }
    let refused_twice =
        [Live(LiveLimit::Old), Done, Refused, Live(LiveLimit::Old), Done, Refused, Live(LiveLimit::None)];
    assert_eq!(follow(&refused_twice), RedeployStep::Finished(LiveLimit::None));
}

#[test]
fn live_definition_needs_no_call() {
    assert_eq!(follow(&[RedeployResult::Live(LiveLimit::New)]), RedeployStep::Finished(LiveLimit::New));
}
