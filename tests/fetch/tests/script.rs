//! A `fetch` that does what a test says.

use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue};

/// A `fetch` in place of the runtime's own, which is back when this is dropped.
pub(crate) struct Fetch {
    own: JsValue,
}

impl Fetch {
    /// From a JavaScript expression of a function. `log` is a global list that it may write to.
    pub(crate) fn new(expression: &str) -> Self {
        let own = run("globalThis.fetch");
        run("globalThis.log = []; globalThis.aborted = 0");
        set("fetch", &run(&format!("({expression})")));
        Self { own }
    }

    /// How many requests it was given.
    pub(crate) fn calls() -> u32 {
        number("log.length")
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        set("fetch", &self.own);
    }
}

pub(crate) fn set(name: &str, value: &JsValue) {
    Reflect::set(&js_sys::global(), &JsValue::from_str(name), value).expect("a global object");
}

/// Runs JavaScript.
pub(crate) fn run(script: &str) -> JsValue {
    js_sys::eval(script).unwrap_or_else(|error| panic!("{script}: {error:?}"))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
pub(crate) fn number(script: &str) -> u32 {
    run(script).as_f64().expect("a number") as u32
}

pub(crate) fn text(script: &str) -> String {
    run(script).as_string().expect("a text")
}

/// Lets everything else go on for so many milliseconds.
pub(crate) async fn pause(millis: u32) {
    let promise = run(&format!("new Promise((resolve) => setTimeout(resolve, {millis}))"));
    wasm_bindgen_futures::JsFuture::from(promise.unchecked_into::<js_sys::Promise>()).await.expect("it resolves");
}
