//! Configurations of which it cannot be said which one at the service is meant.

use ajo_plan::{Desired, Key, Ledger, Observed, Options, Refusal, Why, plan};

/// Those that several at the service could be.
pub(crate) struct Unclear(Vec<Refusal>);

impl Unclear {
    pub(crate) fn of(desired: &Desired, observed: &Observed, ledger: &Ledger) -> Self {
        let refusals = plan(desired, observed, ledger, Options::default()).refusals;
        Self(refusals.into_iter().filter(|refusal| refusal.why == Why::Ambiguous).collect())
    }

    pub(crate) fn is(&self, key: &Key) -> bool {
        self.0.iter().any(|refusal| refusal.key.as_ref() == Some(key))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        self.0.iter().map(note).collect()
    }
}

/// A refusal in one line.
pub(crate) fn note(refusal: &Refusal) -> String {
    let candidates: Vec<_> = refusal.candidates.iter().map(|candidate| candidate.uid.as_str()).collect();
    let key = refusal.key.as_ref().map_or_else(String::new, ToString::to_string);
    format!("{key}: {}: {}; {}", refusal.message, candidates.join(", "), refusal.hint)
}
