//! The result of `canDeploy`.

use ajo_core::Api;
use ajo_core::rules::{Diagnostic, Severity};
use serde::Serialize;
use serde_json::{Value, json};

use crate::state::config::StoredConfig;
use crate::state::quirks::QuirkSettings;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CanDeployResult {
    validation_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Value>,
}

/// Builds the result from the diagnostics of a configuration.
pub(super) fn can_deploy(
    api: Api,
    config: &StoredConfig,
    diagnostics: Vec<Diagnostic>,
    quirks: &QuirkSettings,
) -> CanDeployResult {
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    let definition = config.definition.parse();
    for diagnostic in diagnostics {
        match diagnostic.severity {
            Severity::Error => {
                errors.push(
                    json!({"errorCode": error_code(&diagnostic, quirks), "error": format_message(api, &diagnostic)}),
                );
            }
            Severity::Warning => {
                let scope = json!({
                    "endpointConfigService": diagnostic.service,
                    "endpointConfigUrl": definition.get("url"),
                });
                let warning = format_message(api, &diagnostic);
                warnings.push(json!({"warningCode": diagnostic.code, "warning": warning, "scope": scope}));
            }
            Severity::Note => {}
        }
    }
    let reason = match errors.len() {
        0 => None,
        1 => Some("1 error is currently blocking the publication".to_owned()),
        count => Some(format!("{count} errors are currently blocking the publication")),
    };
    CanDeployResult { validation_status: if errors.is_empty() { "ok" } else { "error" }, reason, errors, warnings }
}

/// A number in the schema, a string in the sample.
fn error_code(diagnostic: &Diagnostic, quirks: &QuirkSettings) -> Value {
    let number = diagnostic.code.rsplit('_').next().and_then(|number| number.parse::<u64>().ok());
    match number.filter(|_| quirks.is("error_code", "number")) {
        Some(number) => json!(number),
        None => json!(diagnostic.code),
    }
}

fn format_message(api: Api, diagnostic: &Diagnostic) -> String {
    format!("{api} config: {}", diagnostic.message)
}
