//! The store, and what must be true of everything that it accepts.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::LazyLock;
use std::time::Duration;

use ajo_limits::StateSet;
use ajo_state::protocol::{JournalDocument, LeaseDocument, ObjectNames, StateDocument};
use ajo_state::{BucketObject, ObjectVersion, PutCondition, PutError};

use crate::fingerprint::fingerprint;
use crate::mutation::Mutation;

/// The unit of time. A request takes any number of ticks.
pub(crate) const TICK: Duration = Duration::from_secs(1);
/// The lease time. Its margin is one tick, and its quarter is a bit longer than one.
pub(crate) const LEASE_TICKS: u32 = 5;
pub(crate) const MARGIN_TICKS: u32 = 1;

/// A conditional write.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Write {
    pub(crate) writer: usize,
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
    pub(crate) condition: PutCondition,
    /// When the writer first sent a request with this content, on its own clock.
    pub(crate) first_sent_at: Duration,
}

/// An object, and its content before the last write.
#[derive(Clone, Debug, Hash)]
struct Stored {
    content: Content,
    is_batch: bool,
    version: u64,
    previous: Option<Content>,
}

/// Bytes that are hashed once.
#[derive(Clone, Debug)]
struct Content {
    bytes: Rc<[u8]>,
    digest: u128,
}

impl Content {
    fn new(bytes: &[u8]) -> Self {
        Self { bytes: bytes.into(), digest: fingerprint(&bytes, 0) }
    }
}

impl Hash for Content {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

/// The epoch of a content, and the object group in which no older epoch may write after it.
enum Document {
    Lease(LeaseDocument),
    State(StateDocument),
    Batch { journal: u64, document: Box<JournalDocument> },
}

/// The store, and the history that the invariants need.
#[derive(Clone, Debug, Hash)]
pub(crate) struct World {
    objects: Rc<BTreeMap<String, Stored>>,
    /// Writes that were reported as lost and may still arrive.
    pub(crate) late: Vec<Write>,
    /// The writer of each epoch, from epoch 1 on.
    holders: Vec<usize>,
    is_held: bool,
    /// How many more ticks the last request of the current holder may take.
    request_ticks: u64,
    state_epoch: u64,
    /// The newest epoch that wrote to each journal.
    journal_epochs: BTreeMap<u64, u64>,
    /// The newest holder that has finished its fence.
    fenced_epoch: u64,
    pub(crate) open_journals: Vec<u64>,
    /// Journals whose results a state includes.
    closed_journals: Vec<u64>,
    /// Of each writer: the start of the last write to the lease that was accepted, on its own clock.
    pub(crate) renewal_starts: [Duration; 2],
}

/// Checks one statement.
fn check(is_true: bool, violation: impl FnOnce() -> String) -> Result<(), String> {
    if is_true { Ok(()) } else { Err(violation()) }
}

fn object_version(number: u64) -> ObjectVersion {
    ObjectVersion { e_tag: Some(number.to_string()), generation: None }
}

static NAMES: LazyLock<ObjectNames> =
    LazyLock::new(|| ObjectNames::new("A1@AdobeOrg", &StateSet::Sandbox("prod".parse().expect("a name"))));

pub(crate) fn names() -> &'static ObjectNames {
    &NAMES
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            objects: Rc::default(),
            late: Vec::new(),
            holders: Vec::new(),
            is_held: false,
            request_ticks: 0,
            state_epoch: 0,
            journal_epochs: BTreeMap::new(),
            fenced_epoch: 0,
            open_journals: Vec::new(),
            closed_journals: Vec::new(),
            renewal_starts: [Duration::ZERO; 2],
        }
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.holders.len() as u64
    }

    pub(crate) fn tick(&mut self) {
        self.request_ticks = self.request_ticks.saturating_sub(1);
    }

    /// Whether writer 0 was the first holder, or nobody.
    pub(crate) fn is_canonical(&self) -> bool {
        self.holders.first().is_none_or(|writer| *writer == 0)
    }

    pub(crate) fn get(&self, name: &str) -> Option<BucketObject> {
        let stored = self.objects.get(name)?;
        Some(BucketObject { content: stored.content.bytes.to_vec(), version: object_version(stored.version) })
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.objects.contains_key(name)
    }

    /// An object before its last write.
    pub(crate) fn get_previous(&self, name: &str) -> Option<BucketObject> {
        let stored = self.objects.get(name)?;
        let content = stored.previous.as_ref()?.bytes.to_vec();
        Some(BucketObject { content, version: object_version(stored.version - 1) })
    }

    /// Processes a write, and checks the invariants if the store accepts it.
    pub(crate) fn put(&mut self, write: &Write, mutation: Mutation) -> Result<Result<ObjectVersion, PutError>, String> {
        let current = self.objects.get(&write.name);
        let is_met = match (current, &write.condition) {
            (None, PutCondition::Absent) => true,
            (Some(stored), PutCondition::Version(version)) => object_version(stored.version) == *version,
            _ => false,
        };
        if !is_met && mutation != Mutation::StoreIgnoresConditions {
            return Ok(Err(PutError::Conflict));
        }
        let version = current.map_or(1, |stored| stored.version + 1);
        let previous = current.map(|stored| stored.content.clone());
        let is_batch = self.accept(write)?;
        let stored = Stored { is_batch, content: Content::new(&write.content), version, previous };
        Rc::make_mut(&mut self.objects).insert(write.name.clone(), stored);
        Ok(Ok(object_version(version)))
    }

    /// Deletes the lease, which no version of the protocol may do.
    pub(crate) fn delete_lease(&mut self) {
        Rc::make_mut(&mut self.objects).remove(&names().lease());
    }

    /// Checks a write that the store accepts. Returns whether it is a batch of entries.
    fn accept(&mut self, write: &Write) -> Result<bool, String> {
        match parse(&write.name, &write.content) {
            Document::Lease(lease) => self.accept_lease(write, &lease).map(|()| false),
            Document::State(document) => self.accept_state(write, &document).map(|()| false),
            Document::Batch { journal, document } => {
                self.accept_batch(write, journal, &document).map(|()| document.sealed_by.is_none())
            }
        }
    }

    /// Each epoch has one holder, and no request of the former holder is under way after a takeover.
    fn accept_lease(&mut self, write: &Write, lease: &LeaseDocument) -> Result<(), String> {
        let (last, writer) = (self.epoch(), write.writer);
        if lease.epoch == last + 1 && lease.holder.is_some() {
            let is_quiet = !self.is_held || self.request_ticks == 0;
            check(is_quiet, || format!("mutual exclusion: writer {writer} takes over during a request"))?;
            self.holders.push(writer);
            self.request_ticks = 0;
        } else {
            check(lease.epoch == last, || format!("epoch {} follows epoch {last}", lease.epoch))?;
            check(self.holders.last() == Some(&writer), || format!("epoch {last} has two holders"))?;
        }
        self.is_held = lease.holder.is_some();
        if self.is_held {
            self.renewal_starts[writer] = write.first_sent_at;
        }
        Ok(())
    }

    fn accept_state(&mut self, write: &Write, document: &StateDocument) -> Result<(), String> {
        self.check_not_fenced(document.epoch, "state")?;
        let newest = self.state_epoch;
        check(document.epoch >= newest, || format!("state: epoch {} writes after epoch {newest}", document.epoch))?;
        self.state_epoch = document.epoch;
        let open: Vec<u64> = document.open_journals.iter().map(|journal| journal.epoch).collect();
        for closed in self.open_journals.iter().filter(|epoch| !open.contains(epoch)) {
            // The writer puts the number of batches that its state includes into the organization.
            let organization = document.state.organization.as_deref().unwrap_or_default();
            let included = included_batches(organization, *closed);
            let existing = self.batches(*closed);
            check(included == existing, || {
                format!(
                    "nothing lost: writer {} closes journal {closed} with {included} of {existing} batches",
                    write.writer
                )
            })?;
            self.closed_journals.push(*closed);
        }
        self.open_journals = open;
        Ok(())
    }

    fn accept_batch(&mut self, write: &Write, journal: u64, document: &JournalDocument) -> Result<(), String> {
        let epoch = document.sealed_by.unwrap_or(journal);
        self.check_not_fenced(epoch, "journal")?;
        let newest = self.journal_epochs.get(&journal).copied().unwrap_or(0);
        check(epoch >= newest, || format!("journal {journal}: epoch {epoch} writes after epoch {newest}"))?;
        self.journal_epochs.insert(journal, epoch);
        let is_open = self.open_journals.contains(&journal);
        check(is_open, || format!("nothing lost: {} is written to a closed journal", write.name))
    }

    /// After a fence, the state and the journals have no write of an older epoch.
    fn check_not_fenced(&self, epoch: u64, object: &str) -> Result<(), String> {
        let fenced = self.fenced_epoch;
        check(epoch >= fenced, || format!("{object}: a write of epoch {epoch} after the fence of epoch {fenced}"))
    }

    /// The number of batches in a journal, without the seal.
    fn batches(&self, journal: u64) -> u64 {
        let mut number = 0;
        while self.objects.get(&names().batch(journal, number)).is_some_and(|stored| stored.is_batch) {
            number += 1;
        }
        number
    }

    pub(crate) fn finish_fence(&mut self, epoch: u64) {
        self.fenced_epoch = self.fenced_epoch.max(epoch);
    }

    /// A batch that was confirmed is in a journal that every later holder reads, or in the state.
    pub(crate) fn check_confirmed(&self, epoch: u64, number: u64) -> Result<(), String> {
        let is_found = self.open_journals.contains(&epoch) || self.closed_journals.contains(&epoch);
        let is_readable = self.batches(epoch) > number;
        check(is_found && is_readable, || {
            format!("nothing lost: batch {epoch}/{number} was confirmed, but is not readable")
        })
    }

    /// Checks a request to the service that has this number, and may take `rest`. Returns whether the writer holds the lease.
    pub(crate) fn start_request(
        &mut self,
        epoch: u64,
        (number, confirmed): (u64, u64),
        rest: Duration,
    ) -> Result<bool, String> {
        let existing = self.batches(epoch).min(confirmed);
        check(existing > number, || format!("nothing lost: request {number} of epoch {epoch} has no journal entry"))?;
        let is_holder = self.is_held && self.epoch() == epoch;
        if is_holder {
            self.request_ticks = rest.as_secs();
        }
        Ok(is_holder)
    }
}

fn parse(name: &str, content: &[u8]) -> Document {
    let names = names();
    if name == names.lease() {
        return Document::Lease(LeaseDocument::parse(name, content).expect("a lease"));
    }
    if name == names.state() {
        return Document::State(StateDocument::parse(name, content).expect("a state"));
    }
    let journal = name.rsplit('/').nth(1).and_then(|epoch| epoch.parse().ok()).expect("the name of a batch");
    Document::Batch { journal, document: Box::new(JournalDocument::parse(name, content).expect("a batch")) }
}

/// The number of batches of this journal that the results in a state include: `epoch:batches,…`.
fn included_batches(results: &str, journal: u64) -> u64 {
    let parts = results.split(',').filter_map(|part| part.split_once(':'));
    let found = parts.filter_map(|(epoch, batches)| Some((epoch.parse::<u64>().ok()?, batches.parse().ok()?)));
    found.filter(|(epoch, _)| *epoch == journal).map(|(_, batches)| batches).next().unwrap_or(0)
}
