//! An entry of the state file.

use std::collections::BTreeMap;

use ajo_core::{SandboxName, Uid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigKey, DesiredConfig, Digest, ObservedConfig, SecretHmac, SecretSalt};

/// A configuration managed by `ajo`.
///
/// The two digests are the baseline of a three-way comparison: `digest` shows whether the file changed, the other one whether
/// the service did. They differ if the service normalized the definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagedConfig {
    /// The sandbox; for throttling, the sandbox it was applied from.
    pub sandbox: String,
    /// The limits file, relative to the directory of the state file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The key in the limits file.
    pub key: ConfigKey,
    /// The UID.
    #[schemars(with = "String")]
    pub uid: Uid,
    /// The digest of the deploy state in the file that the last apply established. Absent if file and service differed after
    /// the last import or apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The digest of the deploy state that the service returned then; absent if it equals `digest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_digest: Option<Digest>,
    /// JSON pointers of the fields under `extra` that the digests include.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<String>,
    /// The HMACs of the secrets in the definition, all with the salt of this entry. The digests include them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, SecretHmac>,
    /// Whether the last apply found it in no file. A new entry does not replace it: it did not disappear just now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub orphaned: bool,
    /// The last edit according to the service, at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
}

impl ManagedConfig {
    /// The entry of a configuration that is as the file describes it, or as the service normalized it.
    pub fn settled(sandbox: &SandboxName, wanted: &DesiredConfig, found: &ObservedConfig) -> Self {
        let (digest, service_digest) = settled_digests(wanted, found);
        Self {
            sandbox: sandbox.to_string(),
            file: wanted.file.clone(),
            key: wanted.key(),
            uid: found.uid.clone(),
            digest: Some(digest),
            service_digest,
            extra: wanted.definition.extra_paths(),
            secrets: wanted.definition.secret_hmacs(),
            orphaned: false,
            last_modified_at: found.last_modified_at.clone(),
        }
    }

    /// The entry of a configuration that may differ from the file. If it contains secrets, it must have a
    /// [salt](ObservedConfig::with_salt).
    pub fn unsettled(sandbox: &SandboxName, key: ConfigKey, file: Option<String>, found: &ObservedConfig) -> Self {
        Self {
            sandbox: sandbox.to_string(),
            file,
            key,
            uid: found.uid.clone(),
            digest: None,
            service_digest: Some(found.deploy_state.digest()),
            extra: Vec::new(),
            secrets: found.deploy_state.saved.secret_hmacs(),
            orphaned: false,
            last_modified_at: found.last_modified_at.clone(),
        }
    }

    /// Whether this is the [`settled`](Self::settled) entry for this key, whichever sandbox it was applied from.
    pub(crate) fn is_settled(&self, key: &ConfigKey, wanted: &DesiredConfig, found: &ObservedConfig) -> bool {
        let (digest, service_digest) = settled_digests(wanted, found);
        self.digest.as_ref() == Some(&digest)
            && self.service_digest == service_digest
            && self.file == wanted.file
            && self.key == *key
            && !self.orphaned
            && self.extra == wanted.definition.extra_paths()
            && self.secrets == wanted.definition.secret_hmacs()
            && self.last_modified_at == found.last_modified_at
    }

    /// Whether the deploy state at the service is still the recorded one.
    pub fn is_unchanged(&self, found: &ObservedConfig) -> bool {
        let recorded = self.service_digest.as_ref().or(self.digest.as_ref());
        recorded == Some(&found.deploy_state_with(&self.extra).digest_for_entry(self.salt()))
    }

    /// Whether the file still describes the recorded deploy state; `None` if none is recorded.
    pub(crate) fn is_file_unchanged(&self, wanted: &DesiredConfig) -> Option<bool> {
        Some(*self.digest.as_ref()? == wanted.deploy_state().digest_for_entry(self.salt()))
    }

    /// The salt of the HMACs of its secrets.
    pub fn salt(&self) -> Option<SecretSalt> {
        self.secrets.values().next().map(SecretHmac::salt)
    }
}

/// The digests of the file and, if it differs, of the service.
fn settled_digests(wanted: &DesiredConfig, found: &ObservedConfig) -> (Digest, Option<Digest>) {
    let found_state = found.deploy_state_for(&wanted.definition);
    let service_digest = found_state.digest_with_salt(wanted.definition.salt());
    if wanted.matches(&found_state) {
        (service_digest, None)
    } else {
        (wanted.deploy_state().digest(), Some(service_digest))
    }
}
