//! stub
pub(crate) fn run(_: &std::path::Path) -> Result<String, String> {
    Err("stub".into())
}
