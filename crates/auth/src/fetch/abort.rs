//! Aborts a request whose caller has gone.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::script;

/// Aborts its request when it is dropped, unless that was done. Nothing where the runtime has no `AbortController`.
pub(super) struct Abort {
    controller: Option<JsValue>,
}

impl Abort {
    pub(super) fn new() -> Self {
        Self { controller: script::construct("AbortController", &Array::new()) }
    }

    pub(super) fn signal(&self) -> Option<JsValue> {
        script::get(self.controller.as_ref()?, "signal")
    }

    /// The answer has been read to its end.
    pub(super) fn done(mut self) {
        self.controller = None;
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            let _ = script::call(controller, "abort", &Array::new());
        }
    }
}
