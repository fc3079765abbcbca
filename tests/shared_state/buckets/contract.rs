//! What every bucket does.

use ajo_state::{
    Bucket, BucketErrorKind, BucketUrl, CloudBucket, MAX_OBJECT_BYTES, ObjectVersion, PutCondition, PutError, self_test,
};

use crate::stores::{TestBucket, cloud_buckets, test_buckets};

async fn create(bucket: &dyn Bucket, name: &str, content: &str) -> ObjectVersion {
    bucket.put(name, content.into(), PutCondition::Absent).await.expect("created")
}

async fn content_of(bucket: &dyn Bucket, name: &str) -> Option<String> {
    let found = bucket.get(name).await.expect("a response")?;
    Some(String::from_utf8(found.content).expect("a text"))
}

#[tokio::test]
async fn object_is_created_once() {
    for TestBucket { name, bucket } in test_buckets() {
        assert_eq!(bucket.get("a").await, Ok(None), "{name}");
        let version = create(&*bucket, "a", "first").await;
        let again = bucket.put("a", b"second".to_vec(), PutCondition::Absent).await;
        assert!(matches!(again, Err(PutError::Conflict)), "{name}: {again:?}");
        let found = bucket.get("a").await.expect("a response").expect("an object");
        assert_eq!((found.content.as_slice(), found.version), (&b"first"[..], version), "{name}");
    }
}

#[tokio::test]
async fn only_current_version_is_updated() {
    for TestBucket { name, bucket } in test_buckets() {
        let first = create(&*bucket, "a", "first").await;
        let update = |content: &str, version: &ObjectVersion| {
            bucket.put("a", content.into(), PutCondition::Version(version.clone()))
        };
        let second = update("second", &first).await.expect("updated");
        let stale = update("stale", &first).await;
        assert!(matches!(stale, Err(PutError::Conflict)), "{name}: {stale:?}");
        assert_eq!(content_of(&*bucket, "a").await.as_deref(), Some("second"), "{name}");
        update("third", &second).await.expect("updated");
        assert_eq!(content_of(&*bucket, "a").await.as_deref(), Some("third"), "{name}");
    }
}

#[tokio::test]
async fn missing_object_is_not_updated() {
    for TestBucket { name, bucket } in test_buckets() {
        let version = create(&*bucket, "a", "first").await;
        let update = bucket.put("b", b"second".to_vec(), PutCondition::Version(version)).await;
        assert!(matches!(update, Err(PutError::Conflict)), "{name}: {update:?}");
        assert_eq!(bucket.get("b").await, Ok(None), "{name}");
    }
}

#[tokio::test]
async fn names_are_listed_by_prefix() {
    for TestBucket { name, bucket } in test_buckets() {
        let names = ["A1@AdobeOrg/journal/10/0", "A1@AdobeOrg/journal/9/0", "A1@AdobeOrg/lease.json", "b"];
        for it in names {
            create(&*bucket, it, it).await;
        }
        assert_eq!(bucket.list("").await.expect("names"), names, "{name}");
        assert_eq!(bucket.list("A1@AdobeOrg/jour").await.expect("names"), names[..2], "{name}");
        assert_eq!(bucket.list("A1@AdobeOrg/journal/9/").await.expect("names"), names[1..2], "{name}");
        assert_eq!(bucket.list("c").await.expect("names"), Vec::<String>::new(), "{name}");
        assert_eq!(content_of(&*bucket, names[0]).await.as_deref(), Some(names[0]), "{name}");
    }
}

#[tokio::test]
async fn prefix_of_location_may_be_empty() {
    for (name, store, url) in cloud_buckets() {
        let open = |prefix: &str| {
            let url = BucketUrl { prefix: prefix.to_owned(), ..url.clone() };
            CloudBucket::from_variables(&url, store.variables()).expect("a bucket")
        };
        create(&open(""), "team/a", "first").await;
        assert_eq!(open("").list("").await.expect("names"), ["team/a"], "{name}");
        assert_eq!(open("team").list("").await.expect("names"), ["a"], "{name}");
        assert_eq!(open("tea").list("").await.expect("names"), Vec::<String>::new(), "{name}");
        assert_eq!(content_of(&open("team"), "a").await.as_deref(), Some("first"), "{name}");
    }
}

#[tokio::test]
async fn object_is_deleted_once() {
    for TestBucket { name, bucket } in test_buckets() {
        create(&*bucket, "folder/a", "first").await;
        create(&*bucket, "folder/b", "second").await;
        bucket.delete("folder/a").await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(bucket.list("").await.expect("names"), ["folder/b"], "{name}");
        bucket.delete("folder/a").await.unwrap_or_else(|error| panic!("{name}: {error}"));
        create(&*bucket, "folder/a", "again").await;
    }
}

#[tokio::test]
async fn object_over_the_limit_is_rejected() {
    for (name, store, url) in cloud_buckets() {
        let bucket = CloudBucket::from_variables(&url, store.variables()).expect("a bucket");
        let put = bucket.put("a", vec![b'a'; MAX_OBJECT_BYTES + 1], PutCondition::Absent).await;
        let Err(PutError::Rejected(error)) = put else { panic!("{name}: {put:?}") };
        assert_eq!(error.kind, BucketErrorKind::TooLarge, "{name}");
        assert_eq!(bucket.get("a").await, Ok(None), "{name}");
    }
}

#[tokio::test]
async fn large_object_is_read_completely() {
    for TestBucket { name, bucket } in test_buckets() {
        let content = "a large state\n".repeat(500_000);
        create(&*bucket, "a", &content).await;
        assert!(content_of(&*bucket, "a").await.as_deref() == Some(&content), "{name}");
    }
}

#[tokio::test]
async fn self_test_passes() {
    for TestBucket { name, bucket } in test_buckets() {
        assert_eq!(self_test(&*bucket).await, Ok(()), "{name}");
        assert_eq!(bucket.list("").await.expect("names"), Vec::<String>::new(), "{name}");
    }
}

#[tokio::test]
async fn missing_bucket_is_reported() {
    for (name, store, url) in cloud_buckets() {
        let url = BucketUrl { bucket: "no-such-bucket".to_owned(), ..url };
        let bucket = CloudBucket::from_variables(&url, store.variables()).expect("a bucket");
        let error = bucket.get("a").await.expect_err("no bucket");
        assert_eq!((error.kind, error.operation), (BucketErrorKind::NoSuchBucket, "read"), "{name}: {error}");
        let put = bucket.put("a", Vec::new(), PutCondition::Absent).await;
        let Err(PutError::Rejected(error)) = put else { panic!("{name}: {put:?}") };
        assert_eq!(error.kind, BucketErrorKind::NoSuchBucket, "{name}: {error}");
        let error = bucket.list("").await.expect_err("no bucket");
        assert_eq!((error.kind, error.operation), (BucketErrorKind::NoSuchBucket, "list"), "{name}: {error}");
    }
}
