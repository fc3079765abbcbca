//! Named pipes, which block a process that opens them.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

pub(crate) fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
}

/// Opens a pipe for writing as soon as a process reads it. Fails if no process does.
pub(crate) fn open_when_read(pipe: &Path) -> File {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let opened = fs::OpenOptions::new().write(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(pipe);
        match opened {
            Ok(file) => return file,
            Err(error) => assert!(Instant::now() < deadline, "nothing reads the pipe: {error}"),
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
