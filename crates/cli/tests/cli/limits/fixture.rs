//! A directory with limits files, and a service for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ajo_emulator::Emulator;
use tempfile::TempDir;

use crate::support::{self, Ran};

pub(crate) struct Site {
    pub(crate) emulator: Emulator,
    directory: TempDir,
}

impl Site {
    pub(crate) async fn start() -> Self {
        Self {
            emulator: Emulator::start().await.expect("an emulator"),
            directory: tempfile::tempdir().expect("a directory"),
        }
    }

    /// One at which it is always this time.
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

    pub(crate) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// `ajo` in this directory, with the settings of the service but the sandbox: the files name that.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = support::ajo(arguments);
        command.current_dir(self.directory.path()).stdin(Stdio::null());
        for (name, value) in self.emulator.environment() {
            if name != "AJO_SANDBOX" {
                command.env(name, value);
            }
        }
        command
    }

    /// Runs it to its end, off this thread: the emulator needs it.
    pub(crate) async fn ajo(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        tokio::task::spawn_blocking(move || Ran::from(command.output().expect("ajo runs"))).await.expect("it ended")
    }

    /// Runs it and expects this code.
    pub(crate) async fn ajo_ends(&self, arguments: &[&str], code: i32) -> Ran {
        let ran = self.ajo(arguments).await;
        assert_eq!(ran.code, Some(code), "ajo {}\n{}\n{}", arguments.join(" "), ran.out, ran.err);
        ran
    }

    pub(crate) fn fault(&self, fault: &str) {
        self.emulator.world().add_fault(fault.parse().expect("a fault")).expect("room");
    }

    pub(crate) fn clear_faults(&self) {
        self.emulator.world().clear_faults();
    }

    pub(crate) fn calls(&self) -> usize {
        self.emulator.world().calls().len()
    }

    pub(crate) fn forget_calls(&self) {
        self.emulator.world().first_mut().clear_calls();
    }
}

/// A limits file for the sandbox `prod` with these capping configurations: a name for the host, calls a second, deployed.
pub(crate) fn limits(configs: &[(&str, u32, bool)]) -> String {
    let entries = configs.iter().map(|(name, calls, deployed)| {
        format!(
            "  - url: https://{name}.example.org/*
    methods: [GET]
    services:
      dataSource: {{ maxHttpConnections: 50, rating: {{ maxCallsCount: {calls}, periodInMs: 1000 }} }}
    deployed: {deployed}
"
        )
    });
    format!("version: 1\nsandbox: prod\ncapping:\n{}", entries.collect::<String>())
}
