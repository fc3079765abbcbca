//! stub
use crate::spec::Spec;
pub(crate) fn validate(_: &Spec) -> Vec<String> {
    Vec::new()
}
pub(crate) fn validate_together(_: &[Spec]) -> Vec<String> {
    Vec::new()
}
