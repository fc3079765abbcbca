//! The lines of a journal.

use ajo_core::{Uid, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Digest, Plan, StepError, StepState};

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
