//! The settings of a local emulator in pasted lines.

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::session::{Setting, SettingsReader};

/// The settings in lines `NAME=value`, as `ajo emulator env` prints them, which are no part of a credential.
///
/// Only URLs of this machine count. Any other place that gets a secret must be named by a flag or a variable.
#[derive(Debug, Default, PartialEq)]
pub(super) struct EmulatorLines {
    base_url: Option<String>,
    ims_url: Option<String>,
    sandbox: Option<String>,
}

impl EmulatorLines {
    pub(super) fn find(text: &str) -> Self {
        // `http` URLs are accepted for this machine only; see `BaseUrl`.
        let url = |setting| find_value(text, setting).filter(|url| url.starts_with("http://"));
        let (base_url, ims_url) = (url(Setting::BaseUrl), url(Setting::ImsUrl));
        let is_emulator = base_url.is_some() && ims_url.is_some();
        if is_emulator {
            Self { base_url, ims_url, sandbox: find_value(text, Setting::Sandbox) }
        } else {
            Self::default()
        }
    }

    pub(super) const fn has_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// The settings with these values, where flags and variables have none.
    pub(super) fn add_to(self, settings: &GlobalSettings) -> Result<GlobalSettings, CommandError> {
        let mut all = settings.clone();
        for (setting, value, flag) in [
            (Setting::BaseUrl, self.base_url, &mut all.base_url),
            (Setting::ImsUrl, self.ims_url, &mut all.ims_url),
            (Setting::Sandbox, self.sandbox, &mut all.sandbox),
        ] {
            if SettingsReader::new(settings).value(setting)?.is_none() {
                *flag = value;
            }
        }
        Ok(all)
    }
}

fn find_value(text: &str, setting: Setting) -> Option<String> {
    text.lines().find_map(|line| {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let value = line.strip_prefix(setting.variable())?.trim_start().strip_prefix('=')?;
        Some(value.trim().trim_matches(['"', '\'']).to_owned()).filter(|value| !value.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_urls_count() {
        let text = "export AJO_BASE_URL='http://127.0.0.1:4010/x'\r\nAJO_IMS_URL=\"http://127.0.0.1:4010\"\nAJO_SANDBOX = prod\n";
        let lines = EmulatorLines::find(text);
        assert_eq!(lines.base_url.as_deref(), Some("http://127.0.0.1:4010/x"));
        assert_eq!(lines.ims_url.as_deref(), Some("http://127.0.0.1:4010"));
        assert_eq!(lines.sandbox.as_deref(), Some("prod"));
        for other in ["https://evil.example", ""] {
            let text = text.replace("\"http://127.0.0.1:4010\"", other);
            assert_eq!(EmulatorLines::find(&text), EmulatorLines::default(), "{text}");
        }
    }
}
