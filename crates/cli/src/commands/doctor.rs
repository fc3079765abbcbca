//! `ajo doctor`: checks each step from the credentials to the service.

mod doctor_check;
mod report;

use std::process::ExitCode;
use std::time::Duration;

use ajo_auth::{AuthError, Secret, Timestamp, request_server_date};
use ajo_core::{CallError, CallOptions, Client};

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::session::{AuthContext, CallerIdentity};
use crate::time::format_rfc3339;
use doctor_check::DoctorCheck;
use report::DoctorReport;

/// Clock difference that is reported. `Date` has a resolution of one second, and the network adds latency.
const MAX_CLOCK_SKEW: Duration = Duration::from_secs(30);

/// Deadline of each call.
const CALL_DEADLINE: Duration = Duration::from_secs(30);

/// The first failed check, and its error.
struct FailedCheck(DoctorCheck, CommandError);

pub(crate) async fn run(settings: &GlobalSettings) -> Result<ExitCode, CommandError> {
    let mut report = DoctorReport::default();
    let exit = match run_checks(settings, &mut report).await {
        Ok(()) => ExitStatus::Success,
        Err(FailedCheck(step, failure)) => {
            report.add_failed(step, &failure);
            failure.exit_status()
        }
    };
    output::print_data(&report.render(settings.output))?;
    Ok(exit.into())
}

async fn run_checks(settings: &GlobalSettings, report: &mut DoctorReport) -> Result<(), FailedCheck> {
    let caller =
        AuthContext::resolve(settings).await.map_err(|failure| FailedCheck(DoctorCheck::Credentials, failure))?;
    report
        .add_passed(DoctorCheck::Credentials, format!("{}; client id {}", caller.source, caller.identity.client_id()));
    let token = match &caller.identity {
        CallerIdentity::Credentials(_) => check_token(&caller, report).await?,
        CallerIdentity::AccessToken { token, .. } => {
            report.add_skipped(DoctorCheck::TokenEndpoint, "not checked: AJO_ACCESS_TOKEN is set");
            report.add_skipped(DoctorCheck::Token, "from AJO_ACCESS_TOKEN; expiry unknown");
            report.add_skipped(DoctorCheck::Clock, "not checked: no request to the token endpoint");
            token.clone()
        }
    };
    let sandbox = caller.sandbox(settings).map_err(|failure| FailedCheck(DoctorCheck::Organization, failure))?;
    let (client_id, org_id) = (caller.identity.client_id(), caller.identity.org_id().as_str());
    let client = caller.client_builder(settings, &sandbox).access_token(token, client_id, org_id).build();
    let client = client.map_err(|error| FailedCheck(DoctorCheck::ApiKey, error.into()))?;
    let client = client.with_options(CallOptions::default().deadline(CALL_DEADLINE));
    check_capping(&client, org_id, &sandbox, report).await?;
    check_throttling(&client, &sandbox, report).await
}

/// Requests a new token. A cached token would not prove that the credential works now.
async fn check_token(caller: &AuthContext, report: &mut DoctorReport) -> Result<Secret, FailedCheck> {
    let transport_error = |error: AuthError| FailedCheck(DoctorCheck::TokenEndpoint, error.into());
    let http = ajo_auth::http_client(&caller.ims_url).map_err(transport_error)?;
    let date = request_server_date(&caller.ims_url, &http).await.map_err(transport_error)?;
    let now = ajo_auth::current_timestamp();
    report.add_passed(DoctorCheck::TokenEndpoint, format!("{} responds", caller.ims_url));
    let response =
        caller.uncached_token_provider().map_err(|failure| FailedCheck(DoctorCheck::Token, failure))?.token().await;
    let token = response.map_err(|error| FailedCheck(DoctorCheck::Token, error.into()))?.token;
    let scopes = match &caller.identity {
        CallerIdentity::Credentials(credentials) => credentials.scopes().to_string(),
        CallerIdentity::AccessToken { .. } => String::new(),
    };
    report
        .add_passed(DoctorCheck::Token, format!("valid until {}, scopes {scopes}", format_rfc3339(token.expires_at())));
    check_clock(date, now, report);
    Ok(token.value().clone())
}

fn check_clock(date: Option<Timestamp>, now: Timestamp, report: &mut DoctorReport) {
    let Some(date) = date else {
        return report.add_skipped(DoctorCheck::Clock, "not checked: the token endpoint sends no Date header");
    };
    let (ahead, behind) = (now.saturating_since(date), date.saturating_since(now));
    let seconds = ahead.max(behind).as_secs();
    if ahead.max(behind) < MAX_CLOCK_SKEW {
        report.add_passed(DoctorCheck::Clock, format!("within {} s of the token endpoint's clock", seconds + 1));
    } else {
        let direction = if ahead > behind { "ahead of" } else { "behind" };
        report.add_warning(
            DoctorCheck::Clock,
            format!("the local clock is {seconds} s {direction} the token endpoint's clock"),
            "set the clock; otherwise tokens shared with other machines expire at the wrong time",
        );
    }
}

/// The error of one call shows which of three checks failed.
async fn check_capping(
    client: &Client,
    org_id: &str,
    sandbox: &str,
    report: &mut DoctorReport,
) -> Result<(), FailedCheck> {
    let listed = client.capping().list().await;
    let failed_check = listed.as_ref().err().map(DoctorCheck::from_call_error);
    let passed = |step: DoctorCheck| failed_check.is_none_or(|failed| step < failed);
    if passed(DoctorCheck::ApiKey) {
        report.add_passed(DoctorCheck::ApiKey, "API key and token accepted");
    }
    if passed(DoctorCheck::Organization) {
        report.add_passed(DoctorCheck::Organization, format!("{org_id}, sandbox {sandbox}"));
    }
    match (listed, failed_check) {
        (Err(error), Some(step)) => Err(FailedCheck(step, error.into())),
        (listed, _) => {
            let count = listed.map(|list| list.len()).unwrap_or_default();
            report.add_passed(DoctorCheck::Capping, format!("{count} in the sandbox"));
            Ok(())
        }
    }
}

async fn check_throttling(client: &Client, sandbox: &str, report: &mut DoctorReport) -> Result<(), FailedCheck> {
    match client.throttling().list().await {
        Ok(list) => report.add_passed(DoctorCheck::Throttling, format!("{} in the organization", list.len())),
        Err(error) if requires_production_sandbox(&error) => report.add_skipped(
            DoctorCheck::Throttling,
            format!("{sandbox} is not a production sandbox; throttling is available on production sandboxes only"),
        ),
        Err(error) => return Err(FailedCheck(DoctorCheck::Throttling, error.into())),
    }
    Ok(())
}

fn requires_production_sandbox(error: &CallError) -> bool {
    error.code().is_some_and(|code| code == "1463")
}
