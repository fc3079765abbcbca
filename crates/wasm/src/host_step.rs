//! The steps that JavaScript performs, as JSON.

use crate::json_writer::{JsonWriter, json_array, json_string};

/// A step of a pending call.
pub(crate) enum HostStep<'s> {
    Send(SendStep<'s>),
    Wait(u32),
    Token { timeout_ms: u32 },
    StoreGet { key: &'s str, timeout_ms: u32 },
    StoreSet { key: &'s str, value: &'s str, ttl_seconds: u32, timeout_ms: u32 },
}

/// A request, including its secrets. Only the code that sends it may read it.
pub(crate) struct SendStep<'s> {
    pub(crate) method: &'s str,
    pub(crate) url: &'s str,
    pub(crate) headers: Vec<(&'s str, &'s str)>,
    pub(crate) body: Option<&'s str>,
    pub(crate) timeout_ms: u32,
    pub(crate) max_bytes: u32,
    pub(crate) max_failure_bytes: u32,
}

impl HostStep<'_> {
    pub(crate) fn to_json(&self) -> String {
        let step = JsonWriter::new();
        let step = match *self {
            Self::Send(ref send) => step.raw_field("send", &send.to_json()),
            Self::Wait(millis) => step.number("wait", millis),
            Self::Token { timeout_ms } => {
                step.raw_field("token", &JsonWriter::new().number("timeoutMs", timeout_ms).finish())
            }
            Self::StoreGet { key, timeout_ms } => step
                .raw_field("storeGet", &JsonWriter::new().string("key", key).number("timeoutMs", timeout_ms).finish()),
            Self::StoreSet { key, value, ttl_seconds, timeout_ms } => {
                let set = JsonWriter::new().string("key", key).string("value", value);
                step.raw_field(
                    "storeSet",
                    &set.number("ttlSeconds", ttl_seconds).number("timeoutMs", timeout_ms).finish(),
                )
            }
        };
        step.finish()
    }
}

impl SendStep<'_> {
    fn to_json(&self) -> String {
        let headers = self.headers.iter().map(|(name, value)| json_array([json_string(name), json_string(value)]));
        JsonWriter::new()
            .string("method", self.method)
            .string("url", self.url)
            .raw_field("headers", &json_array(headers))
            .optional_string("body", self.body)
            .number("timeoutMs", self.timeout_ms)
            .number("maxBytes", self.max_bytes)
            .number("maxFailureBytes", self.max_failure_bytes)
            .finish()
    }
}
