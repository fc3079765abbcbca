//! JavaScript values of whatever kind. Nothing here throws or panics, whatever they are.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A property; nothing where the value has none, or a getter throws.
pub(super) fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(of, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// A property that is a text.
pub(super) fn text(of: &JsValue, name: &str) -> Option<String> {
    get(of, name)?.as_string()
}

/// A property that is a function.
pub(super) fn function(of: &JsValue, name: &str) -> Option<Function> {
    get(of, name)?.dyn_into().ok()
}

/// Something global, by name.
pub(super) fn global(name: &str) -> Option<JsValue> {
    get(&js_sys::global(), name)
}

/// Calls a method; nothing where there is none.
pub(super) fn call(of: &JsValue, method: &str, arguments: &Array) -> Option<Result<JsValue, JsValue>> {
    function(of, method).map(|function| Reflect::apply(&function, of, arguments))
}

/// Makes an object of a global class; nothing where there is no such class, or it throws.
pub(super) fn construct(class: &str, arguments: &Array) -> Option<JsValue> {
    let class: Function = global(class)?.dyn_into().ok()?;
    Reflect::construct(&class, arguments).ok()
}

/// Waits for a promise, or for whatever is used in its place.
pub(super) async fn settled(value: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(value)).await
}
