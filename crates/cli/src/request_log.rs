//! `--debug` and `AJO_LOG`: writes a line to standard error for each request.
//!
//! The lines come from the tracing spans of the client, which have no header, body, or query.

use std::collections::BTreeMap;
use std::fmt::Debug;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry, SpanRef};

use crate::arguments::{Command, GlobalSettings};
use crate::command_error::CommandError;
use crate::output;
use crate::safe_text::safe;
use crate::session::{Setting, SettingsReader};

/// Starts the log, if it is on. `--debug` comes before `AJO_LOG`.
pub(crate) fn set_up(settings: &GlobalSettings, command: &Command) -> Result<(), CommandError> {
    // Help does not depend on variables.
    if matches!(command, Command::Help(_)) {
        return Ok(());
    }
    let level = if settings.debug { LevelFilter::DEBUG } else { level_of_variable()? };
    if level != LevelFilter::OFF {
        let subscriber = Registry::default().with(RequestLog { level });
        // The first log stays: only tests run several commands in one process.
        let _ = tracing::subscriber::set_global_default(subscriber);
    }
    Ok(())
}

fn level_of_variable() -> Result<LevelFilter, CommandError> {
    let Some(text) = SettingsReader::variables().value(Setting::Log)? else { return Ok(LevelFilter::OFF) };
    Ok(match text.as_str() {
        "error" => LevelFilter::ERROR,
        "warn" => LevelFilter::WARN,
        "info" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        "trace" => LevelFilter::TRACE,
        "off" => LevelFilter::OFF,
        _ => {
            let problem = format!("AJO_LOG must be error, warn, info, debug, trace, or off, not `{text}`");
            return Err(CommandError::new(problem).into_usage_error());
        }
    })
}

/// Prints calls (info), or failed calls only (error), and from debug on each request instead.
struct RequestLog {
    level: LevelFilter,
}

/// The fields of a span or an event.
#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for RequestLog {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        // Calls are spans of the level info; failed ones are also printed at the level error.
        metadata.target().starts_with("ajo_") && (*metadata.level() <= Level::INFO || *metadata.level() <= self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if *event.metadata().level() > self.level {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let call = context.event_span(event).and_then(|span| call_of(&span));
        let subject = call.map(|(subject, request_id)| format!("{subject}: {}", describe_id(request_id.as_deref())));
        let what = match (fields.get("message"), fields.get("after_ms")) {
            (_, Some(delay)) => {
                let status = fields.get("status").map(|status| format!(", after status {status}")).unwrap_or_default();
                let attempt = fields.get("attempt").unwrap_or("?");
                format!("attempt {attempt} failed{status}; the next one starts in {delay} ms")
            }
            (message, None) => message.unwrap_or_default().to_owned(),
        };
        let level = event.metadata().level().as_str().to_ascii_lowercase();
        print(&level, &(subject.unwrap_or_default() + &what));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let extensions = span.extensions();
        let Some(fields) = extensions.get::<Fields>() else { return };
        let has_failed = fields.get("error.type").is_some();
        match span.name() {
            "call" if has_failed && self.level >= LevelFilter::ERROR => print("request", &describe_call(fields)),
            // From debug on, its requests are printed.
            "call" if self.level == LevelFilter::INFO => print("request", &describe_call(fields)),
            "attempt" | "token request" if self.level >= LevelFilter::DEBUG => {
                let call = call_of(&span).filter(|_| span.name() == "attempt");
                let (subject, request_id) = call.unwrap_or_else(|| (subject(fields), None));
                print("request", &describe_attempt(fields, &subject, request_id.as_deref()));
            }
            _ => {}
        }
    }
}

/// The method and path, and the request id, of the call that a span belongs to.
fn call_of<'s, S: LookupSpan<'s>>(span: &SpanRef<'s, S>) -> Option<(String, Option<String>)> {
    let call = span.scope().find(|span| span.name() == "call")?;
    let extensions = call.extensions();
    let fields = extensions.get::<Fields>()?;
    Some((subject(fields), fields.get("ajo.request_id").map(str::to_owned)))
}

fn subject(fields: &Fields) -> String {
    let path = fields.get("url.path").or_else(|| fields.get("url.template")).unwrap_or_default();
    format!("{} {path}", fields.get("http.request.method").unwrap_or_default())
}

fn describe_call(fields: &Fields) -> String {
    let attempts = fields.get("ajo.attempts").unwrap_or("0");
    let id = describe_id(fields.get("ajo.request_id"));
    let (result, service_id) = (describe_result(fields), describe_service_id(fields));
    format!("{}: {id}{result} in {} ms, attempts: {attempts}{service_id}", subject(fields), duration(fields))
}

fn describe_attempt(fields: &Fields, subject: &str, request_id: Option<&str>) -> String {
    let earlier: u32 = fields.get("http.request.resend_count").and_then(|count| count.parse().ok()).unwrap_or(0);
    let attempt = if request_id.is_some() { format!(", attempt {}", earlier + 1) } else { String::new() };
    let (id, result, service_id) = (describe_id(request_id), describe_result(fields), describe_service_id(fields));
    format!("{subject}: {id}{result} in {} ms{attempt}{service_id}", duration(fields))
}

fn describe_id(request_id: Option<&str>) -> String {
    request_id.map(|id| format!("id {id}: ")).unwrap_or_default()
}

/// The id in an error response, which the error of the command shows.
fn describe_service_id(fields: &Fields) -> String {
    fields.get("ajo.service_request_id").map(|id| format!(", id of the service {id}")).unwrap_or_default()
}

/// The status, or why there is no response.
fn describe_result(fields: &Fields) -> &str {
    fields.get("http.response.status_code").or_else(|| fields.get("error.type")).unwrap_or("cancelled")
}

fn duration(fields: &Fields) -> &str {
    fields.get("ajo.duration_ms").unwrap_or("?")
}

/// Lines about requests do not begin with `error`, so that they do not look like the error of the command.
fn print(kind: &str, line: &str) {
    output::print_note(safe!("{}: {}", kind, line));
}
