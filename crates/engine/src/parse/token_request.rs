//! Requests to the token endpoint.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::time::Duration;

use crate::parse::form::encode;
use crate::{Credentials, Endpoint, Secret};

/// Adobe's token host, for every region. Source: Adobe's guide to the OAuth server-to-server credential.
pub const IMS_URL: &str = "https://ims-na1.adobelogin.com";

/// The path of the token endpoint below the host. Source: the same guide.
pub const TOKEN_PATH: &str = "/ims/token/v3";

/// How long a token request may take.
pub const TOKEN_TIMEOUT: Duration = Duration::from_secs(10);

/// A request for a token: a POST of a form.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// Where it goes; nothing secret in it.
    pub url: String,
    /// The form, with the client secret in it. Its type is [`TokenRequest::CONTENT_TYPE`].
    pub body: Secret,
    /// The client secret alone, which no error may show.
    pub secret: Secret,
}

impl TokenRequest {
    /// What the header `Content-Type` says.
    pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

    /// The request for a token, by the client credentials grant. The organization is not sent: it is asked for only from
    /// clients that several organizations own.
    pub fn new(credentials: &Credentials, secret: &Secret, ims: &Endpoint) -> Self {
        let scopes = credentials.scopes().to_string();
        let mut body = String::from("grant_type=client_credentials");
        for (name, value) in [
            ("&client_id=", credentials.client_id().as_str()),
            ("&client_secret=", secret.expose()),
            ("&scope=", &scopes),
        ] {
            body.push_str(name);
            encode(&mut body, value);
        }
        Self { url: format!("{ims}{TOKEN_PATH}"), body: Secret::new(body), secret: secret.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_in_the_form_and_nothing_in_the_url() {
        let credentials =
            Credentials::new("client-1", "s3 cr&t", "A1@AdobeOrg", "openid, AdobeID").expect("credentials");
        let ims = Endpoint::parse(IMS_URL).expect("an endpoint");
        let request = TokenRequest::new(&credentials, &credentials.secrets()[0], &ims);
        assert_eq!(request.url, "https://ims-na1.adobelogin.com/ims/token/v3");
        assert_eq!(
            request.body.expose(),
            "grant_type=client_credentials&client_id=client-1&client_secret=s3+cr%26t&scope=openid%2CAdobeID"
        );
        assert!(!format!("{request:?}").contains("s3"));
    }
}
