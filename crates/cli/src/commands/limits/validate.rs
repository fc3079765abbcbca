//! `ajo validate`.

use std::process::ExitCode;

use super::input::Input;
use crate::arguments::{Files, Settings};
use crate::failure::Failure;

pub(crate) fn run(settings: &Settings, files: &Files) -> Result<ExitCode, Failure> {
    Input::read_each(&files.files, files.beside.policy.as_deref())?.conclude("validate", settings)
}
