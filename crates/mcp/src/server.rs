//! The server.

use std::sync::Arc;
use std::time::Duration;

use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation, JsonObject,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServiceExt as _};
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::arguments::FileArguments;
use crate::bounds::{self, MAX_CHARS, MAX_TEXT_CHARS};
use crate::client_roots::{self, ClientRoots};
use crate::limits_reader::LimitsReader;
use crate::response::{DATA_NOTE, ToolError, ToolResponse, ToolResult};
use crate::roots::Roots;
use crate::stop_signal::StopSignal;
use crate::tools::{INSTRUCTIONS, tools};

/// How long a call may take. Clients often give up after 60 s.
const TIME_LIMIT: Duration = Duration::from_secs(45);

/// Maximum number of calls at the same time; others wait.
const MAX_PARALLEL_CALLS: usize = 4;

/// Maximum number of files that a call names.
const MAX_FILES: usize = 100;

/// Why the server ended.
#[derive(Debug)]
pub struct ServerError(String);

impl std::fmt::Display for ServerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ServerError {}

/// Serves one client on standard input and output, until the input ends. `default_roots` counts if the client has no roots.
///
/// # Errors
///
/// The client does not start with the protocol's handshake, or the server fails.
pub async fn serve<R: LimitsReader>(reader: R, default_roots: Roots, version: &'static str) -> Result<(), ServerError> {
    let server = Server::new(reader, default_roots, version, TIME_LIMIT);
    let running = match server.serve(rmcp::transport::stdio()).await {
        Ok(running) => running,
        // The client has gone without a word, which is its right.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(ServerError(format!("the client did not start the protocol: {error}"))),
    };
    running.waiting().await.map(drop).map_err(|error| ServerError(format!("the server failed: {error}")))
}

struct Server<R> {
    reader: Arc<R>,
    default_roots: Roots,
    version: &'static str,
    time_limit: Duration,
    permits: Semaphore,
}

impl<R: LimitsReader> ServerHandler for Server<R> {
    fn get_info(&self) -> ServerConfig {
        let name = Implementation::new("ajo", self.version).with_title("Limits of Adobe Journey Optimizer");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(name)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools().into_iter().map(|entry| entry.tool).collect()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools().into_iter().map(|entry| entry.tool).find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        mut request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(entry) = tools().into_iter().find(|entry| entry.tool.name == request.name) else {
            let unknown = bounds::cut_text(&self.reader.safe_text(&request.name), 60);
            return Err(ErrorData::invalid_params(format!("there is no tool `{unknown}`"), None));
        };
        let _permit = tokio::select! {
            permit = self.permits.acquire() => permit,
            () = context.ct.cancelled() => return Ok(self.failure(&cancelled_error()).into()),
        };
        let arguments = request.arguments.take().unwrap_or_default();
        let mut call = match ToolCall::parse(&request.name, arguments) {
            Ok(call) => call,
            Err(error) => return Ok(self.failure(&error).into()),
        };
        if !call.files_mut().is_empty() {
            match client_roots::ask(&request, &context, &self.default_roots).await {
                Ok(ClientRoots::Needed(needed)) => return Ok((*needed).into()),
                Ok(ClientRoots::Known(roots)) => {
                    self.reader.restrict_files(&roots);
                    if let Err(error) = resolve_files(&mut call, &roots) {
                        return Ok(self.failure(&error).into());
                    }
                }
                Err(error) => return Ok(self.failure(&error).into()),
            }
        }
        let result = self.run(call, &context).await;
        Ok(match result {
            Ok(report) => self.success(report, entry.narrow),
            Err(error) => self.failure(&error),
        }
        .into())
    }
}

impl<R: LimitsReader> Server<R> {
    fn new(reader: R, default_roots: Roots, version: &'static str, time_limit: Duration) -> Self {
        reader.restrict_files(&Roots::none());
        Self {
            reader: Arc::new(reader),
            default_roots,
            version,
            time_limit,
            permits: Semaphore::new(MAX_PARALLEL_CALLS),
        }
    }

    /// Runs a call on a thread of its own, because it may simulate for seconds.
    async fn run(&self, call: ToolCall, context: &RequestContext<RoleServer>) -> ToolResult {
        let (sender, signal) = StopSignal::new();
        let (reader, runtime) = (Arc::clone(&self.reader), Handle::current());
        let work = tokio::task::spawn_blocking(move || {
            runtime.block_on(async {
                tokio::select! {
                    result = call.run(&*reader, &signal) => result,
                    () = signal.stopped() => Err(ToolError::new("the call was stopped")),
                }
            })
        });
        let stopped = tokio::select! {
            result = work => {
                return result.unwrap_or_else(|_| Err(ToolError::new("the tool failed: this is a bug in ajo")));
            }
            () = context.ct.cancelled() => cancelled_error(),
            () = tokio::time::sleep(self.time_limit) => {
                ToolError::new(format!("the call took longer than {} seconds", self.time_limit.as_secs()))
                    .with_hint("ask for less: fewer files, or less traffic; a command in a terminal has no time limit")
            }
        };
        sender.stop();
        Err(stopped)
    }

    fn success(&self, report: crate::response::ToolReport, narrow: &str) -> CallToolResult {
        let safe_text = |text: &str| self.reader.safe_text(text);
        let (data, mut omitted) = bounds::bound(&bounds::clean(report.data, &safe_text), MAX_CHARS);
        if !omitted.is_empty() {
            omitted.push(format!("to get it: {narrow}"));
        }
        let mut source = report.source;
        for text in [&mut source.service, &mut source.sandbox, &mut source.organization].into_iter().flatten() {
            *text = safe_text(text);
        }
        source.files.iter_mut().for_each(|file| *file = safe_text(file));
        let next = report.next.map(|next| safe_text(&next));
        let response = ToolResponse { source, note: DATA_NOTE, data, omitted, next };
        CallToolResult::structured(json!(response))
    }

    /// The message and the hint of the command, and the service that the tools read.
    fn failure(&self, error: &ToolError) -> CallToolResult {
        let safe = |text: &str| bounds::cut_text(&self.reader.safe_text(text), MAX_TEXT_CHARS);
        let lines = |text: &str| text.lines().map(safe).collect::<Vec<_>>().join("\n");
        let hint = error.hint.as_ref().map(|hint| format!("\nhint: {}", lines(hint))).unwrap_or_default();
        let text = format!("error: {}{hint}", safe(&error.message));
        let source = bounds::clean(json!(self.reader.service()), &safe);
        CallToolResult::error(vec![
            ContentBlock::text(bounds::cut_text(&text, MAX_CHARS)),
            ContentBlock::text(format!("source: {source}")),
        ])
    }
}

/// Nobody reads it: the client has dropped the request.
fn cancelled_error() -> ToolError {
    ToolError::new("the call was cancelled")
}

/// Replaces the paths in the arguments with paths inside of the roots.
fn resolve_files(call: &mut ToolCall, roots: &Roots) -> Result<(), ToolError> {
    if call.files_mut().len() > MAX_FILES {
        return Err(ToolError::new(format!("a call names at most {MAX_FILES} files")).with_hint("pass their folder"));
    }
    for file in call.files_mut() {
        let path = roots.resolve(file).map_err(|error| ToolError { message: error.message, hint: error.hint })?;
        *file = path.into_os_string().into_string().map_err(|_| ToolError::new("the path is not valid Unicode"))?;
    }
    Ok(())
}

fn parse<A: DeserializeOwned>(arguments: JsonObject) -> Result<A, ToolError> {
    serde_json::from_value(arguments.into()).map_err(|error| {
        ToolError::new(format!("the arguments are not valid: {error}")).with_hint("see the input schema")
    })
}

/// Declares the enumeration of all tools, so that each is parsed and run the same way.
macro_rules! tool_calls {
    ($($variant:ident($arguments:ident) $name:literal $method:ident;)*) => {
        /// A tool with its arguments.
        enum ToolCall {
            $($variant(Box<crate::arguments::$arguments>),)*
        }

        impl ToolCall {
            fn parse(name: &str, arguments: JsonObject) -> Result<Self, ToolError> {
                match name {
                    $($name => parse(arguments).map(Self::$variant),)*
                    _ => Err(ToolError::new("there is no such tool")),
                }
            }

            fn files_mut(&mut self) -> Vec<&mut String> {
                match self {
                    $(Self::$variant(arguments) => arguments.files_mut(),)*
                }
            }

            async fn run(self, reader: &impl LimitsReader, stop: &StopSignal) -> ToolResult {
                match self {
                    $(Self::$variant(arguments) => reader.$method(*arguments, stop).await,)*
                }
            }
        }
    };
}

tool_calls! {
    List(ListArguments) "list" list;
    Get(GetArguments) "get" get;
    Explain(ExplainArguments) "explain" explain;
    Validate(ValidateArguments) "validate" validate;
    Plan(PlanArguments) "plan" plan;
    Drift(DriftArguments) "drift" drift;
    Simulate(SimulateArguments) "simulate" simulate;
    Size(SizeArguments) "size" size;
}

#[cfg(test)]
mod tests;
