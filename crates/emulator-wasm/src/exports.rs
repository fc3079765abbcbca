//! What JavaScript calls.

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::emulators::Worlds;

thread_local! {
    /// WebAssembly has one thread here, and JavaScript holds numbers in place of references.
    static WORLDS: RefCell<Worlds> = RefCell::default();
}

/// Makes an emulator. `settings` is JSON, described at `settings::Wanted`; `{}` is the usual one.
///
/// Answers `{"id":1}`, or `{"failed":"why not"}`.
#[wasm_bindgen]
pub fn create(settings: &str) -> String {
    WORLDS.with_borrow_mut(|worlds| worlds.create(settings))
}

/// Has an emulator answer one request: its path with the query, its headers as `[["name","value"],…]` and its body, at this
/// time, in milliseconds since the epoch.
///
/// Answers the head, `{"status","headers","delayMs","manner"}` as `response_head::Head` describes it, or `{"failed":"why not"}` when
/// no such emulator is there. The body is fetched with [`take_body`], because it may be no text.
#[wasm_bindgen]
pub fn handle(id: u32, method: &str, path: &str, headers: &str, body: &[u8], now_ms: f64) -> String {
    WORLDS.with_borrow_mut(|worlds| worlds.handle(id, method, path, headers, body, now_ms))
}

/// The body of the answer to the last request, once.
#[wasm_bindgen]
pub fn take_body() -> Vec<u8> {
    WORLDS.with_borrow_mut(Worlds::take_body)
}

/// Forgets an emulator. One that is not there is none to forget.
#[wasm_bindgen]
pub fn close(id: u32) {
    WORLDS.with_borrow_mut(|worlds| worlds.close(id));
}
