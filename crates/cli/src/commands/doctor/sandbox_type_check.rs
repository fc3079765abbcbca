//! Whether the sandbox is for production, and whether the limits file agrees.

use ajo_core::Client;

use super::doctor_check::DoctorCheck;
use super::report::DoctorReport;
use crate::arguments::{GlobalSettings, StateTarget};
use crate::commands::limits::LimitsInput;
use crate::sandbox_type::{SandboxKind, SandboxType};

/// Checks the type of the sandbox. It is never an error: an unknown type counts as production.
pub(super) async fn check_sandbox_type(
    settings: &GlobalSettings,
    target: &StateTarget,
    client: &Client,
    sandbox: &str,
    report: &mut DoctorReport,
) {
    let kind = match SandboxType::request(client, sandbox).await {
        SandboxType::Known(kind, _) => kind,
        SandboxType::Unknown(reason) => {
            let detail = format!("{sandbox} counts as a production sandbox: {reason}");
            return report.add_not_proved(DoctorCheck::SandboxType, detail);
        }
    };
    let detail = format!("{sandbox} is a {} sandbox", kind.as_str());
    let file = target.limits.as_ref();
    let in_file = file.and_then(|file| LimitsInput::read(settings, std::slice::from_ref(file), None).production);
    match (file, in_file) {
        (Some(file), Some(production)) if production != (kind == SandboxKind::Production) => {
            let detail = format!("{detail}, but {} says `production: {production}`", file.display());
            report.add_warning(DoctorCheck::SandboxType, detail, "correct `production` in the file, or remove it");
        }
        _ => report.add_passed(DoctorCheck::SandboxType, detail, "Sandbox Management lists it with this type"),
    }
}
