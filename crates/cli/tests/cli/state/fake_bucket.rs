//! A server with the part of the S3 API that `ajo` uses.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::fake_server::FakeServer;
use crate::support::{CommandOutput, ajo_command};

/// Never in an output.
pub(crate) const SECRET_KEY: &str = "c4nary/s3cr3t+key==of-the-bucket";

/// The organization of the tests.
pub(crate) const ORGANIZATION: &str = "A1B2@AdobeOrg";

/// How the server responds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behavior {
    Normal,
    IgnoresConditions,
    /// Fails with this status and this error code.
    Fails(u16, &'static str),
    /// Closes the connection.
    Disconnects,
}

#[derive(Debug, Default)]
struct Objects {
    objects: BTreeMap<String, (String, u64)>,
    writes: u64,
}

/// The bucket `limits` on a server of its own.
pub(crate) struct FakeBucket {
    server: FakeServer,
    objects: Arc<Mutex<Objects>>,
    behavior: Arc<Mutex<Behavior>>,
}

impl FakeBucket {
    pub(crate) fn start() -> Self {
        let (objects, behavior) = (Arc::<Mutex<Objects>>::default(), Arc::new(Mutex::new(Behavior::Normal)));
        let (shared, current) = (objects.clone(), behavior.clone());
        let server = FakeServer::start(move |start, mut connection| {
            let request = read_request(start, &mut connection);
            let behavior = *current.lock().expect("not poisoned");
            let response = match behavior {
                Behavior::Disconnects => return,
                Behavior::Fails(status, code) => error_response(status, code),
                _ => shared.lock().expect("not poisoned").respond(&request, behavior),
            };
            let _ = connection.write_all(response.as_bytes());
        });
        Self { server, objects, behavior }
    }

    pub(crate) fn set_behavior(&self, behavior: Behavior) {
        *self.behavior.lock().expect("not poisoned") = behavior;
    }

    /// The names of all objects.
    pub(crate) fn names(&self) -> Vec<String> {
        self.objects.lock().expect("not poisoned").objects.keys().cloned().collect()
    }

    pub(crate) fn object(&self, name: &str) -> Option<String> {
        self.objects.lock().expect("not poisoned").objects.get(name).map(|(content, _)| content.clone())
    }

    pub(crate) fn set_object(&self, name: &str, content: &str) {
        let mut objects = self.objects.lock().expect("not poisoned");
        objects.writes += 1;
        let version = objects.writes;
        objects.objects.insert(name.to_owned(), (content.to_owned(), version));
    }

    /// `ajo` with the credentials of the bucket.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = ajo_command(arguments);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command.env("AWS_ENDPOINT_URL", self.server.url()).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "key-id").env("AWS_SECRET_ACCESS_KEY", SECRET_KEY);
        command
    }

    /// Runs `ajo` in this directory and expects this exit code.
    pub(crate) fn run(&self, directory: &std::path::Path, arguments: &[&str], code: i32) -> CommandOutput {
        let output = self.command(arguments).current_dir(directory).output().expect("ajo runs");
        let output = CommandOutput::from(output);
        assert_eq!(output.exit_code, Some(code), "ajo {}\n{}\n{}", arguments.join(" "), output.stdout, output.stderr);
        assert!(!(output.stdout.clone() + &output.stderr).contains("c4nary"), "{}\n{}", output.stdout, output.stderr);
        output
    }
}

struct FakeRequest {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl FakeRequest {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

fn read_request(start: &str, connection: &mut TcpStream) -> FakeRequest {
    let (head, body) = start.split_once("\r\n\r\n").unwrap_or((start, ""));
    let mut lines = head.lines();
    let mut line = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, target) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let mut request = FakeRequest { method, target, headers: headers.collect(), body: body.to_owned() };
    let length: usize = request.header("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    let mut part = vec![0; 64 * 1024];
    while request.body.len() < length {
        match connection.read(&mut part) {
            Ok(read @ 1..) => request.body.push_str(&String::from_utf8_lossy(&part[..read])),
            _ => break,
        }
    }
    request
}

impl Objects {
    fn respond(&mut self, request: &FakeRequest, behavior: Behavior) -> String {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let name = path.trim_start_matches("/limits").trim_start_matches('/').replace("%40", "@");
        if request.method == "GET" && query.contains("list-type=2") {
            return self.list(query);
        }
        let found = self.objects.get(&name).cloned();
        let e_tag = |version: u64| format!("\"{version}\"");
        match (request.method.as_str(), found) {
            ("GET", Some((content, version))) => response(200, &content, &e_tag(version)),
            ("GET", None) => error_response(404, "NoSuchKey"),
            ("DELETE", _) => {
                self.objects.remove(&name);
                response(204, "", "")
            }
            (_, found) => {
                let absent = request.header("if-none-match").is_none() || found.is_none();
                let found = found.map(|(_, version)| e_tag(version));
                let same = request.header("if-match").is_none_or(|tag| found.as_deref() == Some(tag));
                if !(absent && same) && behavior != Behavior::IgnoresConditions {
                    return error_response(412, "PreconditionFailed");
                }
                self.writes += 1;
                self.objects.insert(name, (request.body.clone(), self.writes));
                response(200, "", &e_tag(self.writes))
            }
        }
    }

    fn list(&self, query: &str) -> String {
        let prefix = query.split('&').find_map(|part| part.strip_prefix("prefix=")).unwrap_or_default();
        let prefix = prefix.replace("%2F", "/").replace("%40", "@");
        let entries = self.objects.iter().filter(|(name, _)| name.starts_with(&prefix)).map(|(name, (content, version))| {
            format!(
                "<Contents><Key>{name}</Key><LastModified>2026-11-26T09:00:00.000Z</LastModified><ETag>\"{version}\"</ETag><Size>{}</Size></Contents>",
                content.len()
            )
        });
        let entries: String = entries.collect();
        response(200, &format!("<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>"), "")
    }
}

fn response(status: u16, body: &str, e_tag: &str) -> String {
    let tag = if e_tag.is_empty() { String::new() } else { format!("etag: {e_tag}\r\n") };
    format!(
        "HTTP/1.1 {status} X\r\n{tag}last-modified: Thu, 26 Nov 2026 09:00:00 GMT\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn error_response(status: u16, code: &str) -> String {
    response(status, &format!("<Error><Code>{code}</Code><Message>{code} of {SECRET_KEY}</Message></Error>"), "")
}
