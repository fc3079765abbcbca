//! Evidence from a failed call: the check that failed, and the earlier checks that must have passed.

use ajo_core::{CallError, ErrorKind, ErrorOrigin, ErrorResponse};

use super::doctor_check::DoctorCheck;

/// The evidence in the error of a call to the service.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CallEvidence {
    pub(crate) failed: DoctorCheck,
    /// The checks that the code of the gateway or the service proves.
    pub(crate) proved: &'static [DoctorCheck],
    /// Whether the response has no code of the gateway or the service, so that anyone may have sent it.
    pub(crate) is_intermediary: bool,
}

impl CallEvidence {
    pub(crate) fn from_error(error: &CallError) -> Self {
        match error.kind() {
            ErrorKind::Api(response) => Self::from_response(response),
            // A success without the service's format, such as the login page of a network.
            ErrorKind::Decode { .. } => Self::intermediary(),
            ErrorKind::Certificate(_) => Self::failed(DoctorCheck::Certificates),
            ErrorKind::Proxy(_) | ErrorKind::ProxyAuthentication(_) | ErrorKind::ProxyUnreachable(_) => {
                Self::failed(DoctorCheck::Proxy)
            }
            _ => Self::failed(DoctorCheck::ApiKey),
        }
    }

    /// Source of the gateway's codes: Adobe's table of gateway errors.
    fn from_response(response: &ErrorResponse) -> Self {
        let code = response.code.as_ref().map_or("", |code| code.as_str());
        let after = |failed, proved| Self { failed, proved, is_intermediary: false };
        match (response.origin, code) {
            (ErrorOrigin::Gateway, "400003" | "403023" | "403024" | "403025" | "403027" | "503030")
            | (ErrorOrigin::Service, "4000") => after(DoctorCheck::Organization, &[DoctorCheck::ApiKey]),
            // A gateway reports rate limits and outages before it checks the caller.
            (ErrorOrigin::Gateway, code) if is_gateway_code(code, response.status) => Self::failed(DoctorCheck::ApiKey),
            (ErrorOrigin::Service, code) if is_service_code(code) || response.family.is_some() => {
                after(DoctorCheck::Capping, &[DoctorCheck::ApiKey, DoctorCheck::Organization])
            }
            (ErrorOrigin::Platform, code) if is_platform_code(code) => {
                after(DoctorCheck::Capping, &[DoctorCheck::ApiKey])
            }
            // Problem JSON without a code can only be a missing permission, and proves nothing else.
            (ErrorOrigin::Platform, _) if response.status == 403 => Self::failed(DoctorCheck::Capping),
            _ => Self::intermediary(),
        }
    }

    const fn failed(failed: DoctorCheck) -> Self {
        Self { failed, proved: &[], is_intermediary: false }
    }

    const fn intermediary() -> Self {
        Self { failed: DoctorCheck::ApiKey, proved: &[], is_intermediary: true }
    }
}

/// The gateway's codes are the status and three more digits.
fn is_gateway_code(code: &str, status: u16) -> bool {
    code.strip_prefix(&status.to_string())
        .is_some_and(|rest| rest.len() == 3 && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// Other servers also send `code`, for example with the status.
fn is_service_code(code: &str) -> bool {
    code.starts_with("ERR_") || code.parse::<u32>().is_ok_and(|code| matches!(code, 1451 | 1456..=1465 | 14466..=14468))
}

/// A code such as `EXEG-3050-403`.
fn is_platform_code(code: &str) -> bool {
    code.starts_with(|first: char| first.is_ascii_uppercase()) && code.contains('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(status: u16, body: &str) -> CallEvidence {
        CallEvidence::from_response(&ErrorResponse::parse(status, None, body.as_bytes()))
    }

    #[test]
    fn response_of_others_proves_nothing() {
        for (status, body) in [
            (302, ""),
            (403, ""),
            (403, "<html>blocked</html>"),
            (404, "<html>not found</html>"),
            (502, "<html>bad gateway</html>"),
            (404, "Not Found"),
            (404, "{}"),
            (404, r#"{"message":"no Route matched with those values"}"#),
            (404, r#"{"error":"Not Found"}"#),
            (404, r#"{"status":404,"error":"Not Found","path":"/x"}"#),
            (404, r#"{"code":404,"message":"Not Found"}"#),
            (404, r#"{"title":"Not Found","status":404}"#),
            (404, r#"{"type":"https://httpstatuses.com/404","title":"Not Found"}"#),
            (403, r#"{"error_code":"blocked","message":"policy"}"#),
        ] {
            assert_eq!(evidence(status, body), CallEvidence::intermediary(), "{status} {body}");
        }
    }

    #[test]
    fn codes_prove_earlier_checks() {
        for (status, body, failed, proved) in [
            (403, r#"{"error_code":"403003"}"#, DoctorCheck::ApiKey, 0),
            (403, r#"{"error_code":"403999"}"#, DoctorCheck::ApiKey, 0),
            (403, r#"{"error_code":"403025"}"#, DoctorCheck::Organization, 1),
            (404, r#"{"status":404,"error":{"code":4000}}"#, DoctorCheck::Organization, 1),
            (500, r#"{"status":500,"error":{"code":1460}}"#, DoctorCheck::Capping, 2),
            (500, r#"{"status":500,"error":{"code":9999,"family":"INPUT_OUTPUT_ERROR"}}"#, DoctorCheck::Capping, 2),
            (403, r#"{"type":"http://ns.adobe.com/aep/errors/EXEG-3050-403","title":"t"}"#, DoctorCheck::Capping, 1),
            (403, r#"{"title":"Forbidden","status":403}"#, DoctorCheck::Capping, 0),
        ] {
            let found = evidence(status, body);
            assert_eq!((found.failed, found.proved.len(), found.is_intermediary), (failed, proved, false), "{body}");
        }
    }
}
