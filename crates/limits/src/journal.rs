//! What an apply writes down before and after each call, and what can be made of it after a crash.

use ajo_core::{Sandbox, Uid, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Change, Digest, Found, Ledger, Observed, Owned, Plan, Standing, StepError, StepResult, StepState};

/// The version of the journal's form.
pub const JOURNAL_VERSION: u32 = 1;

/// The first line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// The version of this form.
    pub version: u32,
    /// The organization.
    pub organization: String,
    /// When the apply began, RFC 3339.
    pub began: String,
    /// The files that it is of, with their whole paths.
    #[serde(default)]
    pub files: Vec<String>,
    /// The ledger's digest then, of this sandbox.
    pub ledger: Digest,
    /// What is carried out.
    pub plan: Plan,
}

/// Every other line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "entry", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Entry {
    /// A call is about to be sent.
    Begun {
        /// The index of the change in the plan.
        change: usize,
        /// The call.
        #[schemars(with = "String")]
        step: Verb,
    },
    /// It is over.
    Ended {
        /// The index of the change in the plan.
        change: usize,
        /// The call.
        #[schemars(with = "String")]
        step: Verb,
        /// What became of it.
        state: StepState,
        /// The identifier that a creation was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        uid: Option<Uid>,
        /// Why it was not done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<StepError>,
    },
    /// What it did stands in the ledger.
    Settled {
        /// The ledger's digest then, of this sandbox.
        ledger: Digest,
    },
}

/// What an apply has written down: done, failed, unknown, not started.
///
/// A call that was begun and not ended is unknown: the process was killed, or the answer was lost. [`Journal::settle`] reads
/// such calls back from what the service has now.
///
/// ```
/// use ajo_core::Verb;
/// use ajo_limits::file::{Source, Sources, read};
/// use ajo_limits::{Entry, Header, JOURNAL_VERSION, Journal, JournalError, Ledger, Observed, Options, StepState, plan};
///
/// let text = "version: 1\nsandbox: prod\nthrottling: {urlPattern: 'https://a.example/*', methods: [GET], maxThroughput: 400}\n";
/// let source = Source { name: "prod.yaml".to_owned(), text: text.to_owned() };
/// let desired = read(&Sources::new(vec![source]), &|_| None).desired.expect("nothing is wrong in it");
/// let ledger = Ledger::default();
/// let header = Header {
///     version: JOURNAL_VERSION,
///     organization: "A1B2@AdobeOrg".to_owned(),
///     began: "2026-11-26T09:00:00Z".to_owned(),
///     files: vec!["/srv/limits/prod.yaml".to_owned()],
///     ledger: ledger.digest("prod"),
///     plan: plan(&desired, &Observed::default(), &ledger, Options::default()),
/// };
///
/// let unbegun = Journal::new(header.clone());
/// assert!(unbegun.ledger() == &header.ledger && unbegun.results().iter().all(|result| result.state == StepState::NotStarted));
///
/// // Each line is JSON. The apply was killed after it had sent the creation, and while it wrote the next line.
/// let begun = serde_json::to_string(&Entry::Begun { change: 0, step: Verb::Create })?;
/// let text = format!("{}\n{begun}\n{}", serde_json::to_string(&header)?, &begun[..9]);
/// let mut journal = Journal::parse(&text)?.expect("it has begun");
/// let states: Vec<StepState> = journal.results().iter().map(|result| result.state).collect();
/// assert_eq!(states, [StepState::Unknown, StepState::NotStarted, StepState::NotStarted]);
///
/// // The service has nothing, so nothing was created; the ledger says so, and the journal that it does.
/// let mut settled = ledger.clone();
/// journal.settle(&Observed::default(), &mut settled, &desired.sandbox);
/// assert!(settled.configurations.is_empty() && !journal.is_settled());
/// journal.add(Entry::Settled { ledger: settled.digest("prod") });
/// assert!(journal.is_settled());
///
/// let error = Journal::parse("rubbish\n").unwrap_err();
/// assert!(matches!(error, JournalError::Malformed { line: 1, .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    /// What was to be carried out.
    pub header: Header,
    entries: Vec<Entry>,
}

/// Text that is no journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// A line cannot be read.
    #[error("its line {line} cannot be read: {problem}")]
    Malformed {
        /// Which, from 1.
        line: usize,
        /// Why.
        problem: String,
    },
    /// It is of a form that came later.
    #[error("it is of version {0}, and this ajo reads version {JOURNAL_VERSION}")]
    Newer(u32),
}

impl Journal {
    /// A journal in which nothing has happened.
    pub fn new(header: Header) -> Self {
        Self { header, entries: Vec::new() }
    }

    /// Adds a line.
    pub fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Reads one. `None` if it has no whole first line: the apply was cut off before it did anything. A last line that was cut
    /// off is left out: what it says had not begun, or is unknown as it should be.
    ///
    /// # Errors
    ///
    /// A line that is whole cannot be read.
    pub fn parse(text: &str) -> Result<Option<Self>, JournalError> {
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut lines = whole.lines().enumerate();
        let Some((_, first)) = lines.next() else { return Ok(None) };
        let malformed = |line: usize, error: serde_json::Error| JournalError::Malformed {
            line: line + 1,
            problem: error.to_string(),
        };
        let version = serde_json::from_str::<Version>(first).map_err(|error| malformed(0, error))?.version;
        if version != JOURNAL_VERSION {
            return Err(JournalError::Newer(version));
        }
        let header: Header = serde_json::from_str(first).map_err(|error| malformed(0, error))?;
        let entries: Result<Vec<Entry>, _> =
            lines.map(|(line, text)| serde_json::from_str(text).map_err(|error| malformed(line, error))).collect();
        Ok(Some(Self { header, entries: entries? }))
    }

    /// Whether what it says stands in the ledger already. What came later is then not to be overwritten with it.
    pub fn is_settled(&self) -> bool {
        self.settled_as().is_some()
    }

    /// The digest of the ledger, of this sandbox, as this apply knew it last: with what it did, if that was entered; else as it was before.
    pub fn ledger(&self) -> &Digest {
        self.settled_as().unwrap_or(&self.header.ledger)
    }

    fn settled_as(&self) -> Option<&Digest> {
        self.entries.iter().rev().find_map(|entry| match entry {
            Entry::Settled { ledger } => Some(ledger),
            _ => None,
        })
    }

    /// What became of every call of the plan, in the order of the plan.
    pub fn results(&self) -> Vec<StepResult> {
        self.progress().into_iter().flat_map(Progress::into_results).collect()
    }

    /// Enters into the ledger what this apply did, by what the service has now. What is unknown is decided by it: a configuration
    /// that stands as it would after the call was changed by it.
    ///
    /// What somebody else did since then is not hidden: the ledger is told how the apply left a configuration, so that the next
    /// plan sees who changed it. One that is settled changes nothing.
    pub fn settle(&self, observed: &Observed, ledger: &mut Ledger, sandbox: &Sandbox) {
        if self.is_settled() {
            return;
        }
        ledger.organization.get_or_insert_with(|| self.header.organization.clone());
        for found in &self.header.plan.settled {
            if observed.get(&found.uid).is_some_and(|now| now == found) {
                ledger.note(sandbox, found.key(), found);
            }
        }
        for uid in &self.header.plan.vanished {
            if observed.get(uid).is_none() {
                ledger.forget(uid);
            }
        }
        for progress in self.progress() {
            progress.settle(observed, ledger, sandbox);
        }
    }

    fn progress(&self) -> Vec<Progress<'_>> {
        let mut all: Vec<_> = self.header.plan.changes.iter().map(Progress::new).collect();
        for entry in &self.entries {
            let change = match entry {
                Entry::Begun { change, .. } | Entry::Ended { change, .. } => *change,
                Entry::Settled { .. } => continue,
            };
            // A journal was written for its plan; an index beyond that says nothing about it.
            if let Some(progress) = all.get_mut(change) {
                progress.see(entry);
            }
        }
        all
    }
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// How far one change has come.
struct Progress<'j> {
    change: &'j Change,
    uid: Option<&'j Uid>,
    steps: Vec<(StepState, Option<&'j StepError>)>,
}

impl<'j> Progress<'j> {
    fn new(change: &'j Change) -> Self {
        let steps = change.steps.iter().map(|_| (StepState::NotStarted, None)).collect();
        Self { change, uid: change.uid.as_ref(), steps }
    }

    fn see(&mut self, entry: &'j Entry) {
        let (step, seen) = match entry {
            Entry::Begun { step, .. } => (*step, (StepState::Unknown, None)),
            Entry::Ended { step, state, uid, error, .. } => {
                self.uid = uid.as_ref().or(self.uid);
                (*step, (*state, error.as_ref()))
            }
            Entry::Settled { .. } => return,
        };
        if let Some(index) = self.change.steps.iter().position(|planned| *planned == step) {
            self.steps[index] = seen;
        }
    }

    /// How the configuration stands by what was done, and how it stands if what is unknown was done too.
    fn standings(&self) -> (Option<Standing>, Option<Standing>) {
        let mut surely = self.change.before.clone();
        let mut perhaps = None;
        for (verb, (state, _)) in self.change.steps.iter().zip(&self.steps) {
            let after = || match (*verb, &surely) {
                (Verb::Delete, _) => None,
                (Verb::Create, _) => {
                    self.change.after.as_ref().map(|after| Standing::wanted(after.saved.clone(), false))
                }
                (verb, Some(now)) => {
                    Some(now.after(verb, self.change.after.as_ref().map_or(&now.saved, |after| &after.saved)))
                }
                (_, None) => None,
            };
            match state {
                StepState::Done => surely = after(),
                StepState::Unknown => perhaps = after(),
                StepState::Failed | StepState::NotStarted => {}
            }
        }
        (surely, perhaps)
    }

    fn settle(&self, observed: &Observed, ledger: &mut Ledger, sandbox: &Sandbox) {
        let touched = |(state, _): &(StepState, _)| matches!(state, StepState::Done | StepState::Unknown);
        if !self.steps.iter().any(touched) {
            return;
        }
        let (surely, perhaps) = self.standings();
        let key = || self.change.key.clone();
        let Some(uid) = self.uid else {
            // A creation whose answer is unknown, so nobody was told the uid.
            if let Some(found) = perhaps.and_then(|standing| self.created(&standing, observed, ledger)) {
                self.replaced(observed, ledger, sandbox);
                ledger.note(sandbox, key(), found);
            }
            return;
        };
        if self.change.uid.is_none() {
            self.replaced(observed, ledger, sandbox);
        }
        match observed.get(uid) {
            // Somebody has brought a ledger that is ahead of this journal.
            Some(found) if ledger.knows(found) => {}
            None if self.change.after.is_none() => ledger.forget(uid),
            Some(found) if [&surely, &perhaps].into_iter().flatten().any(|standing| *standing == found.standing) => {
                ledger.note(sandbox, key(), found);
            }
            // Somebody else changed or deleted it since.
            _ => {
                if let Some(standing) = surely {
                    ledger.enter(Owned {
                        sandbox: sandbox.to_string(),
                        key: key(),
                        uid: uid.clone(),
                        digest: standing.digest(),
                        last_modified_at: None,
                    });
                }
            }
        }
    }

    /// What was ours by this key and is gone, when something was created in its place.
    fn replaced(&self, observed: &Observed, ledger: &mut Ledger, sandbox: &Sandbox) {
        ledger.configurations.retain(|owned| {
            let same = owned.key == self.change.key && owned.sandbox == sandbox.as_str();
            !same || observed.get(&owned.uid).is_some()
        });
    }

    /// The one that a creation has left, if there is exactly one that it can be. There was none before it.
    fn created<'o>(&self, standing: &Standing, observed: &'o Observed, ledger: &Ledger) -> Option<&'o Found> {
        let owned = |uid: &Uid| ledger.configurations.iter().any(|owned| owned.uid == *uid);
        let mut candidates =
            observed.configs.iter().filter(|found| found.key() == self.change.key && !owned(&found.uid));
        let found = candidates.next()?;
        (candidates.next().is_none() && found.standing == *standing).then_some(found)
    }

    fn into_results(self) -> Vec<StepResult> {
        let Self { change, uid, steps } = self;
        let result = |(step, (state, error)): (&Verb, (StepState, Option<&StepError>))| StepResult {
            key: change.key.clone(),
            uid: uid.cloned(),
            step: *step,
            state,
            error: error.cloned(),
        };
        change.steps.iter().zip(steps).map(result).collect()
    }
}
