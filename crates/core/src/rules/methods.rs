//! HTTP methods that the service does not name.

use serde_json::Value;

use super::finding::Finding;
use crate::HttpMethod;
use crate::untrusted_text::excerpt;

/// Methods that the service does not name are passed on, with a remark. `OPTIONS` is `OPTION` at this service.
pub(super) fn unknown_methods(methods: &[Value]) -> impl Iterator<Item = Finding> {
    methods.iter().enumerate().filter_map(|(index, method)| {
        let method = method.as_str()?;
        if HttpMethod::KNOWN.contains(&method) {
            return None;
        }
        let meant = HttpMethod::KNOWN.iter().find(|known| {
            known.eq_ignore_ascii_case(method) || (**known == "OPTION" && method.eq_ignore_ascii_case("OPTIONS"))
        });
        let shown = excerpt(method, 40);
        let message = match meant {
            Some(meant) => format!("the service names no method `{shown}`; it spells it `{meant}`"),
            None => format!("the service names no method `{shown}`; it names {}", HttpMethod::KNOWN.join(", ")),
        };
        Some(Finding::remark("AJO_LIMITS_METHOD", format!("/methods/{index}"), message))
    })
}
