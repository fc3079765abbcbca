//! What a command sees that compares limits files with the service.

use ajo_limits::{Desired, Observed, Outcome, Report};

use super::input::Input;
use super::service::Service;
use super::state_paths::{Beside, Settled};
use crate::arguments::{Files, Settings};
use crate::failure::Failure;

/// The service, what it has, and the ledger.
pub(crate) struct Look {
    pub(crate) service: Service,
    pub(crate) beside: Beside,
    pub(crate) observed: Observed,
    pub(crate) settled: Settled,
}

impl Look {
    /// Looks, and changes nothing: neither at the service nor on the disk.
    pub(crate) async fn at(settings: &Settings, files: &Files, desired: &Desired) -> Result<Self, Failure> {
        let service = Service::connect(settings, &desired.sandbox).await?;
        let beside = Beside::of(settings, files.beside.ledger.as_deref(), &files.files)?;
        let observed = service.observe(desired).await?;
        let settled = beside.settled(service.organization(), &observed, &desired.sandbox)?;
        Ok(Self { service, beside, observed, settled })
    }
}

impl Service {
    /// A report on these files, and this sandbox of this organization.
    pub(crate) fn report(&self, command: &str, input: &Input, outcome: Outcome) -> Report {
        Report {
            sandbox: Some(self.sandbox.to_string()),
            organization: Some(self.organization().to_owned()),
            ..input.report(command, outcome)
        }
    }
}
