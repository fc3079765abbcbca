//! A response without its body.

use std::mem;

use ajo_emulator::{DeliveryMode, ResponseDelivery};
use bytes::Bytes;
use http::Response;
use serde::Serialize;

/// Returned by `handle`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResponseHead {
    status: u16,
    /// Names and values. Each character of a value is one byte, as in `fetch`.
    headers: Vec<(String, String)>,
    /// The delay after the request, in milliseconds.
    delay_ms: u32,
    /// `whole`, `drop`, `reset` or `half`, see [`DeliveryMode`].
    delivery_mode: &'static str,
}

impl ResponseHead {
    /// Splits a response into head and body.
    pub(crate) fn split(mut response: Response<Bytes>) -> (Self, Bytes) {
        let ResponseDelivery { delay, mode } = response.extensions().get().copied().unwrap_or_default();
        let text = |value: &http::HeaderValue| value.as_bytes().iter().copied().map(char::from).collect();
        let head = Self {
            status: response.status().as_u16(),
            headers: response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            // A fault delays by at most an hour.
            delay_ms: delay.as_millis().try_into().unwrap_or(u32::MAX),
            delivery_mode: match mode {
                DeliveryMode::Whole => "whole",
                DeliveryMode::Drop => "drop",
                DeliveryMode::Reset => "reset",
                DeliveryMode::Half => "half",
            },
        };
        (head, mem::take(response.body_mut()))
    }
}
