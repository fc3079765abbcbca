//! Client for the control API of a running emulator.

use std::time::{Duration, Instant};

use ajo_auth::{BaseUrl, format_error_chain, http_client, read_bounded};
use serde_json::Value;

use crate::arguments::EmulatorUrlArg;
use crate::command_error::CommandError;

/// Timeout of a request. The emulator usually runs on the same machine.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Maximum response size in bytes. Responses of an emulator are below 100 KB.
const MAX_RESPONSE_BYTES: usize = 1 << 20;

/// Time between two requests of `wait`.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

enum ControlMethod {
    Get,
    Post,
}

async fn send_request(at: &EmulatorUrlArg, method: ControlMethod, path: &str) -> Result<Value, CommandError> {
    let root = BaseUrl::parse_origin(&at.emulator_url)
        .map_err(|error| CommandError::new(format!("invalid emulator URL (--emulator-url): {error}")))?;
    let http = http_client(&root)?;
    let url = format!("{root}/_emulator{path}");
    let request = match method {
        ControlMethod::Get => http.get(url),
        ControlMethod::Post => http.post(url),
    };
    let unreachable = |problem: String| {
        CommandError::new(format!("no emulator responds at {root}: {problem}"))
            .with_hint("start one with `ajo emulator serve --port 4010`, or set its URL with --emulator-url")
    };
    let response = request.timeout(TIMEOUT).send().await.map_err(|error| unreachable(format_error_chain(&error)))?;
    let status = response.status();
    let body =
        read_bounded(response, MAX_RESPONSE_BYTES).await.map_err(|error| unreachable(format_error_chain(&error)))?;
    match body.and_then(|body| serde_json::from_slice(&body).ok()) {
        Some(body) if status.is_success() => Ok(body),
        _ => Err(unreachable(format!("the response {} is not from an emulator", status.as_u16()))),
    }
}

/// The variables that point `ajo` and other programs to the emulator.
pub(crate) async fn environment(at: &EmulatorUrlArg) -> Result<Vec<(String, String)>, CommandError> {
    let response = send_request(at, ControlMethod::Get, "/environment").await?;
    let variables = response.as_object().into_iter().flatten();
    Ok(variables.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect())
}

pub(crate) async fn wait(at: &EmulatorUrlArg, seconds: u64) -> Result<(), CommandError> {
    let deadline = Instant::now() + Duration::from_secs(seconds.min(86_400));
    loop {
        match send_request(at, ControlMethod::Get, "").await {
            Ok(_) => return Ok(()),
            Err(failure) if Instant::now() + POLL_INTERVAL >= deadline => return Err(failure),
            Err(_) => tokio::time::sleep(POLL_INTERVAL).await,
        }
    }
}

pub(crate) async fn status(at: &EmulatorUrlArg) -> Result<Value, CommandError> {
    send_request(at, ControlMethod::Get, "").await
}

pub(crate) async fn reset(at: &EmulatorUrlArg) -> Result<(), CommandError> {
    send_request(at, ControlMethod::Post, "/reset").await.map(drop)
}

/// Formats the status as text.
pub(crate) fn format_status(status: &Value) -> String {
    let text = |name: &str| status[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| status[name].to_string();
    let sandboxes = status["sandboxes"].as_array().into_iter().flatten();
    let sandboxes: Vec<&str> = sandboxes.filter_map(|sandbox| sandbox["name"].as_str()).collect();
    let lines = [
        ("organization", text("organization")),
        ("sandboxes", sandboxes.join(", ")),
        ("capping", number("capping")),
        ("throttling", if status["throttling"] == true { "1".to_owned() } else { "0".to_owned() }),
        ("auth", text("auth")),
        ("tokens", number("tokens")),
        ("calls", format!("{}, {} in the request log", number("calls"), number("callsStored"))),
        ("faults", number("faults")),
        ("clock speed", status["clock"]["speed"].to_string()),
    ];
    lines.map(|(name, value)| format!("{name:<13} {value}")).join("\n")
}
