//! Credentials from the environment and from files. See [`Credentials::parse`] for the file formats.

use std::io;
use std::path::Path;

use crate::{Credentials, CredentialsError};

/// Maximum size of a credential file (our limit). The projects that Adobe's Developer Console exports have a few KB.
pub const MAX_CREDENTIAL_FILE_BYTES: usize = 1024 * 1024;

/// Reads credentials from the environment variables of this process, as described in [`Credentials::from_vars`].
///
/// ```no_run
/// let credentials = ajo_auth::credentials::from_env()?;
/// println!("{}", credentials.org_id());
/// # Ok::<(), ajo_auth::CredentialsError>(())
/// ```
pub fn from_env() -> Result<Credentials, CredentialsError> {
    // Variables that are not UTF-8 cannot contain credentials.
    let vars =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Credentials::from_vars(vars, |path| read_file(Path::new(path)))
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
    let path = path.as_ref();
    let failed = |reason: String| CredentialsError::File { path: path.display().to_string(), reason };
    let text = read_file(path).map_err(|error| failed(error.to_string()))?;
    Credentials::parse(&text, name).map_err(|error| failed(error.to_string()))
}

/// Reads the text of a credential file. It can be a symlink, as in Kubernetes, a pipe, as in `<(pass show ajo)`, or `-`
/// for standard input.
#[cfg(feature = "reqwest")]
pub fn read_file(path: &Path) -> io::Result<String> {
    if path == Path::new("-") {
        return crate::read_bounded_text(io::stdin().lock(), MAX_CREDENTIAL_FILE_BYTES);
    }
    crate::read_input_file(path, MAX_CREDENTIAL_FILE_BYTES)
}

#[cfg(not(feature = "reqwest"))]
fn read_file(path: &Path) -> io::Result<String> {
    use std::io::Read as _;

    let mut text = String::new();
    std::fs::File::open(path)?.take(MAX_CREDENTIAL_FILE_BYTES as u64 + 1).read_to_string(&mut text)?;
    if text.len() > MAX_CREDENTIAL_FILE_BYTES {
        return Err(io::Error::other("it is longer than 1 MiB"));
    }
    Ok(text)
}
