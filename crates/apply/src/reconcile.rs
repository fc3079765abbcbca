//! Reads the service and brings the state up to date: before an apply with the results of unfinished ones, afterwards with its own.

use ajo_core::{Api, CallError, SandboxName};
use ajo_limits::{ConfigKey, DesiredLimits, Journal, LimitsState, ObservedLimits};
use ajo_state::StoredState;

use crate::ServiceReader;

/// The service, and the state with the results of unfinished applies, in memory.
#[derive(Clone, Debug)]
pub struct ReconciledLimits {
    pub observed: ObservedLimits,
    pub state: LimitsState,
    /// The applies whose results the stored state lacks.
    pub unsaved: Vec<Journal>,
}

/// Why the state could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    #[error(transparent)]
    Call(#[from] Box<CallError>),
    /// A journal belongs to another organization.
    #[error("an apply to organization {0} did not complete")]
    OtherOrganization(String),
    /// A create call may have been processed, and the lists cannot tell. Creating it again could make a duplicate.
    #[error("the response to the create call for {0} was lost, and the lists of the service disagree, so it may exist")]
    UnknownCreate(Box<ConfigKey>),
}

impl From<CallError> for ReconcileError {
    fn from(error: CallError) -> Self {
        Self::Call(Box::new(error))
    }
}

/// Reads the service and adds the results of unfinished applies to the state, in memory only.
///
/// # Errors
///
/// A call fails, or a journal belongs to another organization.
pub async fn reconcile(
    reader: &ServiceReader,
    organization: &str,
    desired: &DesiredLimits,
    stored: &StoredState,
) -> Result<ReconciledLimits, ReconcileError> {
    let mut state = stored.state.clone();
    let journals = &stored.journals;
    if let Some(other) = journals.iter().find(|journal| journal.header.organization != organization) {
        return Err(ReconcileError::OtherOrganization(other.header.organization.clone()));
    }
    let observed = observe(reader, desired, &state, journals).await?;
    let mut unsaved = Vec::new();
    for journal in journals {
        // Another sandbox of the organization may have applied the throttling configuration.
        let sandbox = journal.header.plan.sandbox.parse().unwrap_or_else(|_| desired.sandbox.clone());
        journal.reconcile(&observed, &mut state, &sandbox);
        if !journal.is_reconciled() {
            unsaved.push(journal.clone());
        }
    }
    state.adopt_late_creates(desired, &observed);
    Ok(ReconciledLimits { observed, state, unsaved })
}

/// Lists all configurations, and reads the ones that the state or an unfinished apply knows but the lists contradict. Reads
/// throttling only if needed or available.
///
/// # Errors
///
/// A call fails.
pub async fn observe(
    reader: &ServiceReader,
    desired: &DesiredLimits,
    state: &LimitsState,
    journals: &[Journal],
) -> Result<ObservedLimits, CallError> {
    let sandbox: &SandboxName = &desired.sandbox;
    let is_managed =
        state.configs.iter().any(|managed| managed.key.api == Api::Throttling && managed.sandbox == sandbox.as_str());
    let throttling = desired.has_throttling() || is_managed;
    let mut observed = reader.observe(throttling, &state.configs_to_read(sandbox)).await?;
    let mut unexpected = state.unexpected_configs(sandbox, &observed);
    unexpected.extend(journals.iter().flat_map(|journal| journal.unexpected_configs(&observed)));
    unexpected.sort();
    unexpected.dedup();
    reader.read_again(&mut observed, &unexpected).await?;
    Ok(observed)
}

/// Fails if a configuration may have been created although the response was lost, and the lists are not reliable.
///
/// # Errors
///
/// A list call fails, or the lists disagree.
pub async fn check_unknown_creates(
    reader: &ServiceReader,
    journal: &Journal,
    observed: &ObservedLimits,
) -> Result<(), ReconcileError> {
    let unknown = journal.unknown_creates();
    let unknown = unknown.iter().find(|key| !observed.configs.iter().any(|found| found.key() == ***key));
    let Some(key) = unknown else { return Ok(()) };
    let listed = |observed: &ObservedLimits| {
        let listed = observed.configs.iter().filter(|found| !observed.unlisted.contains(&found.uid));
        listed.map(|found| found.uid.clone()).collect::<Vec<_>>()
    };
    let again = reader.list(key.api).await?;
    let first: Vec<_> = listed(observed)
        .into_iter()
        .filter(|uid| observed.get(uid).is_some_and(|found| found.key().api == key.api))
        .collect();
    if observed.unlisted.is_empty() && listed(&again) == first {
        return Ok(());
    }
    Err(ReconcileError::UnknownCreate(Box::new((*key).clone())))
}

/// Reads back all configurations after an apply, and adds its results to the state.
///
/// # Errors
///
/// A call fails.
pub async fn read_back(
    reader: &ServiceReader,
    desired: &DesiredLimits,
    state: &mut LimitsState,
    journal: &Journal,
) -> Result<ObservedLimits, CallError> {
    let observed = observe(reader, desired, state, std::slice::from_ref(journal)).await?;
    journal.reconcile(&observed, state, &desired.sandbox);
    Ok(observed)
}
