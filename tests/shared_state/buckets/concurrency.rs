//! Conditional writes at the same time.

use ajo_state::{Bucket, PutCondition, PutError};
use futures_util::future::join_all;

use crate::stores::{TestBucket, test_buckets};

const WRITERS: usize = 8;
const ROUNDS: usize = 20;

/// All writers put a different content under the same condition. Returns the contents that were written.
async fn write_all(bucket: &dyn Bucket, name: &str, condition: &PutCondition) -> Vec<String> {
    let writes = (0..WRITERS).map(async |_| {
        // Never the same content again: on S3 it would have the same version.
        let content = fastrand::u64(..).to_string();
        match bucket.put(name, content.clone().into(), condition.clone()).await {
            Ok(_) => Some(content),
            Err(PutError::Conflict) => None,
            Err(error) => panic!("{name}: {error}"),
        }
    });
    join_all(writes).await.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writes_have_one_winner() {
    for TestBucket { name, bucket } in test_buckets() {
        for round in 0..ROUNDS {
            let object = format!("round-{round}");
            let mut condition = PutCondition::Absent;
            for _ in 0..2 {
                let written = write_all(&*bucket, &object, &condition).await;
                let found = bucket.get(&object).await.expect("a response").expect("an object");
                assert_eq!(written, [String::from_utf8(found.content).expect("a text")], "{name}");
                condition = PutCondition::Version(found.version);
            }
        }
    }
}
