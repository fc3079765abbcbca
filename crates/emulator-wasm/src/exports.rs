//! The functions that JavaScript calls.

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::emulator_registry::EmulatorRegistry;

thread_local! {
    /// WebAssembly has one thread here, and JavaScript refers to emulators by number.
    static EMULATORS: RefCell<EmulatorRegistry> = RefCell::default();
}

/// Creates an emulator. `settings` is JSON, see `emulator_options::EmulatorOptions`; `{}` means the defaults.
///
/// Returns `{"id":1}`, or `{"failed":"reason"}`.
#[wasm_bindgen]
pub fn create(settings: &str) -> String {
    EMULATORS.with_borrow_mut(|emulators| emulators.create(settings))
}

/// Handles one request: path with query, headers as `[["name","value"],…]`, body, and the time in milliseconds since the
/// epoch.
///
/// Returns the head `{"status","headers","delayMs","deliveryMode"}`, see `response_head::ResponseHead`, or
/// `{"failed":"reason"}` for an unknown emulator. Fetch the body with [`take_body`]; it may not be a string.
#[wasm_bindgen]
pub fn handle(id: u32, method: &str, path: &str, headers: &str, body: &[u8], now_ms: f64) -> String {
    EMULATORS.with_borrow_mut(|emulators| emulators.handle(id, method, path, headers, body, now_ms))
}

/// Returns the body of the last response, once.
#[wasm_bindgen]
pub fn take_body() -> Vec<u8> {
    EMULATORS.with_borrow_mut(EmulatorRegistry::take_body)
}

/// Closes an emulator. Does nothing if it does not exist.
#[wasm_bindgen]
pub fn close(id: u32) {
    EMULATORS.with_borrow_mut(|emulators| emulators.close(id));
}
