//! Starts an emulator from command-line arguments.

use std::net::IpAddr;
use std::time::Duration;

use ajo_emulator::{Emulator, QuirkSettings, SandboxSettings};

use super::data_file;
use crate::arguments::{GlobalSettings, StartArgs};
use crate::command_error::CommandError;
use crate::output;
use crate::safe_text::safe;
use crate::session::SettingsReader;

pub(crate) async fn start(
    start: &StartArgs,
    port: u16,
    host: Option<IpAddr>,
    settings: &GlobalSettings,
) -> Result<Emulator, CommandError> {
    let mut begin = ajo_emulator::EmulatorSettings {
        auth: start.auth,
        allowed_hosts: start.allowed_hosts.clone(),
        quirks: parse_quirks(&start.quirks)?,
        token_lifetime: Duration::from_secs(start.token_lifetime),
        seed: start.seed,
        ui_controls: start.ui_controls,
        contract: start.strict_contract,
        ..ajo_emulator::EmulatorSettings::default()
    };
    begin.limits.configs = start.max_configs;
    // The sandbox from the settings comes first, because the printed settings name the first one.
    if let Some(named) = SettingsReader::new(settings).sandbox()? {
        begin.sandboxes.retain(|sandbox| sandbox.name != named.as_str());
        begin.sandboxes.insert(0, SandboxSettings { name: named.to_string(), production: named.as_str() != "dev" });
    }
    let builder = Emulator::builder().settings(begin).port(port);
    let builder = match host {
        Some(host) => {
            if !host.is_loopback() {
                output::print_note(safe!(
                    "warning: other machines may reach {}; anyone who does controls the emulator",
                    host
                ));
            }
            builder.host(host)
        }
        None => builder,
    };
    let emulator = builder.start().await.map_err(|error| {
        let failure = CommandError::new(error.to_string());
        if port == 0 { failure } else { failure.with_hint("--port 0 chooses a free port") }
    })?;
    data_file::load(start, &emulator)?;
    for fault in &start.faults {
        emulator.state().add_fault(fault.clone()).map_err(|error| CommandError::new(error.to_string()))?;
    }
    Ok(emulator)
}

fn parse_quirks(chosen: &[String]) -> Result<QuirkSettings, CommandError> {
    let mut quirks = QuirkSettings::default();
    for text in chosen {
        let usage = |problem: String| CommandError::new(format!("--quirk {text}: {problem}")).into_usage_error();
        let (name, variant) = text.split_once('=').ok_or_else(|| usage("expected NAME=VARIANT".to_owned()))?;
        quirks.set(name, variant).map_err(|error| usage(error.to_string()))?;
    }
    Ok(quirks)
}
