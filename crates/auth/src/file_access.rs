//! Opens files without blocking, and reads them with a limit.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use crate::bounded_read::{length_error, read_bounded_text};

/// What to do if the last component of a path is a symlink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymlinkPolicy {
    Follow,
    Reject,
}

/// Opens a file of this program. Anything but a regular file is an error, and opening it never blocks: a pipe would wait
/// for its other end.
///
/// `options` must not truncate, because the type is checked after opening.
pub fn open_regular_file(path: &Path, options: &mut OpenOptions, links: SymlinkPolicy) -> io::Result<File> {
    if links == SymlinkPolicy::Reject && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(io::Error::other("it is a symbolic link"));
    }
    // Another process can replace the file between the check above and the call, so the call checks again.
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        flags.set(OFlags::NOFOLLOW, links == SymlinkPolicy::Reject);
        options.custom_flags(flags.bits().cast_signed());
    }
    match options.open(path) {
        Ok(file) if file.metadata()?.is_file() => Ok(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
        // Opening a pipe or a directory for writing fails with errors that do not name the cause.
        Err(error) if fs::metadata(path).map_or(true, |metadata| metadata.is_file()) => Err(error),
        _ => Err(io::Error::other("it is not a regular file")),
    }
}

/// Reads a text file of the user, which can be a symlink or a pipe.
pub fn read_input_file(path: &Path, max_bytes: usize) -> io::Result<String> {
    read_bounded_file(&File::open(path)?, max_bytes)
}

/// Reads a text file to its end. A longer file is an error, and a longer regular file is not read at all.
pub fn read_bounded_file(file: &File, max_bytes: usize) -> io::Result<String> {
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory, not a file"));
    }
    if metadata.is_file() && metadata.len() > max_bytes as u64 {
        return Err(length_error(max_bytes));
    }
    read_bounded_text(file, max_bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    #[test]
    fn only_regular_files_are_opened() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = |name: &str| directory.path().join(name);
        fs::write(path("file"), "text").expect("written");
        symlink("file", path("link")).expect("a link");
        symlink("missing", path("dangling")).expect("a link");
        assert!(Command::new("mkfifo").arg(path("pipe")).status().expect("mkfifo runs").success());
        let open = |name: &str, links| {
            let read = open_regular_file(&path(name), OpenOptions::new().read(true), links);
            let write = open_regular_file(&path(name), OpenOptions::new().append(true).create(true), links);
            [read, write].map(|opened| opened.map(drop).map_err(|error| error.to_string()))
        };
        let both = |text: &str| [Err(text.to_owned()), Err(text.to_owned())];
        assert_eq!(open("file", SymlinkPolicy::Reject), [Ok(()), Ok(())]);
        assert_eq!(open("link", SymlinkPolicy::Follow), [Ok(()), Ok(())]);
        assert_eq!(open("link", SymlinkPolicy::Reject), both("it is a symbolic link"));
        assert_eq!(open("dangling", SymlinkPolicy::Reject), both("it is a symbolic link"));
        assert!(!path("missing").exists(), "the target is not created");
        assert_eq!(open("pipe", SymlinkPolicy::Follow), both("it is not a regular file"));
        assert_eq!(open(".", SymlinkPolicy::Follow), both("it is not a regular file"));
        assert_eq!(
            open_regular_file(Path::new("/dev/zero"), OpenOptions::new().read(true), SymlinkPolicy::Follow)
                .expect_err("a device")
                .to_string(),
            "it is not a regular file"
        );
    }

    #[test]
    fn input_files_are_bounded() {
        let directory = tempfile::tempdir().expect("a directory");
        let sparse = directory.path().join("sparse");
        File::create(&sparse).and_then(|file| file.set_len(2 << 30)).expect("a sparse file");
        for path in [&sparse, Path::new("/dev/zero")] {
            let error = read_input_file(path, 4096).expect_err("too long").to_string();
            assert_eq!(error, "it is longer than 4 KiB", "{}", path.display());
        }
        fs::write(directory.path().join("data"), "text").expect("written");
        symlink("data", directory.path().join("link")).expect("a link");
        assert_eq!(read_input_file(&directory.path().join("link"), 4).expect("text"), "text");
    }
}
