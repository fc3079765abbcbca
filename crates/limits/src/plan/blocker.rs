//! What keeps a plan from being applied until somebody decides.

use ajo_core::Uid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Found, Key, Place};

/// A reason not to apply a plan: what is wrong, and what to do.
///
/// ```
/// use ajo_core::CappingConfig;
/// use ajo_limits::file::{Source, Sources, read};
/// use ajo_limits::{Candidate, Edit, Found, Kind, Ledger, Observed, Options, Owned, Refusal, Standing, Why, meant, plan};
///
/// let text = "version: 1
/// sandbox: prod
/// capping:
///   - url: https://api.example.org/*
///     methods: [GET]
///     deployed: false
///     services:
///       action: { maxHttpConnections: 50, rating: { maxCallsCount: 200, periodInMs: 1000 } }
/// ";
/// let source = Source { name: "limits.yaml".to_owned(), text: text.to_owned() };
/// let desired = read(&Sources::new(vec![source]), &|_| None).desired.expect("nothing is wrong in it");
///
/// // The service has it with another number, and the ledger does not say that it is ours.
/// let there: CappingConfig = serde_json::from_str(r#"{
///     "uid": "u-1", "state": "created", "url": "https://api.example.org/*", "methods": ["GET"],
///     "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}}
/// }"#)?;
/// let observed = Observed::new(&[there], &[]);
/// let found: &Found = &observed.configs[0];
/// let mut ledger = Ledger::default();
/// let refused = plan(&desired, &observed, &ledger, Options::default());
/// let refusal: &Refusal = &refused.refusals[0];
/// assert_eq!((refusal.why, &refusal.candidates[0]), (Why::NotOurs, &Candidate::from(found)));
/// assert_eq!(refusal.why.code(), "AJO_LIMITS_NOT_OURS");
/// let wanted = desired.configs[0].standing();
/// assert!(wanted == Standing::wanted(desired.configs[0].definition.clone(), false) && wanted != found.standing);
///
/// // Adopted, it is ours, and the file is what changed.
/// ledger.note(&desired.sandbox, found.key(), found);
/// let owned: Vec<&Owned> = ledger.of(&desired.sandbox).collect();
/// assert!(owned[0].uid == found.uid && ledger.knows(found));
/// assert_eq!(observed.get(&owned[0].uid), Some(found));
/// assert_eq!(meant(&desired, &observed, &ledger), [Some(found)]);
/// let plan = plan(&desired, &observed, &ledger, Options::default());
/// let change = &plan.changes[0];
/// let (field, before, after) = ("services.action.rating.maxCallsCount".to_owned(), 500.into(), 200.into());
/// assert_eq!((change.kind, &change.edits[..]), (Kind::Update, &[Edit { field, before, after }][..]));
/// assert!((change.kind.as_str(), change.kind.sign()) == ("update", '~') && !change.is_redeployed());
///
/// // No longer ours, it is not in the text that is committed.
/// ledger.forget(&found.uid);
/// assert!(!ledger.to_text().contains("u-1"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The kind of reason.
    pub why: Why,
    /// Which configuration it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Those that could be meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// Where in the files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// The kinds of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// Several configurations could be meant.
    Ambiguous,
    /// It is there, differs, and is not in the ledger.
    NotOurs,
    /// You changed it, and so did somebody else.
    Conflict,
    /// The organization's one throttling configuration is another.
    OneThrottling,
    /// More would be deleted than is allowed without being asked for.
    TooManyDeletes,
}

impl Why {
    /// The code under which it is reported.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ambiguous => "AJO_LIMITS_AMBIGUOUS",
            Self::NotOurs => "AJO_LIMITS_NOT_OURS",
            Self::Conflict => "AJO_LIMITS_CONFLICT",
            Self::OneThrottling => "AJO_LIMITS_ONE_THROTTLING",
            Self::TooManyDeletes => "AJO_LIMITS_TOO_MANY_DELETES",
        }
    }
}

/// A configuration at the service, as people tell it from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Its identifier.
    #[schemars(with = "String")]
    pub uid: Uid,
    /// What it is known by.
    pub key: Key,
    /// Whether it limits.
    pub deployed: bool,
    /// Who edited it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
}

impl From<&Found> for Candidate {
    fn from(found: &Found) -> Self {
        Self {
            uid: found.uid.clone(),
            key: found.key(),
            deployed: found.standing.is_deployed(),
            last_modified_by: found.last_modified_by.clone(),
            last_modified_at: found.last_modified_at.clone(),
        }
    }
}
