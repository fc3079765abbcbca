//! The server and a scripted client, in one process.

use std::sync::Mutex;
use std::time::Instant;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};

use super::*;
use crate::arguments::{
    DriftArguments, ExplainArguments, GetArguments, ListArguments, PlanArguments, SimulateArguments, SizeArguments,
    ValidateArguments,
};
use crate::response::{Source, ToolReport};

/// `size` waits until it must stop; `validate` returns its files.
#[derive(Default)]
struct FakeReader {
    roots: Mutex<Roots>,
}

fn report(files: Vec<String>) -> ToolReport {
    ToolReport { source: Source::offline(files), data: json!({}), next: None }
}

impl LimitsReader for FakeReader {
    fn safe_text(&self, text: &str) -> String {
        text.to_owned()
    }

    fn service(&self) -> Source {
        Source { sandbox: Some("dev".to_owned()), ..Source::offline(Vec::new()) }
    }

    fn restrict_files(&self, roots: &Roots) {
        *self.roots.lock().expect("a lock") = roots.clone();
    }

    async fn list(&self, _: ListArguments, _: &StopSignal) -> ToolResult {
        Ok(report(Vec::new()))
    }

    async fn get(&self, _: GetArguments, _: &StopSignal) -> ToolResult {
        panic!("a bug")
    }

    async fn explain(&self, _: ExplainArguments, _: &StopSignal) -> ToolResult {
        Err(ToolError::new("a\nproblem").with_hint("one\ntwo"))
    }

    async fn validate(&self, arguments: ValidateArguments, _: &StopSignal) -> ToolResult {
        Ok(report(arguments.files))
    }

    async fn plan(&self, _: PlanArguments, _: &StopSignal) -> ToolResult {
        Ok(report(Vec::new()))
    }

    async fn drift(&self, _: DriftArguments, _: &StopSignal) -> ToolResult {
        Ok(report(Vec::new()))
    }

    async fn simulate(&self, _: SimulateArguments, stop: &StopSignal) -> ToolResult {
        stop.stopped().await;
        Ok(report(Vec::new()))
    }

    /// Blocks its thread, like a simulation.
    async fn size(&self, _: SizeArguments, stop: &StopSignal) -> ToolResult {
        while !stop.is_stopped() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(report(Vec::new()))
    }
}

struct Client {
    output: WriteHalf<DuplexStream>,
    input: Lines<BufReader<ReadHalf<DuplexStream>>>,
}

impl Client {
    fn connect(time_limit: Duration) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let server = Server::new(FakeReader::default(), Roots::none(), "1", time_limit);
        tokio::spawn(async move {
            if let Ok(running) = server.serve(theirs).await {
                let _ = running.waiting().await;
            }
        });
        let (input, output) = tokio::io::split(ours);
        Self { output, input: BufReader::new(input).lines() }
    }

    async fn initialized(time_limit: Duration) -> Self {
        let mut client = Self::connect(time_limit);
        let params = json!({
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}
        });
        client.send(&json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})).await;
        client.receive().await;
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        client
    }

    async fn send(&mut self, message: &Value) {
        self.output.write_all(format!("{message}\n").as_bytes()).await.expect("written");
    }

    async fn receive(&mut self) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(20), self.input.next_line()).await.expect("a response");
        serde_json::from_str(&line.expect("a line").expect("open")).expect("JSON")
    }

    async fn begin(&mut self, id: u64, tool: &str, arguments: Value) {
        let params = json!({"name": tool, "arguments": arguments});
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})).await;
    }

    /// Calls a tool, and returns the text of its error.
    async fn error(&mut self, tool: &str, arguments: Value) -> String {
        self.begin(1, tool, arguments).await;
        let response = self.receive().await;
        assert_eq!(response["result"]["isError"], true, "{response}");
        response["result"]["content"][0]["text"].as_str().expect("a text").to_owned()
    }
}

#[tokio::test]
async fn every_tool_refuses_unknown_arguments() {
    let mut client = Client::initialized(Duration::from_secs(60)).await;
    for entry in tools() {
        let error = client.error(&entry.tool.name, json!({"noSuchArgument": 1})).await;
        assert!(error.contains("noSuchArgument"), "{}: {error}", entry.tool.name);
    }
}

#[tokio::test]
async fn slow_call_ends_after_time_limit() {
    for tool in ["simulate", "size"] {
        let mut client = Client::initialized(Duration::from_millis(50)).await;
        assert!(client.error(tool, json!({})).await.contains("the call took longer than"), "{tool}");
    }
}

#[tokio::test]
async fn cancelled_call_ends() {
    let mut client = Client::initialized(Duration::from_secs(3600)).await;
    let slow = 10..10 + MAX_PARALLEL_CALLS as u64;
    for id in slow.clone() {
        client.begin(id, "size", json!({})).await;
    }
    let began = Instant::now();
    for id in slow {
        let params = json!({"requestId": id});
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params})).await;
    }
    client.begin(1, "list", json!({})).await;
    while client.receive().await["id"] != 1 {}
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn error_has_message_and_hint() {
    let mut client = Client::initialized(Duration::from_secs(60)).await;
    let error = client.error("explain", json!({"method": "GET", "url": "x"})).await;
    assert_eq!(error, "error: a\nproblem\nhint: one\ntwo");
    assert!(client.error("get", json!({})).await.contains("this is a bug in ajo"));
}

/// Since 2026-07-28, a server asks for roots in a result, and the client repeats the call.
#[tokio::test]
async fn newest_protocol_asks_for_roots() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("prod.yaml"), "version: 1\n").expect("written");
    let mut client = Client::connect(Duration::from_secs(60));
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {"roots": {}},
    });
    let mut params = json!({"name": "validate", "arguments": {"files": ["prod.yaml"]}, "_meta": meta});
    client.send(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})).await;
    let asked = client.receive().await;
    assert_eq!(asked["result"]["inputRequests"]["roots"]["method"], "roots/list", "{asked}");
    let uri = format!("file://{}", directory.path().display());
    params["inputResponses"] = json!({"roots": {"roots": [{"uri": uri}]}});
    client.send(&json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params})).await;
    let done = client.receive().await;
    let file = done["result"]["structuredContent"]["source"]["files"][0].as_str().unwrap_or_default().to_owned();
    assert!(file.ends_with("/prod.yaml"), "{done}");
}
