//! Steps for the host, as JSON.

use crate::json_writer::{Object, list, quoted};

/// A step of a call that is not over.
pub(crate) enum Step<'s> {
    Send(Send<'s>),
    Wait(u32),
    Token { timeout_ms: u32 },
    StoreGet { key: &'s str, timeout_ms: u32 },
    StoreSet { key: &'s str, value: &'s str, ttl_seconds: u32, timeout_ms: u32 },
}

/// A request, secrets included: it is for the one place that sends it.
pub(crate) struct Send<'s> {
    pub(crate) method: &'s str,
    pub(crate) url: &'s str,
    pub(crate) headers: Vec<(&'s str, &'s str)>,
    pub(crate) body: Option<&'s str>,
    pub(crate) timeout_ms: u32,
    pub(crate) max_bytes: u32,
    pub(crate) max_failure_bytes: u32,
}

impl Step<'_> {
    pub(crate) fn to_json(&self) -> String {
        let step = Object::new();
        let step = match *self {
            Self::Send(ref send) => step.json("send", &send.to_json()),
            Self::Wait(millis) => step.number("wait", millis),
            Self::Token { timeout_ms } => step.json("token", &Object::new().number("timeoutMs", timeout_ms).end()),
            Self::StoreGet { key, timeout_ms } => {
                step.json("storeGet", &Object::new().text("key", key).number("timeoutMs", timeout_ms).end())
            }
            Self::StoreSet { key, value, ttl_seconds, timeout_ms } => {
                let set = Object::new().text("key", key).text("value", value);
                step.json("storeSet", &set.number("ttlSeconds", ttl_seconds).number("timeoutMs", timeout_ms).end())
            }
        };
        step.end()
    }
}

impl Send<'_> {
    fn to_json(&self) -> String {
        let headers = self.headers.iter().map(|(name, value)| list([quoted(name), quoted(value)]));
        Object::new()
            .text("method", self.method)
            .text("url", self.url)
            .json("headers", &list(headers))
            .text_if_any("body", self.body)
            .number("timeoutMs", self.timeout_ms)
            .number("maxBytes", self.max_bytes)
            .number("maxFailureBytes", self.max_failure_bytes)
            .end()
    }
}
