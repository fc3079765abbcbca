//! The source that every description names.

/// The fix for a description that does not say how its statement is known.
pub(super) const NAME_THE_SOURCE: &str = "end it with (documented), (inferred), (observed) or (unknown), and from what";

/// Whether a description says how its statement is known: the service itself is not available for tests.
pub(super) fn names_its_source(description: &str) -> bool {
    let description = description.to_lowercase();
    ["documented", "inferred", "observed", "unknown"].iter().any(|label| description.contains(label))
}
