//! The data of a tool's response, and its source.

use ajo_mcp::{Source, SourceKind, ToolReport};
use serde::Serialize;
use serde_json::{Value, json};

use crate::command_error::CommandError;
use crate::commands::limits::{ComputedReport, ServiceLabel};

/// The code of a variable that a limits file cannot use.
const VARIABLE_CODE: &str = "AJO_LIMITS_VARIABLE";

/// The result of a command.
pub(super) struct ToolData {
    /// The service, if it was read.
    pub(super) service: Option<ServiceLabel>,
    pub(super) files: Vec<String>,
    pub(super) data: Value,
    pub(super) next: Option<String>,
}

impl ToolData {
    pub(super) fn into_report(self) -> ToolReport {
        ToolReport { source: source(self.service, self.files), data: self.data, next: self.next }
    }
}

/// The data of a report.
pub(super) fn report_data(computed: ComputedReport) -> Result<ToolData, CommandError> {
    let ComputedReport { report, service, .. } = computed;
    let next = variable_note(&report.diagnostics);
    Ok(ToolData { service, files: report.files.clone(), data: to_json(&report)?, next })
}

/// Why a limits file cannot use a variable that is set.
pub(super) fn variable_note(diagnostics: &[ajo_limits::FileDiagnostic]) -> Option<String> {
    diagnostics.iter().any(|it| it.code == VARIABLE_CODE).then(|| {
        "This server hides environment variables from limits files. A person can start it with `--variable NAME`."
            .to_owned()
    })
}

fn source(service: Option<ServiceLabel>, files: Vec<String>) -> Source {
    let Some(label) = service else { return Source::offline(files) };
    let url = label.base_url.as_str().to_owned();
    let kind = if label.is_own_emulator {
        SourceKind::Emulator
    } else if url.starts_with("http://") {
        // Credentials are sent without TLS only to a loopback address.
        SourceKind::LocalServer
    } else {
        SourceKind::Service
    };
    Source {
        kind,
        service: (!label.is_own_emulator).then_some(url),
        sandbox: Some(label.sandbox),
        organization: Some(label.organization),
        files,
    }
}

/// A value as a JSON object.
pub(super) fn to_json(value: &impl Serialize) -> Result<Value, CommandError> {
    let value = serde_json::to_value(value).map_err(|error| CommandError::new(error.to_string()))?;
    Ok(if value.is_object() { value } else { json!({ "result": value }) })
}
