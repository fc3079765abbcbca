//! Replaces `fetch` in tests.

use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue};

/// Replaces the runtime's `fetch`. Dropping it restores the original.
pub(crate) struct MockFetch {
    original: JsValue,
}

impl MockFetch {
    /// Installs the function of a JavaScript expression. The function can append to the global list `log`.
    pub(crate) fn new(expression: &str) -> Self {
        let original = eval("globalThis.fetch");
        eval("globalThis.log = []; globalThis.aborted = 0");
        set_global("fetch", &eval(&format!("({expression})")));
        Self { original }
    }

    /// The length of `log`.
    pub(crate) fn call_count() -> u32 {
        eval_u32("log.length")
    }
}

impl Drop for MockFetch {
    fn drop(&mut self) {
        set_global("fetch", &self.original);
    }
}

pub(crate) fn set_global(name: &str, value: &JsValue) {
    Reflect::set(&js_sys::global(), &JsValue::from_str(name), value).expect("a global object");
}

/// Evaluates JavaScript.
pub(crate) fn eval(script: &str) -> JsValue {
    js_sys::eval(script).unwrap_or_else(|error| panic!("{script}: {error:?}"))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
pub(crate) fn eval_u32(script: &str) -> u32 {
    eval(script).as_f64().expect("a number") as u32
}

pub(crate) fn eval_string(script: &str) -> String {
    eval(script).as_string().expect("a string")
}

/// Sleeps while other tasks run.
pub(crate) async fn sleep_millis(millis: u32) {
    let promise = eval(&format!("new Promise((resolve) => setTimeout(resolve, {millis}))"));
    wasm_bindgen_futures::JsFuture::from(promise.unchecked_into::<js_sys::Promise>())
        .await
        .expect("a resolved promise");
}
