//! The values that completion offers.

use ajo_core::{Api, Method};
use clap::builder::StyledStr;
use clap_complete::engine::{CompletionCandidate, PathCompleter};

use super::uid_cache;
use crate::limits_paths::has_limits_extension;
use crate::safe_text::SafeText;
use crate::session::ProfileStore;

/// The HTTP methods.
pub(super) fn methods() -> Vec<CompletionCandidate> {
    Method::ALL.iter().map(|method| CompletionCandidate::new(method.as_str())).collect()
}

/// The names of the profiles.
pub(super) fn profiles() -> Vec<CompletionCandidate> {
    let Ok(store) = ProfileStore::open() else { return Vec::new() };
    store.names().iter().map(|name| CompletionCandidate::new(name.to_string())).collect()
}

/// The sandboxes of the profiles.
pub(super) fn sandboxes() -> Vec<CompletionCandidate> {
    let Ok(store) = ProfileStore::open() else { return Vec::new() };
    let profiles = store.names().into_iter().filter_map(|name| store.load(&name).ok().flatten());
    let mut sandboxes: Vec<String> = profiles.map(|profile| profile.sandbox.to_string()).collect();
    sandboxes.sort();
    sandboxes.dedup();
    sandboxes.into_iter().map(CompletionCandidate::new).collect()
}

/// The uids in the last output of `list`, with methods and URLs as descriptions.
pub(super) fn listed_uids(apis: &[Api]) -> Vec<CompletionCandidate> {
    let configs = apis.iter().flat_map(|api| uid_cache::read(*api));
    configs
        .map(|(uid, description)| {
            let description = SafeText::escape(&description).into_string();
            CompletionCandidate::new(uid.to_string()).help(Some(StyledStr::from(description)))
        })
        .collect()
}

/// Files that can be limits files, and directories.
pub(super) fn limits_files() -> PathCompleter {
    PathCompleter::any()
        .filter(|path| path.is_dir() || has_limits_extension(path) && !path.to_string_lossy().ends_with(".state.json"))
}
