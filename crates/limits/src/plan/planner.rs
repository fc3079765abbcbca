//! Compares the limits files with the service and the state file, and decides on each configuration.

use std::collections::{BTreeMap, BTreeSet};

use ajo_core::{Api, Uid};

use crate::{
    Candidate, Cause, Change, Desired, Digest, Found, Key, Ledger, Observed, Options, Owned, Plan, Refusal, Wanted, Why,
};

/// Compares what the files want with what the service has and what is ours. It reads its arguments and nothing else.
pub fn plan(desired: &Desired, observed: &Observed, ledger: &Ledger, options: Options) -> Plan {
    let mut planner = Planner::new(desired, observed, ledger);
    for wanted in &desired.configs {
        planner.plan_one(wanted);
    }
    planner.prune(options);
    planner.finish(options)
}

/// For each configuration that the files want, in their order, the one at the service that is meant. None if it is not there, or
/// if several could be meant.
pub fn meant<'o>(desired: &'o Desired, observed: &'o Observed, ledger: &'o Ledger) -> Vec<Option<&'o Found>> {
    let mut planner = Planner::new(desired, observed, ledger);
    for wanted in &desired.configs {
        planner.plan_one(wanted);
    }
    planner.meant
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
struct Planner<'p> {
    desired: &'p Desired,
    observed: &'p Observed,
    by_key: BTreeMap<Key, Vec<&'p Found>>,
    owned: BTreeMap<&'p Key, Vec<&'p Owned>>,
    owned_uids: BTreeMap<&'p Uid, &'p Owned>,
    wanted_keys: BTreeSet<Key>,
    /// Those of the service and of the ledger that a file speaks of.
    referenced: BTreeSet<&'p Uid>,
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

impl<'p> Planner<'p> {
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
            referenced: BTreeSet::new(),
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
    fn plan_one(&mut self, wanted: &Wanted) {
        let key = wanted.key();
        let mut owned = self.owned.get(&key).cloned().unwrap_or_default();
        owned.extend(self.moved_to(&key));
        self.referenced.extend(owned.iter().map(|owned| &owned.uid));
        let present: Vec<_> = owned.iter().filter_map(|owned| Some((*owned, self.observed.get(&owned.uid)?))).collect();
        let others = self.others(&key);
        self.meant.push(match (&present[..], &others[..]) {
            ([(_, found)], _) | ([], [found]) => Some(found),
            ([], []) => self.only_throttling(&key).filter(|found| self.owned_uids.contains_key(&found.uid)),
            _ => None,
        });
        match (&present[..], &owned[..], &others[..]) {
            ([(ours, found)], ..) => {
                self.reconcile(wanted, ours, found);
                let gone = owned.iter().filter(|owned| owned.uid != ours.uid);
                self.vanished.extend(gone.map(|owned| owned.uid.clone()));
            }
            ([_, _, ..], ..) => {
                let candidates: Vec<_> = present.iter().map(|(_, found)| *found).collect();
                self.ambiguous(wanted, "the ledger names several configurations for it", &candidates);
            }
            ([], [], []) => self.create(wanted),
            ([], [_, ..], []) if self.only_throttling(&key).is_some() => self.create(wanted),
            ([], [owned, ..], []) => self.recreate(wanted, owned),
            ([], _, [found]) if found.standing == wanted.standing() => {
                self.referenced.insert(&found.uid);
                self.unchanged += 1;
                self.unowned.push(Candidate::from(*found));
            }
            ([], _, [found]) => {
                self.referenced.insert(&found.uid);
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

    /// A configuration in both the state and the service, compared three ways:
    ///
    /// - the service equals the file: nothing to do;
    /// - the service equals the state: the file changed, so it is an update;
    /// - the file equals the state: someone else changed the service, so it is changed back;
    /// - all three differ: a conflict.
    fn reconcile(&mut self, wanted: &Wanted, owned: &Owned, found: &'p Found) {
        let now = found.standing.digest();
        let others = others(owned, found);
        self.referenced.insert(&found.uid);
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
    fn recreate(&mut self, wanted: &Wanted, owned: &Owned) {
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
    fn create(&mut self, wanted: &Wanted) {
        match self.only_throttling(&wanted.key()) {
            None => self.change(wanted, None, Cause::New),
            Some(found) => match self.owned_uids.get(&found.uid).copied() {
                Some(owned) => {
                    self.referenced.insert(&owned.uid);
                    self.reconcile(wanted, owned, found);
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
    fn prune(&mut self, options: Options) {
        let sandbox = self.desired.sandbox.as_str();
        let all: Vec<_> = self.owned_uids.values().copied().filter(|owned| owned.sandbox == sandbox).collect();
        let mut deletes = 0;
        for owned in all.iter().filter(|owned| !self.referenced.contains(&owned.uid)) {
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
        self.referenced.extend(candidates.iter().map(|found| &found.uid));
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
        let known = |found: &&Found| self.referenced.contains(&found.uid) || self.owned_uids.contains_key(&found.uid);
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
