//! Credentials from the environment and from files. See [`Credentials::parse`] for the file formats.

use std::ffi::OsString;
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
    from_vars_os(std::env::vars_os())
}

fn from_vars_os(all: impl Iterator<Item = (OsString, OsString)>) -> Result<Credentials, CredentialsError> {
    let mut variables = Vec::new();
    for (name, value) in all {
        let Some(name) = name.into_string().ok().filter(|name| Credentials::is_variable(name)) else { continue };
        let not_utf8 = |_| CredentialsError::InvalidFormat(format!("{name} is set but is not valid UTF-8"));
        let value = value.into_string().map_err(not_utf8)?;
        variables.push((name, value));
    }
    Credentials::from_vars(variables, |path| read_credential_file(path).map(|text| text.expose().to_owned()))
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

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    #[test]
    fn only_own_variables_must_be_utf8() {
        let read = |invalid: &str| {
            let names = ["AJO_CLIENT_ID", "AJO_CLIENT_SECRET", "AJO_ORG_ID", "AJO_SCOPES", invalid];
            from_vars_os(names.into_iter().map(|name| {
                let value = if name == invalid { b"s3cr3t\xff".to_vec() } else { b"A1@AdobeOrg".to_vec() };
                (name.into(), OsString::from_vec(value))
            }))
        };
        for name in ["AJO_SANDBOX", "AJO_TEST_FULL", "PATH"] {
            assert_eq!(read(name).map(|found| found.org_id().to_string()), Ok("A1@AdobeOrg".to_owned()), "{name}");
        }
        for name in
            ["AJO_CLIENT_SECRET", "AJO_CREDENTIALS", "IMS_OAUTH_S2S_SCOPES", "AIO_ims_contexts_a_client__secret"]
        {
            let error = read(name).expect_err(name).to_string();
            assert_eq!(error, format!("{name} is set but is not valid UTF-8"));
        }
    }
}
