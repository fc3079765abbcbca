//! The journal of one apply: read, extended, and asked for its state.

use serde::Deserialize;

use crate::{Digest, Entry, Header, JOURNAL_VERSION};

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
    pub(super) entries: Vec<Entry>,
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
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}
