//! The emulator for the npm package: [`ajo_emulator::EmulatorState`] behind four functions exported to JavaScript.
//!
//! Nothing is asynchronous and nothing does I/O. Only strings, bytes and numbers cross the boundary, so that JavaScript can
//! catch a panic as an error. Everything other than service requests goes through the control API under `/_emulator`, as over
//! HTTP. The response head says how to deliver the response, and `npm/src/delivery.ts` simulates that for
//! `fetch`.

mod emulator_options;
mod emulator_registry;
mod exports;
mod response_head;

pub use exports::{close, create, handle, take_body};

/// Smaller than the default allocator.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
