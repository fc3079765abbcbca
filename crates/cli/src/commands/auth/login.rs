//! `ajo auth login`.

use std::io::{self, IsTerminal as _};

use ajo_auth::{
    AccessToken, ClientId, Credentials, Endpoint, OrgId, Scopes, Secret, TokenProvider, TokenStore as _, credentials,
    http_client, now, read_bounded_text,
};
use ajo_core::Sandbox;
use ajo_engine::{encode_entry, store_key};

use crate::arguments::Settings;
use crate::failure::Failure;
use crate::session::{
    Profile, ProfileName, Profiles, Secrets, dirs, given, keychain, profile_name, setting, token_host,
};
use crate::{output, prompt};

/// Longest text read, in bytes. Chosen here; the JSON of a project is below 100 KB.
const MAX_LENGTH: usize = 1024 * 1024;

/// The scopes that are proposed. Inferred, as no document lists those of the two APIs: what samples of credentials for
/// Experience Platform have, and what the emulator grants. Those on the credential's page are the ones that count.
const SCOPES: &str = "openid,AdobeID,read_organizations,additional_info.projectedProductContext";

pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    let name = profile_name(settings)?.unwrap_or_default();
    let profiles = Profiles::find()?;
    let ims = token_host(settings, None)?;
    let (credentials, sandbox) = gather(settings)?;
    let token = prove(&credentials, &ims).await?;

    let old = profiles.load(&name).ok().flatten();
    let mut profile = Profile {
        name,
        client_id: credentials.client_id().to_string(),
        org_id: credentials.org_id().to_string(),
        scopes: credentials.scopes().to_string(),
        sandbox,
        ims_url: given(settings.ims_url.as_deref()).map(str::to_owned),
        base_url: given(settings.base_url.as_deref()).map(str::to_owned),
        secrets: Secrets::Keychain,
    };
    let refused = keychain::keep(&profile.keychain_user(), credentials.secrets()).err();
    if refused.is_some() {
        profile.secrets = Secrets::Here(credentials.secrets().to_vec());
    }
    if let Err(failure) = profiles.save(&profile) {
        // Nobody would look for what is in the keychain now. What an older profile has there stays of use to it.
        forget(Some(&profile), old.as_ref());
        return Err(failure);
    }
    forget(old.as_ref(), Some(&profile));
    // So that the next command need not fetch another one. A store that fails costs that and no more.
    if let Some(store) = dirs::token_store() {
        let lifetime = token.expires_at().saturating_since(now());
        let _ = store.set(&store_key(&credentials, &ims), &encode_entry(&token), lifetime).await;
    }
    tell(&profiles, &profile, refused.as_deref());
    Ok(())
}

fn tell(profiles: &Profiles, profile: &Profile, refused: Option<&str>) {
    output::note(&format!(
        "the credential works; profile {} is stored in {}",
        profile.name,
        profiles.path(&profile.name).display()
    ));
    output::note(&match refused {
        None => "its client secret is in the system keychain".to_owned(),
        Some(reason) => {
            format!(
                "its client secret is in that file, which only you can read; the system keychain is not used: {reason}"
            )
        }
    });
    if profile.name != ProfileName::default() {
        output::note(&format!("use it with --profile {0} or AJO_PROFILE={0}", profile.name));
    }
}

/// The credential and the sandbox, from wherever they are given.
fn gather(settings: &Settings) -> Result<(Credentials, Sandbox), Failure> {
    let file = setting(settings, "AJO_CREDENTIALS");
    let terminal = io::stdin().is_terminal();
    if settings.sandbox.is_none() && !terminal {
        // Before anything is read, so that nothing is given in vain.
        return Err(Failure::new("no sandbox is named; give --sandbox or set AJO_SANDBOX").usage());
    }
    let choice = setting(settings, "AJO_CREDENTIAL_NAME");
    let credentials = match file {
        Some(file) => credentials::from_named_file(file, choice.as_deref())?,
        None if terminal => asked_for(settings)?,
        None => {
            let text = standard_input()?;
            Credentials::from_text(text.expose(), choice.as_deref()).map_err(|error| {
                Failure::new(format!("failed to read the credential on standard input: {error}")).authentication()
            })?
        }
    };
    let credentials = credentials.overridden(|name| setting(settings, name))?;
    let sandbox = match &settings.sandbox {
        Some(sandbox) => sandbox.clone(),
        None => prompt::ask("sandbox", Some("prod"), str::parse::<Sandbox>)?,
    };
    Ok((credentials, sandbox))
}

/// The credential, part by part. What is set already is not asked for.
fn asked_for(settings: &Settings) -> Result<Credentials, Failure> {
    output::note("The parts of an OAuth server-to-server credential, from its page in Adobe's Developer Console:");
    let set = |name: &str| setting(settings, name);
    let client_id = match set("AJO_CLIENT_ID") {
        Some(id) => id,
        None => prompt::ask("client id", None, str::parse::<ClientId>)?.to_string(),
    };
    let secret = match set("AJO_CLIENT_SECRET") {
        Some(secret) => Secret::new(secret),
        None => prompt::secret("client secret")?,
    };
    let org_id = match set("AJO_ORG_ID") {
        Some(id) => id,
        None => prompt::ask("organization", None, str::parse::<OrgId>)?.to_string(),
    };
    let scopes = match set("AJO_SCOPES") {
        Some(scopes) => scopes,
        None => prompt::ask("scopes", Some(SCOPES), str::parse::<Scopes>)?.to_string(),
    };
    Ok(Credentials::new(&client_id, secret, &org_id, &scopes)?)
}

fn standard_input() -> Result<Secret, Failure> {
    let text = read_bounded_text(io::stdin().lock(), MAX_LENGTH)
        .map(Secret::new)
        .map_err(|error| Failure::new(format!("failed to read standard input: {error}")))?;
    if text.expose().trim().is_empty() {
        return Err(Failure::new("standard input is empty; it must hold a credential")
            .hint("`ajo auth login < credentials.json`, or run it at a terminal to be asked")
            .authentication());
    }
    Ok(text)
}

/// A token that the host grants now: one that was shared before proves nothing about the secret.
async fn prove(credentials: &Credentials, ims: &Endpoint) -> Result<AccessToken, Failure> {
    let granted = TokenProvider::new(credentials.clone(), ims, http_client(ims)?).token().await;
    granted.map(|granted| granted.token).map_err(|error| {
        let mut failure = Failure::from(error);
        failure.problem += "; nothing is stored";
        failure
    })
}

/// Removes what the one profile has in the keychain, unless the other has it there as well.
fn forget(gone: Option<&Profile>, stays: Option<&Profile>) {
    let entry = |profile: Option<&Profile>| {
        profile.filter(|profile| matches!(profile.secrets, Secrets::Keychain)).map(Profile::keychain_user)
    };
    if let Some(user) = entry(gone).filter(|user| Some(user) != entry(stays).as_ref())
        && let Err(reason) = keychain::forget(&user)
    {
        output::note(&format!("the entry `{user}` of `ajo-limits` is still in the system keychain: {reason}"));
    }
}
