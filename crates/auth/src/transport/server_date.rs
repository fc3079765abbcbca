//! Whether a server responds, and its clock.

use std::time::Duration;

use ajo_engine::parse_http_date;
use reqwest::header::DATE;

use crate::transport::reqwest_transport::transport_error;
use crate::{AuthError, Endpoint, Timestamp};

/// How long the server may take. Chosen here.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Asks a server for nothing (`HEAD`, without a credential) and says what its header `Date` is, to the second; whatever its
/// status. `None` where it sends no date that can be read.
pub async fn server_date(endpoint: &Endpoint, http: &reqwest::Client) -> Result<Option<Timestamp>, AuthError> {
    let answer = http.head(endpoint.as_str()).timeout(TIMEOUT).send().await.map_err(|error| transport_error(&error))?;
    Ok(answer.headers().get(DATE).and_then(|date| parse_http_date(date.to_str().ok()?)))
}
