//! Tests all token stores with one suite, and the specific guarantees of each store.

use std::sync::Arc;
use std::time::Duration;

use ajo_auth::{FileStore, MemoryStore, Secret, StoreError, StoreLocks, TokenStore};

const HOUR: Duration = Duration::from_secs(3600);

/// Prints why a test is skipped. `eprintln!` would be captured.
fn print_skipped(reason: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("skipped: {reason}\n").as_bytes());
}

async fn get(store: &dyn TokenStore, key: &str) -> Option<String> {
    store.get(key).await.expect("read").map(|text| text.expose().to_owned())
}

/// The suite for all stores.
async fn check_store(store: &dyn TokenStore) {
    assert_eq!(get(store, "a").await, None);
    store.remove("a").await.expect("a missing key is no error");
    store.set("a", &Secret::new("one"), HOUR).await.expect("stored");
    store.set("b", &Secret::new("é\n\u{0}two"), HOUR).await.expect("stored");
    assert_eq!(get(store, "a").await.as_deref(), Some("one"));
    assert_eq!(get(store, "b").await.as_deref(), Some("é\n\u{0}two"));
    store.set("a", &Secret::new("three"), HOUR).await.expect("replaced");
    assert_eq!(get(store, "a").await.as_deref(), Some("three"));
    store.remove("a").await.expect("removed");
    assert_eq!((get(store, "a").await, get(store, "b").await.is_some()), (None, true));
    store.set("a", &Secret::new(""), Duration::ZERO).await.expect("a lifetime of zero is no error");
    if store.locks() != StoreLocks::None {
        check_store_locks(store).await;
    }
}

/// The suite for stores with locks.
async fn check_store_locks(store: &dyn TokenStore) {
    let lock = async |lease| store.lock("a", lease).await.expect("a response");
    let ticket = lock(HOUR).await.expect("free");
    assert_eq!(lock(HOUR).await, None, "it is held");
    store.unlock("a", "another ticket").await.expect("ignored");
    assert_eq!(lock(HOUR).await, None, "it is still held");
    store.unlock("a", &ticket).await.expect("released");
    assert!(lock(Duration::from_millis(1)).await.is_some());
    tokio::time::sleep(Duration::from_millis(20)).await;
    let ticket = lock(HOUR).await.expect("the lease is over");
    store.unlock("a", &ticket).await.expect("released");
}

#[tokio::test]
async fn memory_store() {
    let store = MemoryStore::default();
    check_store(&store).await;
    store.set("short", &Secret::new("canary"), Duration::ZERO).await.expect("stored");
    assert_eq!(get(&store, "short").await, None, "it has expired");
    assert_eq!(format!("{store:?}"), "MemoryStore { entries: 2 }");
}

#[tokio::test]
async fn file_store() {
    let directory = tempfile::tempdir().expect("a directory");
    check_store(&FileStore::new(directory.path().join("not").join("there yet"))).await;
}

#[tokio::test]
async fn unusable_directory_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    std::fs::write(&file, "").expect("written");
    let store = FileStore::new(&file);
    let error: StoreError = store.set("a", &Secret::new("canary"), HOUR).await.expect_err("it is a file");
    assert!(error.to_string().contains("file/a.json") && !error.to_string().contains("canary"), "{error}");
    store.get("a").await.expect_err("it is a file");
}

#[tokio::test]
async fn file_over_the_limit_is_an_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = FileStore::new(directory.path());
    store.set("a", &Secret::new("x".repeat(64 * 1024)), HOUR).await.expect("stored");
    store.get("a").await.expect("64 KiB");
    store.set("a", &Secret::new("x".repeat(64 * 1024 + 1)), HOUR).await.expect("stored");
    let error = store.get("a").await.expect_err("too long");
    assert!(error.to_string().ends_with("it is longer than 64 KiB"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn file_is_private() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let directory = tempfile::tempdir().expect("a directory");
    let store = FileStore::new(directory.path().join("tokens"));
    store.set("a", &Secret::new("one"), HOUR).await.expect("stored");
    let file = store.directory().join("a.json");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(store.directory())), (0o600, 0o700));
    fs::set_permissions(&file, Permissions::from_mode(0o644)).expect("changed");
    let error = store.get("a").await.expect_err("open to others");
    assert!(error.to_string().ends_with("other users can access it (its mode is 644, not 600)"), "{error}");
    store.set("a", &Secret::new("two"), HOUR).await.expect("replaced");
    assert_eq!((mode(&file), get(&store, "a").await.as_deref()), (0o600, Some("two")));
}

/// Concurrent readers only see complete values, and no temporary files remain.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_reads_see_complete_files() {
    let directory = tempfile::tempdir().expect("a directory");
    // Each store represents a process: the stores only share the directory.
    let tasks: Vec<_> = (0..8_u8)
        .map(|number| {
            let store = FileStore::new(directory.path());
            tokio::spawn(async move {
                for _ in 0..25 {
                    let text = String::from(char::from(b'a' + number)).repeat(20_000);
                    store.set("shared", &Secret::new(text), HOUR).await.expect("stored");
                    let read = get(&store, "shared").await.expect("there");
                    let first = read.chars().next().expect("a letter");
                    assert!(read.len() == 20_000 && read.chars().all(|letter| letter == first));
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    assert_eq!(std::fs::read_dir(directory.path()).expect("a directory").count(), 1);
}

/// Two stores represent two processes.
#[tokio::test]
async fn file_lock_is_shared() {
    let directory = tempfile::tempdir().expect("a directory");
    let [one, two] = [FileStore::new(directory.path()), FileStore::new(directory.path())];
    let lock = async |store: &FileStore, lease| store.lock("a", lease).await.expect("a response");
    let ticket = lock(&one, HOUR).await.expect("free");
    assert_eq!((lock(&two, HOUR).await, two.lock("b", HOUR).await.expect("a response").is_some()), (None, true));
    two.unlock("a", &ticket).await.expect("ignored");
    assert_eq!(lock(&two, HOUR).await, None, "a ticket of another store releases nothing");
    one.unlock("a", &ticket).await.expect("released");
    lock(&two, Duration::from_millis(1)).await.expect("free");
    tokio::time::sleep(Duration::from_millis(20)).await;
    lock(&one, HOUR).await.expect("the lease is over");
    drop(one);
    lock(&two, HOUR).await.expect("the lock ended with its store");
}

#[cfg(unix)]
mod planted_files {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
    use std::path::Path;

    use ajo_auth::FileStoreProblem;

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("changed");
    }

    /// Gives a file to another user, which only root can do. Otherwise prints that the test is skipped.
    fn give_away(path: &Path) -> bool {
        let is_given = chown(path, Some(65_534), None).is_ok();
        if !is_given {
            print_skipped("only root can give files to another user");
        }
        is_given
    }

    #[tokio::test]
    async fn file_of_another_user_is_replaced() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = FileStore::new(directory.path());
        store.set("a", &Secret::new("planted"), HOUR).await.expect("stored");
        let file = directory.path().join("a.json");
        if !give_away(&file) {
            return;
        }
        let error = store.get("a").await.expect_err("planted").to_string();
        assert!(error.ends_with("a.json: it belongs to another user (uid 65534)"), "{error}");
        store.set("a", &Secret::new("mine"), HOUR).await.expect("replaced");
        assert_eq!(get(&store, "a").await.as_deref(), Some("mine"));
    }

    #[tokio::test]
    async fn links_and_pipes_are_not_used() {
        let directory = tempfile::tempdir().expect("a directory");
        let (store, path) = (FileStore::new(directory.path()), |name: &str| directory.path().join(name));
        fs::write(path("other"), "planted").expect("written");
        set_mode(&path("other"), 0o600);
        for name in ["a.json", "a.lock"] {
            symlink("other", path(name)).expect("a link");
        }
        let errors = [
            store.get("a").await.map(drop).expect_err("a link").to_string(),
            store.lock("a", HOUR).await.map(drop).expect_err("a link").to_string(),
        ];
        assert!(errors.iter().all(|error| error.ends_with("it is a symbolic link")), "{errors:?}");
        store.set("a", &Secret::new("mine"), HOUR).await.expect("replaces the link");
        assert_eq!(get(&store, "a").await.as_deref(), Some("mine"));
        assert_eq!(fs::read_to_string(path("other")).expect("text"), "planted");

        assert!(std::process::Command::new("mkfifo").arg(path("b.lock")).status().expect("mkfifo runs").success());
        let error = store.lock("b", HOUR).await.expect_err("a pipe").to_string();
        assert!(error.ends_with("it is not a regular file"), "{error}");
    }

    #[tokio::test]
    async fn lock_file_is_private() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = FileStore::new(directory.path());
        store.lock("a", HOUR).await.expect("locked");
        let mode = fs::metadata(directory.path().join("a.lock")).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }

    #[tokio::test]
    async fn shared_directory_is_not_used() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("tokens");
        let store = FileStore::new(&path);
        store.check().expect("it can be created");
        store.set("a", &Secret::new("one"), HOUR).await.expect("stored");
        for mode in [0o777, 0o770, 0o2775] {
            set_mode(&path, mode);
            assert!(matches!(store.check(), Err(FileStoreProblem::NotPrivate(_))), "{mode:o}");
            store.get("a").await.expect_err("shared");
            store.set("a", &Secret::new("two"), HOUR).await.expect_err("shared");
            store.lock("a", HOUR).await.expect_err("shared");
        }
        assert_eq!(store.check().expect_err("shared").to_string(), "other users can write to it (its mode is 2775)");
        for mode in [0o755, 0o1777] {
            set_mode(&path, mode);
            store.check().expect("others cannot replace files");
            assert_eq!(get(&store, "a").await.as_deref(), Some("one"));
        }
    }

    #[tokio::test]
    async fn directory_of_another_user_is_not_used() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = FileStore::new(directory.path());
        store.set("a", &Secret::new("planted"), HOUR).await.expect("stored");
        if !give_away(directory.path()) {
            return;
        }
        assert_eq!(store.check().expect_err("not ours").to_string(), "it belongs to another user (uid 65534)");
        store.get("a").await.expect_err("not ours");
        store.set("a", &Secret::new("mine"), HOUR).await.expect_err("not ours");
        store.lock("a", HOUR).await.expect_err("not ours");
    }

    #[test]
    fn check_reports_unwritable_directory() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("file");
        fs::write(&file, "").expect("written");
        let problem = FileStore::new(file.join("tokens")).check().expect_err("a file").to_string();
        assert!(problem.starts_with("it is not writable: "), "{problem}");
    }
}

#[test]
fn stores_are_send_and_sync() {
    let stores: [Arc<dyn TokenStore>; 2] = [Arc::new(MemoryStore::default()), Arc::new(FileStore::new("tokens"))];
    assert_eq!(stores.len(), 2);
}

#[cfg(feature = "redis")]
mod redis {
    use std::net::TcpListener;
    use std::process::{Child, Command, Stdio};
    use std::time::Instant;

    use ajo_auth::RedisStore;

    use super::*;

    /// A real server on a free port, without persistence. It is stopped when dropped.
    struct RedisServer {
        process: Child,
        port: u16,
    }

    impl RedisServer {
        /// Starts the server. Prints the reason and returns `None` if `redis-server` is not installed.
        fn start() -> Option<Self> {
            let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
            let spawned = Command::new("redis-server")
                .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn();
            let process = match spawned {
                Ok(process) => process,
                Err(error) => {
                    let reason = format!("redis-server cannot be started ({error}); Debian has it as redis-server");
                    assert!(std::env::var_os("AJO_REQUIRE_REDIS").is_none(), "{reason}");
                    print_skipped(&reason);
                    return None;
                }
            };
            let server = Self { process, port };
            let deadline = Instant::now() + Duration::from_secs(10);
            while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
                assert!(Instant::now() < deadline, "redis-server does not listen");
                std::thread::sleep(Duration::from_millis(20));
            }
            Some(server)
        }

        fn url(&self) -> String {
            format!("redis://127.0.0.1:{}/", self.port)
        }
    }

    impl Drop for RedisServer {
        fn drop(&mut self) {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }

    #[tokio::test]
    async fn server_stores_tokens_until_expiry() {
        let Some(server) = RedisServer::start() else { return };
        let store = RedisStore::new(&server.url()).expect("a store");
        check_store(&store).await;

        store.set("short", &Secret::new("one"), Duration::from_millis(50)).await.expect("stored");
        tokio::time::sleep(Duration::from_millis(80)).await;
        assert_eq!(get(&store, "short").await, None, "it expired on the server");

        store.set("long", &Secret::new("one"), HOUR).await.expect("stored");
        let client = ::redis::Client::open(server.url()).expect("a client");
        let mut connection = client.get_multiplexed_async_connection().await.expect("a connection");
        let left: i64 =
            ::redis::cmd("PTTL").arg("ajo-limits:token:long").query_async(&mut connection).await.expect("a number");
        assert!((3_590_000..=3_600_000).contains(&left), "{left}");

        // A value of another type, written by another program, is an error and not a panic.
        let _: i64 = ::redis::cmd("RPUSH")
            .arg("ajo-limits:token:list")
            .arg("canary")
            .query_async(&mut connection)
            .await
            .expect("a list");
        let error = store.get("list").await.expect_err("it is a list");
        assert!(error.to_string().starts_with("Redis: ") && !error.to_string().contains("canary"), "{error}");
    }

    #[tokio::test]
    async fn store_reconnects_after_an_outage() {
        let Some(server) = RedisServer::start() else { return };
        let (url, port) = (server.url(), server.port);
        let store = RedisStore::new(&url).expect("a store");
        store.set("a", &Secret::new("one"), HOUR).await.expect("stored");
        drop(server);
        let start = Instant::now();
        store.get("a").await.expect_err("the server is stopped");
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        let _server = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", ""])
            .stdout(Stdio::null())
            .spawn()
            .map(|process| RedisServer { process, port })
            .expect("started again");
        let deadline = Instant::now() + Duration::from_secs(10);
        while store.get("a").await.is_err() {
            assert!(Instant::now() < deadline, "the store does not connect again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(get(&store, "a").await, None, "the new server is empty");
    }

    #[tokio::test]
    async fn invalid_url_error_hides_the_password() {
        for url in ["", "canary", "http://user:canary@127.0.0.1/", "redis://:canary@127.0.0.1:port/"] {
            let error = RedisStore::new(url).expect_err(url);
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
        let (_socket, port) = crate::closed_port();
        let store = RedisStore::new(&format!("redis://user:canary@127.0.0.1:{port}/")).expect("well-formed");
        let error = store.get("a").await.expect_err("nobody listens");
        assert!(!format!("{store:?} {error} {error:?}").contains("canary"), "{error}");
    }
}
