//! The type of a sandbox in a file next to the tokens, which runs share for a day.

use std::time::Duration;

use ajo_auth::{FileStore, Secret, Timestamp, TokenStore as _};
use ajo_limits::Digest;
use serde::{Deserialize, Serialize};

use super::sandbox_kind::SandboxKind;

/// How long a cached type is used.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// A file of the cache.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CachedType {
    scope: CacheScope,
    #[serde(rename = "type")]
    kind: SandboxKind,
    /// Milliseconds since the epoch.
    checked_at: u64,
}

/// The sandbox, and who asked for its type.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CacheScope {
    pub(crate) organization: String,
    pub(crate) client_id: String,
    pub(crate) base_url: String,
    pub(crate) sandbox: String,
}

impl CacheScope {
    /// The cached type and when it was checked, unless it is missing, damaged, or too old. Errors are ignored.
    pub(super) async fn read_cached(&self, cache: &FileStore, now: Timestamp) -> Option<(SandboxKind, Timestamp)> {
        let text = cache.get(&self.key()).await.ok()??;
        self.check(text.expose(), now)
    }

    /// Stores a type. Errors are ignored: the next run asks again.
    pub(super) async fn write_cached(&self, cache: &FileStore, kind: SandboxKind, now: Timestamp) {
        let entry = CachedType { scope: self.clone(), kind, checked_at: now.as_millis() };
        if let Ok(text) = serde_json::to_string(&entry) {
            let _ = cache.set(&self.key(), &Secret::new(text), LIFETIME).await;
        }
    }

    /// The name of its file, without extension.
    fn key(&self) -> String {
        format!("sandbox-type-{}", Digest::compute(self).as_str().trim_start_matches("sha256:"))
    }

    /// The type in a file, if it is for this scope, and not too old or from the future.
    fn check(&self, text: &str, now: Timestamp) -> Option<(SandboxKind, Timestamp)> {
        let entry: CachedType = serde_json::from_str(text).ok()?;
        let at = Timestamp::from_millis(entry.checked_at);
        let is_current = at <= now && now.saturating_since(at) < LIFETIME;
        (is_current && entry.scope == *self).then_some((entry.kind, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn scope(sandbox: &str) -> CacheScope {
        CacheScope {
            organization: "A@AdobeOrg".to_owned(),
            client_id: "client".to_owned(),
            base_url: "https://platform.adobe.io/journey/orchestration".to_owned(),
            sandbox: sandbox.to_owned(),
        }
    }

    fn file(checked_at: u64) -> String {
        let entry = CachedType { scope: scope("dev"), kind: SandboxKind::Development, checked_at };
        serde_json::to_string(&entry).expect("JSON")
    }

    #[test]
    fn cached_type_lasts_a_day() {
        let now = NOW.as_millis();
        for (age, is_used) in [(0, true), (86_399_999, true), (86_400_000, false)] {
            let found = scope("dev").check(&file(now - age), NOW);
            assert_eq!(found.map(|(kind, _)| kind), is_used.then_some(SandboxKind::Development), "{age} ms");
        }
        assert_eq!(scope("dev").check(&file(now + 1), NOW), None, "from the future");
    }

    #[test]
    fn damaged_or_foreign_files_are_ignored() {
        let valid = file(NOW.as_millis());
        assert!(scope("dev").check(&valid, NOW).is_some());
        assert_eq!(scope("prod").check(&valid, NOW), None, "another sandbox");
        for damaged in ["", "{}", "[]", &valid[1..], &valid.replace("development", "staging")] {
            assert_eq!(scope("dev").check(damaged, NOW), None, "{damaged}");
        }
        assert_ne!(scope("dev").key(), scope("prod").key());
    }
}
