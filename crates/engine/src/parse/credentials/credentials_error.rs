//! Errors in credentials.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::text::{concat, decimal, join};
use crate::{ClientIdError, ClientSecretError, OrgIdError, ScopesError};

/// Invalid or missing credentials. The messages never show a value that can be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Required variables are not set.
    Missing(Vec<&'static str>),
    /// The credential file cannot be read or parsed.
    File {
        path: String,
        reason: String,
    },
    /// The content of a credential file is invalid.
    InFile {
        path: String,
        error: Box<Self>,
    },
    /// The value of a variable is invalid.
    InVariable {
        name: &'static str,
        error: Box<Self>,
    },
    /// The text is not JSON.
    InvalidJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// The text has no known credential format, or a field is invalid.
    InvalidFormat(String),
    ClientId(ClientIdError),
    OrgId(OrgIdError),
    Scopes(ScopesError),
    /// There are several credentials, and none or an ambiguous name was selected.
    Ambiguous(Vec<String>),
    /// No credential has the requested name.
    UnknownName {
        name: String,
        available: Vec<String>,
    },
    MissingSecret,
    /// The client secret has a wrapper or characters that no secret has.
    InvalidSecret(ClientSecretError),
}

impl CredentialsError {
    /// The error in the content of a file.
    #[must_use]
    pub fn in_file(self, path: impl Into<String>) -> Self {
        Self::InFile { path: path.into(), error: Box::new(self) }
    }

    pub(crate) fn in_variable(self, name: &'static str) -> Self {
        Self::InVariable { name, error: Box::new(self) }
    }

    /// What is wrong, without a secret.
    pub fn message(&self) -> String {
        match self {
            Self::Missing(names) => {
                let (verb, them) = if names.len() == 1 { (" is", "it") } else { (" are", "them") };
                let names = join_names(names);
                let end = ", or set AJO_CREDENTIALS to the path of a credential file";
                concat(&["no credentials: ", &names, verb, " not set; set ", them, end])
            }
            Self::File { path, reason } => concat(&["failed to read the credentials in ", path, ": ", reason]),
            Self::InFile { path, error } => {
                concat(&["failed to read the credentials in ", path, ": ", &error.message()])
            }
            Self::InVariable { name, error } => concat(&[name, ": ", &error.message()]),
            Self::InvalidJson { line, column } => {
                let [line, column] = [line, column].map(|number| decimal(*number as u64));
                concat(&["invalid JSON at line ", &line, ", column ", &column])
            }
            Self::InvalidFormat(message) => message.clone(),
            Self::ClientId(error) => error.message().to_owned(),
            Self::OrgId(error) => error.message().to_owned(),
            Self::Scopes(error) => error.message(),
            Self::Ambiguous(names) => {
                concat(&["there are several credentials; choose one by name: ", &join_names(names)])
            }
            Self::UnknownName { name, available } if available.is_empty() => {
                concat(&["no credential is named ", name, "; the only credential has no name"])
            }
            Self::UnknownName { name, available } => {
                concat(&["no credential is named ", name, "; available: ", &join_names(available)])
            }
            Self::MissingSecret => "the client secret is empty".to_owned(),
            Self::InvalidSecret(error) => error.message().to_owned(),
        }
    }

    /// The error itself, without the file or variable that contains the value.
    pub fn root(&self) -> &Self {
        match self {
            Self::InFile { error, .. } | Self::InVariable { error, .. } => error.root(),
            other => other,
        }
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for CredentialsError {}

impl From<ClientIdError> for CredentialsError {
    fn from(error: ClientIdError) -> Self {
        Self::ClientId(error)
    }
}

impl From<OrgIdError> for CredentialsError {
    fn from(error: OrgIdError) -> Self {
        Self::OrgId(error)
    }
}

impl From<ScopesError> for CredentialsError {
    fn from(error: ScopesError) -> Self {
        Self::Scopes(error)
    }
}

fn join_names<N: AsRef<str>>(names: &[N]) -> String {
    join(&names.iter().map(AsRef::as_ref).collect::<Vec<_>>(), ", ")
}
