//! Reads the credential that `AJO_CREDENTIALS` or `--credentials` names.

use ajo_auth::{Credentials, CredentialsError, Secret, read_credential_file, read_credential_text};
use ajo_engine::{display_path, find_credential_content};

use super::setting::{Setting, SettingSource, SettingValue};
use super::settings_reader::{SettingsReader, expand_home};
use crate::command_error::CommandError;
use crate::progress_bar::Pause;

/// The text of a credential file.
struct CredentialInput {
    text: Secret,
    source: SettingSource,
}

/// Reads and parses the credential, without overrides.
pub(crate) fn read_credential(reader: &SettingsReader<'_>, found: &SettingValue) -> Result<Credentials, CommandError> {
    let CredentialInput { text, source } = read_input(found)?;
    let name = reader.value(Setting::CredentialName)?;
    Ok(Credentials::parse_file(text.expose(), name.as_deref(), source.to_string())?)
}

fn read_input(found: &SettingValue) -> Result<CredentialInput, CommandError> {
    if let Some(content) = find_credential_content(&found.value) {
        if let SettingSource::Flag(name) = found.source {
            let error = CommandError::new(format!("{name} contains a credential, which other processes can read"));
            return Err(error.with_hint("set AJO_CREDENTIALS, or pass - and use standard input").into_usage_error());
        }
        return Ok(CredentialInput { text: Secret::new(content), source: found.source.clone() });
    }
    let source = credential_source(found);
    let text = match source {
        SettingSource::StandardInput => {
            let _pause = Pause::begin();
            read_credential_text(std::io::stdin().lock())
        }
        _ => read_credential_file(expand_home(found)?),
    };
    match text {
        Ok(text) => Ok(CredentialInput { text, source }),
        Err(error) => {
            let path = format!("{source} ({})", found.source);
            Err(CredentialsError::File { path, reason: error.to_string() }.into())
        }
    }
}

/// The source of the values in a credential file, without reading it.
pub(crate) fn credential_source(found: &SettingValue) -> SettingSource {
    if find_credential_content(&found.value).is_some() {
        found.source.clone()
    } else if found.value == "-" {
        SettingSource::StandardInput
    } else {
        SettingSource::File(display_path(&found.value))
    }
}
