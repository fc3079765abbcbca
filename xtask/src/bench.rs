//! `cargo xtask bench`: figures that anyone can get again.

use std::process::Command;

use crate::root;

/// The emulator beside Prism.
pub(crate) fn emulator() -> Result<String, String> {
    let script = root().join("benches/emulator.py");
    let status = Command::new("python3").arg(&script).current_dir(root()).status();
    match status.map_err(|error| format!("failed to start python3: {error}"))? {
        status if status.success() => Ok("every target is met".to_owned()),
        status => Err(format!("{} ended with {status}", script.display())),
    }
}
