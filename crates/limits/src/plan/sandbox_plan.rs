//! The plan for one sandbox, as data.

use std::collections::BTreeSet;

use ajo_core::Uid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Candidate, Change, Digest, Found, Observed, Options, Refusal, Wanted};

/// What has to be done so that a sandbox is as the files say. It is data: nothing in this crate can carry it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The sandbox.
    pub sandbox: String,
    /// What it may do beyond the files.
    pub options: Options,
    /// What the files want.
    pub wanted: Vec<Wanted>,
    /// What has to change, in the order of the files; what goes comes last.
    pub changes: Vec<Change>,
    /// What keeps it from being applied.
    pub refusals: Vec<Refusal>,
    /// How many are as the files want them.
    pub unchanged: usize,
    /// As the files want them, and not in the ledger.
    pub unowned: Vec<Candidate>,
    /// Ours, no longer in the files, and kept because nobody asked to prune.
    pub kept: Vec<Candidate>,
    /// Neither ours nor in the files; left alone.
    pub unmanaged: Vec<Candidate>,
    /// Ours, as the files want them, and changed since the ledger was written: the ledger is behind.
    pub settled: Vec<Found>,
    /// In the ledger, and no longer at the service: in no file, or something else has taken its place.
    #[schemars(with = "Vec<String>")]
    pub vanished: Vec<Uid>,
    /// Over what is wanted, what was read of it, and what is to be done.
    pub digest: Digest,
}

impl Plan {
    /// Whether nothing has to be done and nothing is in the way.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.refusals.is_empty()
    }

    /// Which configurations at the service it is about.
    fn about(&self) -> BTreeSet<&Uid> {
        let changed = self.changes.iter().filter_map(|change| change.uid.as_ref());
        let candidates = self.refusals.iter().flat_map(|refusal| &refusal.candidates);
        let candidates = candidates.chain(&self.unowned).chain(&self.kept).map(|candidate| &candidate.uid);
        changed.chain(candidates).chain(self.settled.iter().map(|found| &found.uid)).collect()
    }

    /// The digest of the plan, and of the part of the service that it read.
    pub(super) fn digest_with(&self, observed: &Observed) -> Digest {
        // Where a file says something does not change what is done.
        let mut plain = self.clone();
        let wanted = plain.wanted.iter_mut().map(|wanted| &mut wanted.place);
        let changes = plain.changes.iter_mut().map(|change| &mut change.place);
        for place in wanted.chain(changes).chain(plain.refusals.iter_mut().map(|refusal| &mut refusal.place)) {
            *place = None;
        }
        let about = self.about();
        let read: Vec<_> = observed.configs.iter().filter(|found| about.contains(&found.uid)).collect();
        let Self { sandbox, options, wanted, changes, refusals, .. } = &plain;
        Digest::of(&(sandbox, options, wanted, read, changes, refusals))
    }
}
