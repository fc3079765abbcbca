//! Starting an emulator as the command line says.

use std::net::IpAddr;
use std::time::Duration;

use ajo_emulator::{Emulator, SandboxSettings, Switches};

use super::state;
use crate::arguments::{Settings, Start};
use crate::failure::Failure;
use crate::output;

pub(crate) async fn start(
    start: &Start,
    port: u16,
    host: Option<IpAddr>,
    settings: &Settings,
) -> Result<Emulator, Failure> {
    let mut begin = ajo_emulator::Settings {
        auth: start.auth,
        switches: switches(&start.switches)?,
        token_lifetime: Duration::from_secs(start.token_lifetime),
        seed: start.seed,
        page_controls: start.page_controls,
        contract: start.strict_contract,
        ..ajo_emulator::Settings::default()
    };
    begin.limits.configs = start.max_configs;
    // One that is named is there, and first, so that the settings that are printed name it.
    if let Some(named) = &settings.sandbox {
        begin.sandboxes.retain(|sandbox| sandbox.name != named.as_str());
        begin.sandboxes.insert(0, SandboxSettings { name: named.to_string(), production: named.as_str() != "dev" });
    }
    let builder = Emulator::builder().settings(begin).port(port);
    let builder = match host {
        Some(host) => {
            if !host.is_loopback() {
                output::note(&format!(
                    "warning: {host} may be reached by other machines; whoever does can use all of the emulator"
                ));
            }
            builder.host(host)
        }
        None => builder,
    };
    let emulator = builder.start().await.map_err(|error| Failure::new(error.to_string()))?;
    state::load(start, &emulator)?;
    for fault in &start.fault {
        emulator.world().add_fault(fault.clone()).map_err(|error| Failure::new(error.to_string()))?;
    }
    Ok(emulator)
}

fn switches(chosen: &[String]) -> Result<Switches, Failure> {
    let mut switches = Switches::default();
    for text in chosen {
        let usage = |problem: String| Failure::new(format!("--switch {text}: {problem}")).usage();
        let (name, side) = text.split_once('=').ok_or_else(|| usage("expected NAME=SIDE".to_owned()))?;
        switches.choose(name, side).map_err(|error| usage(error.to_string()))?;
    }
    Ok(switches)
}
