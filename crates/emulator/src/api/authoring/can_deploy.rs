//! The verdict of `canDeploy`.

use ajo_core::Api;
use ajo_core::rules::{Finding, Severity};
use serde_json::{Value, json};

use crate::api::authoring::validation;
use crate::state::config::Config;
use crate::state::quirks::Switches;

pub(super) fn can_deploy(api: Api, config: &Config, switches: &Switches) -> Value {
    let (mut errors, mut warnings) = (validation::findings(api, &config.definition, switches), Vec::new());
    errors.retain(|finding| {
        if finding.severity == Severity::Warning {
            warnings.push(finding.clone());
        }
        finding.severity == Severity::Error
    });
    let mut verdict = json!({"validationStatus": if errors.is_empty() { "ok" } else { "error" }});
    if !errors.is_empty() {
        verdict["reason"] = match errors.len() {
            1 => json!("1 error is currently blocking the publication"),
            count => json!(format!("{count} errors are currently blocking the publication")),
        };
        let shown =
            |finding: &Finding| json!({"errorCode": error_code(finding, switches), "error": described(api, finding)});
        verdict["errors"] = errors.iter().map(shown).collect();
    }
    if !warnings.is_empty() {
        let shown = |finding: &Finding| {
            let scope = json!({
                "endpointConfigService": finding.service,
                "endpointConfigUrl": config.definition.get("url"),
            });
            json!({"warningCode": finding.code, "warning": described(api, finding), "scope": scope})
        };
        verdict["warnings"] = warnings.iter().map(shown).collect();
    }
    verdict
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
