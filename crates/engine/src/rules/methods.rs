//! Notes on undocumented HTTP methods.

use alloc::format;

use super::diagnostic::Diagnostic;
use crate::json::JsonValue;
use crate::untrusted_text::excerpt;

/// The methods that the service documents. A test of the generated models compares them with the specs.
pub const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTION"];

/// Undocumented methods are accepted with a note. The service spells `OPTIONS` as `OPTION`.
pub(super) fn unknown_methods(methods: &[impl JsonValue]) -> impl Iterator<Item = Diagnostic> {
    methods.iter().enumerate().filter_map(|(index, method)| {
        let method = method.as_str()?;
        if METHODS.contains(&method) {
            return None;
        }
        let suggestion = METHODS.iter().find(|known| {
            known.eq_ignore_ascii_case(method) || (**known == "OPTION" && method.eq_ignore_ascii_case("OPTIONS"))
        });
        let shown = excerpt(method, 40);
        let message = match suggestion {
            Some(known) => format!("`{shown}` is not a documented method; did you mean `{known}`?"),
            None => format!("`{shown}` is not a documented method; use one of {}", METHODS.join(", ")),
        };
        Some(Diagnostic::note("AJO_LIMITS_METHOD", format!("/methods/{index}"), message))
    })
}
