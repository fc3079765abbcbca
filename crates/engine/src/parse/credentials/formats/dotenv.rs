//! Lines `NAME=value`, as shells and Adobe's own command read them.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;

/// The assignments of a text; what is no assignment is passed over.
pub(super) struct Lines<'t> {
    lines: core::iter::Enumerate<core::str::Lines<'t>>,
}

/// What is wrong with a line, which is never shown: it may hold the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineError {
    /// Counted from 1.
    line: usize,
    problem: &'static str,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { lines: text.lines().enumerate() }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Result<(&'t str, String), LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.lines.find_map(|(index, line)| {
            let (name, rest) = split(line.trim())?;
            let value = value(rest).map_err(|problem| LineError { line: index + 1, problem });
            Some(value.map(|value| (name, value)))
        })
    }
}

/// Whether the first line that says something is `NAME=value`.
pub(super) fn looks_like(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| split(line).is_some())
}

/// The name and what stands after the `=`, with `export` before it or not. The names of Adobe's command hold the name of a
/// credential, which may have more characters than a shell takes.
fn split(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, rest) = line.split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.$".contains(&byte));
    is_name.then_some((name, rest))
}

/// A value without its quotes and without the comment after it. A `#` begins a comment only after white space: it may be
/// part of a secret.
fn value(rest: &str) -> Result<String, &'static str> {
    let text = rest.trim_start();
    let Some(quote @ ('"' | '\'')) = text.chars().next() else {
        // From `rest`, where the white space after `=` still stands before a `#`.
        let end =
            rest.char_indices().zip(rest.chars().skip(1)).find(|((_, at), next)| at.is_whitespace() && *next == '#');
        return Ok(rest[..end.map_or(rest.len(), |((index, _), _)| index)].trim().to_owned());
    };
    let mut value = String::new();
    let mut characters = text[1..].chars();
    loop {
        match characters.next() {
            None => return Err("the quote that begins the value is not closed"),
            Some(end) if end == quote => break,
            // Only what the quotes make necessary: a backslash before anything else is part of the value.
            Some('\\') if quote == '"' => match characters.clone().next() {
                Some(escaped @ ('"' | '\\')) => {
                    characters.next();
                    value.push(escaped);
                }
                _ => value.push('\\'),
            },
            Some(other) => value.push(other),
        }
    }
    let after = characters.as_str();
    let is_comment = after.starts_with(char::is_whitespace) && after.trim_start().starts_with('#');
    if after.trim().is_empty() || is_comment {
        Ok(value.trim().to_owned())
    } else {
        Err("something other than a comment stands after the quoted value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_comments_are_taken_off_and_nothing_else() {
        for (line, expected) in [
            ("A=x", "x"),
            (" export A = x y ", "x y"),
            ("A=x # comment", "x"),
            ("A=x\t#comment", "x"),
            ("A=x#y", "x#y"),
            ("A=#x", "#x"),
            ("A= # nothing", ""),
            ("A=", ""),
            ("A='x # y' # comment", "x # y"),
            ("A=\"x\"", "x"),
            ("A=\"[\\\"x\\\"]\" # comment", "[\"x\"]"),
            ("A=\"x\\y\\\\z\"", "x\\y\\z"),
            ("A='x\\'", "x\\"),
            ("A=it's", "it's"),
            ("A=[\"x\",\"y\"]", "[\"x\",\"y\"]"),
            ("A=é # ü", "é"),
        ] {
            let read: Vec<_> = Lines::of(line).collect();
            assert_eq!(read, [Ok(("A", expected.to_owned()))], "{line}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_names_its_line() {
        for (text, line, problem) in [
            ("# first\n\nA=\"x\nB=y", 3, "the quote that begins the value is not closed"),
            ("A='x", 1, "the quote that begins the value is not closed"),
            ("A=\"x\\\"", 1, "the quote that begins the value is not closed"),
            ("A=x\nB='y' z", 2, "something other than a comment stands after the quoted value"),
            ("A='y'#z", 1, "something other than a comment stands after the quoted value"),
        ] {
            let error = Lines::of(text).collect::<Result<Vec<_>, _>>().expect_err(text);
            assert_eq!(error, LineError { line, problem });
        }
    }
}
