//! HTTP methods that the service does not name.

use alloc::format;

use super::finding::Finding;
use crate::json::Json;
use crate::untrusted_text::excerpt;

/// The methods that the service names. A test of the generated models compares them with the specs.
pub const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTION"];

/// Methods that the service does not name are passed on, with a remark. `OPTIONS` is `OPTION` at this service.
pub(super) fn unknown_methods(methods: &[impl Json]) -> impl Iterator<Item = Finding> {
    methods.iter().enumerate().filter_map(|(index, method)| {
        let method = method.as_str()?;
        if METHODS.contains(&method) {
            return None;
        }
        let meant = METHODS.iter().find(|known| {
            known.eq_ignore_ascii_case(method) || (**known == "OPTION" && method.eq_ignore_ascii_case("OPTIONS"))
        });
        let shown = excerpt(method, 40);
        let message = match meant {
            Some(meant) => format!("the service names no method `{shown}`; it spells it `{meant}`"),
            None => format!("the service names no method `{shown}`; it names {}", METHODS.join(", ")),
        };
        Some(Finding::remark("AJO_LIMITS_METHOD", format!("/methods/{index}"), message))
    })
}
