//! Errors in credentials.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::{ClientIdError, ClientSecretError, OrgIdError, ScopesError};

/// Invalid or missing credentials. The messages never show a value that can be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Required variables are not set.
    #[error("no credentials: {} not set; set {}, or set AJO_CREDENTIALS to the path of a credential file", format_missing(.0), if .0.len() == 1 { "it" } else { "them" })]
    Missing(Vec<&'static str>),
    /// The credential file cannot be read or parsed.
    #[error("failed to read the credentials in {path}: {reason}")]
    File { path: String, reason: String },
    /// The content of a credential file is invalid.
    #[error("failed to read the credentials in {path}: {error}")]
    InFile { path: String, error: Box<Self> },
    /// The value of a variable is invalid.
    #[error("{name}: {error}")]
    InVariable { name: &'static str, error: Box<Self> },
    /// The text is not JSON.
    #[error("invalid JSON at line {line}, column {column}")]
    InvalidJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// The text has no known credential format, or a field is invalid.
    #[error("{0}")]
    InvalidFormat(String),
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    #[error(transparent)]
    OrgId(#[from] OrgIdError),
    #[error(transparent)]
    Scopes(#[from] ScopesError),
    /// There are several credentials, and none or an ambiguous name was selected.
    #[error("there are several credentials; choose one by name: {}", .0.join(", "))]
    Ambiguous(Vec<String>),
    /// No credential has the requested name.
    #[error("no credential is named {name}; {}", if .available.is_empty() { "the only credential has no name".to_owned() } else { format!("available: {}", .available.join(", ")) })]
    UnknownName { name: String, available: Vec<String> },
    #[error("the client secret is empty")]
    MissingSecret,
    /// The client secret has a wrapper or characters that no secret has.
    #[error("{0}")]
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

    /// The error itself, without the file or variable that contains the value.
    pub fn root(&self) -> &Self {
        match self {
            Self::InFile { error, .. } | Self::InVariable { error, .. } => error.root(),
            other => other,
        }
    }
}

fn format_missing(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(", "))
}
