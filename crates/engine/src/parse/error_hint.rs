//! Hints for error codes and statuses.
//!
//! Source: Adobe's documentation of the gateway errors, the capping and throttling APIs, and the OAuth server-to-server
//! credential.

/// The hint for a code of the service or its gateway.
pub(crate) fn for_code(code: &str) -> Option<&'static str> {
    Some(match code {
        // Gateway.
        "400003" => "a header is missing; check that the organization id and the sandbox are set",
        "401013" => "the access token is expired, revoked, or malformed; fetch a new one with the credential",
        "403000" => "the call had no API key; set the client id, which is sent as x-api-key",
        "403003" => {
            "check the client id, which is sent as x-api-key, and that the API is added to the project in Adobe's Developer Console"
        }
        "403010" => "the request had no access token; check the credential",
        "403011" => {
            "the token lacks a scope; compare the scopes with those on the credential's page in the Developer Console"
        }
        // Inferred from the order in Adobe's list: which of the next codes has which of the documented causes.
        "403012" | "403013" => {
            "calls from this IP address are blocked; ask the administrators of the organization to add it to the allow list"
        }
        "403020" => "the access token is missing or invalid; fetch a new one with the credential",
        "403023" => {
            "the credential's profile is invalid; check the organization id, and the product profiles on the credential's page"
        }
        "403024" => {
            "the gateway has no permission to read the credential's profile; check the scopes and the product profiles on the credential's page"
        }
        "403025" => {
            "the token belongs to another organization or the credential lacks a product profile; check the organization id and the profiles on the credential's page"
        }
        "403027" => "add the Journey Optimizer API and a product profile to the credential in the Developer Console",
        "429001" => "the usage limit of the service is reached; slow down or ask Adobe for a higher one",
        "429002" => "the usage limit of this API key is reached; slow down or ask Adobe for a higher one",
        "429050" => "too many requests; wait before you try again",
        "503000" => "the gateway could not check the API key; this is temporary, try again",
        "503010" => "the gateway could not check the access token; this is temporary, try again",
        "503030" => "the gateway could not check the profile; this is temporary, try again",
        // Capping.
        "1451" => "undeploy the capping configuration first, or delete it with force",
        // Throttling.
        "1456" => "undeploy the throttling configuration first, or delete it with force",
        "1457" | "1458" | "1459" | "1460" | "1462" | "1464" => {
            "the service reports no cause; read the configuration back, call can_deploy, and send the request id to Adobe's support"
        }
        "1461" => "the deployed version is not active yet; wait for the last deployment to finish, then update again",
        "1463" => "throttling can only be configured on a production sandbox; set a production sandbox",
        "1465" => {
            "an organization can only have one throttling configuration; update the existing one instead of creating another"
        }
        "14466" => {
            "the configuration is already deployed; a changed capping definition needs a redeploy, and a changed throttling definition is live already"
        }
        "14467" => "there is no such configuration; list the throttling configurations to find its uid",
        "14468" => "nothing to do: the configuration is not deployed",
        // Both.
        "4000" => "check that the sandbox exists in this organization and that its name is spelled correctly",
        _ if code.starts_with("ERR_") => "correct the definition; can_deploy lists all findings at once",
        _ => return None,
    })
}

/// The hint for a status without a known code.
pub(crate) fn for_status(status: u16) -> Option<&'static str> {
    Some(match status {
        300..=303 | 305..=308 => {
            "the address redirects, and credentials are never sent to another address; check the base URL"
        }
        401 => "the access token was rejected; check the credential",
        403 => {
            "check that the credential's product profile has the permission \"Manage Journeys Events, Data Sources and Action\" on this sandbox"
        }
        404 => "check the uid, the sandbox, and the organization; list the configurations to see which exist",
        407 => "a proxy requires authentication; check the proxy settings of this machine",
        429 => "too many requests; wait before the next one",
        502..=504 => "a gateway or proxy failed; this is temporary, try again",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_code_has_a_hint() {
        let gateway = [
            400_003, 401_013, 403_000, 403_003, 403_010, 403_011, 403_012, 403_013, 403_020, 403_023, 403_024, 403_025,
            403_027, 429_001, 429_002, 429_050, 503_000, 503_010, 503_030,
        ];
        let service = [1451, 1456, 1457, 1458, 1459, 1460, 1461, 1462, 1463, 1464, 1465, 14466, 14467, 14468, 4000];
        for code in gateway.into_iter().chain(service) {
            assert!(for_code(&code.to_string()).is_some(), "{code}");
        }
        for rule in crate::rules::PUBLISHED_CODES {
            assert!(for_code(rule).is_some(), "{rule}");
        }
        assert_eq!(for_code("9999"), None);
    }
}
