//! Whether a server responds, and its clock.

use std::time::{Duration, SystemTime};

use reqwest::header::DATE;

use crate::{AuthError, Endpoint, Timestamp};

/// How long the server may take. Chosen here.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Asks a server for nothing (`HEAD`, without a credential) and says what its header `Date` is, to the second; whatever its
/// status. `None` where it sends no date that can be read.
pub async fn server_date(endpoint: &Endpoint, http: &reqwest::Client) -> Result<Option<Timestamp>, AuthError> {
    let answer =
        http.head(endpoint.as_str()).timeout(TIMEOUT).send().await.map_err(|error| AuthError::transport(&error))?;
    let date = answer.headers().get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let since = date.and_then(|date| date.duration_since(SystemTime::UNIX_EPOCH).ok());
    Ok(since.map(|since| Timestamp::from_millis(0).saturating_add(since)))
}
