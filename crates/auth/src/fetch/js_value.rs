//! Access to arbitrary JavaScript values. These functions never throw or panic.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A property; `None` if it is missing or its getter throws.
pub(super) fn get_property(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// A string property.
pub(super) fn get_string(object: &JsValue, name: &str) -> Option<String> {
    get_property(object, name)?.as_string()
}

/// A function property.
pub(super) fn get_function(object: &JsValue, name: &str) -> Option<Function> {
    get_property(object, name)?.dyn_into().ok()
}

/// A property of the global object.
pub(super) fn get_global(name: &str) -> Option<JsValue> {
    get_property(&js_sys::global(), name)
}

/// Calls a method; `None` if there is no such method.
pub(super) fn call_method(object: &JsValue, method: &str, arguments: &Array) -> Option<Result<JsValue, JsValue>> {
    get_function(object, method).map(|function| Reflect::apply(&function, object, arguments))
}

/// Constructs an object of a global class; `None` if the class is missing or its constructor throws.
pub(super) fn construct(class: &str, arguments: &Array) -> Option<JsValue> {
    let class: Function = get_global(class)?.dyn_into().ok()?;
    Reflect::construct(&class, arguments).ok()
}

/// Waits for a promise. Other values resolve at once.
pub(super) async fn await_promise(value: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(value)).await
}
