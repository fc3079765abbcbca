//! Requests, which are validated before they are passed to gloo-net.

use std::fmt;

use gloo_net::http::RequestBuilder;
use http::{HeaderName, Method};
use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{RequestCache, RequestCredentials, RequestRedirect};

use super::fetch_error_kind::FetchErrorKind;
use super::js_value;

/// The classes that gloo-net needs to build a request; it panics if one is missing.
const REQUIRED_CLASSES: [&str; 4] = ["Request", "Headers", "URL", "URLSearchParams"];

/// An HTTP request.
#[derive(Clone, Copy)]
pub struct FetchRequest<'o> {
    /// The HTTP method, in upper case.
    pub method: &'o str,
    pub url: &'o str,
    pub headers: &'o [(&'o str, &'o str)],
    pub body: Option<&'o [u8]>,
    /// Whether [`FetchResponse::headers`](super::FetchResponse::headers) is read.
    pub wants_headers: bool,
    /// Strings that are redacted in errors.
    pub secrets: &'o [&'o str],
}

impl FetchRequest<'_> {
    /// Builds a JavaScript `Request` that follows no redirects, sends no cookies, and bypasses the cache. workerd
    /// rejects unknown fields, so a field is only set if the runtime's `Request` supports it.
    ///
    /// After an error, nothing was sent.
    pub(super) fn to_js_request(self) -> Result<JsValue, (FetchErrorKind, String)> {
        if let Some(class) = REQUIRED_CLASSES.iter().find(|class| !is_function(class)) {
            return Err((FetchErrorKind::Refused, format!("this runtime has no `{class}`")));
        }
        self.build().map_err(|reason| (FetchErrorKind::BuildRequest, reason))
    }

    fn build(self) -> Result<JsValue, String> {
        let method = Method::from_bytes(self.method.as_bytes()).map_err(|_| "its method is invalid".to_owned())?;
        if !self.url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("its URL has characters that cannot be sent".to_owned());
        }
        let mut builder = RequestBuilder::new(self.url).method(method).redirect(RequestRedirect::Manual);
        for (name, value) in self.headers {
            // The client has validated its headers already. This prevents a panic in gloo-net for any others.
            let visible = value.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
            if HeaderName::from_bytes(name.as_bytes()).is_err() || !visible {
                return Err("it has a header that cannot be sent".to_owned());
            }
            builder = builder.header(name, value);
        }
        if request_supports("cache") {
            builder = builder.cache(RequestCache::NoStore);
        }
        if request_supports("credentials") {
            builder = builder.credentials(RequestCredentials::Omit);
        }
        let built = match self.body {
            Some(body) => builder.body(Uint8Array::from(body)),
            None => builder.build(),
        };
        built.map(|request| web_sys::Request::from(request).into()).map_err(|error| error.to_string())
    }
}

fn is_function(class: &str) -> bool {
    js_value::get_global(class).is_some_and(|class| class.is_instance_of::<Function>())
}

/// Whether the `Request` of this runtime has this field.
fn request_supports(field: &str) -> bool {
    let prototype = js_value::get_global("Request").and_then(|class| js_value::get_property(&class, "prototype"));
    prototype.is_some_and(|prototype| Reflect::has(&prototype, &JsValue::from_str(field)).unwrap_or(false))
}

impl fmt::Debug for FetchRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchRequest").field("method", &self.method).field("url", &self.url).finish_non_exhaustive()
    }
}
