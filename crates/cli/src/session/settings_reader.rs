//! Reads all settings: flags override variables, white space is trimmed, and empty means not set.

use std::ffi::OsString;
use std::path::PathBuf;

use ajo_auth::{AccessToken, Credentials, CredentialsError, Secret};
use ajo_core::SandboxName;
use ajo_engine::display_path;

use super::setting::{Setting, SettingSource, SettingValue};
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;

const DEFAULT_EMULATOR_URL: &str = "http://127.0.0.1:4010";

/// The only reader of settings.
#[derive(Clone, Copy)]
pub(crate) struct SettingsReader<'s> {
    flags: Option<&'s GlobalSettings>,
    variable: fn(&str) -> Option<OsString>,
}

impl<'s> SettingsReader<'s> {
    pub(crate) const fn new(flags: &'s GlobalSettings) -> Self {
        Self { flags: Some(flags), variable: read_variable }
    }

    /// For settings that have no flag.
    pub(crate) const fn variables() -> SettingsReader<'static> {
        SettingsReader { flags: None, variable: read_variable }
    }

    /// The value of a setting; `None` if it is not set or blank.
    pub(crate) fn get(&self, setting: Setting) -> Result<Option<SettingValue>, CommandError> {
        if let (Some(text), Some(flag)) = (self.flag(setting), setting.flag()) {
            return Ok(Some(SettingValue { value: text.to_owned(), source: SettingSource::Flag(flag) }));
        }
        let name = setting.variable();
        let Some(text) = (self.variable)(name) else { return Ok(None) };
        let text = text.into_string().map_err(|_| not_utf8_error(name))?;
        let source = SettingSource::Variable(name.to_owned());
        Ok(non_blank(&text).map(|value| SettingValue { value: value.to_owned(), source }))
    }

    /// The value without its source.
    pub(crate) fn value(&self, setting: Setting) -> Result<Option<String>, CommandError> {
        Ok(self.get(setting)?.map(|found| found.value))
    }

    /// The flag of a setting, if it is not blank.
    fn flag(&self, setting: Setting) -> Option<&'s str> {
        let flags = self.flags?;
        let text = match setting {
            Setting::BaseUrl => &flags.base_url,
            Setting::ImsUrl => &flags.ims_url,
            Setting::ClientId => &flags.client_id,
            Setting::OrgId => &flags.org_id,
            Setting::Scopes => &flags.scopes,
            Setting::Sandbox => &flags.sandbox,
            Setting::CredentialName => &flags.credential_name,
            Setting::Credentials => &flags.credentials,
            Setting::Profile => &flags.profile,
            _ => &None,
        };
        non_blank(text.as_deref()?)
    }

    /// The variables of credentials, merged with the settings from flags, for `Credentials::from_vars`.
    /// `AJO_CREDENTIALS` is left out, because it is read before.
    pub(crate) fn credential_variables(&self) -> Result<Vec<(String, String)>, CommandError> {
        let mut all = Vec::new();
        for (name, value) in std::env::vars_os() {
            let name = name.into_string().ok().filter(|name| Credentials::is_variable(name));
            let Some(name) = name.filter(|name| Setting::from_variable(name).is_none()) else { continue };
            let value = value.into_string().map_err(|_| not_utf8_error(&name))?;
            all.push((name, value));
        }
        all.extend(self.overrides()?);
        if let Some(name) = self.value(Setting::CredentialName)? {
            all.push((Setting::CredentialName.variable().to_owned(), name));
        }
        Ok(all)
    }

    /// The values that override a file or profile, by variable.
    fn overrides(&self) -> Result<Vec<(String, String)>, CommandError> {
        let mut all = Vec::new();
        for setting in [Setting::ClientId, Setting::ClientSecret, Setting::OrgId, Setting::Scopes] {
            all.extend(self.value(setting)?.map(|value| (setting.variable().to_owned(), value)));
        }
        Ok(all)
    }

    /// Overrides the parts of a credential that are set.
    pub(crate) fn override_credentials(&self, credentials: Credentials) -> Result<Credentials, CommandError> {
        let overrides = self.overrides()?;
        let get = |name: &str| overrides.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
        credentials.with_overrides(get).map_err(|error| self.credentials_error(error))
    }

    pub(crate) fn sandbox(&self) -> Result<Option<SandboxName>, CommandError> {
        let Some(found) = self.get(Setting::Sandbox)? else { return Ok(None) };
        let invalid = |error| CommandError::new(format!("{}: {error}", found.source)).into_usage_error();
        found.value.parse().map(Some).map_err(|error: ajo_core::SandboxNameError| invalid(error))
    }

    /// The access token.
    pub(crate) fn access_token(&self) -> Result<Option<(Secret, SettingSource)>, CommandError> {
        let Some(found) = self.get(Setting::AccessToken)? else { return Ok(None) };
        let Some(token) = AccessToken::from_setting(&Secret::new(found.value)) else {
            let problem =
                format!("the access token in {} is empty or has characters that tokens do not have", found.source);
            return Err(CommandError::new(problem)
                .with_hint("copy it again, without quotes, spaces, and line breaks")
                .into_authentication_error());
        };
        Ok(Some((token.value().clone(), found.source)))
    }

    /// Whether a setting is `off`, `false`, `no`, or `0`, in any case.
    pub(crate) fn is_off(&self, setting: Setting) -> Result<bool, CommandError> {
        let off = |text: String| ["off", "false", "no", "0"].iter().any(|off| text.eq_ignore_ascii_case(off));
        Ok(self.value(setting)?.is_some_and(off))
    }

    /// A directory. `~/` is the home directory; other relative paths are refused, because they would depend on the working
    /// directory.
    pub(crate) fn directory(&self, setting: Setting) -> Result<Option<PathBuf>, CommandError> {
        let Some(found) = self.get(setting)? else { return Ok(None) };
        let path = expand_home(&found)?;
        if path.is_absolute() {
            return Ok(Some(path));
        }
        let shown = display_path(&found.value);
        Err(CommandError::new(format!("{} must be an absolute path, not {shown}", found.source)).into_usage_error())
    }

    /// Converts an error in the value of a variable, and names the flag if the value comes from it.
    pub(crate) fn credentials_error(&self, error: CredentialsError) -> CommandError {
        let CredentialsError::InVariable { name, error: cause } = &error else { return error.into() };
        match Setting::from_variable(name).and_then(|setting| Some((self.flag(setting)?, setting.flag()?))) {
            Some((_, flag)) => CommandError::new(format!("{flag}: {cause}")).into_authentication_error(),
            None => error.into(),
        }
    }
}

/// The URL of the emulator, which only some commands have a flag for.
pub(crate) fn emulator_url(flag: Option<&str>) -> Result<SettingValue, CommandError> {
    let from_flag =
        |value: &str| SettingValue { value: value.to_owned(), source: SettingSource::Flag("--emulator-url") };
    if let Some(url) = flag.and_then(non_blank) {
        return Ok(from_flag(url));
    }
    let found = SettingsReader::variables().get(Setting::EmulatorUrl)?;
    Ok(found.unwrap_or_else(|| from_flag(DEFAULT_EMULATOR_URL)))
}

/// Replaces a leading `~/` by the home directory.
pub(crate) fn expand_home(found: &SettingValue) -> Result<PathBuf, CommandError> {
    let Some(rest) = found.value.strip_prefix('~') else { return Ok(PathBuf::from(&found.value)) };
    let inside = rest.strip_prefix(['/', '\\']).or_else(|| rest.is_empty().then_some(""));
    match (inside, etcetera::home_dir()) {
        (Some(inside), Ok(home)) => Ok(home.join(inside)),
        _ => {
            Err(CommandError::new(format!("{} starts with `~`; write the whole path", found.source)).into_usage_error())
        }
    }
}

/// Trims a text; `None` if nothing is left.
pub(crate) fn non_blank(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn not_utf8_error(name: &str) -> CommandError {
    CommandError::new(format!("{name} is set but is not valid UTF-8")).into_usage_error()
}

fn read_variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::CliArgs;

    fn flags(arguments: &[&str]) -> GlobalSettings {
        CliArgs::try_parse_from([&["ajo", "doctor"], arguments].concat()).expect("arguments").settings
    }

    fn reader(flags: &GlobalSettings, variable: fn(&str) -> Option<OsString>) -> SettingsReader<'_> {
        SettingsReader { flags: Some(flags), variable }
    }

    #[test]
    fn empty_value_is_not_set() {
        let flags = flags(&["--org-id", " ", "--sandbox="]);
        let reader = reader(&flags, |_| Some(" \r\n".into()));
        for setting in Setting::ALL {
            assert_eq!(reader.get(setting).expect("valid"), None, "{setting:?}");
        }
        assert_eq!(reader.sandbox().expect("valid"), None);
    }

    #[test]
    fn values_are_trimmed_with_source() {
        let flags = flags(&["--org-id", " A1@AdobeOrg\r", "--profile", "p"]);
        let reader = reader(&flags, |_| Some("prod\r\n".into()));
        let found = |setting| reader.get(setting).expect("valid").expect("set");
        let variable = |name: &str| SettingSource::Variable(name.to_owned());
        for (setting, value, source) in [
            (Setting::OrgId, "A1@AdobeOrg", SettingSource::Flag("--org-id")),
            (Setting::Profile, "p", SettingSource::Flag("--profile")),
            (Setting::ClientSecret, "prod", variable("AJO_CLIENT_SECRET")),
            (Setting::Sandbox, "prod", variable("AJO_SANDBOX")),
        ] {
            assert_eq!((found(setting).value.as_str(), found(setting).source), (value, source));
        }
        assert_eq!(reader.sandbox().expect("valid").expect("set").as_str(), "prod");
    }

    #[cfg(unix)]
    #[test]
    fn invalid_utf8_is_not_unset() {
        use std::os::unix::ffi::OsStringExt as _;

        let flags = flags(&[]);
        let reader = reader(&flags, |_| Some(OsString::from_vec(b"\xff\xfeSEC".to_vec())));
        for setting in Setting::ALL {
            let error = reader.get(setting).expect_err("invalid").message;
            assert_eq!(error, format!("{} is set but is not valid UTF-8", setting.variable()));
        }
    }

    #[test]
    fn off_is_recognized_in_any_case() {
        let flags = flags(&[]);
        let values: [fn(&str) -> Option<OsString>; 4] =
            [|_| Some("OFF".into()), |_| Some("False".into()), |_| Some("no\r".into()), |_| Some("0".into())];
        for read in values {
            assert!(reader(&flags, read).is_off(Setting::Keychain).expect("valid"));
        }
        assert!(!reader(&flags, |_| Some("on".into())).is_off(Setting::TokenCache).expect("valid"));
    }

    #[test]
    fn relative_directory_is_refused() {
        let flags = flags(&[]);
        let error = |read: fn(&str) -> Option<OsString>| {
            reader(&flags, read).directory(Setting::TokenCache).expect_err("refused").message
        };
        assert_eq!(error(|_| Some("./tokens".into())), "AJO_TOKEN_CACHE must be an absolute path, not ./tokens");
        assert_eq!(
            error(|_| Some("${HOME}/t".into())),
            "AJO_TOKEN_CACHE must be an absolute path, not a value of 9 characters"
        );
        assert_eq!(error(|_| Some("~other/t".into())), "AJO_TOKEN_CACHE starts with `~`; write the whole path");
        let home =
            reader(&flags, |_| Some("~/t".into())).directory(Setting::ConfigDirectory).expect("a path").expect("set");
        assert!(home.is_absolute() && home.ends_with("t"), "{}", home.display());
    }
}
