//! `ajo doctor`: checks each step from the credentials to the service, and says what proves it.

mod call_evidence;
mod doctor_check;
mod report;
mod sandbox_type_check;
mod server_route;
mod state_check;

use std::process::ExitCode;
use std::time::Duration;

use ajo_auth::{AuthError, ImsError, ImsErrorKind, Secret, Timestamp, TransportErrorKind};
use ajo_core::{CallError, CallOptions, Client, ErrorKind};
use ajo_engine::TokenClaims;

use crate::arguments::{GlobalSettings, StateTarget};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::session::{self, AuthContext, CallerIdentity, SecretStorage, SettingSource, join_sources};
use crate::time::format_rfc3339;
use call_evidence::CallEvidence;
use doctor_check::DoctorCheck;
use report::DoctorReport;
use sandbox_type_check::check_sandbox_type;
use server_route::{ServerRoute, check_of_auth_error};
use state_check::check_state;

/// Clock difference that is reported. `Date` has a resolution of one second, and the network adds latency.
const MAX_CLOCK_SKEW: Duration = Duration::from_secs(30);

/// Deadline of each call.
const CALL_DEADLINE: Duration = Duration::from_secs(30);

/// The first failed check, and its error.
struct FailedCheck(DoctorCheck, CommandError);

pub(crate) async fn run(settings: &GlobalSettings, target: &StateTarget) -> Result<ExitCode, CommandError> {
    let mut report = DoctorReport::default();
    let state = check_state(settings, target, &mut report).await;
    let exit = match run_checks(settings, target, &mut report).await {
        Ok(()) => state.map_or_else(|failure| failure.exit_status(), |()| ExitStatus::Success),
        Err(FailedCheck(step, failure)) => {
            let failure = session::name_rejected_source(settings, failure);
            report.add_failed(step, &failure);
            failure.exit_status()
        }
    };
    report.print(settings.output)?;
    Ok(exit.into())
}

async fn run_checks(
    settings: &GlobalSettings,
    target: &StateTarget,
    report: &mut DoctorReport,
) -> Result<(), FailedCheck> {
    let caller =
        AuthContext::resolve(settings).await.map_err(|failure| FailedCheck(DoctorCheck::Credentials, failure))?;
    let detail = format!("{}; client id {}", join_sources(&caller.origin), caller.identity.client_id());
    report.add_passed(DoctorCheck::Credentials, detail, "read and complete");
    check_keychain(&caller, report);
    check_token_cache(&caller, report).map_err(|failure| FailedCheck(DoctorCheck::TokenCache, failure))?;
    let mut static_claims = None;
    let token = match &caller.identity {
        CallerIdentity::Credentials(_) => check_token(&caller, report).await?,
        CallerIdentity::AccessToken { token, .. } => {
            report.add_skipped(DoctorCheck::TokenEndpoint, "not checked: AJO_ACCESS_TOKEN is set");
            report.add_skipped(DoctorCheck::Clock, "not checked: no request to the token endpoint");
            static_claims = check_static_token(&caller, token, report)?;
            token.clone()
        }
    };
    let sandbox = caller.sandbox(settings).map_err(|failure| FailedCheck(DoctorCheck::Organization, failure))?;
    let (client_id, org_id) = (caller.identity.client_id(), caller.identity.org_id().as_str());
    let builder = caller.client_builder(settings, &sandbox);
    let builder = builder.map_err(|failure| FailedCheck(DoctorCheck::ApiKey, failure))?;
    let client = builder.access_token(token, client_id, org_id).build();
    let client = client.map_err(|error| {
        let check = match error.kind() {
            ErrorKind::Auth(error) => check_of_auth_error(error, DoctorCheck::ApiKey),
            _ => DoctorCheck::ApiKey,
        };
        FailedCheck(check, error.into())
    })?;
    let service = ServiceChecks {
        client: client.with_options(CallOptions::default().deadline(CALL_DEADLINE)),
        route: gateway_route(settings, &caller),
        org_id,
        sandbox: &sandbox,
    };
    if let Some(route) = &service.route {
        route.record(report);
    }
    service.check_capping(report).await?;
    if let Some(claims) = static_claims {
        report.add_passed(DoctorCheck::Token, claims, "the gateway accepted it");
    }
    check_sandbox_type(settings, target, &service.client, &sandbox, report).await;
    service.check_throttling(report).await
}

/// The route to the gateway. `None` for an emulator in this process.
fn gateway_route(settings: &GlobalSettings, caller: &AuthContext) -> Option<ServerRoute> {
    if settings.emulator {
        return None;
    }
    ServerRoute::new(caller.base_url(settings).ok()?).ok()
}

fn check_keychain(caller: &AuthContext, report: &mut DoctorReport) {
    let is_from_profile = matches!(caller.sources.client_secret, SettingSource::Profile(_));
    match (&caller.identity, caller.profile.as_ref().map(|profile| &profile.secrets)) {
        (CallerIdentity::Credentials(_), Some(_)) if !is_from_profile => {
            let source = &caller.sources.client_secret;
            report.add_skipped(DoctorCheck::Keychain, format!("not used: the client secret comes from {source}"));
        }
        (CallerIdentity::Credentials(_), Some(SecretStorage::Keychain)) => {
            report.add_passed(DoctorCheck::Keychain, "the client secret", "it was read from the keychain");
        }
        (_, Some(SecretStorage::Inline(_))) => {
            report.add_skipped(DoctorCheck::Keychain, "not used: the client secret is in the profile file");
        }
        _ => report.add_skipped(DoctorCheck::Keychain, "not used: the credential does not come from a profile"),
    }
}

fn check_token_cache(caller: &AuthContext, report: &mut DoctorReport) -> Result<(), CommandError> {
    let Some(store) = caller.token_store()? else {
        report.add_skipped(DoctorCheck::TokenCache, "off: each run requests its own token");
        return Ok(());
    };
    let directory = store.directory();
    match store.check() {
        Ok(()) => report.add_passed(
            DoctorCheck::TokenCache,
            directory.display().to_string(),
            "a file was written and deleted; other users cannot write to it",
        ),
        Err(problem) => report.add_warning(
            DoctorCheck::TokenCache,
            format!("{} cannot be used: {problem}", directory.display()),
            "set AJO_TOKEN_CACHE to a directory that only you can access, or to off; otherwise each run may request a token",
        ),
    }
    Ok(())
}

/// Requests a new token. A cached token would not prove that the credential works now.
async fn check_token(caller: &AuthContext, report: &mut DoctorReport) -> Result<Secret, FailedCheck> {
    let setup_error =
        |error: AuthError| FailedCheck(check_of_auth_error(&error, DoctorCheck::TokenEndpoint), error.into());
    let route = ServerRoute::new(caller.ims_url.clone()).map_err(setup_error)?;
    route.record(report);
    let http = ajo_auth::http_client(&caller.ims_url).map_err(setup_error)?;
    let date = match ajo_auth::request_server_date(&caller.ims_url, &http).await {
        Ok(date) => date,
        Err(error) => return Err(token_failure(error, &route).await),
    };
    let now = ajo_auth::current_timestamp();
    route.record_response(report);
    let provider = caller.uncached_token_provider().map_err(|failure| FailedCheck(DoctorCheck::Token, failure))?;
    let token = match provider.token().await {
        Ok(response) => response.token,
        Err(error) => {
            if let AuthError::Ims(ims) = &error {
                match &ims.code {
                    Some(code) => report.add_passed(
                        DoctorCheck::TokenEndpoint,
                        caller.ims_url.to_string(),
                        &format!("it responded with the OAuth code {code}"),
                    ),
                    None if !is_intermediary(ims) => report.add_not_proved(
                        DoctorCheck::TokenEndpoint,
                        format!("the response {} of {} has no OAuth code", ims.status, caller.ims_url),
                    ),
                    None => {}
                }
            }
            return Err(token_failure(error, &route).await);
        }
    };
    report.add_passed(DoctorCheck::TokenEndpoint, caller.ims_url.to_string(), "it issued a token");
    let requested = match &caller.identity {
        CallerIdentity::Credentials(credentials) => credentials.scopes().to_string(),
        CallerIdentity::AccessToken { .. } => String::new(),
    };
    let claims = TokenClaims::parse(token.value());
    let scopes = claims.and_then(|claims| claims.scopes).unwrap_or(requested);
    let detail = format!("valid until {}, scopes {scopes}", format_rfc3339(token.expires_at()));
    report.add_passed(DoctorCheck::Token, detail, "it was issued just now");
    check_clock(date, now, report);
    Ok(token.value().clone())
}

/// Whether a response of the token endpoint's URL proves nothing about the token endpoint.
fn is_intermediary(error: &ImsError) -> bool {
    match error.kind {
        ImsErrorKind::Intermediary | ImsErrorKind::Decode => true,
        ImsErrorKind::ServerError => error.code.is_none(),
        // Captive portals and proxies redirect; the token endpoint does not.
        _ => error.code.is_none() && (300..400).contains(&error.status),
    }
}

/// The check that a failed token request belongs to.
async fn token_failure(error: AuthError, route: &ServerRoute) -> FailedCheck {
    let (check, addition) = match &error {
        AuthError::Ims(ims) if is_intermediary(ims) => {
            let addition = format!("; something in between responded; {}", route.describe_proxy());
            (DoctorCheck::TokenEndpoint, Some(addition))
        }
        AuthError::Transport { kind, .. } => {
            (check_of_auth_error(&error, DoctorCheck::TokenEndpoint), route.explain_refusal(*kind).await)
        }
        error => (check_of_auth_error(error, DoctorCheck::Token), None),
    };
    let mut failure = CommandError::from(error);
    failure.message += &addition.unwrap_or_default();
    FailedCheck(check, failure)
}

/// Checks the claims of a token that `ajo` did not request itself, and returns a summary.
fn check_static_token(
    caller: &AuthContext,
    token: &Secret,
    report: &mut DoctorReport,
) -> Result<Option<String>, FailedCheck> {
    let Some(claims) = TokenClaims::parse(token) else {
        report.add_skipped(DoctorCheck::Token, "from AJO_ACCESS_TOKEN; it is not a JWT, so its expiry is unknown");
        return Ok(None);
    };
    let failed = |problem: String, hint: &str| {
        FailedCheck(DoctorCheck::Token, CommandError::new(problem).with_hint(hint).into_authentication_error())
    };
    caller.check_token_expiry(&claims).map_err(|failure| FailedCheck(DoctorCheck::Token, failure))?;
    for (claim, value, name) in [
        (&claims.client_id, caller.identity.client_id(), "client id"),
        (&claims.org_id, caller.identity.org_id().as_str(), "organization"),
    ] {
        if claim.as_deref().is_some_and(|claim| claim != value) {
            return Err(failed(
                format!("the token in AJO_ACCESS_TOKEN was issued for another {name} than {value}"),
                "set AJO_CLIENT_ID and AJO_ORG_ID to those of the token, or unset AJO_ACCESS_TOKEN",
            ));
        }
    }
    let expiry = claims.expires_at.map_or_else(|| "unknown".to_owned(), format_rfc3339);
    let summary =
        format!("from AJO_ACCESS_TOKEN; expiry {expiry}, scopes {}", claims.scopes.as_deref().unwrap_or("unknown"));
    report.add_not_proved(DoctorCheck::Token, summary.clone());
    Ok(Some(summary))
}

fn check_clock(date: Option<Timestamp>, now: Timestamp, report: &mut DoctorReport) {
    let Some(date) = date else {
        return report.add_skipped(DoctorCheck::Clock, "not checked: the token endpoint sends no Date header");
    };
    let (ahead, behind) = (now.saturating_since(date), date.saturating_since(now));
    let seconds = ahead.max(behind).as_secs();
    if ahead.max(behind) < MAX_CLOCK_SKEW {
        report.add_passed(
            DoctorCheck::Clock,
            format!("within {} s of the token endpoint's clock", seconds + 1),
            "its Date header",
        );
    } else {
        let direction = if ahead > behind { "ahead of" } else { "behind" };
        report.add_warning(
            DoctorCheck::Clock,
            format!("the local clock is {seconds} s {direction} the token endpoint's clock"),
            "set the clock; otherwise tokens shared with other machines expire at the wrong time",
        );
    }
}

/// The checks of the gateway and the service.
struct ServiceChecks<'c> {
    client: Client,
    route: Option<ServerRoute>,
    org_id: &'c str,
    sandbox: &'c str,
}

impl ServiceChecks<'_> {
    /// The result of one call shows which of three checks failed.
    async fn check_capping(&self, report: &mut DoctorReport) -> Result<(), FailedCheck> {
        let organization = format!("{}, sandbox {}", self.org_id, self.sandbox);
        let list = match self.client.capping().list().await {
            Ok(list) => list,
            Err(error) => {
                let evidence = CallEvidence::from_error(&error);
                let proof = match error.code() {
                    Some(code) => format!("the code {code} is of a later check"),
                    None => String::new(),
                };
                for (check, detail) in
                    [(DoctorCheck::ApiKey, "accepted".to_owned()), (DoctorCheck::Organization, organization)]
                {
                    if evidence.proved.contains(&check) {
                        report.add_passed(check, detail, &proof);
                    } else if check < evidence.failed && evidence.failed >= DoctorCheck::ApiKey {
                        report.add_not_proved(check, "the response has no code that shows it");
                    }
                }
                return Err(self.failure(error, evidence.failed, evidence.is_intermediary, report).await);
            }
        };
        self.record_response(report);
        let proof = "the service listed the capping configurations";
        report.add_passed(DoctorCheck::ApiKey, "API key and token accepted", proof);
        report.add_passed(DoctorCheck::Organization, organization, proof);
        let detail = format!("{} in the sandbox", list.len());
        report.add_passed(DoctorCheck::Capping, detail, "this credential can list them");
        Ok(())
    }

    async fn check_throttling(&self, report: &mut DoctorReport) -> Result<(), FailedCheck> {
        match self.client.throttling().list().await {
            Ok(list) => report.add_passed(
                DoctorCheck::Throttling,
                format!("{} in the organization", list.len()),
                "this credential can list them",
            ),
            Err(error) if requires_production_sandbox(&error) => report.add_skipped(
                DoctorCheck::Throttling,
                format!(
                    "{} is not a production sandbox; throttling is available on production sandboxes only",
                    self.sandbox
                ),
            ),
            Err(error) => {
                let is_intermediary = CallEvidence::from_error(&error).is_intermediary;
                return Err(self.failure(error, DoctorCheck::Throttling, is_intermediary, report).await);
            }
        }
        Ok(())
    }

    fn record_response(&self, report: &mut DoctorReport) {
        if let Some(route) = &self.route {
            route.record_response(report);
        }
    }

    async fn failure(
        &self,
        error: CallError,
        check: DoctorCheck,
        is_intermediary: bool,
        report: &mut DoctorReport,
    ) -> FailedCheck {
        if matches!(error.kind(), ErrorKind::Api(_) | ErrorKind::Decode { .. }) {
            self.record_response(report);
        }
        let status = error.status().unwrap_or_default();
        let is_refused = matches!(error.kind(), ErrorKind::Proxy(_));
        let mut failure = CommandError::from(error);
        let Some(route) = &self.route else { return FailedCheck(check, failure) };
        if is_intermediary {
            failure.message =
                format!("something in between responded: {}; {}", failure.message, route.describe_proxy());
            // These statuses have a hint about the base URL. Other hints would be about the credential.
            if !matches!(status, 300..400 | 404) {
                failure = failure.with_hint(
                    "the response has no code of Adobe's gateway or service; check the proxy, the firewall, and the base URL",
                );
            }
            failure = failure.with_exit_status(ExitStatus::Failure);
        } else if is_refused && let Some(reason) = route.explain_refusal(TransportErrorKind::Proxy).await {
            failure.message += &reason;
        }
        FailedCheck(check, failure)
    }
}

fn requires_production_sandbox(error: &CallError) -> bool {
    error.code().is_some_and(|code| code == "1463")
}
