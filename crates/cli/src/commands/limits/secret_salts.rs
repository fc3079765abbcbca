//! Prepares a command for the secrets in its limits files.

use std::collections::BTreeMap;

use ajo_limits::{ConfigKey, DesiredLimits, KnownSecrets, LimitsState, Plan, SecretSalt};

use super::input::LimitsInput;
use super::sandbox_service::SandboxService;
use crate::command_error::CommandError;

impl SandboxService {
    /// Reads from now on replace the secrets of these files with placeholders. Gives each entry with secrets the salt that the
    /// state or the reviewed plan has, or else a new one.
    pub(crate) fn protect_secrets(
        &mut self,
        state: &LimitsState,
        input: &LimitsInput,
        desired: &mut DesiredLimits,
        reviewed: Option<&Plan>,
    ) -> Result<(), CommandError> {
        let reviewed = reviewed.into_iter().flat_map(|plan| &plan.desired);
        let mut salts: BTreeMap<ConfigKey, SecretSalt> =
            reviewed.filter_map(|config| Some((config.key(), config.definition.salt()?))).collect();
        let managed = state.for_sandbox(&desired.sandbox);
        salts.extend(managed.filter_map(|managed| Some((managed.key.clone(), managed.salt()?))));
        for config in desired.configs.iter_mut().filter(|config| config.definition.has_secrets()) {
            let salt = match (salts.get(&config.key()), config.definition.salt()) {
                (Some(salt), _) => *salt,
                (None, Some(salt)) => salt,
                (None, None) => random_salt()?,
            };
            config.definition = config.definition.clone().with_salt(Some(salt));
        }
        let known = KnownSecrets::new(input.secrets.clone(), desired, state);
        self.reader = self.reader.clone().with_secrets(known);
        Ok(())
    }
}

/// A new salt from the random numbers of the system.
pub(crate) fn random_salt() -> Result<SecretSalt, CommandError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| CommandError::new(format!("the system has no random numbers: {error}")))?;
    Ok(SecretSalt::new(bytes))
}
