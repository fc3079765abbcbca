//! Files with secrets belong to their user alone.

use std::fmt;
use std::fs::{DirBuilder, Metadata};
use std::io;
use std::path::Path;

/// Creates a directory and its parents, unless they exist. Only the owner can access the created ones (mode 0700).
pub fn create_private_directory(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Why a file is not private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivacyProblem {
    /// The file belongs to another user, who is not root.
    OtherOwner { uid: u32 },
    /// Other users can access the file.
    SharedMode { mode: u32 },
}

impl PrivacyProblem {
    /// The problem of a file that only its user may read, if there is one. Always `None` on systems other than Unix,
    /// where a file inherits the permissions of its directory.
    pub fn find_file_problem(metadata: &Metadata) -> Option<Self> {
        Self::find(metadata, |mode| mode & 0o077 != 0)
    }

    /// The problem of a directory in which only its user may replace files. The sticky bit, as in `/tmp`, is enough.
    pub fn find_directory_problem(metadata: &Metadata) -> Option<Self> {
        Self::find(metadata, |mode| mode & 0o022 != 0 && mode & 0o1000 == 0)
    }

    #[cfg(unix)]
    fn find(metadata: &Metadata, is_shared: impl Fn(u32) -> bool) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let mode = metadata.mode() & 0o7777;
        Self::find_owner_problem(metadata.uid(), rustix::process::geteuid().as_raw())
            .or_else(|| is_shared(mode).then_some(Self::SharedMode { mode }))
    }

    /// Root can read every file anyway, so its files are as private as the user's own.
    #[cfg(unix)]
    fn find_owner_problem(owner: u32, user: u32) -> Option<Self> {
        (owner != 0 && owner != user).then_some(Self::OtherOwner { uid: owner })
    }

    #[cfg(not(unix))]
    fn find(_: &Metadata, _: impl Fn(u32) -> bool) -> Option<Self> {
        None
    }
}

impl fmt::Display for PrivacyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherOwner { uid } => write!(f, "it belongs to another user (uid {uid})"),
            Self::SharedMode { mode } => write!(f, "other users can access it (its mode is {mode:o}, not 600)"),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_user_and_root_may_own_a_file() {
        for (owner, user) in [(1000, 1000), (0, 1000), (0, 0)] {
            assert_eq!(PrivacyProblem::find_owner_problem(owner, user), None, "{owner} {user}");
        }
        for (owner, user) in [(1001, 1000), (65_534, 1000), (1000, 0), (u32::MAX, 1000)] {
            let problem = PrivacyProblem::find_owner_problem(owner, user);
            assert_eq!(problem, Some(PrivacyProblem::OtherOwner { uid: owner }), "{owner} {user}");
        }
    }
}
