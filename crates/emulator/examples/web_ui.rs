//! An emulator with its web UI, for viewing and for the browser tests: `cargo run -p ajo-emulator --example web_ui`.
//!
//! It prints its address and exits at the end of standard input, so it does not outlive a killed test. With the argument
//! `look-only`, the web UI has no controls; with `strict`, calls need a token.

use std::io::{self, Write as _};

use ajo_emulator::{AuthMode, Emulator, EmulatorSettings, RegisteredClient};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let requested = |name: &str| std::env::args().any(|argument| argument == name);
    let mut settings = EmulatorSettings {
        // Without authentication, a call can be typed by a person.
        auth: if requested("strict") { AuthMode::Strict } else { AuthMode::Off },
        ui_controls: !requested("look-only"),
        ..EmulatorSettings::default()
    };
    settings.clients.push(RegisteredClient::new(
        "other-client",
        "other-secret",
        "F1F1F1F1F1F1F1F1F1F1F1F1@AdobeOrg",
        "openid",
    ));
    let emulator = Emulator::builder().settings(settings).start().await?;
    writeln!(io::stdout(), "http://{}/", emulator.address())?;
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    Ok(())
}
