//! The journal of one apply.

use serde::Deserialize;

use crate::{Digest, JOURNAL_VERSION, JournalEntry, JournalHeader, LimitsState, ManagedConfig};

/// The calls of an apply: done, failed, unknown, or not started.
///
/// A call that was started but not finished is unknown: the process was killed, or the response was lost.
/// [`Journal::reconcile`] decides such calls by the current state of the service.
///
/// ```
/// use ajo_core::Verb;
/// use ajo_limits::file::{SourceFile, SourceSet, parse_limits};
/// use ajo_limits::{
///     JOURNAL_VERSION, Journal, JournalEntry, JournalError, JournalHeader, LimitsState, ObservedLimits, PlanOptions,
///     StepState, plan,
/// };
///
/// let text = "version: 1\nsandbox: prod\nthrottling: {urlPattern: 'https://a.example/*', methods: [GET], maxThroughput: 400}\n";
/// let source = SourceFile { name: "prod.yaml".to_owned(), content: text.to_owned() };
/// let desired = parse_limits(&SourceSet::new(vec![source]), &|_| None).desired.expect("a valid file");
/// let state = LimitsState::default();
/// let header = JournalHeader {
///     version: JOURNAL_VERSION,
///     organization: "A1B2@AdobeOrg".to_owned(),
///     started_at: "2026-11-26T09:00:00Z".to_owned(),
///     files: vec!["/srv/limits/prod.yaml".to_owned()],
///     api: None,
///     state_digest: state.sandbox_digest("prod"),
///     plan: plan(&desired, &ObservedLimits::default(), &state, PlanOptions::default()),
/// };
///
/// let journal = Journal::new(header.clone());
/// assert_eq!(journal.state_digest(), &header.state_digest);
/// assert!(journal.results().iter().all(|result| result.state == StepState::NotStarted));
///
/// // Each line is JSON. The apply was killed after it sent the create call, while it wrote the next line.
/// let started = serde_json::to_string(&JournalEntry::Started { change: 0, step: Verb::Create })?;
/// let text = format!("{}\n{started}\n{}", serde_json::to_string(&header)?, &started[..9]);
/// let mut journal = Journal::parse(&text)?.expect("a header");
/// let states: Vec<StepState> = journal.results().iter().map(|result| result.state).collect();
/// assert_eq!(states, [StepState::Unknown, StepState::NotStarted, StepState::NotStarted]);
///
/// // The service has no configuration, so nothing was created. The state reflects that, and the journal records it.
/// let mut reconciled = state.clone();
/// journal.reconcile(&ObservedLimits::default(), &mut reconciled, &desired.sandbox);
/// assert!(reconciled.configs.is_empty() && !journal.is_reconciled());
/// journal.push(JournalEntry::Reconciled { state_digest: reconciled.sandbox_digest("prod") });
/// assert!(journal.is_reconciled());
///
/// let error = Journal::parse("invalid\n").unwrap_err();
/// assert!(matches!(error, JournalError::Malformed { line: 1, .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    pub header: JournalHeader,
    pub(super) entries: Vec<JournalEntry>,
}

/// An invalid journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    #[error("failed to parse line {line}: {message}")]
    Malformed {
        /// The line number, starting at 1.
        line: usize,
        message: String,
    },
    #[error("unsupported version {0}; this ajo reads version {JOURNAL_VERSION}")]
    UnsupportedVersion(u32),
}

impl Journal {
    /// A journal without entries.
    pub fn new(header: JournalHeader) -> Self {
        Self { header, entries: Vec::new() }
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: JournalEntry) {
        self.entries.push(entry);
    }

    /// Parses a journal. Returns `None` without a complete header, because the apply was interrupted before it did anything.
    /// A partial last line is ignored: its call was not sent yet, or counts as unknown.
    ///
    /// # Errors
    ///
    /// A complete line is invalid.
    pub fn parse(text: &str) -> Result<Option<Self>, JournalError> {
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut lines = complete.lines().enumerate();
        let Some((_, first)) = lines.next() else { return Ok(None) };
        let malformed = |line: usize, error: serde_json::Error| JournalError::Malformed {
            line: line + 1,
            message: error.to_string(),
        };
        let version = serde_json::from_str::<JournalVersion>(first).map_err(|error| malformed(0, error))?.version;
        if version != JOURNAL_VERSION {
            return Err(JournalError::UnsupportedVersion(version));
        }
        let header: JournalHeader = serde_json::from_str(first).map_err(|error| malformed(0, error))?;
        let entries: Result<Vec<JournalEntry>, _> =
            lines.map(|(line, text)| serde_json::from_str(text).map_err(|error| malformed(line, error))).collect();
        Ok(Some(Self { header, entries: entries? }))
    }

    /// Whether the state already contains the results of this apply. Later changes must not be overwritten with them.
    pub fn is_reconciled(&self) -> bool {
        self.reconciled_digest().is_some()
    }

    /// The digest of the sandbox's state, as last known to this apply: after reconciling, or else before the apply.
    pub fn state_digest(&self) -> &Digest {
        self.reconciled_digest().unwrap_or(&self.header.state_digest)
    }

    /// Whether the state of the sandbox is as this apply last knew it. If the journal has the calls of one API, only its
    /// configurations count.
    pub fn matches_state(&self, state: &LimitsState) -> bool {
        let is_covered = |managed: &&ManagedConfig| self.header.api.is_none_or(|api| api == managed.key.api);
        let configs = state.configs.iter().filter(is_covered).cloned().collect();
        let covered = LimitsState { configs, ..LimitsState::default() };
        *self.state_digest() == covered.sandbox_digest(&self.header.plan.sandbox)
    }

    fn reconciled_digest(&self) -> Option<&Digest> {
        self.entries.iter().rev().find_map(|entry| match entry {
            JournalEntry::Reconciled { state_digest: state } => Some(state),
            _ => None,
        })
    }
}

#[derive(Deserialize)]
struct JournalVersion {
    version: u32,
}
