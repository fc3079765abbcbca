//! Injects a fault into one call: replaces the response, or changes its delivery.

use std::time::Duration;

use ajo_core::Api;
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::api::gateway_error::GatewayError;
use crate::api::response::{self, ByteResponse};
use crate::faults::delivery::{DeliveryMode, ResponseDelivery};
use crate::faults::effect::FaultEffect;
use crate::faults::target::FaultTarget;

/// Request header that makes one call fail; its value is a [`FaultEffect`]. The service has no such header.
pub const FAULT_HEADER: &str = "x-emulator-fault";

/// The fault for one call.
#[derive(Debug, Default)]
pub(crate) struct InjectedFault {
    pub(crate) effect: Option<FaultEffect>,
    /// Sent instead of processing the call.
    pub(crate) replacement: Option<ByteResponse>,
    delay: Duration,
}

/// The response of an effect that prevents processing.
fn replacement_response(effect: &FaultEffect, target: FaultTarget, request_id: &str) -> Option<ByteResponse> {
    Some(match effect {
        FaultEffect::Gateway(error) => error.to_response(),
        FaultEffect::Service(error) => {
            let as_text = matches!(target, FaultTarget::Operations(Some(Api::Throttling), _));
            error.to_error().to_response(as_text, request_id)
        }
        FaultEffect::TokenEndpoint(error) => error.to_response(),
        FaultEffect::Status(status) => empty_response(*status),
        FaultEffect::Html(status) => html_page(*status),
        FaultEffect::ProblemJson(status) => problem_json(*status),
        FaultEffect::Denied(status) => denied(*status),
        FaultEffect::TooManyRequests(wait) => {
            GatewayError { retry_after: Some(*wait), ..GatewayError::TOO_MANY_REQUESTS }.to_response()
        }
        FaultEffect::DropBefore | FaultEffect::Reset => empty_response(503),
        FaultEffect::Delay(_)
        | FaultEffect::DropAfter
        | FaultEffect::ResponseLost(_)
        | FaultEffect::HalfBody
        | FaultEffect::Garbage => return None,
    })
}

impl InjectedFault {
    pub(crate) fn new(
        effect: Option<FaultEffect>,
        target: FaultTarget,
        request_id: &str,
        random: &mut fastrand::Rng,
    ) -> Self {
        let mut injected = Self::default();
        if let Some(effect) = &effect {
            injected.replacement = replacement_response(effect, target, request_id);
            if let FaultEffect::Delay(latency) = effect {
                injected.delay = latency.sample(random);
            }
        }
        Self { effect, ..injected }
    }

    /// Applies the effects on delivery to a response.
    pub(crate) fn apply_delivery(&self, response: &mut ByteResponse, now: Timestamp) {
        let mode = match self.effect {
            Some(FaultEffect::DropBefore | FaultEffect::DropAfter) => DeliveryMode::Drop,
            Some(FaultEffect::Reset) => DeliveryMode::Reset,
            Some(FaultEffect::HalfBody) => DeliveryMode::Half,
            Some(FaultEffect::ResponseLost(status)) => {
                *response = html_page(status);
                DeliveryMode::Whole
            }
            Some(FaultEffect::Garbage) => {
                // Neither JSON nor UTF-8, and deterministic for a given time.
                let seed = now.as_millis();
                let garbled = |index: u64| (index.wrapping_mul(seed | 1) >> 3).to_le_bytes()[0] | 0x80;
                *response.body_mut() = (0..256).map(garbled).collect();
                DeliveryMode::Whole
            }
            _ => DeliveryMode::Whole,
        };
        let delivery = ResponseDelivery { delay: self.delay, mode };
        if delivery != ResponseDelivery::default() {
            response.extensions_mut().insert(delivery);
        }
    }
}

fn empty_response(status: u16) -> ByteResponse {
    let mut response = ByteResponse::new(Bytes::new());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    response
}

/// An error page as sent by a proxy.
fn html_page(status: u16) -> ByteResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    response::html(status, "a proxy between you and the service")
}

/// Observed by others: a platform service denies access with one line of text. Its media type is unknown.
fn denied(status: u16) -> ByteResponse {
    let mut response = empty_response(status);
    *response.body_mut() = Bytes::from_static(b"Access Denied. The user is not authorized to make the request.");
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

/// The error of other platform services: like RFC 9457, with extra fields.
fn problem_json(status: u16) -> ByteResponse {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
    let body = json!({
        "type": format!("http://ns.adobe.com/aep/errors/EXEG-0000-{status}"),
        "title": code.canonical_reason().unwrap_or("Problem"),
        "status": status,
        "detail": "injected by the emulator",
        "report": {},
        "error-chain": [],
    });
    let mut response = response::json(code, &body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
