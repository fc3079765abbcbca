//! Requests to the token endpoint.

use alloc::string::String;
use core::time::Duration;

use crate::parse::form_urlencoded::encode;
use crate::text::concat;
use crate::{BaseUrl, Credentials, Secret};

/// The path of the token endpoint. Source: Adobe's guide to the OAuth server-to-server credential.
pub const TOKEN_PATH: &str = "/ims/token/v3";

/// The timeout of a token request (our limit).
pub const TOKEN_TIMEOUT: Duration = Duration::from_secs(10);

/// A token request: a POST with a form.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// The URL, which contains no secret.
    pub url: String,
    /// The form, which contains the client secret. Its type is [`TokenRequest::CONTENT_TYPE`].
    pub body: Secret,
    /// The client secret, which must be redacted in errors.
    pub secret: Secret,
}

impl TokenRequest {
    /// The value of the header `Content-Type`.
    pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

    /// Creates a request with the client credentials grant (RFC 6749, section 4.4). The organization is not sent: only
    /// clients that belong to several organizations need it.
    pub fn new(credentials: &Credentials, secret: &Secret, ims: &BaseUrl) -> Self {
        let scopes = credentials.scopes().to_list();
        let mut body = String::from("grant_type=client_credentials");
        for (name, value) in [
            ("&client_id=", credentials.client_id().as_str()),
            ("&client_secret=", secret.expose()),
            ("&scope=", &scopes),
        ] {
            body.push_str(name);
            encode(&mut body, value);
        }
        Self { url: concat(&[ims.as_str(), TOKEN_PATH]), body: Secret::new(body), secret: secret.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_only_in_the_form() {
        let credentials =
            Credentials::new("client-1", "s3 cr&t", "A1@AdobeOrg", "openid, AdobeID").expect("credentials");
        let ims = BaseUrl::parse(crate::IMS_URL).expect("an endpoint");
        let request = TokenRequest::new(&credentials, &credentials.secrets()[0], &ims);
        assert_eq!(request.url, "https://ims-na1.adobelogin.com/ims/token/v3");
        assert_eq!(
            request.body.expose(),
            "grant_type=client_credentials&client_id=client-1&client_secret=s3+cr%26t&scope=openid%2CAdobeID"
        );
        assert!(!format!("{request:?}").contains("s3"));
    }
}
