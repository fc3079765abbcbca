//! `--jq`: filters JSON with a jq expression.
//!
//! The expression cannot read files, variables, or more input: these functions do not exist. Its time and output are limited.
//! jaq has no limit for memory and for recursion, so an expression that calls itself without end overflows the stack.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use ajo_engine::untrusted_text::excerpt;
use jaq_core::data::JustLut;
use jaq_core::load::{self, Arena, File, Loader, span};
use jaq_core::{Compiler, Ctx, Exn, Filter, Vars};
use jaq_json::Val;

use crate::command_error::CommandError;
use crate::safe_text::SafeText;

/// Far longer than an expression takes for the largest output.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Maximum length of the output in bytes.
const MAX_OUTPUT: usize = 64 << 20;

/// Maximum length of an error in characters: it can contain any value.
const MAX_ERROR_CHARS: usize = 500;

/// Stack of the thread in bytes. Only used pages take memory.
const STACK_BYTES: usize = 64 << 20;

/// Functions of the standard library that read more than the input.
const LEFT_OUT: [&str; 1] = ["env"];

/// Functions of jq that jaq does not have.
const MORE_FUNCTIONS: &str = r#"
def row_cell(f): if isstring then f elif . == null then "" elif isarray or isobject then error("a cell cannot be a list or an object") else tostring end;
def @csv: [.[] | row_cell("\"" + gsub("\""; "\"\"") + "\"")] | join(",");
def @tsv: [.[] | row_cell(gsub("\\\\"; "\\\\") | gsub("\t"; "\\t") | gsub("\n"; "\\n") | gsub("\r"; "\\r"))] | join("\t");
"#;

/// A jq expression that compiles.
#[derive(Debug)]
pub(crate) struct JqFilter {
    expression: String,
}

impl JqFilter {
    pub(crate) fn parse(expression: &str) -> Result<Self, CommandError> {
        match compile(expression) {
            Ok(_) => Ok(Self { expression: expression.to_owned() }),
            Err(problem) => Err(CommandError::new(format!("invalid `--jq` expression: {problem}")).into_usage_error()),
        }
    }

    /// The results, one per line: strings as they are, other values as compact JSON.
    pub(crate) fn run(&self, json: &str) -> Result<SafeText, CommandError> {
        self.run_within(json, TIME_LIMIT)
    }

    /// jaq cannot be interrupted. After the time limit, its thread goes on until the process ends.
    fn run_within(&self, json: &str, limit: Duration) -> Result<SafeText, CommandError> {
        let (expression, json) = (self.expression.clone(), json.to_owned());
        let (send, results) = sync_channel(1);
        let run = move || {
            // Nobody receives the results after the time limit.
            let _ = send.send(filter(&expression, &json));
        };
        let thread = thread::Builder::new().name("--jq".to_owned()).stack_size(STACK_BYTES).spawn(run);
        thread.map_err(|error| CommandError::new(format!("failed to start a thread for `--jq`: {error}")))?;
        let results = results.recv_timeout(limit).unwrap_or_else(|error| {
            Err(match error {
                RecvTimeoutError::Timeout => format!("it did not finish within {} s", limit.as_secs_f64()),
                RecvTimeoutError::Disconnected => "internal error".to_owned(),
            })
        });
        let results = results.map_err(|problem| {
            CommandError::new(format!("the `--jq` expression failed: {}", excerpt(&problem, MAX_ERROR_CHARS)))
                .with_hint("only the output is missing: everything before it is done; --jq . prints all of it")
        })?;
        let mut lines: Vec<SafeText> = results.iter().map(JqValue::to_safe_text).collect();
        if !lines.is_empty() {
            // The last line ends, too.
            lines.push(SafeText::default());
        }
        Ok(SafeText::join_lines(lines))
    }
}

fn compile(expression: &str) -> Result<Filter<JustLut<Val>>, String> {
    let more = load::parse(MORE_FUNCTIONS, |parser| parser.defs()).expect("it is valid");
    let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs()).chain(more);
    let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let funs = funs.filter(|(name, ..)| !LEFT_OUT.contains(name));
    let arena = Arena::default();
    let modules = Loader::new(defs).load(&arena, File { code: expression, path: () });
    let modules = modules.map_err(|errors| describe_first(errors, |error| describe_load_error(expression, error)))?;
    load::import(&modules, |_| Err(String::new()))
        .map_err(|errors| describe_first(errors, |error| describe_load_error(expression, error)))?;
    Compiler::default().with_funs(funs).compile(modules).map_err(|errors| {
        describe_first(errors, |errors| {
            let (name, kind) = errors.first()?;
            Some(format!("undefined {} `{name}` at {}", kind.as_str(), position(expression, name)))
        })
    })
}

/// The first problem of the expression, which is the only file.
fn describe_first<E>(errors: Vec<(File<&str, ()>, E)>, describe: impl Fn(E) -> Option<String>) -> String {
    errors.into_iter().find_map(|(_, error)| describe(error)).unwrap_or_else(|| "it cannot be compiled".to_owned())
}

fn describe_load_error(expression: &str, error: load::Error<&str>) -> Option<String> {
    let (problem, part) = match error {
        load::Error::Io(paths) => ("modules are not supported".to_owned(), paths.first()?.0),
        load::Error::Lex(errors) => {
            let (expected, found) = errors.into_iter().next()?;
            (format!("expected {}", expected.as_str()), found)
        }
        load::Error::Parse(errors) => {
            let (expected, found) = errors.into_iter().next()?;
            let shown = if found.is_empty() { "the end".to_owned() } else { format!("`{}`", excerpt(found, 20)) };
            (format!("expected {}, found {shown}", expected.as_str()), found)
        }
    };
    Some(format!("{problem} at {}", position(expression, part)))
}

/// The position of a part of the expression.
fn position(expression: &str, part: &str) -> String {
    let before = &expression[..span(expression, part).start];
    let (lines, last) = before.rsplit_once('\n').map_or((0, before), |(lines, last)| (lines.lines().count(), last));
    let column = last.chars().count() + 1;
    if lines == 0 { format!("column {column}") } else { format!("line {}, column {column}", lines + 1) }
}

fn filter(expression: &str, json: &str) -> Result<Vec<JqValue>, String> {
    let filter = compile(expression)?;
    // serde_json limits the depth.
    let input: Val = serde_json::from_str(json).map_err(|error| format!("the output is not JSON: {error}"))?;
    let context = Ctx::<JustLut<Val>>::new(&filter.lut, Vars::new([]));
    let mut values = Vec::new();
    let mut length = 0;
    for result in filter.id.run((context, input)) {
        let value = match result {
            Ok(value) => JqValue::new(&value),
            Err(exception) => match exception.get_err().map_err(Exn::get_halt) {
                Ok(error) => return Err(error.to_string()),
                Err(Ok(0)) => break,
                Err(_) => return Err("it called halt_error".to_owned()),
            },
        };
        length += value.len() + 1;
        if length > MAX_OUTPUT {
            return Err(format!("its output is longer than {} MiB", MAX_OUTPUT >> 20));
        }
        values.push(value);
    }
    Ok(values)
}

/// A result, before it is escaped.
enum JqValue {
    Text(String),
    Json(String),
}

impl JqValue {
    fn new(value: &Val) -> Self {
        match value {
            Val::TStr(text) | Val::BStr(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            value => Self::Json(value.to_string()),
        }
    }

    fn len(&self) -> usize {
        let (Self::Text(text) | Self::Json(text)) = self;
        text.len()
    }

    fn to_safe_text(&self) -> SafeText {
        match self {
            Self::Text(text) => SafeText::from_tabbed_lines(text),
            Self::Json(json) => SafeText::json(json),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(expression: &str, json: &str) -> Result<String, String> {
        let filter = JqFilter::parse(expression).map_err(|error| error.message)?;
        filter.run(json).map(SafeText::into_string).map_err(|error| error.message)
    }

    #[test]
    fn strings_are_raw_and_values_compact() {
        let json = r#"{"results": [{"uid": "u-1", "n": 1.5}, {"uid": "ü\n2", "n": null}]}"#;
        assert_eq!(run(".results[].uid", json).as_deref(), Ok("u-1\nü\n2\n"));
        assert_eq!(run(".results[0]", json).as_deref(), Ok("{\"uid\":\"u-1\",\"n\":1.5}\n"));
        assert_eq!(run(".results | length, empty, \"\"", json).as_deref(), Ok("2\n\n"));
        assert_eq!(run("empty", json).as_deref(), Ok(""));
        assert_eq!(run(".results[0] | [.uid, .n] | @tsv, @csv", json).as_deref(), Ok("u-1\t1.5\n\"u-1\",1.5\n"));
        assert_eq!(run(r#"[.results[] | select(.uid | test("^u"))] | length"#, json).as_deref(), Ok("1\n"));
        assert_eq!(run("18446744073709551615", "0").as_deref(), Ok("18446744073709551615\n"));
        assert_eq!(run("1, halt, 2", "0").as_deref(), Ok("1\n"));
    }

    #[test]
    fn rows_have_escaped_cells() {
        let json = r#"["a\"b\\c\td\n", null, true, 1.5]"#;
        assert_eq!(run("@csv", json).as_deref(), Ok("\"a\"\"b\\c\td\n\",,true,1.5\n"));
        assert_eq!(run("@tsv", json).as_deref(), Ok("a\"b\\\\c\\td\\n\t\ttrue\t1.5\n"));
        assert!(run("@csv", "[[]]").expect_err("no cell").contains("a cell cannot be a list"));
    }

    #[test]
    fn wrong_expression_has_position() {
        for (expression, expected) in [
            (".[", "expected closing bracket at column 3"),
            (".a |", "expected term, found the end at column 5"),
            ("1\n| ü )", "expected"),
            ("1 |\n  nope", "undefined filter `nope` at line 2, column 3"),
            (".a | $x", "undefined variable `$x` at column 6"),
        ] {
            let error = JqFilter::parse(expression).expect_err("wrong");
            assert_eq!(error.exit_status(), crate::exit_status::ExitStatus::Usage);
            assert!(error.message.starts_with("invalid `--jq` expression: "), "{}", error.message);
            assert!(error.message.contains(expected), "{expression}: {}", error.message);
        }
    }

    #[test]
    fn expression_reads_nothing_else() {
        for expression in [
            "env",
            "$ENV",
            "env.PATH",
            "input",
            "inputs",
            "input_filename",
            "$__prog_args",
            r#"include "x"; ."#,
            r#"import "x" as x; ."#,
            r#"import "/etc/passwd" as $x; $x"#,
            "get_search_list",
            r#"load("x")"#,
        ] {
            let error = JqFilter::parse(expression).expect_err(expression).message;
            assert!(error.contains("undefined") || error.contains("modules are not supported at column"), "{error}");
        }
    }

    #[test]
    fn failure_is_one_error() {
        assert_eq!(
            run(".a.b", r#"{"a": 1}"#).expect_err("an error"),
            r#"the `--jq` expression failed: cannot index 1 with "b""#
        );
        let long = run("error(\"x\" * 10000)", "0").expect_err("an error");
        assert!(long.len() < 600, "{long}");
        assert!(run("halt_error", "0").expect_err("an error").contains("halt_error"));
    }

    #[test]
    fn endless_expression_is_stopped() {
        let filter = JqFilter::parse("last(repeat(1))").expect("valid");
        let error = filter.run_within("0", Duration::from_millis(100)).expect_err("endless").message;
        assert_eq!(error, "the `--jq` expression failed: it did not finish within 0.1 s");
        let error = run("repeat(\"x\" * 1000000)", "0").expect_err("too long");
        assert_eq!(error, "the `--jq` expression failed: its output is longer than 64 MiB");
    }

    #[test]
    fn deep_json_is_an_error() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(run(".", &deep).expect_err("too deep").contains("recursion limit"));
    }

    #[test]
    fn result_passes_the_gate() {
        crate::secret_mask::register(&ajo_auth::Secret::new("unit-test-s3cr3t/of-the-jq"));
        let json = r###"["\u001b[2J", "::error::x", "unit-test-s3cr3t/of-the-jq", "##[x]"]"###;
        assert_eq!(run(".[]", json).as_deref(), Ok("\\u{1b}[2J\n\\u{3a}:error::x\n[redacted]\n##\\u{5b}x]\n"));
        assert_eq!(run("[.[0]]", json).as_deref(), Ok("[\"\\u001b[2J\"]\n"));
        assert_eq!(run("\"\\(.[0])\\t::error::\"", json).as_deref(), Ok("\\u{1b}[2J\t::error::\n"));
    }
}
