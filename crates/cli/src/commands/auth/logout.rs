//! `ajo auth logout`.

use ajo_auth::TokenStore as _;
use ajo_engine::store_key;

use crate::arguments::{GlobalSettings, LogoutArgs};
use crate::command_error::CommandError;
use crate::output;
use crate::safe_text::safe;
use crate::session::{
    Profile, ProfileName, ProfileStore, SecretStorage, dirs, keychain, selected_profile_name, token_endpoint,
};

pub(super) async fn run(settings: &GlobalSettings, args: &LogoutArgs) -> Result<(), CommandError> {
    let profiles = ProfileStore::open()?;
    let name = match (&args.name, &settings.profile) {
        (Some(name), Some(other)) if name != other => {
            let problem = format!("two profiles are named, {name} and {other}; name one");
            return Err(CommandError::new(problem).into_usage_error());
        }
        (Some(name), _) => name.parse()?,
        (None, _) => selected_profile_name(settings)?.map_or_else(|| profiles.chosen_name(), Ok)?,
    };
    // Reported after everything is removed.
    let mut notes = Vec::new();
    let profile = match profiles.load(&name) {
        Ok(Some(profile)) => Some(profile),
        Ok(None) => return Err(profiles.not_found_error(&name)),
        // A damaged profile can still be removed.
        Err(failure) => {
            notes.push(safe!("{}", failure));
            None
        }
    };
    let mut keychain_failure = None;
    if let Some(profile) = profile {
        // Before the secrets are deleted, because the cache key depends on them.
        if remove_cached_token(settings, &profile).await {
            notes.push("removed the cached access token".into());
        }
        if matches!(profile.secrets, SecretStorage::Keychain) {
            match keychain::delete(&profile.keychain_user()) {
                Ok(()) => notes.push("removed the client secret from the system keychain".into()),
                Err(reason) => keychain_failure = Some((profile.keychain_user(), reason)),
            }
        }
    }
    let removed = profiles.remove(&name);
    if let Ok(was_chosen) = &removed {
        notes.push(safe!("removed profile {}: {}", name, profiles.path(&name).display()));
        if *was_chosen {
            let default = ProfileName::default();
            notes.push(if let Ok(None) = profiles.load(&default) {
                "no profile is in use; choose one with `ajo auth switch`".into()
            } else {
                safe!("commands use profile {} again", default)
            });
        }
    }
    notes.into_iter().for_each(output::print_note);
    removed?;
    match keychain_failure {
        None => Ok(()),
        Some((user, reason)) => {
            Err(CommandError::new(format!("failed to remove the client secret from the system keychain: {reason}"))
                .with_hint(format!("remove the entry `{user}` of `ajo-limits` there manually")))
        }
    }
}

/// Removes the cached token. Returns whether there was one. A token that is not found expires within a day.
async fn remove_cached_token(settings: &GlobalSettings, profile: &Profile) -> bool {
    let (Ok(Some(store)), Ok(ims)) = (dirs::token_store(), token_endpoint(settings, Some(profile))) else {
        return false;
    };
    let Ok(credentials) = profile.load_credentials() else { return false };
    let key = store_key(&credentials, &ims);
    matches!(store.get(&key).await, Ok(Some(_))) && store.remove(&key).await.is_ok()
}
