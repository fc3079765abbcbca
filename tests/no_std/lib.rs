//! Links every part of the engine into a module without `std`. If a part needed `std`, linking would fail with two panic handlers.
//! `cargo xtask test wasm` builds the module and prints its size.
#![cfg(target_arch = "wasm32")]
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::{String, ToString};
use core::panic::PanicInfo;
use core::time::Duration;

use ajo_engine::json::{MAX_DEPTH, parse};
use ajo_engine::{
    AccessToken, AlreadyApplied, AttemptOutcome, AuthError, BaseUrl, CacheLookup, CallAction, CallInput, CallState,
    ClientTokenState, Credentials, ErrorResponse, Idempotency, OperationSemantics, RateLimit, RefreshLease,
    RetryBudget, RetryDecision, RetryPolicy, RetryState, SandboxName, Secret, SharedClientState, StepContext,
    StoreBreaker, Timestamp, TokenCache, TokenRequest, Uid, decode_entry, encode_entry, parse_retry_after,
    parse_token_response, rules, store_key,
};
use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use wasm_bindgen::prelude::wasm_bindgen;

#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();

/// Ignores its argument, so the compiler drops all panic messages.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Parses an error response and the header `Retry-After`.
#[wasm_bindgen]
pub fn error_response(status: u16, body: &str, retry_after: &str) -> String {
    let failure = ErrorResponse::parse(status, None, body.as_bytes());
    let wait = parse_retry_after(retry_after, NOW).unwrap_or_default();
    format!("{} {} {}", failure.message, failure.hint().unwrap_or_default(), wait.as_secs())
}

/// Validates a definition.
#[wasm_bindgen]
pub fn validate(throttling: bool, definition: &str) -> Option<String> {
    let definition = parse(definition.as_bytes(), MAX_DEPTH).ok()?;
    let findings =
        if throttling { rules::validate_throttling(&definition) } else { rules::validate_capping(&definition) };
    findings.first().map(ToString::to_string)
}

/// Parses a credential file; prepares a token request and a store key.
#[wasm_bindgen]
pub fn credentials(text: &str, name: Option<String>, url: &str) -> String {
    let ims = match BaseUrl::parse_origin(url) {
        Ok(ims) => ims,
        Err(error) => return error.to_string(),
    };
    match Credentials::parse_json(text, name.as_deref()) {
        Ok(credentials) => {
            let request = TokenRequest::new(&credentials, &credentials.secrets()[0], &ims);
            format!("{} {} {}", request.url, request.body.expose(), store_key(&credentials, &ims))
        }
        Err(error) => error.to_string(),
    }
}

/// Parses a token response, then encodes and decodes its store entry.
#[wasm_bindgen]
pub fn token_response(status: u16, body: &str, secret: &str) -> String {
    let token = parse_token_response(status, None, body.as_bytes(), &Secret::new(secret), NOW);
    let entry = token.map_err(AuthError::from).map(|token| encode_entry(&token));
    match entry {
        Ok(entry) => {
            decode_entry(&entry, NOW).map_or_else(|error| error.to_string(), |token| token.value().expose().into())
        }
        Err(error) => format!("{error} {}", error.hint().unwrap_or_default()),
    }
}

/// Parses a uid and a sandbox name.
#[wasm_bindgen]
pub fn identifiers(uid: &str, sandbox: &str) -> String {
    let uid = uid.parse::<Uid>().map_or_else(|error| error.to_string(), |uid| uid.to_string());
    let sandbox = sandbox.parse::<SandboxName>().map_or_else(|error| error.to_string(), |sandbox| sandbox.to_string());
    format!("{uid} {sandbox}")
}

/// Starts a call and uses each decision of the engine once.
#[wasm_bindgen]
pub fn decide(now: u32, random: u32, status: u16) -> u32 {
    let (now, random) = (Duration::from_millis(now.into()), u64::from(random) << 32);
    let mut cache = TokenCache::default();
    let (mut lease, mut breaker, mut budget) =
        (RefreshLease::default(), StoreBreaker::default(), RetryBudget::default());
    let ticket = lease.acquire(now, Duration::from_secs(3)).unwrap_or_default();
    if breaker.try_use(NOW) {
        breaker.record_response();
    }
    if let Some(token) = AccessToken::new("t".into(), NOW, Duration::from_secs(3600)) {
        cache.record(Ok(token), NOW, random);
    }
    lease.release(ticket);
    let mut rate = RateLimit::per_second(status.into());
    if let Some(rate) = &mut rate {
        rate.reserve(now + rate.time_until_slot(now));
    }
    let operation = OperationSemantics {
        method: "DELETE",
        idempotency: Idempotency::Idempotent,
        already_applied: AlreadyApplied::NotFound,
    };
    let mut state = RetryState::new(RetryPolicy::default(), &operation, now + Duration::from_secs(60));
    let mut call =
        CallState::new(operation, RetryPolicy::default(), Duration::from_secs(30), now + Duration::from_secs(60));
    let mut tokens = ClientTokenState::from_callback();
    let shared = &mut SharedClientState { tokens: &mut tokens, retry_budget: &mut budget, rate_limit: None };
    let action = call.step(shared, CallInput::Continue, StepContext { now: NOW, elapsed: now, random });
    let sent = u32::from(matches!(action, CallAction::Send { .. }));
    let failure = ErrorResponse::parse(status, None, b"");
    let outcome = AttemptOutcome::ErrorResponse { response: &failure, retry_after: None };
    let after = match state.decide(&outcome, now, random) {
        RetryDecision::Retry { after } if budget.withdraw() => u32::try_from(after.as_millis()).unwrap_or(u32::MAX),
        RetryDecision::Retry { .. } | RetryDecision::GiveUp => 0,
        RetryDecision::AlreadyApplied => 1,
    };
    match cache.lookup(NOW, cache.refresh_count()) {
        CacheLookup::Token { generation, .. } | CacheLookup::Refresh { generation, .. } if generation > 0 => {
            after + sent
        }
        _ => after,
    }
}
