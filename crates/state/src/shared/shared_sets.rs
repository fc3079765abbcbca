//! The sets of shared state, for commands that look at all of them.

use std::collections::BTreeSet;

use ajo_core::SandboxName;
use ajo_limits::StateSet;

use super::run_machine::run_machine;
use super::shared_state::{SharedState, random_ids};
use crate::protocol::{LeaseHolder, ObjectNames, UnlockLease, UnlockOutcome};
use crate::{SelfTestError, SetStatus, StateError, self_test};

impl SharedState {
    /// The organizations that have an object.
    pub(crate) async fn organizations(&self) -> Result<BTreeSet<String>, StateError> {
        let names = self.bucket.list("").await?;
        let organization = |name: &String| parse_name(name).map(|(organization, _)| organization.to_owned());
        Ok(names.iter().filter_map(organization).collect())
    }

    /// The sandboxes of an organization that have an object.
    pub(crate) async fn sandboxes(&self, organization: &str) -> Result<BTreeSet<SandboxName>, StateError> {
        let names = self.bucket.list(&format!("{organization}/")).await?;
        Ok(names.iter().filter_map(|name| parse_name(name)?.1).collect())
    }

    /// Reads one set without a lease.
    pub(crate) async fn read_status(&self, organization: &str, set: &StateSet) -> Result<SetStatus, StateError> {
        let names = ObjectNames::new(organization, set);
        let (state, journals) = self.read_set(&names).await?;
        let lease = self.read_lease(&names).await?;
        let lease = lease.and_then(|lease| Some((lease.epoch, lease.lease_time(), lease.holder?)));
        Ok(SetStatus { set: set.clone(), state, journals, lease })
    }

    /// Tests whether the bucket can hold shared state.
    pub(crate) async fn self_test(&self) -> Result<(), SelfTestError> {
        self_test(&*self.bucket).await
    }

    /// Takes the lease away from the holder with this epoch.
    pub(crate) async fn unlock(
        &self,
        organization: &str,
        set: &StateSet,
        epoch: u64,
    ) -> Result<LeaseHolder, StateError> {
        let unlock = UnlockLease::new(ObjectNames::new(organization, set).lease(), epoch, random_ids()?);
        match run_machine(&*self.bucket, &*self.clock, unlock).await {
            UnlockOutcome::Unlocked(holder) => Ok(holder),
            UnlockOutcome::NotHeld => Err(StateError::NotHeld { set: set.clone(), held: None }),
            UnlockOutcome::Refused(lease) => Err(StateError::NotHeld { set: set.clone(), held: Some(lease.epoch) }),
            UnlockOutcome::Failed(error) => Err(error.into()),
            UnlockOutcome::Invalid(error) => Err(self.document_error(error)),
        }
    }
}

/// The organization of an object, and its sandbox.
fn parse_name(name: &str) -> Option<(&str, Option<SandboxName>)> {
    let mut parts = name.split('/');
    match (parts.next()?, parts.next()?, parts.next()?) {
        (organization, "sandboxes", sandbox) => Some((organization, Some(sandbox.parse().ok()?))),
        (organization, "throttling", _) => Some((organization, None)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_names_are_parsed() {
        for (name, expected) in [
            ("A1@AdobeOrg/sandboxes/prod/lease.json", Some(("A1@AdobeOrg", Some("prod")))),
            ("A1@AdobeOrg/sandboxes/prod/journal/7/0", Some(("A1@AdobeOrg", Some("prod")))),
            ("A1@AdobeOrg/throttling/state.json", Some(("A1@AdobeOrg", None))),
            ("A1@AdobeOrg/sandboxes/Prod/lease.json", None),
            ("self-test/0123", None),
            ("readme.txt", None),
        ] {
            let expected =
                expected.map(|(organization, name)| (organization, name.map(|it| it.parse().expect("valid"))));
            assert_eq!(parse_name(name), expected, "{name}");
        }
    }
}
