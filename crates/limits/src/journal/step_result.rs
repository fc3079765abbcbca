//! The result of one call of a plan.

use ajo_core::{LiveLimit, Uid, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ConfigKey;

/// The result of one call of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepResult {
    /// The configuration.
    pub key: ConfigKey,
    /// The UID, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub uid: Option<Uid>,
    /// The call.
    #[schemars(with = "String")]
    pub step: Verb,
    /// The outcome.
    pub state: StepState,
    /// The error, unless the call was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<StepError>,
    /// Which limit is live (`old`, `none`, `unknown`), if this call ended the redeploy of a live configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub live: Option<LiveLimit>,
}

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum StepState {
    /// The call succeeded.
    Done,
    /// The call failed and had no effect.
    Failed,
    /// The call was sent, but its outcome is unknown.
    Unknown,
    /// The call was not sent.
    NotStarted,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepError {
    /// What failed.
    pub message: String,
    /// How to fix it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The service's error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The request ID, for Adobe support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}
