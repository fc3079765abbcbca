//! Checks whether a server responds, and reads its clock.

use std::time::Duration;

use ajo_engine::parse_http_date;
use reqwest::header::DATE;

use crate::transport::reqwest_token_transport::transport_error;
use crate::{AuthError, BaseUrl, Timestamp};

/// The timeout of the request (our limit).
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends a `HEAD` request without a credential and returns the header `Date`, whatever the status. `None` if the date
/// is missing or invalid.
pub async fn request_server_date(endpoint: &BaseUrl, http: &reqwest::Client) -> Result<Option<Timestamp>, AuthError> {
    let response =
        http.head(endpoint.as_str()).timeout(TIMEOUT).send().await.map_err(|error| transport_error(&error))?;
    Ok(response.headers().get(DATE).and_then(|date| parse_http_date(date.to_str().ok()?)))
}
