//! The driver over `fetch`: the suite of cases with a scripted `fetch`, hostile ones, and the emulator where there is one.
//!
//! Runs in Node.js, and in a browser with the feature `browser`.

#![cfg(target_family = "wasm")]

mod cases;
mod emulated;
mod hostile;
mod script;
#[path = "../../conformance/suite.rs"]
mod suite;

#[cfg(feature = "browser")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
