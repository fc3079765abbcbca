//! The hint for each error code and status.
//!
//! Source of all of them: Adobe's documentation of the gateway's errors, of the capping and throttling APIs, and of the
//! OAuth server-to-server credential, as gathered for this project.

/// The next step for a code of the service or its gateway.
pub(crate) fn of_code(code: &str) -> Option<&'static str> {
    Some(match code {
        // Gateway.
        "400003" => "a header is missing; check that the organization id and the sandbox are set",
        "401013" => "the access token is expired, revoked or malformed; fetch a new one with the credential",
        "403000" => "the call had no API key; set the client id, which is sent as x-api-key",
        "403003" => {
            "check the client id, which is sent as x-api-key, and that the API is added to the project in Adobe's Developer Console"
        }
        "403010" => "the request had no access token; check the credential",
        "403011" => {
            "the token lacks a scope; compare the scopes with those on the credential's page in the Developer Console"
        }
        // Which of the next four codes means which of the documented causes is inferred from their order in Adobe's list.
        "403012" | "403013" => {
            "calls from this address are not let through; ask those who manage the organization's lists of allowed addresses"
        }
        "403020" => "the access token is missing or not valid; fetch a new one with the credential",
        "403023" => {
            "the credential's profile is not valid; check the organization id, and the product profiles on the credential's page"
        }
        "403024" => {
            "the gateway may not read the credential's profile; check the scopes and the product profiles on the credential's page"
        }
        "403025" => {
            "the token belongs to another organization or the credential lacks a product profile; check the organization id and the profiles on the credential's page"
        }
        "403027" => "add the Journey Optimizer API and a product profile to the credential in the Developer Console",
        "429001" => "the usage limit of the service is reached; slow down or ask Adobe for a higher one",
        "429002" => "the usage limit of this API key is reached; slow down or ask Adobe for a higher one",
        "429050" => "too many requests; wait as long as Retry-After says",
        "503000" => "the gateway could not check the API key; this passes, try again",
        "503010" => "the gateway could not check the access token; this passes, try again",
        "503030" => "the gateway could not check the profile; this passes, try again",
        // Capping.
        "1451" => "undeploy the capping configuration first, or delete it with force",
        // Throttling.
        "1456" => "undeploy the throttling configuration first, or delete it with force",
        "1457" | "1458" | "1459" | "1460" | "1462" | "1464" => {
            "the service gives no cause; read the configuration back, ask can_deploy, and name the request id to Adobe's support"
        }
        "1461" => "the version that runs is not active yet; wait for the last deployment to finish, then update again",
        "1463" => "throttling can be configured on a production sandbox only; name one as the sandbox",
        "1465" => "an organization has one throttling configuration; list it and update it instead of creating another",
        "14466" => "nothing to do: the configuration is deployed already, and an update of it takes effect at once",
        "14467" => "no such configuration; list the throttling configurations to see its uid",
        "14468" => "nothing to do: the configuration is not deployed",
        // Both.
        "4000" => "check that the sandbox exists in this organization and that its name is spelled right",
        _ if code.starts_with("ERR_") => "correct the definition; can_deploy lists all findings at once",
        _ => return None,
    })
}

/// The next step where only the status is known.
pub(crate) fn of_status(status: u16) -> Option<&'static str> {
    Some(match status {
        300..=303 | 305..=308 => "the address redirects, and no credential follows it; check the base URL",
        401 => "the access token was not accepted; check the credential",
        403 => {
            "check that the credential's product profile has the permission \"Manage Journeys Events, Data Sources and Action\" on this sandbox"
        }
        404 => "check the uid, the sandbox and the organization; list shows what is there",
        407 => "a proxy wants a login; check the proxy settings of this machine",
        429 => "too many requests; wait before the next one",
        502..=504 => "a gateway in between had trouble; this passes, try again",
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
            assert!(of_code(&code.to_string()).is_some(), "{code}");
        }
        for rule in crate::rules::PUBLISHED_CODES {
            assert!(of_code(rule).is_some(), "{rule}");
        }
        assert_eq!(of_code("9999"), None);
    }
}
