//! What the service says against deploying something.

use ajo_core::{CanDeploy, ValidationStatus};

/// Each of its objections in one line; none if it has none.
///
/// ```
/// let verdict: ajo_core::CanDeploy = serde_json::from_str(
///     r#"{"validationStatus": "error", "errors": [{"errorCode": "ERR_ENDPOINTCONFIG_101", "error": "malformed url"}]}"#,
/// )?;
/// assert_eq!(ajo_apply::objections(&verdict), ["ERR_ENDPOINTCONFIG_101: malformed url"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn objections(verdict: &CanDeploy) -> Vec<String> {
    const UNSAID: &str = "it does not say why";
    if verdict.validation_status != Some(ValidationStatus::Error) {
        return Vec::new();
    }
    if verdict.errors.is_empty() {
        return vec![verdict.reason.clone().unwrap_or_else(|| UNSAID.to_owned())];
    }
    let told = verdict.errors.iter().map(|error| {
        let code = error.error_code.as_ref().map_or_else(String::new, |code| format!("{code}: "));
        format!("{code}{}", error.error.as_deref().unwrap_or(UNSAID))
    });
    told.collect()
}
