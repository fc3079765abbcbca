//! Tests whether a bucket can hold shared state.

#[cfg(test)]
mod tests;

use super::{Bucket, BucketError, ObjectVersion, PutCondition, PutError};

/// Why a bucket cannot hold shared state. The message names the object of the test, which is deleted afterwards.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelfTestError {
    /// An operation failed, for example because a permission is missing.
    #[error(transparent)]
    Failed(#[from] BucketError),
    /// The store writes although the condition does not hold. Two machines could then overwrite each other's state.
    #[error("the store ignores {}: it overwrote {} ({url})", .condition.header(), .condition.overwritten())]
    ConditionIgnored { url: String, condition: IgnoredCondition },
    /// The store refuses a write although the condition holds.
    #[error("the store refuses to {action} {url}, although the condition of the write holds")]
    ConditionRefused { url: String, action: &'static str },
    /// The version did not change with the content.
    #[error("the store reports the same version (ETag or generation) for two contents of {url}")]
    VersionUnchanged { url: String },
    /// A read or a list does not have the last write.
    #[error("the store does not show the last write: {observation} of {url}")]
    StaleRead { url: String, observation: &'static str },
    /// The system has no random numbers.
    #[error("no random numbers: {0}")]
    NoRandomNumbers(String),
}

/// A condition that a store does not check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IgnoredCondition {
    /// [`PutCondition::Absent`]: `If-None-Match: *`, or `x-goog-if-generation-match: 0`.
    Absent,
    /// [`PutCondition::Version`]: `If-Match`, or `x-goog-if-generation-match`.
    Version,
}

impl IgnoredCondition {
    const fn header(self) -> &'static str {
        match self {
            Self::Absent => "`If-None-Match: *` (Google: `x-goog-if-generation-match: 0`)",
            Self::Version => "`If-Match` (Google: `x-goog-if-generation-match`)",
        }
    }

    const fn overwritten(self) -> &'static str {
        match self {
            Self::Absent => "an existing object",
            Self::Version => "a newer version",
        }
    }
}

/// Tests all operations and conditions with an object that has a random name below `self-test/`, and deletes it.
///
/// # Errors
///
/// The bucket cannot hold shared state.
pub async fn self_test(bucket: &dyn Bucket) -> Result<(), SelfTestError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| SelfTestError::NoRandomNumbers(error.to_string()))?;
    let id = format!("{:032x}", u128::from_ne_bytes(random));
    let test = SelfTest { bucket, name: format!("self-test/{id}"), id };
    let tested = test.run().await;
    let deleted = test.delete().await;
    tested.and(deleted)
}

struct SelfTest<'b> {
    bucket: &'b dyn Bucket,
    name: String,
    id: String,
}

impl SelfTest<'_> {
    async fn run(&self) -> Result<(), SelfTestError> {
        let first = self.put(1, PutCondition::Absent).await?;
        let first = first.ok_or_else(|| self.refused("create"))?;
        self.expect_conflict(2, PutCondition::Absent, IgnoredCondition::Absent).await?;
        let second = self.put(3, PutCondition::Version(first.clone())).await?;
        let second = second.ok_or_else(|| self.refused("update"))?;
        if second == first {
            return Err(SelfTestError::VersionUnchanged { url: self.url() });
        }
        self.expect_conflict(4, PutCondition::Version(first), IgnoredCondition::Version).await?;

        let found = self.bucket.get(&self.name).await?;
        if found.is_none_or(|found| found.content != self.content(3) || found.version != second) {
            return Err(self.stale("a read returns another content or version"));
        }
        if !self.bucket.list("self-test/").await?.contains(&self.name) {
            return Err(self.stale("a list does not have the name"));
        }
        Ok(())
    }

    async fn delete(&self) -> Result<(), SelfTestError> {
        self.bucket.delete(&self.name).await?;
        match self.bucket.get(&self.name).await? {
            None => Ok(()),
            Some(_) => Err(self.stale("a read returns the deleted content")),
        }
    }

    /// `None` if the store refuses the condition.
    async fn put(&self, number: u32, condition: PutCondition) -> Result<Option<ObjectVersion>, SelfTestError> {
        match self.bucket.put(&self.name, self.content(number), condition).await {
            Ok(version) => Ok(Some(version)),
            Err(PutError::Conflict) => Ok(None),
            Err(PutError::Unknown(error) | PutError::Rejected(error)) => Err(error.into()),
        }
    }

    async fn expect_conflict(
        &self,
        number: u32,
        put: PutCondition,
        condition: IgnoredCondition,
    ) -> Result<(), SelfTestError> {
        match self.put(number, put).await? {
            None => Ok(()),
            Some(_) => Err(SelfTestError::ConditionIgnored { url: self.url(), condition }),
        }
    }

    /// Different for each number: the same content may have the same version.
    fn content(&self, number: u32) -> Vec<u8> {
        format!("self-test {} {number}\n", self.id).into_bytes()
    }

    fn url(&self) -> String {
        self.bucket.url(&self.name)
    }

    fn refused(&self, action: &'static str) -> SelfTestError {
        SelfTestError::ConditionRefused { url: self.url(), action }
    }

    fn stale(&self, observation: &'static str) -> SelfTestError {
        SelfTestError::StaleRead { url: self.url(), observation }
    }
}
