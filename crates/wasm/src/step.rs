//! What is to be done outside, as JSON.

use serde::Serialize;

/// A step of a call that is not over.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Step<'s> {
    Send(Send<'s>),
    Wait(u32),
    #[serde(rename_all = "camelCase")]
    Token {
        timeout_ms: u32,
    },
    #[serde(rename_all = "camelCase")]
    StoreGet {
        key: &'s str,
        timeout_ms: u32,
    },
    #[serde(rename_all = "camelCase")]
    StoreSet {
        key: &'s str,
        value: &'s str,
        ttl_seconds: u32,
        timeout_ms: u32,
    },
}

/// A request, secrets included: it is for the one place that sends it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Send<'s> {
    pub(crate) method: &'s str,
    pub(crate) url: &'s str,
    pub(crate) headers: Vec<(&'s str, &'s str)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<&'s str>,
    pub(crate) timeout_ms: u32,
    pub(crate) max_bytes: u32,
    pub(crate) max_failure_bytes: u32,
}

impl Step<'_> {
    pub(crate) fn to_json(&self) -> String {
        json(self)
    }
}

/// Texts and numbers always encode.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
