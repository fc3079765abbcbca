//! The emulator for the npm package: [`ajo_emulator::World`] behind four functions that WebAssembly can export.
//!
//! Nothing here is asynchronous and nothing does I/O: texts, bytes and plain numbers go in and come out, so that a panic is
//! an error which JavaScript can catch. Whatever is not a request to the service goes through the control API under
//! `/_emulator`, as it does over HTTP: there is one logic and one documentation of it. How an answer is delivered is said in
//! its head, and `npm/src/emulator.ts` (of `crates/wasm`) does what a `fetch` can show of it.

mod emulators;
mod exports;
mod response_head;
mod settings;

pub use exports::{close, create, handle, take_body};
