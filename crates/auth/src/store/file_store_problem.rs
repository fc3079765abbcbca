//! Why a directory cannot hold tokens.

use std::{fmt, io};

use crate::private_file::PrivacyProblem;

/// Why a [`FileStore`](super::FileStore) cannot be used.
#[derive(Debug)]
pub enum FileStoreProblem {
    /// The directory cannot be created or written.
    NotWritable(io::Error),
    /// Another user owns the directory or can write to it.
    NotPrivate(PrivacyProblem),
}

impl fmt::Display for FileStoreProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWritable(error) => write!(f, "it is not writable: {error}"),
            Self::NotPrivate(PrivacyProblem::SharedMode { mode }) => {
                write!(f, "other users can write to it (its mode is {mode:o})")
            }
            Self::NotPrivate(problem) => problem.fmt(f),
        }
    }
}

impl std::error::Error for FileStoreProblem {}

impl From<FileStoreProblem> for io::Error {
    fn from(problem: FileStoreProblem) -> Self {
        match problem {
            FileStoreProblem::NotWritable(error) => error,
            FileStoreProblem::NotPrivate(_) => Self::other(problem.to_string()),
        }
    }
}
