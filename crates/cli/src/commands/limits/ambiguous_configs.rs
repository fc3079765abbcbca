//! Configurations of which it cannot be said which one at the service is meant.

use ajo_limits::{Desired, Key, Ledger, Observed, Options, Refusal, Why, plan};

use super::plan::twins;

/// Those that several at the service could be, or another throttling configuration than ours.
pub(crate) struct Unclear {
    refusals: Vec<Refusal>,
    twins: Vec<String>,
}

impl Unclear {
    pub(crate) fn of(desired: &Desired, observed: &Observed, ledger: &Ledger) -> Self {
        let plan = plan(desired, observed, ledger, Options::default());
        let twins = twins(&plan);
        let unclear = |refusal: &Refusal| matches!(refusal.why, Why::Ambiguous | Why::OneThrottling);
        Self { refusals: plan.refusals.into_iter().filter(unclear).collect(), twins }
    }

    pub(crate) fn is(&self, key: &Key) -> bool {
        self.refusals.iter().any(|refusal| refusal.key.as_ref() == Some(key))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.refusals.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.refusals.len()
    }

    /// What is to be said of them, and of those that limit the same as one of the files and are not ours.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.refusals.iter().map(note).chain(self.twins.iter().cloned()).collect()
    }
}

/// A refusal in one line.
fn note(refusal: &Refusal) -> String {
    let candidates: Vec<_> = refusal.candidates.iter().map(|candidate| candidate.uid.as_str()).collect();
    let key = refusal.key.as_ref().map_or_else(String::new, ToString::to_string);
    format!("{key}: {}: {}; {}", refusal.message, candidates.join(", "), refusal.hint)
}
