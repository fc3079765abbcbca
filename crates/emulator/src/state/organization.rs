//! What one organization keeps, and how it is tampered with.

use std::time::Duration;

use ajo_engine::Timestamp;

use crate::faults::active_faults::Faults;
use crate::faults::fault::Fault;
use crate::faults::fault_error::FaultError;
use crate::faults::target::Target;
use crate::state::clock::Clock;
use crate::state::concurrent_edit::Interference;
use crate::state::request_log::{Calls, RequestLog};
use crate::state::settings::SandboxSettings;
use crate::state::store::OrgStore;

/// Most interferences that can wait at a time. Chosen here; each strikes once.
pub const MAX_INTERFERENCES: usize = 100;

/// An organization: its sandboxes, its one throttling configuration, its clock, its faults and its journal. Organizations of
/// one world have nothing in common, so that each test of many can have one.
///
/// ```
/// use std::time::Duration;
/// use ajo_engine::Timestamp;
/// use ajo_emulator::{
///     Call, Deed, Delivery, FAULT_HEADER, Fault, Interference, MAX_FAULTS, MAX_INTERFERENCES, Manner,
///     Organization, Settings, World,
/// };
///
/// let mut world = World::new(Settings::default());
/// let id = world.settings().callers[0].org_id.to_string();
/// let organization: &mut Organization = world.organization_mut(&id).expect("it is there");
///
/// // Its clock, faults and interferences are its own.
/// organization.advance(Duration::from_secs(3600));
/// organization.add_fault("capping.create@first:1=drop_after".parse::<Fault>()?)?;
/// assert!(organization.faults().count() < MAX_FAULTS);
/// let edit: Interference = serde_json::from_str(r#"{"before": "capping.deploy", "does": "edit"}"#)?;
/// assert_eq!(edit.does, Deed::Edit);
/// assert!(organization.interfere(edit) && organization.interferences().len() < MAX_INTERFERENCES);
///
/// // A header strikes one call. How the answer is to be delivered stands in its extensions.
/// let list = http::Request::post("/journey/orchestration/list/endpointConfigs")
///     .header(FAULT_HEADER, "reset")
///     .body("".into())?;
/// let answer = world.handle(&list, Timestamp::from_millis(0));
/// assert_eq!(answer.extensions().get::<Delivery>().expect("it is told").manner, Manner::Reset);
/// let calls = world.calls();
/// let call: &Call = calls.last().expect("it was kept");
/// assert_eq!(call.fault.as_deref(), Some("reset"));
///
/// let first = world.first_mut();
/// first.clear_faults();
/// first.clear_calls();
/// assert!(first.faults().next().is_none() && first.calls().last().is_none());
/// first.clock_mut().freeze(Timestamp::from_millis(0));
/// let (now, later) = (Timestamp::from_millis(3_600_000), Timestamp::from_millis(5000));
/// assert_eq!(first.clock().read(later), now);
///
/// // As it was at the start: the edit waits no longer, and the clock is that of the machine.
/// first.reset();
/// assert!(world.first().interferences().is_empty());
/// assert_eq!(world.organization(&id).expect("it is there").clock().read(later), later);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Organization {
    pub(crate) store: OrgStore,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) request_log: RequestLog,
    interferences: Vec<Interference>,
    /// What it keeps when it starts: empty sandboxes.
    start: OrgStore,
}

impl Organization {
    pub(crate) fn new(sandboxes: &[SandboxSettings], new_id: impl FnMut() -> String) -> Self {
        let start = OrgStore::new(sandboxes, new_id);
        Self {
            store: start.clone(),
            clock: Clock::default(),
            faults: Faults::default(),
            request_log: RequestLog::default(),
            interferences: Vec::new(),
            start,
        }
    }

    /// Takes up what was kept. Sandboxes that it starts with and that were not kept are there, empty.
    pub(crate) fn take_up(&mut self, store: OrgStore) {
        self.store = store;
        for sandbox in &self.start.sandboxes {
            if self.store.sandboxes.iter().all(|there| there.name != sandbox.name) {
                self.store.sandboxes.push(sandbox.clone());
            }
        }
        self.store.count();
    }

    /// The calls that were made, those that the journal still has.
    pub fn calls(&self) -> Calls<'_> {
        self.request_log.calls()
    }

    /// Forgets the calls; the next one goes on counting.
    pub fn clear_calls(&mut self) {
        self.request_log.clear();
    }

    /// Its clock.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Its clock, to be set, frozen or hurried.
    pub const fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// Lets time pass at once.
    pub fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
    }

    /// Sets a fault, after those that are set already.
    pub fn add_fault(&mut self, fault: Fault) -> Result<(), FaultError> {
        self.faults.add(fault)
    }

    /// The faults that are set.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter()
    }

    /// Takes all faults away.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Has somebody else act before a call, once. Whether there is room for it: at most 100 can wait.
    pub fn interfere(&mut self, interference: Interference) -> bool {
        let room = self.interferences.len() < MAX_INTERFERENCES;
        if room {
            self.interferences.push(interference);
        }
        room
    }

    /// What somebody else still waits to do.
    pub fn interferences(&self) -> &[Interference] {
        &self.interferences
    }

    /// Forgets what it keeps, and all that it was told to do wrong. The sandboxes that it started with are there, empty.
    pub fn reset(&mut self) {
        self.store = self.start.clone();
        self.faults.clear();
        self.interferences.clear();
        self.request_log.clear();
        self.clock = Clock::default();
    }

    /// How many capping configurations there are, in all sandboxes, and whether there is a throttling configuration.
    pub fn count(&self) -> (usize, bool) {
        let capping = self.store.sandboxes.iter().map(|sandbox| sandbox.capping.len()).sum();
        (capping, self.store.throttling.is_some())
    }

    /// Lets somebody else act, if that is due before this call.
    pub(crate) fn be_interfered_with(&mut self, called: Target, sandbox: &str, uid: &str, now: Timestamp) {
        let due = self.interferences.iter().position(|interference| interference.comes_before(called, uid));
        let Some(due) = due else { return };
        let kept = &mut self.store;
        let capping = kept.sandboxes.iter_mut().find(|there| there.name == sandbox);
        if let Some(capping) = capping.map(|sandbox| &mut sandbox.capping)
            && let Some(config) = capping.get_mut(uid)
        {
            if !self.interferences.remove(due).act(config, now) {
                capping.shift_remove(uid);
            }
        } else if let Some(throttling) = kept.throttling.as_mut().filter(|there| there.config.uid == uid)
            && !self.interferences.remove(due).act_on_throttling(&mut throttling.config, now)
        {
            kept.throttling = None;
        }
    }
}
