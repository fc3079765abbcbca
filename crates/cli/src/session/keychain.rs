//! The keychain of the system: the Keychain of macOS, the Credential Manager of Windows, the Secret Service (such as GNOME
//! Keyring) elsewhere.
//!
//! Many machines have none. That is no error: whoever asks is told why, and keeps the secret in a file.

use ajo_auth::Secret;

/// Why the keychain was of no use, to follow a colon.
pub(crate) type Reason = String;

/// What can be asked of it.
enum Request {
    Keep(Secret),
    Read,
    Forget,
}

/// Keeps secrets under a name, in place of those before.
pub(crate) fn keep(user: &str, secrets: &[Secret]) -> Result<(), Reason> {
    let texts: Vec<&str> = secrets.iter().map(Secret::expose).collect();
    let text = serde_json::to_string(&texts).map_err(|error| error.to_string())?;
    ask(user, Request::Keep(Secret::new(text))).map(drop)
}

/// The secrets under a name.
pub(crate) fn read(user: &str) -> Result<Vec<Secret>, Reason> {
    let text = ask(user, Request::Read)?.ok_or("it has no such entry")?;
    let texts: Vec<String> =
        serde_json::from_str(text.expose()).map_err(|_| "its entry was not written by this command")?;
    Ok(texts.into_iter().map(Secret::new).collect())
}

/// Forgets the secrets under a name; none there is no error.
pub(crate) fn forget(user: &str) -> Result<(), Reason> {
    ask(user, Request::Forget).map(drop)
}

#[cfg(not(feature = "keychain"))]
fn ask(_: &str, request: Request) -> Result<Option<Secret>, Reason> {
    if let Request::Keep(secret) = request {
        drop(secret);
    }
    Err("this command is built without it".to_owned())
}

#[cfg(feature = "keychain")]
use system::ask;

#[cfg(feature = "keychain")]
mod system {
    use std::io::IsTerminal as _;
    use std::sync::Arc;
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    use ajo_auth::Secret;
    use keyring_core::{CredentialStore, Error};

    use super::{Reason, Request};
    use crate::session::env::{OFF, variable};

    /// What the entries of this command are filed under.
    const SERVICE: &str = "ajo-limits";

    /// Asks on a thread of its own, for it can wait for ever: a locked keychain asks for its password in a window that
    /// nobody may see. A thread left waiting ends with the process.
    pub(super) fn ask(user: &str, request: Request) -> Result<Option<Secret>, Reason> {
        if variable("AJO_KEYCHAIN").is_some_and(|value| value.trim() == OFF) {
            return Err(format!("AJO_KEYCHAIN is {OFF}"));
        }
        // Chosen here: a keychain answers at once, and a person needs time for a password.
        let limit = Duration::from_secs(if std::io::stderr().is_terminal() { 60 } else { 10 });
        let user = user.to_owned();
        let (send, receive) = channel();
        let asked = std::thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            // Nobody listens any more when this took too long.
            let _ = send.send(carry_out(&user, &request).map_err(|error| reason(&error)));
        });
        asked.map_err(|error| error.to_string())?;
        match receive.recv_timeout(limit) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(format!("no answer within {} s", limit.as_secs())),
            Err(RecvTimeoutError::Disconnected) => Err("it broke down".to_owned()),
        }
    }

    fn carry_out(user: &str, request: &Request) -> keyring_core::Result<Option<Secret>> {
        let entry = store()?.build(SERVICE, user, None)?;
        let answer = match request {
            Request::Keep(secret) => entry.set_password(secret.expose()).map(|()| None),
            Request::Read => entry.get_password().map(|text| Some(Secret::new(text))),
            Request::Forget => entry.delete_credential().map(|()| None),
        };
        match answer {
            Err(Error::NoEntry) => Ok(None),
            other => other,
        }
    }

    /// The first line of what the library says. It shows no byte of an entry.
    fn reason(error: &Error) -> Reason {
        error.to_string().lines().next().unwrap_or("it failed").to_owned()
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
