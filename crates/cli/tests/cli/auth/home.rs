//! What a test has to itself: an emulator, and a directory for profiles and tokens.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::support::{Ran, ajo, run_with_input};

/// The emulator's secret; nothing else holds this text.
pub(crate) const SECRET: &str = "emulator-secret";

pub(crate) struct Home {
    folder: TempDir,
    emulator: Child,
    settings: Vec<(String, String)>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let mut emulator = ajo(&["emulator", "serve"])
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
        Self { folder: TempDir::new().expect("a folder"), emulator, settings }
    }

    /// The emulator's value of a setting.
    pub(crate) fn setting(&self, name: &str) -> &str {
        let found = self.settings.iter().find(|(setting, _)| setting == name);
        found.map(|(_, value)| value.as_str()).expect("a setting of the emulator")
    }

    /// All settings of the emulator.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn profile(&self, name: &str) -> PathBuf {
        self.path("config").join("profiles").join(format!("{name}.json"))
    }

    /// `ajo` with the addresses of the emulator and this home, and no credential.
    pub(crate) fn ajo(&self, arguments: &[&str]) -> Command {
        let mut command = ajo(arguments);
        for name in ["AJO_BASE_URL", "AJO_IMS_URL"] {
            command.env(name, self.setting(name));
        }
        command.env("AJO_CONFIG_DIR", self.path("config")).env("AJO_TOKEN_CACHE", self.path("tokens"));
        command.stdin(Stdio::null());
        command
    }

    /// Gives another program what [`Home::ajo`] gives.
    #[cfg(target_os = "linux")]
    pub(crate) fn set_up(&self, command: &mut Command) {
        for (name, value) in self.ajo(&[]).get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.ajo(arguments).output().expect("ajo runs").into()
    }

    /// The emulator's credential as lines `NAME=value`.
    pub(crate) fn lines(&self) -> String {
        let names = ["AJO_CLIENT_ID", "AJO_CLIENT_SECRET", "AJO_ORG_ID", "AJO_SCOPES"];
        names.iter().map(|name| format!("{name}='{}'\n", self.setting(name))).collect()
    }

    /// Logs in with the emulator's credential.
    pub(crate) fn login(&self, name: &str, sandbox: &str) {
        let mut command = self.ajo(&["auth", "login", "--profile", name, "--sandbox", sandbox]);
        let ran = run_with_input(&mut command, &self.lines());
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    }

    /// The files of this home that hold a text, relative to it.
    pub(crate) fn files_with(&self, text: &str) -> Vec<String> {
        let mut files = Vec::new();
        collect(self.folder.path(), text, &mut files);
        let base = self.folder.path();
        files.iter().map(|file| file.strip_prefix(base).expect("inside").display().to_string()).collect()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

fn collect(folder: &Path, text: &str, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            collect(&entry, text, files);
        } else if entry.is_file() && String::from_utf8_lossy(&fs::read(&entry).expect("a file")).contains(text) {
            files.push(entry);
        }
    }
}
