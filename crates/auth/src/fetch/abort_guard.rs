//! Aborts a request when its caller drops it.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::js_value;

/// Aborts its request on drop, unless it is disarmed. Does nothing if the runtime has no `AbortController`.
pub(super) struct AbortGuard {
    controller: Option<JsValue>,
}

impl AbortGuard {
    pub(super) fn new() -> Self {
        Self { controller: js_value::construct("AbortController", &Array::new()) }
    }

    pub(super) fn signal(&self) -> Option<JsValue> {
        js_value::get_property(self.controller.as_ref()?, "signal")
    }

    /// Keeps the request alive: the response was read to its end.
    pub(super) fn disarm(mut self) {
        self.controller = None;
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            let _ = js_value::call_method(controller, "abort", &Array::new());
        }
    }
}
