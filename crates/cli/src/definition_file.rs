//! Reads definitions from files.

use std::path::Path;

use ajo_auth::{read_bounded_text, read_input_file};
use serde::de::DeserializeOwned;

use crate::command_error::CommandError;

/// Maximum file size in bytes. A definition is below 1 KB; the limit guards against devices and wrong files.
const MAX_DEFINITION_BYTES: usize = 1024 * 1024;

/// Reads a JSON or YAML file, or standard input for `-`. JSON is parsed as YAML, so both report errors with line and column.
pub(crate) fn read<T: DeserializeOwned>(file: &Path) -> Result<T, CommandError> {
    let (name, text) = read_file_or_stdin(file, MAX_DEFINITION_BYTES)?;
    parse(&name, &text)
}

/// Reads a file of at most `max_bytes`, or standard input for `-`. Also returns its name for error messages.
pub(crate) fn read_file_or_stdin(file: &Path, max_bytes: usize) -> Result<(String, String), CommandError> {
    let (name, text) = if file == Path::new("-") {
        ("standard input".to_owned(), read_bounded_text(std::io::stdin().lock(), max_bytes))
    } else {
        (file.display().to_string(), read_input_file(file, max_bytes))
    };
    match text {
        Ok(text) => Ok((name, text)),
        Err(error) => Err(CommandError::new(format!("failed to read {name}: {error}"))),
    }
}

fn parse<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, CommandError> {
    if text.trim().is_empty() {
        return Err(CommandError::new(format!("{name} is empty; it must hold a definition")));
    }
    serde_saphyr::from_str(text).map_err(|error| {
        if !is_definition(text) {
            return CommandError::new(format!("{name} is not a definition; its content is not shown"))
                .with_hint("write JSON or YAML with `url`, `methods`, and `services`, or with `urlPattern`");
        }
        let message = error.to_string();
        // The first line is the message, the rest is a snippet. Editors recognize `file:line:column`.
        let (first, snippet) = message.split_once('\n').unwrap_or((&message, ""));
        let position = error.location().map_or_else(String::new, |at| format!(":{}:{}", at.line(), at.column()));
        let problem = first.strip_prefix("error: ").unwrap_or(first);
        let problem = match problem.strip_prefix("line ").and_then(|rest| rest.split_once(": ")) {
            Some((_, problem)) => problem,
            None => problem,
        };
        let failure = CommandError::new(format!("{name}{position}: {}", simplify_parser_message(problem)));
        let snippet = snippet.lines().skip_while(|line| line.contains("-->")).map(simplify_parser_message);
        let snippet: Vec<String> = snippet.collect();
        if snippet.is_empty() { failure } else { failure.with_snippet(snippet.join("\n")) }
    })
}

/// Whether a text was meant to be a definition. The source lines of any other file are not shown, because it can contain a
/// secret.
fn is_definition(text: &str) -> bool {
    const KEYS: [&str; 6] = ["url", "urlPattern", "methods", "services", "maxThroughput", "orgId"];
    let has_key = |line: &str| {
        line.split(['{', ',', '-', ' ', '\t']).any(|word| {
            let key = word.split_once(':').map(|(key, _)| key.trim_matches(['"', '\'']));
            key.is_some_and(|key| KEYS.contains(&key))
        })
    };
    let names: String = text.chars().filter(|c| !"_-".contains(*c)).collect::<String>().to_lowercase();
    let has_secret = ["clientsecret", "accesstoken", "privatekey", "password"].iter().any(|it| names.contains(it));
    !has_secret && text.lines().any(has_key)
}

/// Replaces Rust types and parser options in a message with the terms of YAML.
fn simplify_parser_message(text: &str) -> String {
    text.replace("invalid i64", "expected an integer")
        .replace("expected string scalar", "expected a string")
        .replace("expected mapping start", "expected a mapping")
        .replace("expected sequence start", "expected a list")
        .replace(", set DuplicateKeyPolicy in Options if acceptable", "")
        .replace("; use from_str_multiple or from_str_multiple_with_options", "; expected one document")
}

#[cfg(test)]
mod tests {
    use ajo_core::{CappingDefinition, ThrottlingDefinition};

    use super::*;

    fn first_error_line(text: &str) -> String {
        parse::<CappingDefinition>("limit.yaml", text)
            .expect_err("malformed")
            .message
            .lines()
            .next()
            .expect("a line")
            .to_owned()
    }

    #[test]
    fn json_and_yaml_are_equivalent() {
        let yaml: ThrottlingDefinition =
            parse("t", "urlPattern: https://a.example/*\nmethods: [POST]\nmaxThroughput: 400\n").expect("YAML");
        let json: ThrottlingDefinition = parse(
            "t",
            "{\n\t\"urlPattern\": \"https://a.example/*\", \"methods\": [\"POST\"], \"maxThroughput\": 400}",
        )
        .expect("JSON");
        assert_eq!(yaml, json);
    }

    #[test]
    fn errors_have_position_and_yaml_terms() {
        let cases = [
            ("", "limit.yaml is empty; it must hold a definition"),
            (
                "url: a\nmethods: [GET]\nservces: {}\n",
                "limit.yaml:3:1: unknown field `servces`, expected one of methods, orgId, services, url",
            ),
            ("url: a\nmethods: GET\n", "limit.yaml:2:10: expected a list"),
            ("url: [a]\n", "limit.yaml:1:6: expected a string"),
            ("- url: a\n", "limit.yaml:1:1: expected a mapping"),
            ("url: a\nurl: b\n", "limit.yaml:2:1: duplicate mapping key: url"),
            ("url: a\nmethods: []\n", "limit.yaml:2:1: missing field `services`"),
            (
                "{\"services\": {\"action\": {\"rating\": {\"maxCallsCount\": \"many\"}}}}",
                "limit.yaml:1:54: expected an integer",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(first_error_line(text), expected, "{text}");
        }
    }

    #[test]
    fn other_files_are_not_shown() {
        for text in [
            "AJO_CLIENT_SECRET=SEC\n",
            "client_secret: SEC\n",
            "url: a\nclient_secret: SEC\n",
            "{\"CLIENT_ID\": \"SEC\"}",
            "[default]\nkey = SEC\n",
            "SEC",
        ] {
            let failure = parse::<CappingDefinition>("f", text).expect_err(text);
            assert_eq!(failure.message, "f is not a definition; its content is not shown", "{text}");
            assert_eq!(failure.snippet, None, "{text}");
        }
    }

    #[test]
    fn error_shows_source_line() {
        let failure = parse::<CappingDefinition>("limit.yaml", "url: a\nservces: {}\n").expect_err("malformed");
        let snippet = failure.snippet.expect("a snippet");
        assert!(snippet.contains("2 | servces: {}") && !snippet.contains("<input>"), "{snippet}");
    }
}
