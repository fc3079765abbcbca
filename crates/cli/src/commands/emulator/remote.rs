//! A running emulator, by its control API.

use std::time::{Duration, Instant};

use ajo_auth::{Endpoint, causes, http_client, read_bounded};
use serde_json::Value;

use crate::arguments::At;
use crate::failure::Failure;

/// How long an emulator may take to answer. Chosen here; it is on this machine.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Longest response read, in bytes. Chosen here; those of an emulator are below 100 KB.
const MAX_RESPONSE: usize = 1 << 20;

/// The pause between two questions of `wait`. Chosen here.
const PAUSE: Duration = Duration::from_millis(50);

enum Method {
    Get,
    Post,
}

async fn ask(at: &At, method: Method, path: &str) -> Result<Value, Failure> {
    let root = Endpoint::parse_root(&at.at).map_err(|error| Failure::new(format!("the emulator (--at): {error}")))?;
    let http = http_client(&root)?;
    let url = format!("{root}/_emulator{path}");
    let request = match method {
        Method::Get => http.get(url),
        Method::Post => http.post(url),
    };
    let none = |problem: String| {
        Failure::new(format!("no emulator answers at {root}: {problem}"))
            .hint("start one with `ajo emulator serve --port 4010`, or say where it is with --at")
    };
    let answer = request.timeout(TIMEOUT).send().await.map_err(|error| none(causes(&error)))?;
    let status = answer.status();
    let body = read_bounded(answer, MAX_RESPONSE).await.map_err(|error| none(causes(&error)))?;
    match body.and_then(|body| serde_json::from_slice(&body).ok()) {
        Some(body) if status.is_success() => Ok(body),
        _ => Err(none(format!("the answer is {}, and not that of an emulator", status.as_u16()))),
    }
}

/// Variables for `ajo` and other programs.
pub(crate) async fn environment(at: &At) -> Result<Vec<(String, String)>, Failure> {
    let answer = ask(at, Method::Get, "/environment").await?;
    let variables = answer.as_object().into_iter().flatten();
    Ok(variables.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect())
}

pub(crate) async fn wait(at: &At, seconds: u64) -> Result<(), Failure> {
    let deadline = Instant::now() + Duration::from_secs(seconds.min(86_400));
    loop {
        match ask(at, Method::Get, "").await {
            Ok(_) => return Ok(()),
            Err(failure) if Instant::now() + PAUSE >= deadline => return Err(failure),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

pub(crate) async fn status(at: &At) -> Result<Value, Failure> {
    ask(at, Method::Get, "").await
}

pub(crate) async fn reset(at: &At) -> Result<(), Failure> {
    ask(at, Method::Post, "/reset").await.map(drop)
}

/// The status as a person reads it.
pub(crate) fn describe(status: &Value) -> String {
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
        ("calls", format!("{}, {} of them kept", number("calls"), number("callsKept"))),
        ("faults", number("faults")),
        ("clock speed", status["clock"]["speed"].to_string()),
    ];
    lines.map(|(name, value)| format!("{name:<13} {value}")).join("\n")
}
