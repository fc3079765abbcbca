//! A local server with buckets.

use std::path::{Path, PathBuf};
use std::process::Command;

use ajo_limits::{BucketProvider, BucketUrl};

use crate::create_container::create_container;
use crate::http_request::put;
use crate::server::Server;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// A server with buckets, on a free port of this machine. It ends when the value is dropped, and when this process ends.
#[derive(Debug)]
pub struct Store {
    provider: BucketProvider,
    server: Server,
}

impl Store {
    /// Starts moto, a server of S3. `None` if it is not installed; the reason is on standard error.
    pub fn start_moto() -> Option<Self> {
        let python = or_skip(moto_python())?;
        let server = Server::start(Command::new(python).arg("-B").arg(server_script("moto_server.py")));
        Some(Self { provider: BucketProvider::S3, server })
    }

    /// Starts azurite, a server of Azure Blob Storage. `None` if it is not installed; the reason is on standard error.
    pub fn start_azurite() -> Option<Self> {
        or_skip(azurite_is_installed())?;
        let server = Server::start(Command::new("node").arg(server_script("azurite_server.cjs")));
        Some(Self { provider: BucketProvider::Azure, server })
    }

    /// The environment variables with which `CloudBucket` and `ajo` use the server.
    pub fn variables(&self) -> Vec<(String, String)> {
        let url = format!("http://{}", self.server.address());
        let variables = match self.provider {
            BucketProvider::S3 => vec![
                ("AWS_ENDPOINT_URL", url),
                ("AWS_REGION", "us-east-1".to_owned()),
                ("AWS_ACCESS_KEY_ID", "test".to_owned()),
                ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ],
            _ => vec![("AZURE_STORAGE_USE_EMULATOR", "true".to_owned()), ("AZURITE_BLOB_STORAGE_URL", url)],
        };
        variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Creates an empty bucket with a random name.
    pub fn create_bucket(&self) -> BucketUrl {
        self.create_bucket_named(&format!("ajo-{:016x}", fastrand::u64(..)))
    }

    /// Creates an empty bucket with this name.
    pub fn create_bucket_named(&self, bucket: &str) -> BucketUrl {
        match self.provider {
            BucketProvider::S3 => put(self.server.address(), &format!("/{bucket}"), &[]),
            _ => create_container(self.server.address(), bucket),
        }
        BucketUrl { provider: self.provider, bucket: bucket.to_owned(), prefix: String::new() }
    }
}

fn server_script(name: &str) -> PathBuf {
    Path::new(FOLDER).join("servers").join(name)
}

fn or_skip<T>(found: Result<T, String>) -> Option<T> {
    found.inspect_err(|reason| write_line(&format!("skipped: {reason}"))).ok()
}

#[expect(clippy::print_stderr, reason = "the reason for a skipped test")]
fn write_line(line: &str) {
    eprintln!("{line}");
}

/// The Python with moto's packages, which `pip` installs if they are missing.
fn moto_python() -> Result<PathBuf, String> {
    let script = Path::new(FOLDER).join("../python_venv.sh");
    let output = Command::new("sh").arg(script).arg("shared_state").output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().trim_start_matches("skipped: ").to_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().into())
}

fn azurite_is_installed() -> Result<(), String> {
    if Path::new(FOLDER).join("node_modules/azurite").is_dir() {
        return Ok(());
    }
    Err("azurite is not installed; run `npm ci --ignore-scripts` in tests/shared_state".to_owned())
}
