//! Reads response bodies of limited size.

use bytes::Bytes;

/// Reads the whole body; `None` if it is longer than `max_bytes`. Stops reading within two chunks of the limit.
pub async fn read_bounded(mut response: reqwest::Response, max_bytes: usize) -> reqwest::Result<Option<Bytes>> {
    let Some(first) = response.chunk().await? else { return Ok(Some(Bytes::new())) };
    let mut next = response.chunk().await?;
    // A body of one chunk, which is the common case, is not copied.
    if next.is_none() && first.len() <= max_bytes {
        return Ok(Some(first));
    }
    let mut body = Vec::with_capacity(2 * (first.len() + next.as_ref().map_or(0, Bytes::len)));
    body.extend_from_slice(&first);
    while let Some(chunk) = next {
        if body.len() + chunk.len() > max_bytes {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
        next = response.chunk().await?;
    }
    Ok((body.len() <= max_bytes).then(|| body.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn body_over_the_limit_is_none() {
        let read = |body: &'static str| read_bounded(http::Response::new(body).into(), 3);
        assert_eq!(read("abc").await.expect("a body").as_deref(), Some(&b"abc"[..]));
        assert_eq!(read("").await.expect("a body").as_deref(), Some(&b""[..]));
        assert_eq!(read("abcd").await.expect("a body"), None);
    }
}
