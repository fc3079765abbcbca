//! A bucket in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::{BoxFuture, FutureExt as _, ready};

use super::{Bucket, BucketError, BucketObject, ObjectVersion, PutCondition, PutError};

/// A linearizable bucket in memory, for demos and tests.
#[derive(Debug, Default)]
pub struct MemoryBucket {
    objects: Mutex<BucketContents>,
}

#[derive(Debug, Default)]
struct BucketContents {
    objects: BTreeMap<String, BucketObject>,
    /// Each object before its last change.
    previous: BTreeMap<String, Option<BucketObject>>,
    writes: u64,
}

impl MemoryBucket {
    fn lock(&self) -> MutexGuard<'_, BucketContents> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An object before its last change, as a stale read shows it.
    pub fn read_previous(&self, name: &str) -> Option<BucketObject> {
        self.lock().previous.get(name).cloned().flatten()
    }
}

impl BucketContents {
    fn put(&mut self, name: &str, content: Vec<u8>, condition: &PutCondition) -> Result<ObjectVersion, PutError> {
        let is_met = match (self.objects.get(name), condition) {
            (None, PutCondition::Absent) => true,
            (Some(object), PutCondition::Version(version)) => object.version == *version,
            _ => false,
        };
        if !is_met {
            return Err(PutError::Conflict);
        }
        self.writes += 1;
        let version = ObjectVersion { e_tag: Some(format!("\"{}\"", self.writes)), generation: None };
        let object = BucketObject { content, version: version.clone() };
        let previous = self.objects.insert(name.to_owned(), object);
        self.previous.insert(name.to_owned(), previous);
        Ok(version)
    }
}

impl Bucket for MemoryBucket {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<BucketObject>, BucketError>> {
        ready(Ok(self.lock().objects.get(name).cloned())).boxed()
    }

    fn put<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        condition: PutCondition,
    ) -> BoxFuture<'a, Result<ObjectVersion, PutError>> {
        ready(self.lock().put(name, content, &condition)).boxed()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, BucketError>> {
        let names = self.lock().objects.keys().filter(|name| name.starts_with(prefix)).cloned().collect();
        ready(Ok(names)).boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), BucketError>> {
        let mut objects = self.lock();
        let previous = objects.objects.remove(name);
        objects.previous.insert(name.to_owned(), previous);
        ready(Ok(())).boxed()
    }

    fn url(&self, name: &str) -> String {
        format!("memory://{name}")
    }
}
