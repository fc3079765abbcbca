//! Injects a fault into one call: the response sent instead, or what happens to the real one on its way.

use std::time::Duration;

use ajo_core::Api;
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::api::gateway_error::GatewayError;
use crate::api::response::{self, Answer};
use crate::faults::delivery::{Delivery, Manner};
use crate::faults::effect::Effect;
use crate::faults::target::Target;

/// The request header that makes one call fail: its value is an [`Effect`]. The service has no such header.
pub const FAULT_HEADER: &str = "x-emulator-fault";

/// What strikes one call.
#[derive(Debug, Default)]
pub(crate) struct InjectedFault {
    pub(crate) effect: Option<Effect>,
    /// Answered in place of processing the call.
    pub(crate) instead: Option<Answer>,
    delay: Duration,
}

/// The answer, where nothing is processed.
fn instead(effect: &Effect, target: Target, request_id: &str) -> Option<Answer> {
    Some(match effect {
        Effect::Gateway(error) => error.answer(),
        Effect::Service(error) => {
            let as_text = matches!(target, Target::Operations(Some(Api::Throttling), _));
            error.failure().answer(as_text, request_id)
        }
        Effect::Ims(refusal) => refusal.answer(),
        Effect::Status(status) => empty_response(*status),
        Effect::Html(status) => html_page(*status),
        Effect::Problem(status) => problem_json(*status),
        Effect::Busy(wait) => GatewayError { retry_after: Some(*wait), ..GatewayError::BUSY }.answer(),
        Effect::DropBefore | Effect::Reset => empty_response(503),
        Effect::Delay(_) | Effect::DropAfter | Effect::Lost(_) | Effect::HalfBody | Effect::Garbage => return None,
    })
}

impl InjectedFault {
    pub(crate) fn new(effect: Option<Effect>, target: Target, request_id: &str, random: &mut fastrand::Rng) -> Self {
        let mut strike = Self::default();
        if let Some(effect) = &effect {
            strike.instead = instead(effect, target, request_id);
            if let Effect::Delay(latency) = effect {
                strike.delay = latency.draw(random);
            }
        }
        Self { effect, ..strike }
    }

    /// Does to an answer what the fault does on its way.
    pub(crate) fn deliver(&self, answer: &mut Answer, now: Timestamp) {
        let manner = match self.effect {
            Some(Effect::DropBefore | Effect::DropAfter) => Manner::Drop,
            Some(Effect::Reset) => Manner::Reset,
            Some(Effect::HalfBody) => Manner::Half,
            Some(Effect::Lost(status)) => {
                *answer = html_page(status);
                Manner::Whole
            }
            Some(Effect::Garbage) => {
                // Neither JSON nor text, the same for the same moment.
                let seed = now.as_millis();
                let garbled = |index: u64| (index.wrapping_mul(seed | 1) >> 3).to_le_bytes()[0] | 0x80;
                *answer.body_mut() = (0..256).map(garbled).collect();
                Manner::Whole
            }
            _ => Manner::Whole,
        };
        let delivery = Delivery { delay: self.delay, manner };
        if delivery != Delivery::default() {
            answer.extensions_mut().insert(delivery);
        }
    }
}

fn empty_response(status: u16) -> Answer {
    let mut answer = Answer::new(Bytes::new());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    answer
}

/// A page as proxies answer it.
fn html_page(status: u16) -> Answer {
    let mut answer = empty_response(status);
    let text = format!(
        "<html>\n<head><title>{status}</title></head>\n<body>a proxy between you and the service</body>\n</html>\n"
    );
    *answer.body_mut() = Bytes::from(text);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    answer
}

/// What other services of the platform answer: like RFC 9457, with fields of their own.
fn problem_json(status: u16) -> Answer {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
    let body = json!({
        "type": format!("http://ns.adobe.com/aep/errors/EXEG-0000-{status}"),
        "title": code.canonical_reason().unwrap_or("Problem"),
        "status": status,
        "detail": "the emulator was told to answer this",
        "report": {},
        "error-chain": [],
    });
    let mut answer = response::json(code, &body);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    answer
}
