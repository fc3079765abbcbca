//! An answer, but for its body.

use std::mem;

use ajo_emulator::{Delivery, Manner};
use bytes::Bytes;
use http::Response;
use serde::Serialize;

/// What `handle` answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    /// The HTTP status.
    status: u16,
    /// Names and values, each character of a value being one byte of it, as `fetch` has them.
    headers: Vec<(String, String)>,
    /// How long after the request it comes, in milliseconds.
    delay_ms: u32,
    /// `whole`, `drop`, `reset` or `half`, as at [`Manner`].
    manner: &'static str,
}

impl Head {
    /// Takes an answer apart.
    pub(crate) fn of(mut answer: Response<Bytes>) -> (Self, Bytes) {
        let Delivery { delay, manner } = answer.extensions().get().copied().unwrap_or_default();
        let text = |value: &http::HeaderValue| value.as_bytes().iter().copied().map(char::from).collect();
        let head = Self {
            status: answer.status().as_u16(),
            headers: answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            // A fault delays by an hour at most.
            delay_ms: delay.as_millis().try_into().unwrap_or(u32::MAX),
            manner: match manner {
                Manner::Whole => "whole",
                Manner::Drop => "drop",
                Manner::Reset => "reset",
                Manner::Half => "half",
            },
        };
        (head, mem::take(answer.body_mut()))
    }
}
