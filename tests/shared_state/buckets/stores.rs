//! Every bucket that can be tested on this machine.

use std::sync::{Arc, LazyLock};

use ajo_limits::BucketUrl;
use ajo_shared_state_tests::Store;
use ajo_state::{Bucket, CloudBucket, MemoryBucket};

/// All tests share the servers, which end with this process.
static SERVERS: LazyLock<Vec<(&str, Store)>> = LazyLock::new(|| {
    let servers = [("moto", Store::start_moto()), ("azurite", Store::start_azurite())];
    servers.into_iter().filter_map(|(name, store)| Some((name, store?))).collect()
});

/// A bucket, and its server.
pub(crate) struct TestBucket {
    pub(crate) name: &'static str,
    pub(crate) bucket: Arc<dyn Bucket>,
}

/// An empty bucket of each store, also in memory. Leaves out servers that are not installed.
pub(crate) fn test_buckets() -> Vec<TestBucket> {
    let memory = TestBucket { name: "memory", bucket: Arc::new(MemoryBucket::default()) };
    let servers = cloud_buckets().into_iter().map(|(name, store, url)| {
        let bucket = CloudBucket::from_variables(&url, store.variables()).expect("a bucket");
        TestBucket { name, bucket: Arc::new(bucket) }
    });
    std::iter::once(memory).chain(servers).collect()
}

/// The name of each server, the server, and a location in an empty bucket.
pub(crate) fn cloud_buckets() -> Vec<(&'static str, &'static Store, BucketUrl)> {
    let locations = SERVERS
        .iter()
        .map(|(name, store)| (*name, store, BucketUrl { prefix: "a=1/team".to_owned(), ..store.create_bucket() }));
    locations.collect()
}
