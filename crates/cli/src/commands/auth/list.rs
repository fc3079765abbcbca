//! `ajo auth list`.

use serde_json::json;

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};
use crate::session::{Profile, ProfileName, ProfileStore, SecretStorage, Setting, SettingsReader};

/// Lists the profiles from their files. Does not read the keychain.
pub(super) fn run(settings: &GlobalSettings) -> Result<(), CommandError> {
    let profiles = ProfileStore::open()?;
    let chosen = profiles.chosen_name()?;
    let mut listed = Vec::new();
    for name in profiles.names() {
        match profiles.get(&name) {
            Ok(profile) => listed.push(profile),
            // The others can still be used.
            Err(failure) => output::print_note(safe!("warning: {}", failure)),
        }
    }
    if settings.output == OutputFormat::Json {
        let all: Vec<_> = listed
            .iter()
            .map(|profile| {
                json!({
                    "name": profile.name.to_string(), "isChosen": profile.name == chosen,
                    "sandbox": profile.sandbox.as_str(), "orgId": profile.org_id, "clientId": profile.client_id,
                    "serviceUrl": profile.service_url(), "tokenEndpoint": profile.token_endpoint(),
                    "secret": secret_place(profile),
                })
            })
            .collect();
        return output::print_serialized(&json!({ "version": 1, "profiles": all }));
    }
    if listed.is_empty() {
        output::print_note("there are no profiles; create one with `ajo auth login`");
        return Ok(());
    }
    let lines = listed.iter().flat_map(|profile| {
        let mark = if profile.name == chosen { "*" } else { " " };
        [
            safe!("{} {}", mark, profile.name),
            safe!("    sandbox         {}", profile.sandbox),
            safe!("    organization    {}", profile.org_id),
            safe!("    service         {}", profile.service_url()),
            safe!("    token endpoint  {}", profile.token_endpoint()),
            safe!("    secret          {}", profile.secrets),
        ]
    });
    output::print_data(SafeText::join_lines(lines))?;
    let selected = SettingsReader::new(settings).get(Setting::Profile)?;
    match selected {
        Some(found) => output::print_note(safe!("{} selects profile {}", found.source, found.value)),
        None if listed.iter().any(|profile| profile.name == chosen) => {
            output::print_note("* is in use; choose another one with `ajo auth switch`");
        }
        None if chosen == ProfileName::default() => {
            output::print_note("no profile is in use; choose one with `ajo auth switch`");
        }
        None => output::print_note(safe!(
            "profile {} is in use but does not exist; choose one with `ajo auth switch`",
            chosen
        )),
    }
    Ok(())
}

/// Where the secret is, for programs.
fn secret_place(profile: &Profile) -> &'static str {
    match profile.secrets {
        SecretStorage::Inline(_) => "file",
        SecretStorage::Keychain => "keychain",
    }
}
