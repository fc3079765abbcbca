//! The data of a tool's response, and its source.

use ajo_auth::BaseUrl;
use ajo_mcp::{Source, SourceKind, ToolReport};
use serde::Serialize;
use serde_json::{Value, json};

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::commands::limits::{ComputedReport, ServiceLabel};
use crate::session::service_url;

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
    Source {
        kind: kind(label.is_own_emulator, &label.base_url),
        service: (!label.is_own_emulator).then(|| label.base_url.to_string()),
        sandbox: Some(label.sandbox),
        organization: Some(label.organization),
        files,
    }
}

fn kind(is_own_emulator: bool, base_url: &BaseUrl) -> SourceKind {
    if is_own_emulator {
        SourceKind::Emulator
    } else if base_url.as_str().starts_with("http://") {
        // Credentials are sent without TLS only to a loopback address.
        SourceKind::LocalServer
    } else {
        SourceKind::Service
    }
}

/// The service that these settings select.
pub(super) fn configured_service(settings: &GlobalSettings) -> Source {
    let Ok(base_url) = service_url(settings, None) else { return Source::offline(Vec::new()) };
    Source {
        kind: kind(settings.emulator, &base_url),
        service: (!settings.emulator).then(|| base_url.to_string()),
        sandbox: settings.sandbox.clone(),
        ..Source::offline(Vec::new())
    }
}

/// A value as a JSON object.
pub(super) fn to_json(value: &impl Serialize) -> Result<Value, CommandError> {
    let value = serde_json::to_value(value).map_err(|error| CommandError::new(error.to_string()))?;
    Ok(if value.is_object() { value } else { json!({ "result": value }) })
}
