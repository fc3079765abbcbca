//! An emulator with its page, for a look and for the browser tests: `cargo run -p ajo-emulator --example page`.
//!
//! It prints its address and ends with its standard input, so that it does not outlive a test that is killed. With the
//! argument `look-only` the page has nothing to tamper with; with `strict` a call needs a token.

use std::io::{self, Write as _};

use ajo_emulator::{AuthMode, Caller, Emulator, Settings};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let asked = |name: &str| std::env::args().any(|argument| argument == name);
    let mut settings = Settings {
        // So that a call can be typed without a token.
        auth: if asked("strict") { AuthMode::Strict } else { AuthMode::Off },
        page_controls: !asked("look-only"),
        ..Settings::default()
    };
    settings.callers.push(Caller::new("other-client", "other-secret", "F1F1F1F1F1F1F1F1F1F1F1F1@AdobeOrg", "openid"));
    let emulator = Emulator::builder().settings(settings).start().await?;
    writeln!(io::stdout(), "http://{}/", emulator.address())?;
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    Ok(())
}
