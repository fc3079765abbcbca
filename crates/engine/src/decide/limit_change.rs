//! Changing the numbers of a limit: which service of the configuration, and which calls make the change live.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::text::{concat, join};

use crate::LiveLimit;

/// The calls that change a capping limit, after a `get`.
///
/// Throttling needs only an update, because the new values of a deployed configuration apply at once (documented).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LimitChange {
    pub update: bool,
    /// Afterwards, a redeploy makes the saved definition live: see [`RedeployState`](crate::RedeployState).
    pub redeploy: bool,
}

impl LimitChange {
    /// Decides by whether the saved definition changes, and by the limit that was live before.
    ///
    /// A configuration that is not deployed stays so: who created it may not want its limit yet. A saved definition that is not live
    /// is deployed even if it does not change, so that a change can be repeated after a failure.
    pub const fn new(is_changed: bool, live: LiveLimit) -> Self {
        let redeploy = match live {
            LiveLimit::None => false,
            LiveLimit::New => is_changed,
            LiveLimit::Old | LiveLimit::Unknown => true,
        };
        Self { update: is_changed, redeploy }
    }
}

/// Selects the service whose limit changes: the wanted one, or the only one. `present` are the services with a limit.
///
/// ```
/// use ajo_engine::select_service;
///
/// assert_eq!(select_service(None, &["action"]), Ok("action"));
/// let error = select_service(Some("dataSource"), &["action"]).expect_err("no such service");
/// assert_eq!(error.to_string(), "the configuration has no limit for dataSource; it limits action");
/// ```
///
/// # Errors
///
/// The service has no limit, or several services have one and none is named.
pub fn select_service<'s>(wanted: Option<&str>, present: &[&'s str]) -> Result<&'s str, ServiceSelectionError> {
    match (wanted, present) {
        (_, []) => Err(ServiceSelectionError::NoLimit),
        (None, [only]) => Ok(only),
        (None, several) => Err(ServiceSelectionError::Ambiguous { present: owned(several) }),
        (Some(wanted), _) => present
            .iter()
            .find(|name| **name == wanted)
            .copied()
            .ok_or_else(|| ServiceSelectionError::NotLimited { wanted: wanted.to_owned(), present: owned(present) }),
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Why no service could be selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceSelectionError {
    /// The configuration limits no service.
    NoLimit,
    /// The configuration does not limit the wanted service.
    NotLimited { wanted: String, present: Vec<String> },
    /// The configuration limits several services, and the caller named none.
    Ambiguous { present: Vec<String> },
}

impl ServiceSelectionError {
    /// The text of the error, as `Display` writes it.
    pub fn message(&self) -> String {
        let list = |names: &[String]| join(&names.iter().map(String::as_str).collect::<Vec<_>>(), " and ");
        match self {
            Self::NoLimit => "the configuration has no limit to change".to_owned(),
            Self::NotLimited { wanted, present } => {
                concat(&["the configuration has no limit for ", wanted, "; it limits ", &list(present)])
            }
            Self::Ambiguous { present } => concat(&["the configuration limits ", &list(present)]),
        }
    }
}

impl fmt::Display for ServiceSelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for ServiceSelectionError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_of_live_limit_is_redeployed() {
        for (is_changed, live, update, redeploy) in [
            (true, LiveLimit::New, true, true),
            (true, LiveLimit::Old, true, true),
            (true, LiveLimit::Unknown, true, true),
            (true, LiveLimit::None, true, false),
            (false, LiveLimit::New, false, false),
            (false, LiveLimit::Old, false, true),
            (false, LiveLimit::Unknown, false, true),
            (false, LiveLimit::None, false, false),
        ] {
            assert_eq!(LimitChange::new(is_changed, live), LimitChange { update, redeploy }, "{is_changed} {live:?}");
        }
    }

    #[test]
    fn service_must_be_clear() {
        let both = ["action", "dataSource"];
        let error = |wanted, present: &[&str]| select_service(wanted, present).expect_err("unclear").to_string();
        assert_eq!(select_service(None, &["action"]), Ok("action"));
        assert_eq!(select_service(Some("dataSource"), &both), Ok("dataSource"));
        assert_eq!(error(None, &both), "the configuration limits action and dataSource");
        assert_eq!(
            error(Some("email"), &both),
            "the configuration has no limit for email; it limits action and dataSource"
        );
        assert_eq!(error(None, &[]), "the configuration has no limit to change");
        assert_eq!(error(Some("action"), &[]), "the configuration has no limit to change");
    }
}
