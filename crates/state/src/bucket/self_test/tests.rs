use std::sync::Mutex;

use futures_util::future::{BoxFuture, FutureExt as _};

use super::{IgnoredCondition, SelfTestError, self_test};
use crate::bucket::{
    Bucket, BucketError, BucketErrorKind, BucketObject, MemoryBucket, ObjectVersion, PutCondition, PutError,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    None,
    IgnoresAbsent,
    IgnoresVersion,
    RefusesCreate,
    RefusesUpdate,
    KeepsVersion,
    ReadsFirstContent,
    ListsNothing,
    DeletesNothing,
    /// The credentials do not permit this operation.
    Denies(&'static str),
}

/// A bucket in memory with a defect.
#[derive(Debug)]
struct DefectiveBucket {
    defect: Defect,
    objects: MemoryBucket,
    first: Mutex<Option<BucketObject>>,
}

impl DefectiveBucket {
    fn new(defect: Defect) -> Self {
        Self { defect, objects: MemoryBucket::default(), first: Mutex::default() }
    }

    fn check(&self, operation: &'static str, name: &str) -> Result<(), BucketError> {
        if self.defect != Defect::Denies(operation) {
            return Ok(());
        }
        let (kind, message) = (BucketErrorKind::AccessDenied, "403 AccessDenied".to_owned());
        Err(BucketError { kind, operation, url: self.url(name), message })
    }

    async fn put_object(
        &self,
        name: &str,
        content: Vec<u8>,
        condition: PutCondition,
    ) -> Result<ObjectVersion, PutError> {
        self.check("write", name).map_err(PutError::Rejected)?;
        let current = self.objects.get(name).await.map_err(PutError::Rejected)?.map(|object| object.version);
        let condition = match (self.defect, condition, current) {
            (Defect::RefusesCreate, PutCondition::Absent, _) | (Defect::RefusesUpdate, PutCondition::Version(_), _) => {
                return Err(PutError::Conflict);
            }
            (Defect::IgnoresAbsent, PutCondition::Absent, Some(version))
            | (Defect::IgnoresVersion | Defect::KeepsVersion, PutCondition::Version(_), Some(version)) => {
                PutCondition::Version(version)
            }
            (_, condition, _) => condition,
        };
        let version = self.objects.put(name, content, condition).await?;
        let mut first = self.first.lock().expect("not poisoned");
        if first.is_none() {
            *first = self.objects.get(name).now_or_never().expect("in memory").map_err(PutError::Rejected)?;
        }
        let first_version = first.as_ref().map(|object| object.version.clone());
        Ok(if self.defect == Defect::KeepsVersion { first_version.expect("an object") } else { version })
    }

    async fn get_object(&self, name: &str) -> Result<Option<BucketObject>, BucketError> {
        self.check("read", name)?;
        match self.defect {
            Defect::ReadsFirstContent => Ok(self.first.lock().expect("not poisoned").clone()),
            _ => self.objects.get(name).await,
        }
    }

    async fn list_names(&self, prefix: &str) -> Result<Vec<String>, BucketError> {
        self.check("list", prefix)?;
        if self.defect == Defect::ListsNothing { Ok(Vec::new()) } else { self.objects.list(prefix).await }
    }

    async fn delete_object(&self, name: &str) -> Result<(), BucketError> {
        self.check("delete", name)?;
        if self.defect == Defect::DeletesNothing { Ok(()) } else { self.objects.delete(name).await }
    }
}

impl Bucket for DefectiveBucket {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<BucketObject>, BucketError>> {
        self.get_object(name).boxed()
    }

    fn put<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        condition: PutCondition,
    ) -> BoxFuture<'a, Result<ObjectVersion, PutError>> {
        self.put_object(name, content, condition).boxed()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, BucketError>> {
        self.list_names(prefix).boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), BucketError>> {
        self.delete_object(name).boxed()
    }

    fn url(&self, name: &str) -> String {
        self.objects.url(name)
    }
}

/// The result of the test, and the number of objects that it leaves.
async fn test_with(defect: Defect) -> (Result<(), SelfTestError>, usize) {
    let bucket = DefectiveBucket::new(defect);
    let result = self_test(&bucket).await;
    (result, bucket.objects.list("").await.expect("names").len())
}

#[tokio::test]
async fn sound_bucket_passes() {
    assert_eq!(test_with(Defect::None).await, (Ok(()), 0));
}

#[tokio::test]
async fn ignored_condition_is_named() {
    for (defect, expected, header) in [
        (Defect::IgnoresAbsent, IgnoredCondition::Absent, "If-None-Match: *"),
        (Defect::IgnoresVersion, IgnoredCondition::Version, "If-Match"),
    ] {
        let (result, objects) = test_with(defect).await;
        let error = result.expect_err("an ignored condition");
        assert!(
            matches!(error, SelfTestError::ConditionIgnored { condition, .. } if condition == expected),
            "{defect:?}: {error}"
        );
        assert!(error.to_string().contains(header) && error.to_string().contains("self-test/"), "{error}");
        assert_eq!(objects, 0, "{defect:?}");
    }
}

#[tokio::test]
async fn other_defects_are_named() {
    for (defect, text) in [
        (Defect::RefusesCreate, "the store refuses to create memory://self-test/"),
        (Defect::RefusesUpdate, "the store refuses to update memory://self-test/"),
        (Defect::KeepsVersion, "the store reports the same version"),
        (Defect::ReadsFirstContent, "a read returns another content or version"),
        (Defect::ListsNothing, "a list does not have the name"),
    ] {
        let (result, objects) = test_with(defect).await;
        let error = result.expect_err("a defect").to_string();
        assert!(error.contains(text), "{defect:?}: {error}");
        assert_eq!(objects, 0, "{defect:?}");
    }
    let (result, _) = test_with(Defect::DeletesNothing).await;
    assert!(result.expect_err("a defect").to_string().contains("a read returns the deleted content"));
}

#[tokio::test]
async fn missing_permission_names_operation() {
    for operation in ["read", "write", "list", "delete"] {
        let (result, objects) = test_with(Defect::Denies(operation)).await;
        let error = result.expect_err("no permission").to_string();
        assert!(error.starts_with(&format!("failed to {operation} memory://self-test/")), "{error}");
        assert_eq!(objects, usize::from(operation == "delete"), "{operation}");
    }
}
