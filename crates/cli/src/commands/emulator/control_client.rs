//! Client for the control API of a running emulator.

use std::time::{Duration, Instant};

use ajo_auth::{BaseUrl, format_error_chain, http_client, read_bounded};
use ajo_emulator::ENVIRONMENT_NAMES;
use ajo_engine::untrusted_text::{excerpt, is_hidden};
use serde_json::Value;

use crate::arguments::EmulatorUrlArg;
use crate::command_error::CommandError;
use crate::safe_text::{SafeText, safe};
use crate::session;

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

/// The root URL of the emulator.
fn root_url(at: &EmulatorUrlArg) -> Result<BaseUrl, CommandError> {
    let url = session::emulator_url(at.emulator_url.as_deref())?;
    BaseUrl::parse_origin(&url.value)
        .map_err(|error| CommandError::new(format!("invalid emulator URL ({}): {error}", url.source)))
}

async fn send_request(
    root: &BaseUrl,
    method: ControlMethod,
    path: &str,
    timeout: Duration,
) -> Result<Value, CommandError> {
    let http = http_client(root)?;
    let url = format!("{root}/_emulator{path}");
    let request = match method {
        ControlMethod::Get => http.get(url),
        ControlMethod::Post => http.post(url),
    };
    let port: Option<u16> = root.to_string().rsplit(':').next().and_then(|port| port.parse().ok());
    let port = port.map_or_else(String::new, |port| format!(" --port {port}"));
    let unreachable = |problem: String| {
        CommandError::new(format!("no emulator responds at {root}: {problem}")).with_hint(format!(
            "start one there with `ajo emulator serve{port}`, or set the URL of another one with --emulator-url"
        ))
    };
    let response = request.timeout(timeout).send().await.map_err(|error| unreachable(format_error_chain(&error)))?;
    let status = response.status();
    let body =
        read_bounded(response, MAX_RESPONSE_BYTES).await.map_err(|error| unreachable(format_error_chain(&error)))?;
    match body.and_then(|body| serde_json::from_slice(&body).ok()) {
        Some(body) if status.is_success() => Ok(body),
        _ => Err(unreachable(format!("the response {} is not from an emulator", status.as_u16()))),
    }
}

/// The variables that point `ajo` and other programs to the emulator. A shell evaluates them, so only the known names are
/// accepted.
pub(crate) async fn environment(at: &EmulatorUrlArg) -> Result<Vec<(&'static str, String)>, CommandError> {
    let root = root_url(at)?;
    let response = send_request(&root, ControlMethod::Get, "/environment", TIMEOUT).await?;
    parse_environment(&response).map_err(|problem| {
        CommandError::new(format!("the server at {root} is not an emulator of this version: {problem}"))
    })
}

fn parse_environment(response: &Value) -> Result<Vec<(&'static str, String)>, String> {
    let variables = response.as_object().ok_or("the environment is not an object")?;
    if let Some(unknown) = variables.keys().find(|name| !ENVIRONMENT_NAMES.contains(&name.as_str())) {
        return Err(format!("its environment has the unknown variable `{}`", excerpt(unknown, 60)));
    }
    let value = |name: &'static str| match variables.get(name).and_then(Value::as_str) {
        Some(value) if !value.chars().any(is_hidden) => Ok((name, value.to_owned())),
        Some(_) => Err(format!("{name} in its environment has control characters")),
        None => Err(format!("its environment has no {name}")),
    };
    ENVIRONMENT_NAMES.into_iter().map(value).collect()
}

pub(crate) async fn wait(at: &EmulatorUrlArg, seconds: u64) -> Result<(), CommandError> {
    let root = root_url(at)?;
    let deadline = Instant::now() + Duration::from_secs(seconds.min(86_400));
    loop {
        let left = deadline.saturating_duration_since(Instant::now()).max(POLL_INTERVAL);
        match fetch_status(&root, TIMEOUT.min(left)).await {
            Ok(_) => return Ok(()),
            Err(failure) if Instant::now() + POLL_INTERVAL >= deadline => return Err(failure),
            Err(_) => tokio::time::sleep(POLL_INTERVAL).await,
        }
    }
}

pub(crate) async fn status(at: &EmulatorUrlArg) -> Result<Value, CommandError> {
    fetch_status(&root_url(at)?, TIMEOUT).await
}

/// The status of an emulator; any other server may return JSON, too.
async fn fetch_status(root: &BaseUrl, timeout: Duration) -> Result<Value, CommandError> {
    let status = send_request(root, ControlMethod::Get, "", timeout).await?;
    if status["emulator"].is_string() {
        return Ok(status);
    }
    Err(CommandError::new(format!("the server at {root} is not an emulator")))
}

pub(crate) async fn reset(at: &EmulatorUrlArg) -> Result<(), CommandError> {
    send_request(&root_url(at)?, ControlMethod::Post, "/reset", TIMEOUT).await.map(drop)
}

/// Formats the status as text.
pub(crate) fn format_status(status: &Value) -> SafeText {
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
    SafeText::join_lines(lines.map(|(name, value)| safe!("{:<13} {}", name, value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known() -> Value {
        ENVIRONMENT_NAMES.into_iter().map(|name| (name.to_owned(), json!("it's"))).collect()
    }

    #[test]
    fn only_known_variables_are_accepted() {
        let parsed = parse_environment(&known()).expect("the known variables");
        assert!(parsed.iter().map(|(name, _)| *name).eq(ENVIRONMENT_NAMES));
        for name in ["AJO_X=1; touch pwned; A", "LD_PRELOAD", "PATH", "AJO_PROFILE", "ajo_sandbox", "", "A\u{1b}[2J\nB"]
        {
            let mut response = known();
            response[name] = json!("x");
            let error = parse_environment(&response).expect_err(name);
            assert!(error.starts_with("its environment has the unknown variable `"), "{error}");
            assert!(!error.chars().any(is_hidden), "{error:?}");
        }
    }

    #[test]
    fn other_values_are_rejected() {
        for value in [json!(1), json!(null), json!(["x"]), json!("a\nb"), json!("\u{1b}]0;T\u{7}"), json!("\u{202e}")] {
            let mut response = known();
            response["AJO_CLIENT_SECRET"] = value.clone();
            let error = parse_environment(&response).expect_err("not a value");
            assert!(error.contains("AJO_CLIENT_SECRET"), "{value}: {error}");
        }
        for response in [json!([]), json!("x"), json!({}), json!(null)] {
            parse_environment(&response).expect_err("not an environment");
        }
    }
}
