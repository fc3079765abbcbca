//! `ajo auth login`.

use std::io::{self, IsTerminal as _};

use ajo_auth::{
    AccessToken, BaseUrl, ClientId, Credentials, OrgId, Scopes, Secret, TokenProvider, TokenStore as _,
    current_timestamp, http_client, read_credential_text,
};
use ajo_core::SandboxName;
use ajo_engine::{encode_entry, store_key};

use super::emulator_lines::EmulatorLines;
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::output;
use crate::progress_bar::Pause;
use crate::prompt::{self, PromptReply};
use crate::safe_text::safe;
use crate::secret_mask;
use crate::session::{
    CredentialSources, Profile, ProfileName, ProfileStore, SecretStorage, Setting, SettingSource, SettingsReader,
    credential_source, dirs, keychain, read_credential, selected_profile_name, service_url, token_endpoint,
};

/// The suggested scopes, *inferred* from samples of Experience Platform credentials: no document lists the scopes of the two
/// APIs. The scopes on the credential's page are authoritative.
const DEFAULT_SCOPES: &str = "openid,AdobeID,read_organizations,additional_info.projectedProductContext";

pub(super) async fn run(settings: &GlobalSettings) -> Result<(), CommandError> {
    let profiles = ProfileStore::open()?;
    let name = match selected_profile_name(settings)? {
        Some(name) => name,
        None => profiles.chosen_name()?,
    };
    let ims = token_endpoint(settings, None)?;
    // It is stored, so it must be valid.
    let service = service_url(settings, None)?;
    let reader = SettingsReader::new(settings);
    let target = LoginTarget { name: &name, service: &service, ims: &ims };
    let LoginInput { credentials, source, emulator } = read_credentials(&reader, &target)?;
    let settings = &emulator.add_to(settings)?;
    let reader = SettingsReader::new(settings);
    let (ims, service) = (token_endpoint(settings, None)?, service_url(settings, None)?);
    check_token_endpoint(&reader)?;
    let sandbox = match reader.sandbox()? {
        Some(sandbox) => sandbox,
        None => prompt::read_value("sandbox", Some("prod"), str::parse::<SandboxName>)?,
    };
    credentials.secrets().iter().for_each(secret_mask::register);
    let token = verify_credentials(&credentials, &ims).await.map_err(|failure| match failure.rejected_part() {
        Some(part) => match CredentialSources::with_base(&reader, |_| source.clone()) {
            // The login does not use an access token.
            Ok(sources) => {
                let sources = CredentialSources { access_token: None, ..sources };
                failure.with_rejected_source(&sources.describe(part))
            }
            Err(_) => failure,
        },
        None => failure,
    })?;

    let old = profiles.load(&name).ok().flatten();
    let mut profile = Profile {
        name,
        client_id: credentials.client_id().to_string(),
        org_id: credentials.org_id().to_string(),
        scopes: credentials.scopes().to_string(),
        sandbox,
        ims_url: reader.value(Setting::ImsUrl)?,
        base_url: reader.value(Setting::BaseUrl)?,
        secrets: SecretStorage::Keychain,
    };
    let keychain_error = keychain::write(&profile.keychain_user(), credentials.secrets()).err();
    if keychain_error.is_some() {
        profile.secrets = SecretStorage::Inline(credentials.secrets().to_vec());
    }
    if let Err(failure) = profiles.save(&profile) {
        // Without a profile the new keychain entry is orphaned. The older profile, if any, keeps its own entry.
        delete_unused_secret(Some(&profile), old.as_ref());
        return Err(failure);
    }
    delete_unused_secret(old.as_ref(), Some(&profile));
    // Cache the token for the next command. If that fails, the next command requests its own.
    if let Some(store) = dirs::token_store()? {
        let lifetime = token.expires_at().saturating_since(current_timestamp());
        let _ = store.set(&store_key(&credentials, &ims), &encode_entry(&token), lifetime).await;
    }
    print_result(&profiles, &profile, old.is_some(), &service, keychain_error.as_deref());
    if let Some(found) = reader.get(Setting::AccessToken)? {
        output::print_note(safe!("warning: {} is set and overrides this profile; unset it", found.source));
    }
    Ok(())
}

/// What the profile is for.
struct LoginTarget<'a> {
    name: &'a ProfileName,
    service: &'a BaseUrl,
    ims: &'a BaseUrl,
}

/// Secrets of an emulator are not for Adobe's token endpoint. A service with plain `http` is on this computer; see `BaseUrl`.
fn check_token_endpoint(reader: &SettingsReader<'_>) -> Result<(), CommandError> {
    let Some(url) = reader.value(Setting::BaseUrl)?.filter(|url| url.starts_with("http://")) else { return Ok(()) };
    if reader.value(Setting::ImsUrl)?.is_some() {
        return Ok(());
    }
    Err(CommandError::new(format!("{url} is on this computer, but no token endpoint is given; nothing was sent"))
        .with_hint("log in at an emulator with `ajo emulator env | ajo auth login`, or pass --ims-url")
        .into_usage_error())
}

fn print_result(
    profiles: &ProfileStore,
    profile: &Profile,
    is_replaced: bool,
    service: &BaseUrl,
    keychain_error: Option<&str>,
) {
    output::print_note(safe!(
        "the credential works; {} profile {} {} {}",
        if is_replaced { "replaced" } else { "saved" },
        profile.name,
        if is_replaced { "in" } else { "to" },
        profiles.path(&profile.name).display()
    ));
    output::print_note(safe!("it is for sandbox {} of {}", profile.sandbox, service));
    output::print_note(match keychain_error {
        None => "stored the client secret in the system keychain".into(),
        Some(reason) => {
            safe!(
                "stored the client secret in that file, which only you can read; the system keychain is not available: \
                 {}",
                reason
            )
        }
    });
    if profiles.chosen_name().is_ok_and(|chosen| chosen != profile.name) {
        output::print_note(safe!(
            "use it with --profile {}, or from now on with: ajo auth switch {}",
            profile.name,
            profile.name
        ));
    }
}

/// The credential to store, and the settings next to it.
struct LoginInput {
    credentials: Credentials,
    source: SettingSource,
    emulator: EmulatorLines,
}

/// Reads the credential from a file, standard input, or prompts. Without a terminal, a sandbox must be known.
fn read_credentials(reader: &SettingsReader<'_>, target: &LoginTarget<'_>) -> Result<LoginInput, CommandError> {
    let file = reader.get(Setting::Credentials)?;
    let terminal = io::stdin().is_terminal();
    let has_sandbox = reader.sandbox()?.is_some();
    let no_sandbox = || CommandError::new("no sandbox given; set AJO_SANDBOX or pass --sandbox").into_usage_error();
    let (credentials, source, text) = match file {
        Some(_) if !has_sandbox && !terminal => return Err(no_sandbox()),
        Some(found) => (read_credential(reader, &found)?, credential_source(&found), None),
        None if terminal => {
            let (credentials, text) = prompt_for_credentials(reader, target)?;
            (credentials, SettingSource::Prompt, text)
        }
        None => {
            let text = read_stdin()?;
            if !has_sandbox && !EmulatorLines::find(text.expose()).has_sandbox() {
                return Err(no_sandbox());
            }
            (parse_input(reader, &text)?, SettingSource::StandardInput, Some(text))
        }
    };
    let credentials = reader.override_credentials(credentials)?;
    let emulator = text.map(|text| EmulatorLines::find(text.expose())).unwrap_or_default();
    Ok(LoginInput { credentials, source, emulator })
}

fn parse_input(reader: &SettingsReader<'_>, text: &Secret) -> Result<Credentials, CommandError> {
    let choice = reader.value(Setting::CredentialName)?;
    Credentials::parse(text.expose(), choice.as_deref()).map_err(|error| {
        let mut failure = CommandError::from(error);
        failure.message = format!("failed to parse the credential: {}", failure.message);
        failure
    })
}

/// Prompts for the parts of the credential that the settings do not contain. A credential in any format can be pasted at the first
/// prompt.
fn prompt_for_credentials(
    reader: &SettingsReader<'_>,
    target: &LoginTarget<'_>,
) -> Result<(Credentials, Option<Secret>), CommandError> {
    let parts = [Setting::ClientId, Setting::ClientSecret, Setting::OrgId, Setting::Scopes];
    let values = parts.into_iter().map(|part| reader.value(part)).collect::<Result<Vec<_>, _>>()?;
    if values.iter().any(Option::is_none) {
        output::print_note(safe!("Profile {} for {} (token endpoint {}).", target.name, target.service, target.ims));
    }
    let choice = reader.value(Setting::CredentialName)?;
    let is_credential = |text: &str| Credentials::parse(text, choice.as_deref()).is_ok();
    let client_id = if let Some(id) = reader.value(Setting::ClientId)? {
        id
    } else {
        output::print_note(
            "Paste the OAuth server-to-server credential from its page in Adobe's Developer Console, or enter its parts.",
        );
        output::print_note("It can be JSON, or lines NAME=value that end with two empty lines.");
        match prompt::read_value_or_credential("client id", str::parse::<ClientId>, is_credential)? {
            PromptReply::Value(id) => id.to_string(),
            PromptReply::Credential(text) => return Ok((parse_input(reader, &text)?, Some(text))),
        }
    };
    let secret = match reader.value(Setting::ClientSecret)? {
        Some(secret) => Secret::new(secret),
        None => prompt::read_secret("client secret")?,
    };
    let org_id = match reader.value(Setting::OrgId)? {
        Some(id) => id,
        None => prompt::read_value("organization", None, str::parse::<OrgId>)?.to_string(),
    };
    let scopes = match reader.value(Setting::Scopes)? {
        Some(scopes) => scopes,
        None => prompt::read_value("scopes", Some(DEFAULT_SCOPES), str::parse::<Scopes>)?.to_string(),
    };
    Ok((Credentials::new(&client_id, secret, &org_id, &scopes)?, None))
}

fn read_stdin() -> Result<Secret, CommandError> {
    let _pause = Pause::begin();
    let text = read_credential_text(io::stdin().lock())
        .map_err(|error| CommandError::new(format!("failed to read standard input: {error}")))?;
    if text.expose().trim().is_empty() {
        return Err(CommandError::new("standard input is empty; expected a credential")
            .with_hint("run `ajo auth login < credentials.json`, or run it on a terminal to enter the credential")
            .into_authentication_error());
    }
    Ok(text)
}

/// Requests a new token. A cached token would not prove that the secret is valid.
async fn verify_credentials(credentials: &Credentials, ims: &BaseUrl) -> Result<AccessToken, CommandError> {
    let response = TokenProvider::new(credentials.clone(), ims, http_client(ims)?).token().await;
    let token = response.map(|response| response.token);
    token.inspect(|token| secret_mask::register(token.value())).map_err(|error| {
        let mut failure = CommandError::from(error);
        failure.message += "; nothing was stored";
        failure
    })
}

/// Removes the keychain entry of a replaced profile, unless the current profile uses the same entry.
fn delete_unused_secret(replaced: Option<&Profile>, current: Option<&Profile>) {
    let entry = |profile: Option<&Profile>| {
        profile.filter(|profile| matches!(profile.secrets, SecretStorage::Keychain)).map(Profile::keychain_user)
    };
    if let Some(user) = entry(replaced).filter(|user| Some(user) != entry(current).as_ref())
        && let Err(reason) = keychain::delete(&user)
    {
        output::print_note(safe!(
            "failed to remove the entry `{}` of `ajo-limits` from the system keychain: {}",
            user,
            reason
        ));
    }
}
