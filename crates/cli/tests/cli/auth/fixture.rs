//! A fixture with an emulator, and a directory for profiles and tokens.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::support::{CommandOutput, ajo_command, run_with_input};

/// The emulator's client secret. No other value contains this string.
pub(crate) const SECRET: &str = "emulator-secret";

pub(crate) struct AuthFixture {
    directory: TempDir,
    emulator: Child,
    settings: Vec<(String, String)>,
}

impl AuthFixture {
    pub(crate) fn new() -> Self {
        let mut emulator = ajo_command(&["emulator", "serve"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the emulator starts");
        let lines = BufReader::new(emulator.stdout.take().expect("a pipe")).lines().take(7);
        let settings = lines
            .map(|line| {
                let line = line.expect("a line");
                let (name, value) =
                    line.strip_prefix("export ").and_then(|line| line.split_once('=')).expect("a setting");
                (name.to_owned(), value.trim_matches('\'').to_owned())
            })
            .collect();
        Self { directory: TempDir::new().expect("a folder"), emulator, settings }
    }

    /// The value of an emulator setting.
    pub(crate) fn setting(&self, name: &str) -> &str {
        let found = self.settings.iter().find(|(setting, _)| setting == name);
        found.map(|(_, value)| value.as_str()).expect("a setting of the emulator")
    }

    /// All emulator settings.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn profile_path(&self, name: &str) -> PathBuf {
        self.path("config").join("profiles").join(format!("{name}.json"))
    }

    /// `ajo` with the URLs of the emulator and the directories of this fixture, without credentials.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = ajo_command(arguments);
        for name in ["AJO_BASE_URL", "AJO_IMS_URL"] {
            command.env(name, self.setting(name));
        }
        command.env("AJO_CONFIG_DIR", self.path("config")).env("AJO_TOKEN_CACHE", self.path("tokens"));
        command.stdin(Stdio::null());
        command
    }

    /// Sets the environment of [`AuthFixture::command`] for another program.
    #[cfg(target_os = "linux")]
    pub(crate) fn set_environment(&self, command: &mut Command) {
        for (name, value) in self.command(&[]).get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> CommandOutput {
        self.command(arguments).output().expect("ajo runs").into()
    }

    /// The emulator's credential as lines `NAME=value`.
    pub(crate) fn dotenv_credentials(&self) -> String {
        let names = ["AJO_CLIENT_ID", "AJO_CLIENT_SECRET", "AJO_ORG_ID", "AJO_SCOPES"];
        names.iter().map(|name| format!("{name}='{}'\n", self.setting(name))).collect()
    }

    /// Logs in with the emulator's credential.
    pub(crate) fn login(&self, name: &str, sandbox: &str) {
        let mut command = self.command(&["auth", "login", "--profile", name, "--sandbox", sandbox]);
        let output = run_with_input(&mut command, &self.dotenv_credentials());
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), ""), "{}", output.stderr);
    }

    /// The relative paths of all files that contain a string.
    pub(crate) fn files_with(&self, text: &str) -> Vec<String> {
        let mut files = Vec::new();
        collect_files_with(self.directory.path(), text, &mut files);
        let base = self.directory.path();
        files.iter().map(|file| file.strip_prefix(base).expect("inside").display().to_string()).collect()
    }
}

impl Drop for AuthFixture {
    fn drop(&mut self) {
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

fn collect_files_with(folder: &Path, text: &str, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            collect_files_with(&entry, text, files);
        } else if entry.is_file() && String::from_utf8_lossy(&fs::read(&entry).expect("a file")).contains(text) {
            files.push(entry);
        }
    }
}
