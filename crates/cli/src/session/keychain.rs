//! The system keychain: Keychain on macOS, Credential Manager on Windows, and the Secret Service (such as GNOME Keyring) on
//! other systems.
//!
//! Many machines have none. Callers then store the secret in a file and report the reason.

use ajo_auth::Secret;

/// Why the keychain cannot be used. Error messages show it after a colon.
pub(crate) type KeychainError = String;

/// A keychain operation.
enum KeychainRequest {
    Write(Secret),
    Read,
    Delete,
}

/// Stores secrets under a name and replaces earlier ones.
pub(crate) fn write(user: &str, secrets: &[Secret]) -> Result<(), KeychainError> {
    let values: Vec<&str> = secrets.iter().map(Secret::expose).collect();
    let text = serde_json::to_string(&values).map_err(|error| error.to_string())?;
    run_request(user, KeychainRequest::Write(Secret::new(text))).map(drop)
}

/// Reads the secrets stored under a name.
pub(crate) fn read(user: &str) -> Result<Vec<Secret>, KeychainError> {
    let text = run_request(user, KeychainRequest::Read)?.ok_or("entry not found")?;
    let values: Vec<String> = serde_json::from_str(text.expose()).map_err(|_| "the entry was not written by ajo")?;
    Ok(values.into_iter().map(Secret::new).collect())
}

/// Deletes the secrets under a name. A missing entry is not an error.
pub(crate) fn delete(user: &str) -> Result<(), KeychainError> {
    run_request(user, KeychainRequest::Delete).map(drop)
}

#[cfg(not(feature = "keychain"))]
fn run_request(_: &str, request: KeychainRequest) -> Result<Option<Secret>, KeychainError> {
    if let KeychainRequest::Write(secret) = request {
        drop(secret);
    }
    Err("ajo was built without keychain support".to_owned())
}

#[cfg(feature = "keychain")]
use system::run_request;

#[cfg(feature = "keychain")]
mod system {
    use std::io::IsTerminal as _;
    use std::sync::Arc;
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    use ajo_auth::Secret;
    use keyring_core::{CredentialStore, Error};

    use super::{KeychainError, KeychainRequest};
    use crate::session::setting::Setting;
    use crate::session::settings_reader::SettingsReader;

    /// The service name of all entries of `ajo`.
    const SERVICE: &str = "ajo-limits";

    const NO_ACCESS: &str = if cfg!(all(unix, not(target_os = "macos"))) {
        "no Secret Service (such as GNOME Keyring) is running, or it is locked"
    } else {
        "the system denied access to it"
    };

    /// Runs the operation on its own thread, because it can block forever: a locked keychain may prompt for its password in
    /// a window that nobody sees. A blocked thread ends with the process.
    pub(super) fn run_request(user: &str, request: KeychainRequest) -> Result<Option<Secret>, KeychainError> {
        if SettingsReader::variables().is_off(Setting::Keychain).map_err(|error| error.message)? {
            return Err("AJO_KEYCHAIN is off".to_owned());
        }
        // A keychain usually responds at once, but a user needs time to enter a password.
        let limit = Duration::from_secs(if std::io::stderr().is_terminal() { 60 } else { 10 });
        let user = user.to_owned();
        let (send, receive) = channel();
        let spawned = std::thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            // The receiver is gone after a timeout.
            let _ = send.send(execute(&user, &request).map_err(|error| describe(&error)));
        });
        spawned.map_err(|error| error.to_string())?;
        match receive.recv_timeout(limit) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => Err(format!("no response within {} s", limit.as_secs())),
            Err(RecvTimeoutError::Disconnected) => Err("the keychain thread panicked".to_owned()),
        }
    }

    fn execute(user: &str, request: &KeychainRequest) -> keyring_core::Result<Option<Secret>> {
        let entry = store()?.build(SERVICE, user, None)?;
        let result = match request {
            KeychainRequest::Write(secret) => entry.set_password(secret.expose()).map(|()| None),
            KeychainRequest::Read => entry.get_password().map(|text| Some(Secret::new(text))),
            KeychainRequest::Delete => entry.delete_credential().map(|()| None),
        };
        match result {
            Err(Error::NoEntry) => Ok(None),
            other => other,
        }
    }

    /// The reason in plain words. It contains no part of an entry, and no message of the system, such as one about D-Bus.
    fn describe(error: &Error) -> KeychainError {
        match error {
            Error::PlatformFailure(_) | Error::NoStorageAccess(_) => NO_ACCESS,
            Error::NoEntry => "entry not found",
            Error::TooLong(..) => "the secret is too long for it",
            Error::Ambiguous(_) => "it has several entries of this name",
            _ => "the entry cannot be used",
        }
        .to_owned()
    }

    #[cfg(target_os = "macos")]
    fn store() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(apple_native_keyring_store::keychain::Store::new()?)
    }

    #[cfg(windows)]
    fn store() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(windows_native_keyring_store::Store::new()?)
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    fn store() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(dbus_secret_service_keyring_store::Store::new()?)
    }
}
