//! The lines of a journal.

use ajo_core::{Api, LiveLimit, Uid, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Digest, ObservedConfig, Plan, StepError, StepState};

/// The version of the journal format.
pub const JOURNAL_VERSION: u32 = 1;

/// The first line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JournalHeader {
    /// The version of this format.
    pub version: u32,
    /// The organization ID.
    pub organization: String,
    /// The start of the apply (RFC 3339).
    pub started_at: String,
    /// The limits files, as absolute paths.
    #[serde(default)]
    pub files: Vec<String>,
    /// The digest of the sandbox's state before the apply.
    pub state_digest: Digest,
    /// The API whose calls are in this journal; those of the other API are in another one. Absent if it has all calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub api: Option<Api>,
    /// The plan that is applied.
    pub plan: Plan,
}

/// A line of a journal after the header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "entry", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum JournalEntry {
    /// A call is about to be sent.
    Started {
        /// The index of the change in the plan.
        change: usize,
        /// The call.
        #[schemars(with = "String")]
        step: Verb,
    },
    /// A call has finished.
    Finished {
        /// The index of the change in the plan.
        change: usize,
        /// The call.
        #[schemars(with = "String")]
        step: Verb,
        /// The result.
        state: StepState,
        /// The UID of a created configuration.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        uid: Option<Uid>,
        /// The configuration as the service returned it after the call, which may normalize the request. Only if the call was
        /// done and left a configuration.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response: Option<Box<ObservedConfig>>,
        /// The error, unless the call was done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<StepError>,
        /// Which limit is live, if a redeploy ended with this call and without the new limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        live: Option<LiveLimit>,
    },
    /// The state contains the results of this apply.
    Reconciled {
        /// The digest of the sandbox's state after reconciling.
        state_digest: Digest,
    },
}
