//! The report of a command, before it is printed.

use ajo_limits::CommandReport;
use ajo_limits::file::SourceSet;

use super::input::LimitsInput;
use super::sandbox_service::{SandboxService, ServiceLabel};

/// The report of a command, and where its data comes from.
pub(crate) struct ComputedReport {
    pub(crate) report: CommandReport,
    /// The files, for excerpts.
    pub(crate) sources: SourceSet,
    /// The service, if it was read.
    pub(crate) service: Option<ServiceLabel>,
}

impl ComputedReport {
    /// The report of a command that stopped after reading the files.
    pub(crate) fn from_files(command: &str, input: LimitsInput) -> Self {
        Self { report: input.report(command, input.outcome()), sources: input.sources, service: None }
    }

    /// The report of a command that read the service.
    pub(crate) fn from_service(report: CommandReport, input: LimitsInput, service: &SandboxService) -> Self {
        Self { report, sources: input.sources, service: Some(service.label()) }
    }
}
