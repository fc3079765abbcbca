//! Credentials from the environment and from files. The formats are those of [`Credentials::from_text`].

use std::path::Path;

use crate::{Credentials, CredentialsError};

/// The credentials of the environment: [`Credentials::from_vars`] with this process's variables and files.
///
/// ```no_run
/// let credentials = ajo_auth::credentials::from_env()?;
/// println!("{}", credentials.org_id());
/// # Ok::<(), ajo_auth::CredentialsError>(())
/// ```
pub fn from_env() -> Result<Credentials, CredentialsError> {
    // A variable that is not UTF-8 is none of those.
    let vars =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Credentials::from_vars(vars, |path| std::fs::read_to_string(path))
}

/// The one credential of a file.
///
/// ```no_run
/// let credentials = ajo_auth::credentials::from_file("/run/secrets/ajo.json")?;
/// # Ok::<(), ajo_auth::CredentialsError>(())
/// ```
pub fn from_file(path: impl AsRef<Path>) -> Result<Credentials, CredentialsError> {
    from_named_file(path, None)
}

/// Like [`from_file`], for a file that may hold several credentials: the one of this name.
pub fn from_named_file(path: impl AsRef<Path>, name: Option<&str>) -> Result<Credentials, CredentialsError> {
    let path = path.as_ref();
    let failed = |problem: String| CredentialsError::File { path: path.display().to_string(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    Credentials::from_text(&text, name).map_err(|error| failed(error.to_string()))
}
