//! `ajo try`: the whole story, told on an emulator.

use std::process::ExitCode;

use ajo_auth::TokenProvider;
use ajo_core::{
    CappingDefinition, Client, ConfigState, DeleteOptions, Error, Response, ThrottlingDefinition, ValidationStatus,
};
use ajo_emulator::Emulator;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

const CAPPING: &str = r#"{
    "url": "https://api.example.org/data/2.5/*",
    "methods": ["GET"],
    "services": {"dataSource": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}}
}"#;

const THROTTLING: &str = r#"{
    "name": "partner-api",
    "urlPattern": "https://partner.example.com/*",
    "methods": ["POST", "PUT"],
    "maxThroughput": 400
}"#;

pub(crate) async fn run() -> Result<ExitCode, Failure> {
    let emulator = Emulator::start().await.map_err(|error| Failure::new(error.to_string()))?;
    let client = Client::builder()
        .credentials(emulator.credentials())
        .sandbox(&emulator.sandbox())
        .base_url(&emulator.base_url())
        .ims_url(&emulator.ims_url())
        .build()?;

    say(&format!(
        "An emulator of the service runs inside this command, on {}. Nothing leaves this machine.",
        emulator.address()
    ))?;
    token(&emulator).await?;
    capping(&client).await?;
    throttling(&client).await?;
    super::limits::demo(&client, emulator.credentials().org_id().as_str()).await?;
    say("\nEvery step answered as documented. The emulator is gone, and nothing is left behind.")?;
    say("Next: `ajo --emulator capping list`, `ajo emulator serve` to keep one running, or docs/limits-as-code.md.")?;
    Ok(Exit::Success.into())
}

async fn token(emulator: &Emulator) -> Result<(), Failure> {
    say("\nToken: OAuth server-to-server, a form posted to the token host")?;
    let ims = ajo_auth::Endpoint::parse(&emulator.ims_url()).map_err(|error| Failure::new(error.to_string()))?;
    let tokens = TokenProvider::new(emulator.credentials(), &ims, ajo_auth::http_client(&ims)?);
    let lifetime = tokens.token().await?.token.lifetime();
    step("POST /ims/token/v3", "200", &format!("an access token, good for {} s", lifetime.as_secs()))
}

async fn capping(client: &Client) -> Result<(), Failure> {
    let api = client.capping();
    let definition: CappingDefinition = parse(CAPPING)?;

    say("\nCapping: at most 500 calls a second reach https://api.example.org/data/2.5/*, more are rejected")?;
    let created = done("create", api.create(&definition).response().await)?;
    let uid = created.uid;
    step("create", "200", &format!("{uid}, which limits nothing yet"))?;

    let verdict = done("can_deploy", api.can_deploy(&uid).response().await)?;
    expect("can_deploy says ok", verdict.validation_status == Some(ValidationStatus::Ok))?;
    step("can_deploy", "200", "ok")?;

    done("deploy", api.deploy(&uid).response().await)?;
    let config = done("get", api.get(&uid).response().await)?;
    expect("the state is deployed", config.state == Some(ConfigState::Deployed))?;
    expect("it has been deployed", config.has_been_deployed == Some(true))?;
    step("deploy", "204", "now it limits; what the service keeps:")?;
    let shown = super::resource::show_capping(&config);
    say(&shown.lines().map(|line| format!("         {line}")).collect::<Vec<_>>().join("\n"))?;

    let mut changed = definition.clone();
    if let Some(limit) = &mut changed.services.data_source {
        limit.rating.max_calls_count = 800;
    }
    done("update", api.update(&uid, &changed).response().await)?;
    let config = done("get", api.get(&uid).response().await)?;
    let calls = |services: Option<ajo_core::AnsweredServices>| services?.data_source?.rating?.max_calls_count;
    let in_force = config.deployed_config.and_then(|deployed| calls(deployed.services));
    expect("800 calls are saved and 500 in force", (calls(config.services), in_force) == (Some(800), Some(500)))?;
    step("update", "200", "saved: 800 calls; still in force: 500, until it is deployed again")?;

    done("deploy", api.deploy(&uid).response().await)?;
    step("deploy", "204", "in force: 800 calls")?;

    refused("delete", api.delete(&uid, DeleteOptions::default()).response().await, 500, Some("1451"))?;
    step("delete", "500", "code 1451: refused while it is deployed")?;
    done("undeploy", api.undeploy(&uid).response().await)?;
    step("undeploy", "204", "it limits no more")?;
    done("delete", api.delete(&uid, DeleteOptions::default()).response().await)?;
    step("delete", "200", "removed")?;
    refused("get", api.get(&uid).response().await, 404, None)?;
    step("get", "404", "it is gone")?;
    let left = done("list", api.list().response().await)?;
    expect("no capping configuration is left", left.is_empty())?;
    step("list", "200", "empty again")
}

async fn throttling(client: &Client) -> Result<(), Failure> {
    let api = client.throttling();
    let definition: ThrottlingDefinition = parse(THROTTLING)?;

    say("\nThrottling: 400 calls a second reach https://partner.example.com/*, more wait in a queue")?;
    let created = done("create", api.create(&definition).response().await)?;
    let uid = created.uid;
    step("create", "200", uid.as_ref())?;
    refused("create", api.create(&definition).response().await, 400, Some("1465"))?;
    step("create", "400", "code 1465: an organization has one throttling configuration")?;

    let verdict = done("can_deploy", api.can_deploy(&uid).response().await)?;
    expect("can_deploy says ok", verdict.validation_status == Some(ValidationStatus::Ok))?;
    step("can_deploy", "200", "ok")?;
    done("deploy", api.deploy(&uid).response().await)?;
    step("deploy", "204", "in force in every sandbox of the organization")?;

    let changed = ThrottlingDefinition { max_throughput: 600, ..definition };
    done("update", api.update(&uid, &changed).response().await)?;
    let config = done("get", api.get(&uid).response().await)?;
    expect("600 calls a second are saved", config.max_throughput == Some(600))?;
    expect("it is still deployed", config.has_been_deployed == Some(true))?;
    step("update", "200", "600 calls a second, in force at once")?;

    refused("delete", api.delete(&uid, DeleteOptions::default()).response().await, 500, Some("1456"))?;
    step("delete", "500", "code 1456: refused while it is deployed")?;
    done("delete", api.delete(&uid, DeleteOptions { force: true }).response().await)?;
    step("delete", "200", "with force: removed")?;
    let left = done("list", api.list().response().await)?;
    expect("no throttling configuration is left", left.is_empty())?;
    step("list", "200", "empty again")
}

fn say(text: &str) -> Result<(), Failure> {
    output::data(text)
}

fn step(call: &str, status: &str, meaning: &str) -> Result<(), Failure> {
    say(&format!("  {call:<18} {status}  {meaning}"))
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::new(format!("the story's own definition: {error}")))
}

/// A call that must succeed with the status its operation has.
fn done<T>(call: &str, outcome: Result<Response<T>, Error>) -> Result<T, Failure> {
    let answer = outcome.map_err(|error| Failure::new(format!("the story stops at {call}: {error}")))?;
    let expected = if matches!(call, "deploy" | "undeploy") { 204 } else { 200 };
    expect(&format!("{call} answers {expected}"), answer.status == expected)?;
    Ok(answer.value)
}

/// A call that must be refused with this status and code.
fn refused<T>(call: &str, outcome: Result<Response<T>, Error>, status: u16, code: Option<&str>) -> Result<(), Failure> {
    let expected =
        code.map_or_else(|| format!("{call} answers {status}"), |code| format!("{call} answers {status}, code {code}"));
    let as_expected = outcome.err().is_some_and(|error| {
        error.status() == Some(status)
            && code.is_none_or(|code| error.code().is_some_and(|found| found.as_str() == code))
    });
    expect(&expected, as_expected)
}

fn expect(what: &str, so: bool) -> Result<(), Failure> {
    if so { Ok(()) } else { Err(Failure::new(format!("the story stops: expected that {what}"))) }
}
