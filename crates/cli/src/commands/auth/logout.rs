//! `ajo auth logout`.

use ajo_auth::TokenStore as _;
use ajo_engine::store_key;

use crate::arguments::Settings;
use crate::failure::Failure;
use crate::output;
use crate::session::{Profile, Profiles, Secrets, dirs, keychain, profile_name, token_host};

pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    let name = profile_name(settings)?.unwrap_or_default();
    let profiles = Profiles::find()?;
    let profile = match profiles.load(&name) {
        Ok(Some(profile)) => Some(profile),
        Ok(None) => return Err(profiles.unknown(&name)),
        // What cannot be read can be removed all the same.
        Err(failure) => {
            output::note(&failure.to_string());
            None
        }
    };
    let mut left = None;
    if let Some(profile) = profile {
        // First, for it is found by the secrets.
        if forget_token(settings, &profile).await {
            output::note("removed the access token that runs of this command shared");
        }
        if matches!(profile.secrets, Secrets::Keychain) {
            match keychain::forget(&profile.keychain_user()) {
                Ok(()) => output::note("removed the client secret from the system keychain"),
                Err(reason) => left = Some((profile.keychain_user(), reason)),
            }
        }
    }
    profiles.remove(&name)?;
    output::note(&format!("removed profile {name}: {}", profiles.path(&name).display()));
    match left {
        None => Ok(()),
        Some((user, reason)) => {
            Err(Failure::new(format!("the client secret is still in the system keychain: {reason}"))
                .hint(format!("remove the entry `{user}` of `ajo-limits` there")))
        }
    }
}

/// Removes the shared token, and says whether there was one. A token that cannot be found ends by itself within a day.
async fn forget_token(settings: &Settings, profile: &Profile) -> bool {
    let (Some(store), Ok(ims)) = (dirs::token_store(), token_host(settings, Some(profile))) else { return false };
    let Ok(credentials) = profile.credentials(|_| None) else { return false };
    let key = store_key(&credentials, &ims);
    matches!(store.get(&key).await, Ok(Some(_))) && store.remove(&key).await.is_ok()
}
