//! JSON pointers (RFC 6901).

use alloc::string::String;

use crate::text::replace;

/// Escapes a field name as a token of a JSON pointer.
///
/// ```
/// assert_eq!(ajo_engine::json::escape_pointer_token("a/b~"), "a~1b~0");
/// ```
pub fn escape_pointer_token(name: &str) -> String {
    replace(&replace(name, "~", "~0"), "/", "~1")
}
