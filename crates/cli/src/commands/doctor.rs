//! `ajo doctor`: the way from the credentials to the service, step by step.

mod report;
mod step;

use std::process::ExitCode;
use std::time::Duration;

use ajo_auth::{AuthError, Secret, Timestamp, server_date};
use ajo_core::{CallOptions, Client, Error};

use crate::arguments::Settings;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::session::{Caller, Identity};
use crate::time::rfc3339;
use report::Report;
use step::Step;

/// From here on the clocks are said to differ. Chosen here: `Date` counts in seconds, and the way takes time too.
const CLOCK_SKEW: Duration = Duration::from_secs(30);

/// How long each of the calls may take. Chosen here: somebody is waiting for it.
const DEADLINE: Duration = Duration::from_secs(30);

/// The first step that is not right, and why.
struct Failed(Step, Failure);

pub(crate) async fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let mut report = Report::default();
    let exit = match walk(settings, &mut report).await {
        Ok(()) => Exit::Success,
        Err(Failed(step, failure)) => {
            report.failed(step, &failure);
            failure.exit()
        }
    };
    output::data(&report.print(settings.output))?;
    Ok(exit.into())
}

async fn walk(settings: &Settings, report: &mut Report) -> Result<(), Failed> {
    let caller = Caller::find(settings).await.map_err(|failure| Failed(Step::Credentials, failure))?;
    report.passed(Step::Credentials, format!("{}; client id {}", caller.found, caller.identity.client_id()));
    let token = match &caller.identity {
        Identity::Credentials(_) => fetched(&caller, report).await?,
        Identity::Token { token, .. } => {
            report.skipped(Step::TokenHost, "not asked: the access token is given ready-made");
            report.skipped(Step::Token, "given ready-made; its end is not known");
            report.skipped(Step::Clock, "not compared: the token host was not asked");
            token.clone()
        }
    };
    let sandbox = caller.sandbox(settings).map_err(|failure| Failed(Step::Organization, failure))?;
    let (client_id, org_id) = (caller.identity.client_id(), caller.identity.org_id().as_str());
    let client = caller.service(settings, &sandbox).access_token(token, client_id, org_id).build();
    let client = client.map_err(|error| Failed(Step::ApiKey, error.into()))?;
    let client = client.with_options(CallOptions::default().deadline(DEADLINE));
    capping(&client, org_id, &sandbox, report).await?;
    throttling(&client, &sandbox, report).await
}

/// A token of its own, and not one that others share: this is to show that the credential works now.
async fn fetched(caller: &Caller, report: &mut Report) -> Result<Secret, Failed> {
    let unreached = |error: AuthError| Failed(Step::TokenHost, error.into());
    let http = ajo_auth::http_client(&caller.ims_url).map_err(unreached)?;
    let date = server_date(&caller.ims_url, &http).await.map_err(unreached)?;
    let present = ajo_auth::now();
    report.passed(Step::TokenHost, format!("{} answers", caller.ims_url));
    let granted = caller.fresh_tokens().map_err(|failure| Failed(Step::Token, failure))?.token().await;
    let token = granted.map_err(|error| Failed(Step::Token, error.into()))?.token;
    let scopes = match &caller.identity {
        Identity::Credentials(credentials) => credentials.scopes().to_string(),
        Identity::Token { .. } => String::new(),
    };
    report.passed(Step::Token, format!("granted until {}, for {scopes}", rfc3339(token.expires_at())));
    clock(date, present, report);
    Ok(token.value().clone())
}

fn clock(date: Option<Timestamp>, now: Timestamp, report: &mut Report) {
    let Some(date) = date else {
        return report.skipped(Step::Clock, "not compared: the token host sends no date");
    };
    let (ahead, behind) = (now.saturating_since(date), date.saturating_since(now));
    let seconds = ahead.max(behind).as_secs();
    if ahead.max(behind) < CLOCK_SKEW {
        report.passed(Step::Clock, format!("within {} s of the token host's", seconds + 1));
    } else {
        let side = if ahead > behind { "ahead of" } else { "behind" };
        report.warned(
            Step::Clock,
            format!("this machine's clock is {seconds} s {side} the token host's"),
            "set the clock: a token shared with other machines would be used too long or not long enough",
        );
    }
}

/// One call tells three steps apart, by how it fails.
async fn capping(client: &Client, org_id: &str, sandbox: &str, report: &mut Report) -> Result<(), Failed> {
    let listed = client.capping().list().await;
    let first_wrong = listed.as_ref().err().map(Step::of);
    let right = |step: Step| first_wrong.is_none_or(|wrong| step < wrong);
    if right(Step::ApiKey) {
        report.passed(Step::ApiKey, "accepted, and the token with it");
    }
    if right(Step::Organization) {
        report.passed(Step::Organization, format!("{org_id}, sandbox {sandbox}"));
    }
    match (listed, first_wrong) {
        (Err(error), Some(step)) => Err(Failed(step, error.into())),
        (listed, _) => {
            let count = listed.map(|list| list.len()).unwrap_or_default();
            report.passed(Step::Capping, format!("{count} in the sandbox"));
            Ok(())
        }
    }
}

async fn throttling(client: &Client, sandbox: &str, report: &mut Report) -> Result<(), Failed> {
    match client.throttling().list().await {
        Ok(list) => report.passed(Step::Throttling, format!("{} in the organization", list.len())),
        Err(error) if not_for_production(&error) => report.skipped(
            Step::Throttling,
            format!("{sandbox} is no production sandbox, and only on such a one throttling can be seen and changed"),
        ),
        Err(error) => return Err(Failed(Step::Throttling, error.into())),
    }
    Ok(())
}

fn not_for_production(error: &Error) -> bool {
    error.code().is_some_and(|code| code == "1463")
}
