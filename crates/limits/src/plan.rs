//! From what is wanted, what is there and what is ours to what has to be done.

use std::collections::{BTreeMap, BTreeSet};

use ajo_core::{Api, Uid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Candidate, Cause, Change, Desired, Digest, Found, Key, Ledger, Observed, Options, Owned, Refusal, Wanted, Why,
};

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

/// Compares what the files want with what the service has and what is ours. It reads its arguments and nothing else.
pub fn plan(desired: &Desired, observed: &Observed, ledger: &Ledger, options: Options) -> Plan {
    let mut planning = Planning::new(desired, observed, ledger);
    for wanted in &desired.configs {
        planning.want(wanted);
    }
    planning.leftovers(options);
    planning.finish(options)
}

/// For each configuration that the files want, in their order, the one at the service that is meant. None if it is not there, or
/// if several could be meant.
pub fn meant<'o>(desired: &'o Desired, observed: &'o Observed, ledger: &'o Ledger) -> Vec<Option<&'o Found>> {
    let mut planning = Planning::new(desired, observed, ledger);
    for wanted in &desired.configs {
        planning.want(wanted);
    }
    planning.meant
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

    fn digest_with(&self, observed: &Observed) -> Digest {
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

/// Who changed it at the service, where that can be known: who undeploys a configuration, or deploys it, is not who edited it.
fn others(owned: &Owned, found: &Found) -> Cause {
    let edited = found.last_modified_at != owned.last_modified_at;
    Cause::Others {
        by: found.last_modified_by.clone().filter(|_| edited),
        at: found.last_modified_at.clone().filter(|_| edited),
    }
}

/// A plan that is being made.
struct Planning<'p> {
    desired: &'p Desired,
    observed: &'p Observed,
    by_key: BTreeMap<Key, Vec<&'p Found>>,
    owned: BTreeMap<&'p Key, Vec<&'p Owned>>,
    owned_uids: BTreeMap<&'p Uid, &'p Owned>,
    wanted_keys: BTreeSet<Key>,
    /// Those of the service and of the ledger that a file speaks of.
    spoken_of: BTreeSet<&'p Uid>,
    /// For each configuration of the files the one at the service that is meant, if that is clear.
    meant: Vec<Option<&'p Found>>,
    changes: Vec<Change>,
    refusals: Vec<Refusal>,
    unchanged: usize,
    unowned: Vec<Candidate>,
    kept: Vec<Candidate>,
    settled: Vec<Found>,
    vanished: Vec<Uid>,
}

impl<'p> Planning<'p> {
    fn new(desired: &'p Desired, observed: &'p Observed, ledger: &'p Ledger) -> Self {
        let mut by_key: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for found in &observed.configs {
            by_key.entry(found.key()).or_default().push(found);
        }
        let mut owned: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut owned_uids = BTreeMap::new();
        for entry in ledger.of(&desired.sandbox) {
            owned.entry(&entry.key).or_default().push(entry);
            owned_uids.insert(&entry.uid, entry);
        }
        Self {
            desired,
            observed,
            by_key,
            owned,
            owned_uids,
            wanted_keys: desired.configs.iter().map(Wanted::key).collect(),
            spoken_of: BTreeSet::new(),
            meant: Vec::new(),
            changes: Vec::new(),
            refusals: Vec::new(),
            unchanged: 0,
            unowned: Vec::new(),
            kept: Vec::new(),
            settled: Vec::new(),
            vanished: Vec::new(),
        }
    }

    /// Finds the configuration that is meant, and plans what it needs.
    fn want(&mut self, wanted: &Wanted) {
        let key = wanted.key();
        let mut owned = self.owned.get(&key).cloned().unwrap_or_default();
        owned.extend(self.moved_to(&key));
        self.spoken_of.extend(owned.iter().map(|owned| &owned.uid));
        let present: Vec<_> = owned.iter().filter_map(|owned| Some((*owned, self.observed.get(&owned.uid)?))).collect();
        let others = self.others(&key);
        self.meant.push(match (&present[..], &others[..]) {
            ([(_, found)], _) | ([], [found]) => Some(found),
            ([], []) => self.only_throttling(&key).filter(|found| self.owned_uids.contains_key(&found.uid)),
            _ => None,
        });
        match (&present[..], &owned[..], &others[..]) {
            ([(ours, found)], ..) => {
                self.ours(wanted, ours, found);
                let gone = owned.iter().filter(|owned| owned.uid != ours.uid);
                self.vanished.extend(gone.map(|owned| owned.uid.clone()));
            }
            ([_, _, ..], ..) => {
                let candidates: Vec<_> = present.iter().map(|(_, found)| *found).collect();
                self.ambiguous(wanted, "the ledger names several configurations for it", &candidates);
            }
            ([], [], []) => self.absent(wanted),
            ([], [_, ..], []) if self.only_throttling(&key).is_some() => self.absent(wanted),
            ([], [owned, ..], []) => self.gone(wanted, owned),
            ([], _, [found]) if found.standing == wanted.standing() => {
                self.spoken_of.insert(&found.uid);
                self.unchanged += 1;
                self.unowned.push(Candidate::from(*found));
            }
            ([], _, [found]) => {
                self.spoken_of.insert(&found.uid);
                self.refuse(
                    wanted,
                    Why::NotOurs,
                    "it is there already, differs from the file, and is not in the ledger".to_owned(),
                    "if it is yours, `ajo adopt` enters it into the ledger, and the next plan shows what would change",
                    &[found],
                );
            }
            ([], _, several) => {
                self.ambiguous(
                    wanted,
                    "several configurations at the service have this URL and these methods",
                    several,
                );
            }
        }
    }

    /// Those of ours that somebody gave this key, and that no file speaks of by the key they had.
    fn moved_to(&self, key: &Key) -> Vec<&'p Owned> {
        let found = self.by_key.get(key).into_iter().flatten();
        let owned = found.filter_map(|found| self.owned_uids.get(&found.uid).copied());
        owned.filter(|owned| owned.key != *key && !self.wanted_keys.contains(&owned.key)).collect()
    }

    /// Those of the service with this key that the ledger does not know.
    fn others(&self, key: &Key) -> Vec<&'p Found> {
        let found = self.by_key.get(key).into_iter().flatten();
        found.filter(|found| !self.owned_uids.contains_key(&found.uid)).copied().collect()
    }

    /// One that the ledger knows and the service has: compared three ways.
    fn ours(&mut self, wanted: &Wanted, owned: &Owned, found: &'p Found) {
        let now = found.standing.digest();
        let others = others(owned, found);
        self.spoken_of.insert(&found.uid);
        if found.standing == wanted.standing() {
            self.unchanged += 1;
            if owned.digest != now || owned.last_modified_at != found.last_modified_at || owned.key != found.key() {
                self.settled.push(found.clone());
            }
        } else if owned.digest == now {
            self.change(wanted, Some(found), Cause::You);
        } else if owned.digest == wanted.standing().digest() {
            self.change(wanted, Some(found), others);
        } else {
            self.refuse(
                wanted,
                Why::Conflict,
                format!("you changed it, and {others}, since it was last applied"),
                "to keep theirs, write it into the file; to overwrite it, `ajo adopt` notes that you have seen it, and the \
                 next plan overwrites it",
                &[found],
            );
        }
    }

    /// One that the ledger knows and the service no longer has.
    fn gone(&mut self, wanted: &Wanted, owned: &Owned) {
        if owned.digest == wanted.standing().digest() {
            self.change(wanted, None, Cause::Gone);
        } else {
            self.refuse(
                wanted,
                Why::Conflict,
                format!("you changed it, and somebody else deleted it ({})", owned.uid),
                "to let it go, take it out of the file; to create it again, `ajo adopt` notes that it is gone, and the next \
                 plan creates it",
                &[],
            );
        }
    }

    /// One that neither the ledger nor the service has; but an organization has one throttling configuration only.
    fn absent(&mut self, wanted: &Wanted) {
        match self.only_throttling(&wanted.key()) {
            None => self.change(wanted, None, Cause::New),
            Some(found) => match self.owned_uids.get(&found.uid).copied() {
                Some(owned) => {
                    self.spoken_of.insert(&owned.uid);
                    self.ours(wanted, owned, found);
                }
                None => self.refuse(
                    wanted,
                    Why::OneThrottling,
                    "an organization has one throttling configuration only, and it has another already".to_owned(),
                    "write that one into the file, or enter it into the ledger with `ajo adopt --uid`, and the next plan \
                     changes it into yours",
                    &[found],
                ),
            },
        }
    }

    /// The organization's one throttling configuration, for a key of throttling.
    fn only_throttling(&self, key: &Key) -> Option<&'p Found> {
        let mut all = self.observed.configs.iter();
        all.find(|found| key.api == Api::Throttling && found.standing.saved.api() == Api::Throttling)
    }

    /// What is ours and in no file.
    fn leftovers(&mut self, options: Options) {
        let sandbox = self.desired.sandbox.as_str();
        let all: Vec<_> = self.owned_uids.values().copied().filter(|owned| owned.sandbox == sandbox).collect();
        let mut deletes = 0;
        for owned in all.iter().filter(|owned| !self.spoken_of.contains(&owned.uid)) {
            let Some(found) = self.observed.get(&owned.uid) else {
                self.vanished.push(owned.uid.clone());
                continue;
            };
            if !options.prune {
                self.kept.push(found.into());
            } else if found.standing.digest() == owned.digest {
                deletes += 1;
                self.changes.push(Change::delete(found, options));
            } else {
                let others = others(owned, found);
                self.refusals.push(Refusal {
                    why: Why::Conflict,
                    key: Some(found.key()),
                    message: format!("it is no longer in the files, and {others}, since it was last applied"),
                    hint:
                        "to keep it, write it into a file; to delete it all the same, note that you have seen it with \
                           `ajo adopt --uid`"
                            .to_owned(),
                    candidates: vec![found.into()],
                    place: None,
                });
            }
        }
        let allowed = options.allowed_deletes(all.len());
        if deletes > allowed {
            self.refusals.push(Refusal {
                why: Why::TooManyDeletes,
                key: None,
                message: format!("{deletes} of {} configurations would be deleted, and {allowed} may be", all.len()),
                hint: format!("if that is meant, allow it with --max-deletes {deletes}"),
                candidates: Vec::new(),
                place: None,
            });
        }
    }

    fn change(&mut self, wanted: &Wanted, found: Option<&Found>, cause: Cause) {
        match Change::to(wanted, found, cause) {
            Some(change) => self.changes.push(change),
            // What differs is nothing that a call could change.
            None => self.unchanged += 1,
        }
    }

    fn ambiguous(&mut self, wanted: &Wanted, message: &str, candidates: &[&'p Found]) {
        self.spoken_of.extend(candidates.iter().map(|found| &found.uid));
        self.refuse(
            wanted,
            Why::Ambiguous,
            message.to_owned(),
            "say which one is meant with `ajo adopt --uid UID`, or delete what is too many",
            candidates,
        );
    }

    fn refuse(&mut self, wanted: &Wanted, why: Why, message: String, hint: &str, candidates: &[&Found]) {
        self.refusals.push(Refusal {
            why,
            key: Some(wanted.key()),
            message,
            hint: hint.to_owned(),
            candidates: candidates.iter().map(|found| Candidate::from(*found)).collect(),
            place: wanted.place.clone(),
        });
    }

    fn finish(self, options: Options) -> Plan {
        let known = |found: &&Found| self.spoken_of.contains(&found.uid) || self.owned_uids.contains_key(&found.uid);
        let unmanaged = self.observed.configs.iter().filter(|found| !known(found)).map(Candidate::from).collect();
        let mut plan = Plan {
            sandbox: self.desired.sandbox.to_string(),
            options,
            wanted: self.desired.configs.clone(),
            changes: self.changes,
            refusals: self.refusals,
            unchanged: self.unchanged,
            unowned: self.unowned,
            kept: self.kept,
            unmanaged,
            settled: self.settled,
            vanished: self.vanished,
            digest: Digest::of(&()),
        };
        plan.digest = plan.digest_with(self.observed);
        plan
    }
}
