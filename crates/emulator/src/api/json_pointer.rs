//! JSON pointer tokens.

use ajo_engine::json::escape_pointer_token;
use ajo_engine::untrusted_text::excerpt;

/// A field name that a client sent, shortened and escaped (RFC 6901).
pub(crate) fn escape_token(name: &str) -> String {
    escape_pointer_token(&excerpt(name, 60))
}
