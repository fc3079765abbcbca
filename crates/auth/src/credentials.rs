//! Credentials from the environment and from files. See [`Credentials::parse`] for the file formats.

use std::path::Path;

use ajo_engine::display_path;

use crate::{Credentials, CredentialsError, read_credential_file};

/// Reads credentials from the environment variables of this process, as described in [`Credentials::from_vars`].
///
/// ```no_run
/// let credentials = ajo_auth::credentials::from_env()?;
/// println!("{}", credentials.org_id());
/// # Ok::<(), ajo_auth::CredentialsError>(())
/// ```
pub fn from_env() -> Result<Credentials, CredentialsError> {
    let mut vars = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => vars.push((name, value)),
            Err(_) if name.starts_with("AJO_") => {
                return Err(CredentialsError::InvalidFormat(format!("{name} is set but is not valid UTF-8")));
            }
            Err(_) => {}
        }
    }
    Credentials::from_vars(vars, |path| read_credential_file(path).map(|text| text.expose().to_owned()))
}

/// Reads a file with one credential.
///
/// ```no_run
/// let credentials = ajo_auth::credentials::from_file("/run/secrets/ajo.json")?;
/// # Ok::<(), ajo_auth::CredentialsError>(())
/// ```
pub fn from_file(path: impl AsRef<Path>) -> Result<Credentials, CredentialsError> {
    from_named_file(path, None)
}

/// Like [`from_file`], for a file that can contain several credentials. `name` selects one of them.
pub fn from_named_file(path: impl AsRef<Path>, name: Option<&str>) -> Result<Credentials, CredentialsError> {
    let shown = display_path(&path.as_ref().to_string_lossy());
    match read_credential_file(path) {
        Ok(text) => Credentials::parse_file(text.expose(), name, shown),
        Err(error) => Err(CredentialsError::File { path: shown, reason: error.to_string() }),
    }
}
