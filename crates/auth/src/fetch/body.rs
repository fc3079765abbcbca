//! Reading a response body of limited size, whatever object it comes in.

use js_sys::{Array, ArrayBuffer, JSON, JsString, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};

use super::js_env::clock_millis;
use super::script;

/// The bytes of an answer's body; nothing when there are more than that. `until` is on the clock of [`clock_millis`].
pub(super) async fn read(response: &JsValue, most: usize, until: f64) -> Result<Option<Vec<u8>>, JsValue> {
    let body = script::get(response, "body");
    if let Some(reader) = body.as_ref().and_then(|body| script::call(body, "getReader", &Array::new())) {
        return stream(&reader?, most, until).await;
    }
    // Without a stream: an answer without a body, a mock, or a `fetch` from before streams.
    if let Some(text) = script::call(response, "text", &Array::new()) {
        return within(&script::settled(&text?).await?, most);
    }
    if let Some(json) = script::call(response, "json", &Array::new()) {
        let json = script::settled(&json?).await?;
        return within(JSON::stringify(&json)?.as_ref(), most);
    }
    if body.is_some() {
        return Err(problem("the response has a body, and neither a stream nor text() to read it by"));
    }
    Ok(Some(Vec::new()))
}

/// A text as bytes.
fn within(text: &JsValue, most: usize) -> Result<Option<Vec<u8>>, JsValue> {
    let text: &JsString = text.dyn_ref().ok_or_else(|| problem("what is said to be the body's text is none"))?;
    // A character is at least one byte, so that a long text need not be copied to be refused.
    if usize::try_from(text.length()).is_ok_and(|length| length > most) {
        return Ok(None);
    }
    Ok(Some(String::from(text).into_bytes()).filter(|bytes| bytes.len() <= most))
}

async fn stream(reader: &JsValue, most: usize, until: f64) -> Result<Option<Vec<u8>>, JsValue> {
    let mut body = Vec::new();
    loop {
        let step =
            script::call(reader, "read", &Array::new()).ok_or_else(|| problem("the body's stream cannot be read"))?;
        let step = script::settled(&step?).await?;
        if script::get(&step, "done").is_some_and(|done| done.is_truthy()) {
            return Ok(Some(body));
        }
        let chunk = bytes(script::get(&step, "value"), most - body.len())?;
        let Some(chunk) = chunk else {
            drop(script::call(reader, "cancel", &Array::new()).map(|cancelled| cancelled.map(forget)));
            return Ok(None);
        };
        let there = body.len();
        body.resize(there + chunk.length() as usize, 0);
        chunk.copy_to(&mut body[there..]);
        // A stream that always has something at once never lets a timer fire.
        if clock_millis() > until {
            return Err(problem("no answer within the time limit"));
        }
    }
}

/// A chunk as bytes of our own realm; nothing when it is longer than that.
fn bytes(chunk: Option<JsValue>, most: usize) -> Result<Option<Uint8Array>, JsValue> {
    let other = || problem("the body's stream gave something other than bytes");
    // Not `instanceof Uint8Array`, which is false for one of another realm.
    let chunk = chunk.filter(ArrayBuffer::is_view).ok_or_else(other)?;
    let length = script::get(&chunk, "byteLength").and_then(|length| length.as_f64()).ok_or_else(other)?;
    #[expect(clippy::cast_precision_loss, reason = "the limits are far below 2^53")]
    if length > most as f64 {
        return Ok(None);
    }
    // Over the buffer: what is made of a view of two bytes an element would drop half of it. Throws where that is detached.
    let part = |name| script::get(&chunk, name).unwrap_or(JsValue::UNDEFINED);
    let view = Array::of3(&part("buffer"), &part("byteOffset"), &part("byteLength"));
    script::construct("Uint8Array", &view).and_then(|bytes| bytes.dyn_into().ok()).map(Some).ok_or_else(other)
}

/// Lets a promise reject without anybody hearing of it.
fn forget(promise: JsValue) {
    wasm_bindgen_futures::spawn_local(async move {
        let _ = script::settled(&promise).await;
    });
}

fn problem(text: &str) -> JsValue {
    js_sys::Error::new(text).into()
}
