//! JSON pointer tokens.

use ajo_engine::untrusted_text::excerpt;

/// A field name that a client sent, shortened and escaped (RFC 6901).
pub(crate) fn escape_token(name: &str) -> String {
    excerpt(name, 60).replace('~', "~0").replace('/', "~1")
}
