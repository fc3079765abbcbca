//! One organization: its data, and the controls for tests.

use std::time::Duration;

use ajo_engine::Timestamp;

use crate::faults::active_faults::ActiveFaults;
use crate::faults::fault::Fault;
use crate::faults::fault_error::FaultError;
use crate::faults::target::FaultTarget;
use crate::state::clock::Clock;
use crate::state::concurrent_edit::ConcurrentEdit;
use crate::state::request_log::{LoggedCalls, RequestLog};
use crate::state::settings::SandboxSettings;
use crate::state::store::OrgStore;

/// Maximum number of pending concurrent edits.
pub const MAX_CONCURRENT_EDITS: usize = 100;

/// An organization: sandboxes, throttling configuration, clock, faults and request log. Organizations share nothing, so each
/// test can have its own.
///
/// ```
/// use std::time::Duration;
/// use ajo_engine::Timestamp;
/// use ajo_emulator::{
///     LoggedCall, Mutation, ResponseDelivery, FAULT_HEADER, Fault, ConcurrentEdit, MAX_FAULTS, MAX_CONCURRENT_EDITS, DeliveryMode,
///     Organization, EmulatorSettings, EmulatorState,
/// };
///
/// let mut state = EmulatorState::new(EmulatorSettings::default());
/// let id = state.settings().clients[0].org_id.to_string();
/// let organization: &mut Organization = state.organization_mut(&id).expect("it exists");
///
/// // The clock, faults and concurrent edits belong to the organization.
/// organization.advance(Duration::from_secs(3600));
/// organization.add_fault("capping.create@first:1=drop_after".parse::<Fault>()?)?;
/// assert!(organization.faults().count() < MAX_FAULTS);
/// let edit: ConcurrentEdit = serde_json::from_str(r#"{"before": "capping.deploy", "mutation": "edit"}"#)?;
/// assert_eq!(edit.mutation, Mutation::Edit);
/// assert!(organization.add_concurrent_edit(edit) && organization.concurrent_edits().len() < MAX_CONCURRENT_EDITS);
///
/// // The header affects one call. The response's extensions say how to deliver it.
/// let list = http::Request::post("/journey/orchestration/list/endpointConfigs")
///     .header(FAULT_HEADER, "reset")
///     .body("".into())?;
/// let response = state.handle(&list, Timestamp::from_millis(0));
/// assert_eq!(response.extensions().get::<ResponseDelivery>().expect("a fault was injected").mode, DeliveryMode::Reset);
/// let calls = state.calls();
/// let call: &LoggedCall = calls.last().expect("the call was logged");
/// assert_eq!(call.fault.as_deref(), Some("reset"));
///
/// let first = state.default_organization_mut();
/// first.clear_faults();
/// first.clear_calls();
/// assert!(first.faults().next().is_none() && first.calls().last().is_none());
/// first.clock_mut().freeze(Timestamp::from_millis(0));
/// let (now, later) = (Timestamp::from_millis(3_600_000), Timestamp::from_millis(5000));
/// assert_eq!(first.clock().read(later), now);
///
/// // The initial state: no pending edits, and the real time.
/// first.reset();
/// assert!(state.default_organization().concurrent_edits().is_empty());
/// assert_eq!(state.organization(&id).expect("it exists").clock().read(later), later);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Organization {
    pub(crate) store: OrgStore,
    pub(crate) clock: Clock,
    pub(crate) faults: ActiveFaults,
    pub(crate) request_log: RequestLog,
    concurrent_edits: Vec<ConcurrentEdit>,
    /// The data before the last change, recorded for the quirk `list_results=stale` only.
    pub(crate) previous_store: Option<OrgStore>,
    /// The initial data: empty sandboxes.
    initial_store: OrgStore,
}

impl Organization {
    pub(crate) fn new(sandboxes: &[SandboxSettings], new_id: impl FnMut() -> String) -> Self {
        let start = OrgStore::new(sandboxes, new_id);
        Self {
            store: start.clone(),
            clock: Clock::default(),
            faults: ActiveFaults::default(),
            request_log: RequestLog::default(),
            concurrent_edits: Vec::new(),
            previous_store: None,
            initial_store: start,
        }
    }

    /// Restores data from a snapshot. Initial sandboxes that the snapshot lacks are added empty.
    pub(crate) fn restore(&mut self, store: OrgStore) {
        self.store = store;
        self.previous_store = None;
        for sandbox in &self.initial_store.sandboxes {
            if self.store.sandboxes.iter().all(|it| it.name != sandbox.name) {
                self.store.sandboxes.push(sandbox.clone());
            }
        }
        self.store.recount();
    }

    /// The logged calls, oldest first.
    pub fn calls(&self) -> LoggedCalls<'_> {
        self.request_log.calls()
    }

    /// Clears the request log; numbering continues.
    pub fn clear_calls(&mut self) {
        self.request_log.clear();
    }

    /// The clock.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The clock, to set or freeze it or change its speed.
    pub const fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// Advances the clock.
    pub fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
    }

    /// Adds a fault after the existing ones.
    pub fn add_fault(&mut self, fault: Fault) -> Result<(), FaultError> {
        self.faults.add(fault)
    }

    /// The active faults.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter()
    }

    /// Removes all faults.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Adds a concurrent edit, applied once. Returns false if [`MAX_CONCURRENT_EDITS`] are pending.
    pub fn add_concurrent_edit(&mut self, edit: ConcurrentEdit) -> bool {
        let room = self.concurrent_edits.len() < MAX_CONCURRENT_EDITS;
        if room {
            self.concurrent_edits.push(edit);
        }
        room
    }

    /// The pending concurrent edits.
    pub fn concurrent_edits(&self) -> &[ConcurrentEdit] {
        &self.concurrent_edits
    }

    /// Restores the initial state: empty sandboxes, no faults, no pending edits, an empty request log, real time.
    pub fn reset(&mut self) {
        self.store = self.initial_store.clone();
        self.previous_store = None;
        self.faults.clear();
        self.concurrent_edits.clear();
        self.request_log.clear();
        self.clock = Clock::default();
    }

    /// The number of capping configurations in all sandboxes, and whether there is a throttling configuration.
    pub fn config_counts(&self) -> (usize, bool) {
        let capping = self.store.sandboxes.iter().map(|sandbox| sandbox.capping.len()).sum();
        (capping, self.store.throttling.is_some())
    }

    /// Applies the concurrent edit that is due before this call, if any.
    pub(crate) fn apply_concurrent_edit(&mut self, called: FaultTarget, sandbox: &str, uid: &str, now: Timestamp) {
        let due = self.concurrent_edits.iter().position(|edit| edit.applies_before(called, uid));
        let Some(due) = due else { return };
        let stored = &mut self.store;
        let capping = stored.sandboxes.iter_mut().find(|it| it.name == sandbox);
        if let Some(capping) = capping.map(|sandbox| &mut sandbox.capping)
            && let Some(config) = capping.get_mut(uid)
        {
            if !self.concurrent_edits.remove(due).apply(config, now) {
                capping.shift_remove(uid);
            }
        } else if let Some(throttling) = stored.throttling.as_mut().filter(|it| it.config.uid == uid)
            && !self.concurrent_edits.remove(due).apply_to_throttling(&mut throttling.config, now)
        {
            stored.throttling = None;
        }
    }
}
