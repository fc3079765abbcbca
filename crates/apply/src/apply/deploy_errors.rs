//! The service's reasons against a deployment.

use ajo_core::{CanDeploy, ValidationStatus};

/// The errors of a `canDeploy` response, one per line; empty if the configuration can be deployed.
///
/// ```
/// let verdict: ajo_core::CanDeploy = serde_json::from_str(
///     r#"{"validationStatus": "error", "errors": [{"errorCode": "ERR_ENDPOINTCONFIG_101", "error": "malformed url"}]}"#,
/// )?;
/// assert_eq!(ajo_apply::deploy_errors(&verdict), ["ERR_ENDPOINTCONFIG_101: malformed url"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn deploy_errors(verdict: &CanDeploy) -> Vec<String> {
    const NO_REASON: &str = "the service gave no reason";
    if verdict.validation_status != Some(ValidationStatus::Error) {
        return Vec::new();
    }
    if verdict.errors.is_empty() {
        return vec![verdict.reason.clone().unwrap_or_else(|| NO_REASON.to_owned())];
    }
    let errors = verdict.errors.iter().map(|error| {
        let code = error.error_code.as_ref().map_or_else(String::new, |code| format!("{code}: "));
        format!("{code}{}", error.error.as_deref().unwrap_or(NO_REASON))
    });
    errors.collect()
}
