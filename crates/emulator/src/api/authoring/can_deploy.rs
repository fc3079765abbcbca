//! The verdict of `canDeploy`.

use ajo_core::Api;
use ajo_core::rules::{Finding, Severity};
use serde::Serialize;
use serde_json::{Value, json};

use crate::state::config::Config;
use crate::state::quirks::Switches;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verdict {
    validation_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Value>,
}

/// The verdict on a configuration with these findings.
pub(super) fn can_deploy(api: Api, config: &Config, findings: Vec<Finding>, switches: &Switches) -> Verdict {
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    let definition = config.definition.parse();
    for finding in findings {
        match finding.severity {
            Severity::Error => {
                errors.push(json!({"errorCode": error_code(&finding, switches), "error": described(api, &finding)}));
            }
            Severity::Warning => {
                let scope = json!({
                    "endpointConfigService": finding.service,
                    "endpointConfigUrl": definition.get("url"),
                });
                let warning = described(api, &finding);
                warnings.push(json!({"warningCode": finding.code, "warning": warning, "scope": scope}));
            }
            Severity::Remark => {}
        }
    }
    let reason = match errors.len() {
        0 => None,
        1 => Some("1 error is currently blocking the publication".to_owned()),
        count => Some(format!("{count} errors are currently blocking the publication")),
    };
    Verdict { validation_status: if errors.is_empty() { "ok" } else { "error" }, reason, errors, warnings }
}

/// The schema says that it is a number, the sample has text.
fn error_code(finding: &Finding, switches: &Switches) -> Value {
    let number = finding.code.rsplit('_').next().and_then(|number| number.parse::<u64>().ok());
    match number.filter(|_| switches.is("error_code", "number")) {
        Some(number) => json!(number),
        None => json!(finding.code),
    }
}

fn described(api: Api, finding: &Finding) -> String {
    format!("{api} config: {}", finding.message)
}
