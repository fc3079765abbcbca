//! Reads response bodies up to a size limit, from real responses and from mocks.

use js_sys::{Array, ArrayBuffer, JSON, JsString, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};

use super::js_runtime::clock_millis;
use super::js_value;

/// Reads the body; `None` if it is longer than `max_bytes`. `deadline` is on the clock of [`clock_millis`].
pub(super) async fn read_body(response: &JsValue, max_bytes: usize, deadline: f64) -> Result<Option<Vec<u8>>, JsValue> {
    let body = js_value::get_property(response, "body");
    if let Some(reader) = body.as_ref().and_then(|body| js_value::call_method(body, "getReader", &Array::new())) {
        return read_stream(&reader?, max_bytes, deadline).await;
    }
    // No stream: an empty body, a mock, or a `fetch` without streams.
    if let Some(text) = js_value::call_method(response, "text", &Array::new()) {
        return limited_bytes(&js_value::await_promise(&text?).await?, max_bytes);
    }
    if let Some(json) = js_value::call_method(response, "json", &Array::new()) {
        let json = js_value::await_promise(&json?).await?;
        return limited_bytes(JSON::stringify(&json)?.as_ref(), max_bytes);
    }
    if body.is_some() {
        return Err(js_error("the response body is neither a stream nor readable with text()"));
    }
    Ok(Some(Vec::new()))
}

/// Converts a string to bytes; `None` if it is longer than `max_bytes`.
fn limited_bytes(text: &JsValue, max_bytes: usize) -> Result<Option<Vec<u8>>, JsValue> {
    let text: &JsString =
        text.dyn_ref().ok_or_else(|| js_error("text() of the response returned a value that is not a string"))?;
    // A character is at least one byte, so a text that is too long is rejected without copying it.
    if usize::try_from(text.length()).is_ok_and(|length| length > max_bytes) {
        return Ok(None);
    }
    Ok(Some(String::from(text).into_bytes()).filter(|bytes| bytes.len() <= max_bytes))
}

async fn read_stream(reader: &JsValue, max_bytes: usize, deadline: f64) -> Result<Option<Vec<u8>>, JsValue> {
    let mut body = Vec::new();
    loop {
        let step = js_value::call_method(reader, "read", &Array::new())
            .ok_or_else(|| js_error("the response body stream cannot be read"))?;
        let step = js_value::await_promise(&step?).await?;
        if js_value::get_property(&step, "done").is_some_and(|done| done.is_truthy()) {
            return Ok(Some(body));
        }
        let chunk = chunk_bytes(js_value::get_property(&step, "value"), max_bytes - body.len())?;
        let Some(chunk) = chunk else {
            drop(
                js_value::call_method(reader, "cancel", &Array::new()).map(|cancelled| cancelled.map(ignore_rejection)),
            );
            return Ok(None);
        };
        let start = body.len();
        body.resize(start + chunk.length() as usize, 0);
        chunk.copy_to(&mut body[start..]);
        // No timer fires while a stream always has data at once.
        if clock_millis() > deadline {
            return Err(js_error("no response within the time limit"));
        }
    }
}

/// Converts a chunk to an array of the current realm; `None` if it is longer than `max_bytes`.
fn chunk_bytes(chunk: Option<JsValue>, max_bytes: usize) -> Result<Option<Uint8Array>, JsValue> {
    let not_bytes = || js_error("the response body stream returned a chunk that is not bytes");
    // Not `instanceof Uint8Array`, which is false for an array of another realm.
    let chunk = chunk.filter(ArrayBuffer::is_view).ok_or_else(not_bytes)?;
    let length =
        js_value::get_property(&chunk, "byteLength").and_then(|length| length.as_f64()).ok_or_else(not_bytes)?;
    #[expect(clippy::cast_precision_loss, reason = "the limits are far below 2^53")]
    if length > max_bytes as f64 {
        return Ok(None);
    }
    // Copies from the buffer, because converting a view with two-byte elements would drop half of the bytes. This
    // throws if the buffer is detached.
    let part = |name| js_value::get_property(&chunk, name).unwrap_or(JsValue::UNDEFINED);
    let view = Array::of3(&part("buffer"), &part("byteOffset"), &part("byteLength"));
    js_value::construct("Uint8Array", &view).and_then(|bytes| bytes.dyn_into().ok()).map(Some).ok_or_else(not_bytes)
}

/// Handles a rejection, so that the runtime does not report it as unhandled.
fn ignore_rejection(promise: JsValue) {
    wasm_bindgen_futures::spawn_local(async move {
        let _ = js_value::await_promise(&promise).await;
    });
}

fn js_error(text: &str) -> JsValue {
    js_sys::Error::new(text).into()
}
