//! Checks that descriptions name their source.

pub(super) const MISSING_SOURCE_FIX: &str =
    "end it with (documented), (inferred), (observed) or (unknown), and the source";

/// Whether a description labels its source. The service is not available for tests, so every statement needs one.
pub(super) fn has_source(description: &str) -> bool {
    let description = description.to_lowercase();
    ["documented", "inferred", "observed", "unknown"].iter().any(|label| description.contains(label))
}
