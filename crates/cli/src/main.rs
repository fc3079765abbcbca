//! The `ajo` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ajo::run(std::env::args_os())
}
