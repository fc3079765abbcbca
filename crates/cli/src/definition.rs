//! Reading a definition from a file.

use std::fs::File;
use std::path::Path;

use ajo_auth::read_bounded_text;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// Longest file read, in bytes. Chosen here; a definition is below 1 KB, and a device or a wrong file ends somewhere.
const MAX_LENGTH: usize = 1024 * 1024;

/// Reads a JSON or YAML file, or standard input for `-`. JSON is read as the YAML it is, so both have the same errors, with
/// line and column.
pub(crate) fn read<T: DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    let (name, text) = read_text(file, MAX_LENGTH)?;
    parse(&name, &text)
}

/// Reads a file of at most `max_bytes`, or standard input for `-`. Also returns its name for error messages.
pub(crate) fn read_text(file: &Path, max_bytes: usize) -> Result<(String, String), Failure> {
    let (name, text) = if file == Path::new("-") {
        ("standard input".to_owned(), read_bounded_text(std::io::stdin().lock(), max_bytes))
    } else {
        (file.display().to_string(), File::open(file).and_then(|file| read_bounded_text(file, max_bytes)))
    };
    match text {
        Ok(text) => Ok((name, text)),
        Err(error) => Err(Failure::new(format!("failed to read {name}: {error}"))),
    }
}

fn parse<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Failure> {
    if text.trim().is_empty() {
        return Err(Failure::new(format!("{name} is empty; it must hold a definition")));
    }
    serde_saphyr::from_str(text).map_err(|error| {
        let shown = error.to_string();
        // The first line says what is wrong, the others show where; the place is said in the form editors understand.
        let (first, snippet) = shown.split_once('\n').unwrap_or((&shown, ""));
        let place = error.location().map_or_else(String::new, |at| format!(":{}:{}", at.line(), at.column()));
        let problem = first.strip_prefix("error: ").unwrap_or(first);
        let problem = match problem.strip_prefix("line ").and_then(|rest| rest.split_once(": ")) {
            Some((_, problem)) => problem,
            None => problem,
        };
        let snippet: String = snippet
            .lines()
            .skip_while(|line| line.contains("-->"))
            .fold(String::new(), |text, line| text + "\n" + &plain(line));
        Failure::new(format!("{name}{place}: {}{snippet}", plain(problem)))
    })
}

/// The parser speaks of Rust's types and of its own options; a person who wrote YAML knows neither.
fn plain(text: &str) -> String {
    text.replace("invalid i64", "a whole number is expected here")
        .replace("expected string scalar", "a text is expected here")
        .replace("expected mapping start", "an object is expected here")
        .replace("expected sequence start", "a list is expected here")
        .replace(", set DuplicateKeyPolicy in Options if acceptable", "")
        .replace("; use from_str_multiple or from_str_multiple_with_options", "; one is expected")
}

#[cfg(test)]
mod tests {
    use ajo_core::{CappingDefinition, ThrottlingDefinition};

    use super::*;

    fn problem(text: &str) -> String {
        parse::<CappingDefinition>("limit.yaml", text)
            .expect_err("malformed")
            .problem
            .lines()
            .next()
            .expect("a line")
            .to_owned()
    }

    #[test]
    fn json_and_yaml_read_alike() {
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
    fn every_mistake_is_placed_and_said_in_the_words_of_the_file() {
        let cases = [
            ("", "limit.yaml is empty; it must hold a definition"),
            (
                "url: a\nmethods: [GET]\nservces: {}\n",
                "limit.yaml:3:1: unknown field `servces`, expected one of methods, orgId, services, url",
            ),
            ("url: a\nmethods: GET\n", "limit.yaml:2:10: a list is expected here"),
            ("url: [a]\n", "limit.yaml:1:6: a text is expected here"),
            ("- url: a\n", "limit.yaml:1:1: an object is expected here"),
            ("url: a\nurl: b\n", "limit.yaml:2:1: duplicate mapping key: url"),
            ("url: a\nmethods: []\n", "limit.yaml:2:1: missing field `services`"),
            (
                "{\"services\": {\"action\": {\"rating\": {\"maxCallsCount\": \"many\"}}}}",
                "limit.yaml:1:54: a whole number is expected here",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(problem(text), expected, "{text}");
        }
    }

    #[test]
    fn the_line_itself_is_shown() {
        let failure = parse::<CappingDefinition>("limit.yaml", "url: a\nservces: {}\n").expect_err("malformed");
        assert!(failure.problem.contains("2 | servces: {}"), "{}", failure.problem);
        assert!(!failure.problem.contains("<input>"), "{}", failure.problem);
    }
}
