//! Requests, validated before gloo-net sees them.

use std::fmt;

use gloo_net::http::RequestBuilder;
use http::{HeaderName, Method};
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{RequestCache, RequestCredentials, RequestRedirect};

use super::script;

/// What gloo-net makes a request of; it panics where one is missing.
const CLASSES: [&str; 4] = ["Request", "Headers", "URL", "URLSearchParams"];

/// A request.
#[derive(Clone, Copy)]
pub struct Outgoing<'o> {
    /// The HTTP method, in capitals.
    pub method: &'o str,
    /// The whole URL.
    pub url: &'o str,
    /// The headers.
    pub headers: &'o [(&'o str, &'o str)],
    /// The body.
    pub body: Option<&'o str>,
    /// What no error may show, whatever JavaScript says in it.
    pub secrets: &'o [&'o str],
}

impl Outgoing<'_> {
    /// A `Request` of JavaScript. It follows no redirect; where the runtime knows of these at all, it takes no cookies along and
    /// passes by the cache. workerd refuses a field that it does not know, so only what its `Request` has is set.
    ///
    /// Whatever stands in the way, nothing was sent.
    pub(super) fn build(&self) -> Result<JsValue, String> {
        if let Some(class) = CLASSES.iter().find(|class| !is_function(class)) {
            return Err(format!("this runtime has no `{class}`"));
        }
        let method = Method::from_bytes(self.method.as_bytes()).map_err(|_| "its method is none".to_owned())?;
        if !self.url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("its URL has characters that cannot be sent".to_owned());
        }
        let mut builder = RequestBuilder::new(self.url).method(method).redirect(RequestRedirect::Manual);
        for (name, value) in self.headers {
            // They were checked when they were set; gloo-net panics on one that was not.
            let visible = value.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
            if HeaderName::from_bytes(name.as_bytes()).is_err() || !visible {
                return Err("it has a header that cannot be sent".to_owned());
            }
            builder = builder.header(name, value);
        }
        if request_has("cache") {
            builder = builder.cache(RequestCache::NoStore);
        }
        if request_has("credentials") {
            builder = builder.credentials(RequestCredentials::Omit);
        }
        let built = match self.body {
            Some(body) => builder.body(body),
            None => builder.build(),
        };
        built.map(|request| web_sys::Request::from(request).into()).map_err(|error| error.to_string())
    }
}

fn is_function(class: &str) -> bool {
    script::global(class).is_some_and(|class| class.is_instance_of::<Function>())
}

/// Whether the requests of this runtime have such a field.
fn request_has(field: &str) -> bool {
    let prototype = script::global("Request").and_then(|class| script::get(&class, "prototype"));
    prototype.is_some_and(|prototype| Reflect::has(&prototype, &JsValue::from_str(field)).unwrap_or(false))
}

impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("method", &self.method).field("url", &self.url).finish_non_exhaustive()
    }
}
