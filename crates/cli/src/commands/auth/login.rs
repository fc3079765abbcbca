//! `ajo auth login`.

use std::io::{self, IsTerminal as _};

use ajo_auth::{
    AccessToken, BaseUrl, ClientId, Credentials, OrgId, Scopes, Secret, TokenProvider, TokenStore as _, credentials,
    current_timestamp, http_client, read_bounded_text,
};
use ajo_core::SandboxName;
use ajo_engine::{encode_entry, store_key};

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::safe_text::safe;
use crate::secret_mask;
use crate::session::{
    Profile, ProfileName, ProfileStore, SecretStorage, dirs, keychain, non_blank, selected_profile_name, setting,
    token_endpoint,
};
use crate::{output, prompt};

/// Maximum input size in bytes. The JSON of a project is below 100 KB.
const MAX_CREDENTIAL_BYTES: usize = 1024 * 1024;

/// The suggested scopes, *inferred* from samples of Experience Platform credentials: no document lists the scopes of the two
/// APIs. The scopes on the credential's page are authoritative.
const DEFAULT_SCOPES: &str = "openid,AdobeID,read_organizations,additional_info.projectedProductContext";

pub(super) async fn run(settings: &GlobalSettings) -> Result<(), CommandError> {
    let name = selected_profile_name(settings)?.unwrap_or_default();
    let profiles = ProfileStore::open()?;
    let ims = token_endpoint(settings, None)?;
    let (credentials, sandbox) = read_credentials(settings)?;
    credentials.secrets().iter().for_each(secret_mask::register);
    let token = verify_credentials(&credentials, &ims).await?;

    let old = profiles.load(&name).ok().flatten();
    let mut profile = Profile {
        name,
        client_id: credentials.client_id().to_string(),
        org_id: credentials.org_id().to_string(),
        scopes: credentials.scopes().to_string(),
        sandbox,
        ims_url: non_blank(settings.ims_url.as_deref()).map(str::to_owned),
        base_url: non_blank(settings.base_url.as_deref()).map(str::to_owned),
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
    if let Some(store) = dirs::token_store() {
        let lifetime = token.expires_at().saturating_since(current_timestamp());
        let _ = store.set(&store_key(&credentials, &ims), &encode_entry(&token), lifetime).await;
    }
    print_result(&profiles, &profile, keychain_error.as_deref());
    Ok(())
}

fn print_result(profiles: &ProfileStore, profile: &Profile, keychain_error: Option<&str>) {
    output::print_note(safe!(
        "the credential works; saved profile {} to {}",
        profile.name,
        profiles.path(&profile.name).display()
    ));
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
    if profile.name != ProfileName::default() {
        output::print_note(safe!("use it with --profile {} or AJO_PROFILE={}", profile.name, profile.name));
    }
}

/// Reads the credential and the sandbox from a file, standard input, or prompts.
fn read_credentials(settings: &GlobalSettings) -> Result<(Credentials, SandboxName), CommandError> {
    let file = setting(settings, "AJO_CREDENTIALS");
    let terminal = io::stdin().is_terminal();
    if settings.sandbox.is_none() && !terminal {
        // Check before reading any input.
        return Err(CommandError::new("no sandbox given; set AJO_SANDBOX or pass --sandbox").into_usage_error());
    }
    let choice = setting(settings, "AJO_CREDENTIAL_NAME");
    let credentials = match file {
        Some(file) => credentials::from_named_file(file, choice.as_deref())?,
        None if terminal => prompt_for_credentials(settings)?,
        None => {
            let text = read_stdin()?;
            Credentials::parse(text.expose(), choice.as_deref()).map_err(|error| {
                CommandError::new(format!("failed to parse the credential from standard input: {error}"))
                    .into_authentication_error()
            })?
        }
    };
    let credentials = credentials.with_overrides(|name| setting(settings, name))?;
    let sandbox = match &settings.sandbox {
        Some(sandbox) => sandbox.clone(),
        None => prompt::read_value("sandbox", Some("prod"), str::parse::<SandboxName>)?,
    };
    Ok((credentials, sandbox))
}

/// Prompts for the parts of the credential that the settings do not contain.
fn prompt_for_credentials(settings: &GlobalSettings) -> Result<Credentials, CommandError> {
    output::print_note("Enter the OAuth server-to-server credential from its page in Adobe's Developer Console:");
    let set = |name: &str| setting(settings, name);
    let client_id = match set("AJO_CLIENT_ID") {
        Some(id) => id,
        None => prompt::read_value("client id", None, str::parse::<ClientId>)?.to_string(),
    };
    let secret = match set("AJO_CLIENT_SECRET") {
        Some(secret) => Secret::new(secret),
        None => prompt::read_secret("client secret")?,
    };
    let org_id = match set("AJO_ORG_ID") {
        Some(id) => id,
        None => prompt::read_value("organization", None, str::parse::<OrgId>)?.to_string(),
    };
    let scopes = match set("AJO_SCOPES") {
        Some(scopes) => scopes,
        None => prompt::read_value("scopes", Some(DEFAULT_SCOPES), str::parse::<Scopes>)?.to_string(),
    };
    Ok(Credentials::new(&client_id, secret, &org_id, &scopes)?)
}

fn read_stdin() -> Result<Secret, CommandError> {
    let text = read_bounded_text(io::stdin().lock(), MAX_CREDENTIAL_BYTES)
        .map(Secret::new)
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
