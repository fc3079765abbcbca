//! A fixture with a directory for limits files and an emulator.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ajo_emulator::Emulator;
use tempfile::TempDir;

use crate::support::{self, CommandOutput};

pub(crate) struct LimitsFixture {
    pub(crate) emulator: Emulator,
    directory: TempDir,
}

impl LimitsFixture {
    pub(crate) async fn start() -> Self {
        Self {
            emulator: Emulator::start().await.expect("an emulator"),
            directory: tempfile::tempdir().expect("a directory"),
        }
    }

    /// Starts with a fixed clock.
    pub(crate) async fn start_at(time: &str) -> Self {
        let time: jiff::Timestamp = time.parse().expect("a time");
        let time = ajo_auth::Timestamp::from_millis(time.as_millisecond().cast_unsigned());
        let emulator = Emulator::builder().clock(move || time).start().await.expect("an emulator");
        Self { emulator, directory: tempfile::tempdir().expect("a directory") }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a directory");
        fs::write(path, text).expect("written");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The uids in the state file, in its order.
    pub(crate) fn managed_uids(&self) -> Vec<String> {
        let state: serde_json::Value = serde_json::from_str(&self.read("ajo.state.json")).expect("JSON");
        let configs = state["configs"].as_array().expect("a list");
        configs.iter().map(|config| config["uid"].as_str().expect("a uid").to_owned()).collect()
    }

    /// The names of all files, sorted.
    pub(crate) fn file_names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).expect("a directory");
        let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
        names.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// `ajo` in this directory, with the settings of the emulator except the sandbox, which the files name.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = support::ajo_command(arguments);
        command.current_dir(self.directory.path()).stdin(Stdio::null());
        for (name, value) in self.emulator.environment() {
            if name != "AJO_SANDBOX" {
                command.env(name, value);
            }
        }
        command
    }

    /// Runs `ajo` on another thread, because the emulator needs this one.
    pub(crate) async fn run(&self, arguments: &[&str]) -> CommandOutput {
        let mut command = self.command(arguments);
        tokio::task::spawn_blocking(move || CommandOutput::from(command.output().expect("ajo runs")))
            .await
            .expect("it ended")
    }

    /// Runs `ajo` and expects this exit code.
    pub(crate) async fn run_expecting(&self, arguments: &[&str], code: i32) -> CommandOutput {
        let output = self.run(arguments).await;
        assert_eq!(output.exit_code, Some(code), "ajo {}\n{}\n{}", arguments.join(" "), output.stdout, output.stderr);
        output
    }

    pub(crate) fn set_quirk(&self, name: &str, variant: &str) {
        self.emulator.state().quirks_mut().set(name, variant).expect("a variant");
    }

    pub(crate) fn add_fault(&self, fault: &str) {
        self.emulator.state().add_fault(fault.parse().expect("a fault")).expect("room");
    }

    pub(crate) fn clear_faults(&self) {
        self.emulator.state().clear_faults();
    }

    pub(crate) fn call_count(&self) -> usize {
        self.emulator.state().calls().len()
    }

    pub(crate) fn clear_calls(&self) {
        self.emulator.state().default_organization_mut().clear_calls();
    }
}

/// A limits file for sandbox `prod` with these capping configurations: host name, calls per second, and whether deployed.
pub(crate) fn limits_file(configs: &[(&str, u32, bool)]) -> String {
    let entries = configs.iter().map(|(name, calls, deployed)| {
        format!(
            "  - url: https://{name}.example.org/*
    methods: [GET]
    services:
      action: {{ maxHttpConnections: 50, rating: {{ maxCallsCount: {calls}, periodInMs: 1000 }} }}
    deployed: {deployed}
"
        )
    });
    format!("version: 1\nsandbox: prod\ncapping:\n{}", entries.collect::<String>())
}
