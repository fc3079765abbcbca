//! The requests that are sent.

use super::bucket_at;
use super::scripted_server::ScriptedServer;
use crate::bucket::{Bucket as _, ObjectVersion, PutCondition};
use ajo_limits::BucketProvider::{Azure, Gcs, S3};

fn version(e_tag: Option<&str>, generation: Option<&str>) -> ObjectVersion {
    ObjectVersion { e_tag: e_tag.map(str::to_owned), generation: generation.map(str::to_owned) }
}

#[tokio::test]
async fn conditions_are_sent() {
    let (old_tag, new_tag) = (version(Some("\"old\""), None), version(Some("\"new\""), None));
    let (old_generation, new_generation) = (version(None, Some("7")), version(None, Some("8")));
    for (provider, path, create, update, old, new) in [
        (S3, "PUT /limits/team/a/b ", "if-none-match: *\r\n", "if-match: \"old\"\r\n", &old_tag, &new_tag),
        (Azure, "PUT /limits/team/a/b?", "if-none-match: *\r\n", "if-match: \"old\"\r\n", &old_tag, &new_tag),
        (
            Gcs,
            "PUT /limits/team%2Fa%2Fb ",
            "x-goog-if-generation-match: 0\r\n",
            "x-goog-if-generation-match: 7\r\n",
            &old_generation,
            &new_generation,
        ),
    ] {
        let server = ScriptedServer::respond(200, "ETag: \"new\"\r\nx-goog-generation: 8\r\n", "").await;
        let bucket = bucket_at(provider, &server.url);
        let created = bucket.put("a/b", b"content".to_vec(), PutCondition::Absent).await;
        assert_eq!(&created.expect("created"), new, "{provider:?}");
        let updated = bucket.put("a/b", b"content".to_vec(), PutCondition::Version(old.clone())).await;
        assert_eq!(&updated.expect("updated"), new, "{provider:?}");
        for (request, condition) in server.requests().iter().zip([create, update]) {
            assert!(request.starts_with(path) && request.ends_with("\r\n\r\ncontent"), "{request}");
            assert!(request.contains(condition), "{request}");
        }
    }
}

#[tokio::test]
async fn version_and_content_are_read() {
    let headers = "ETag: \"1\"\r\nx-goog-generation: 7\r\nLast-Modified: Mon, 30 Nov 2026 10:00:00 GMT\r\n";
    for (provider, expected) in [(S3, version(Some("\"1\""), None)), (Gcs, version(None, Some("7")))] {
        let server = ScriptedServer::respond(200, headers, "content").await;
        let found = bucket_at(provider, &server.url).get("a").await.expect("a response").expect("an object");
        assert_eq!((found.content.as_slice(), found.version), (&b"content"[..], expected), "{provider:?}");
    }
}
