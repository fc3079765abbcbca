//! A client that speaks JSON-RPC with `ajo mcp`, line by line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub(super) struct McpClient {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    roots: Vec<String>,
    last_id: u64,
}

impl McpClient {
    /// Starts a server and shakes hands. Without roots, the client has no such capability.
    pub(super) fn start(mut command: Command, roots: Option<&[&Path]>) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("ajo runs");
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().expect("a pipe")));
        let uri = |root: &&Path| format!("file://{}", root.display());
        let uris = roots.unwrap_or_default().iter().map(uri).collect();
        let mut client = Self { child, input, output, roots: uris, last_id: 0 };
        let capabilities = if roots.is_some() { json!({"roots": {"listChanged": true}}) } else { json!({}) };
        let started = client.request(
            "initialize",
            &json!({
                "protocolVersion": "2025-11-25",
                "capabilities": capabilities,
                "clientInfo": {"name": "test", "version": "1"},
            }),
        );
        assert!(
            started["result"]["instructions"].as_str().is_some_and(|text| text.contains("No tool changes anything"))
        );
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        client
    }

    pub(super) fn send(&mut self, message: &Value) {
        self.send_line(&message.to_string());
    }

    pub(super) fn send_line(&mut self, line: &str) {
        writeln!(self.input.as_mut().expect("open"), "{line}").expect("written");
    }

    /// Sends a request, and returns its id.
    pub(super) fn begin(&mut self, method: &str, params: &Value) -> u64 {
        self.last_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}));
        self.last_id
    }

    /// Sends a request, and returns the response.
    pub(super) fn request(&mut self, method: &str, params: &Value) -> Value {
        let id = self.begin(method, params);
        self.response(id)
    }

    /// The next message of the server. Every line must be one.
    fn receive(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The response with this id. Answers requests of the server.
    fn response(&mut self, id: u64) -> Value {
        loop {
            let message = self.receive();
            if message["method"] == "roots/list" {
                let roots: Vec<Value> = self.roots.iter().map(|uri| json!({ "uri": uri })).collect();
                self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": {"roots": roots}}));
            } else if message["id"] == id {
                return message;
            }
        }
    }

    /// Calls a tool, and returns its result.
    pub(super) fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let mut response = self.request("tools/call", &json!({"name": tool, "arguments": arguments}));
        response["result"].take()
    }

    /// Calls a tool that must succeed, and returns the structured content.
    pub(super) fn data(&mut self, tool: &str, arguments: &Value) -> Value {
        let mut result = self.call(tool, arguments);
        assert_eq!(result["isError"], false, "{tool} {arguments}: {result}");
        let content = result["structuredContent"].take();
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().expect("a text")).expect("JSON");
        assert_eq!(text, content, "{tool}");
        content
    }

    /// Calls a tool that must fail, and returns the text.
    pub(super) fn error(&mut self, tool: &str, arguments: &Value) -> String {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], true, "{tool} {arguments}: {result}");
        let source = result["content"][1]["text"].as_str().expect("a source");
        assert!(source.starts_with("source: {\"kind\":\""), "{tool} {arguments}: {source}");
        result["content"][0]["text"].as_str().expect("a text").to_owned()
    }

    /// Closes the connection, and returns the exit code.
    pub(super) fn close(mut self) -> Option<i32> {
        self.input = None;
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server does not end");
    }
}

impl Drop for McpClient {
    fn drop(&mut self) {
        // It has ended if the test passes.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
