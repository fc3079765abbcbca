//! The client over `fetch`: the conformance suite, a hostile `fetch`, and the emulator if it runs.
//!
//! The tests run in Node.js, or in a browser with the feature `browser`.

#![cfg(target_family = "wasm")]

mod conformance;
mod emulator;
mod hostile_fetch;
mod mock_fetch;
mod other_apis;
#[path = "../../conformance/suite.rs"]
mod suite;

#[cfg(feature = "browser")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
