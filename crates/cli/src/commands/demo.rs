//! `ajo demo`: a guided demo on an emulator.

use std::process::ExitCode;

use ajo_auth::TokenProvider;
use ajo_core::{
    CallError, CallResponse, CappingDefinition, Client, ConfigState, DeleteOptions, ThrottlingDefinition,
    ValidationStatus,
};
use ajo_emulator::Emulator;

use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::guide_url::guide_url;
use crate::output;
use crate::safe_text::{SafeText, safe};

const CAPPING: &str = r#"{
    "url": "https://api.example.org/data/2.5/*",
    "methods": ["GET"],
    "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}}
}"#;

const THROTTLING: &str = r#"{
    "name": "partner-api",
    "urlPattern": "https://partner.example.com/*",
    "methods": ["POST", "PUT"],
    "maxThroughput": 400
}"#;

pub(crate) async fn run() -> Result<ExitCode, CommandError> {
    let emulator = Emulator::start().await.map_err(|error| CommandError::new(error.to_string()))?;
    let client = Client::builder()
        .credentials(emulator.credentials())
        .sandbox(&emulator.sandbox())
        .base_url(&emulator.base_url())
        .ims_url(&emulator.ims_url())
        .build()?;

    print_line(safe!(
        "This command runs an emulator of the service on {}. Nothing leaves this machine.",
        emulator.address()
    ))?;
    show_token(&emulator).await?;
    show_capping(&client).await?;
    show_throttling(&client).await?;
    super::limits::demo(&client, emulator.credentials().org_id().as_str()).await?;
    print_line("\nEvery step returned the documented response. The emulator has stopped and left nothing behind.")?;
    print_line(concat!(
        "Next: `ajo --emulator capping list`, `ajo emulator serve` for a long-running emulator, or ",
        guide_url!("limits-as-code"),
    ))?;
    Ok(ExitStatus::Success.into())
}

async fn show_token(emulator: &Emulator) -> Result<(), CommandError> {
    print_line("\nToken: OAuth client credentials grant at the token endpoint")?;
    let ims = ajo_auth::BaseUrl::parse(&emulator.ims_url()).map_err(|error| CommandError::new(error.to_string()))?;
    let tokens = TokenProvider::new(emulator.credentials(), &ims, ajo_auth::http_client(&ims)?);
    let lifetime = tokens.token().await?.token.lifetime();
    print_step("POST /ims/token/v3", "200", safe!("access token, valid for {} s", lifetime.as_secs()))
}

async fn show_capping(client: &Client) -> Result<(), CommandError> {
    let api = client.capping();
    let definition: CappingDefinition = parse(CAPPING)?;

    print_line(
        "\nCapping: at most 500 calls/s to https://api.example.org/data/2.5/*; calls over the limit are rejected",
    )?;
    let created = expect_success("create", api.create(&definition).response().await)?;
    let uid = created.uid;
    print_step("create", "200", safe!("{}, not deployed yet", uid))?;

    let verdict = expect_success("can_deploy", api.can_deploy(&uid).response().await)?;
    ensure("can_deploy returns ok", verdict.validation_status == Some(ValidationStatus::Ok))?;
    print_step("can_deploy", "200", "ok")?;

    expect_success("deploy", api.deploy(&uid).response().await)?;
    let config = expect_success("get", api.get(&uid).response().await)?;
    ensure("the state is deployed", config.state == Some(ConfigState::Deployed))?;
    ensure("hasBeenDeployed is true", config.has_been_deployed == Some(true))?;
    print_step("deploy", "204", "the limit is live; the service returns:")?;
    let details = super::resource::format_capping(&config);
    print_line(SafeText::join_lines(details.lines().map(|line| safe!("         {}", line))))?;

    let mut changed = definition.clone();
    if let Some(limit) = &mut changed.services.action {
        limit.rating.max_calls_count = 800;
    }
    expect_success("update", api.update(&uid, &changed).response().await)?;
    let config = expect_success("get", api.get(&uid).response().await)?;
    let calls = |services: Option<ajo_core::CappingServicesResponse>| services?.action?.rating?.max_calls_count;
    let live = config.deployed_config.and_then(|deployed| calls(deployed.services));
    ensure("800 calls are saved and 500 are live", (calls(config.services), live) == (Some(800), Some(500)))?;
    print_step("update", "200", "saved: 800 calls; live: 500 calls until the next deploy")?;

    let config = api.redeploy(&uid).await.map_err(|error| CommandError::new(format!("the demo failed: {error}")))?;
    let live = config.deployed_config.and_then(|deployed| calls(deployed.services));
    ensure("800 calls are live", live == Some(800))?;
    print_step("redeploy", "   ", "can_deploy, deploy, read back; live without a gap: 800 calls")?;

    expect_error("delete", api.delete(&uid, DeleteOptions::default()).response().await, 500, Some("1451"))?;
    print_step("delete", "500", "code 1451: a deployed configuration cannot be deleted")?;
    expect_success("undeploy", api.undeploy(&uid).response().await)?;
    print_step("undeploy", "204", "no longer live; only the default cap of 300,000 calls/min applies")?;
    expect_success("delete", api.delete(&uid, DeleteOptions::default()).response().await)?;
    print_step("delete", "200", "deleted")?;
    expect_error("get", api.get(&uid).response().await, 404, None)?;
    print_step("get", "404", "not found")?;
    let remaining = expect_success("list", api.list().response().await)?;
    ensure("the list is empty", remaining.is_empty())?;
    print_step("list", "200", "empty")
}

async fn show_throttling(client: &Client) -> Result<(), CommandError> {
    let api = client.throttling();
    let definition: ThrottlingDefinition = parse(THROTTLING)?;

    print_line("\nThrottling: at most 400 calls/s to https://partner.example.com/*; calls over the limit are queued")?;
    let created = expect_success("create", api.create(&definition).response().await)?;
    let uid = created.uid;
    print_step("create", "200", SafeText::escape(&uid))?;
    expect_error("create", api.create(&definition).response().await, 400, Some("1465"))?;
    print_step("create", "400", "code 1465: an organization can have only one throttling configuration")?;

    let verdict = expect_success("can_deploy", api.can_deploy(&uid).response().await)?;
    ensure("can_deploy returns ok", verdict.validation_status == Some(ValidationStatus::Ok))?;
    print_step("can_deploy", "200", "ok")?;
    expect_success("deploy", api.deploy(&uid).response().await)?;
    print_step("deploy", "204", "live in every sandbox of the organization")?;

    let changed = ThrottlingDefinition { max_throughput: 600, ..definition };
    expect_success("update", api.update(&uid, &changed).response().await)?;
    let config = expect_success("get", api.get(&uid).response().await)?;
    ensure("600 calls/s are saved", config.max_throughput == Some(600))?;
    ensure("the configuration is still deployed", config.has_been_deployed == Some(true))?;
    print_step("update", "200", "600 calls/s, live at once")?;

    expect_error("delete", api.delete(&uid, DeleteOptions::default()).response().await, 500, Some("1456"))?;
    print_step("delete", "500", "code 1456: a deployed configuration cannot be deleted")?;
    expect_success("delete", api.delete(&uid, DeleteOptions { force: true }).response().await)?;
    print_step("delete", "200", "deleted with force")?;
    let remaining = expect_success("list", api.list().response().await)?;
    ensure("the list is empty", remaining.is_empty())?;
    print_step("list", "200", "empty")
}

fn print_line(text: impl Into<SafeText>) -> Result<(), CommandError> {
    output::print_data(text)
}

fn print_step(call: &'static str, status: &'static str, meaning: impl Into<SafeText>) -> Result<(), CommandError> {
    print_line(safe!("  {:<18} {}  {}", call, status, meaning.into()))
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, CommandError> {
    serde_json::from_str(text).map_err(|error| CommandError::new(format!("invalid definition in the demo: {error}")))
}

/// Expects success with the documented status of the operation.
fn expect_success<T>(call: &str, outcome: Result<CallResponse<T>, CallError>) -> Result<T, CommandError> {
    let response = outcome.map_err(|error| CommandError::new(format!("the demo failed at {call}: {error}")))?;
    let expected = if matches!(call, "deploy" | "undeploy") { 204 } else { 200 };
    ensure(&format!("{call} returns {expected}"), response.status == expected)?;
    Ok(response.value)
}

/// Expects an error with this status and code.
fn expect_error<T>(
    call: &str,
    outcome: Result<CallResponse<T>, CallError>,
    status: u16,
    code: Option<&str>,
) -> Result<(), CommandError> {
    let expected =
        code.map_or_else(|| format!("{call} returns {status}"), |code| format!("{call} returns {status}, code {code}"));
    let as_expected = outcome.err().is_some_and(|error| {
        error.status() == Some(status)
            && code.is_none_or(|code| error.code().is_some_and(|found| found.as_str() == code))
    });
    ensure(&expected, as_expected)
}

fn ensure(what: &str, holds: bool) -> Result<(), CommandError> {
    if holds { Ok(()) } else { Err(CommandError::new(format!("the demo failed: expected that {what}"))) }
}
