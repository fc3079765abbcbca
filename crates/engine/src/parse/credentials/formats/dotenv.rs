//! `NAME=value` lines, parsed like shells and Adobe's CLI do.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;

use super::credential_field::FIELDS;

/// Iterates over the assignments in a text and skips all other lines.
pub(super) struct DotenvAssignments<'t> {
    lines: core::iter::Enumerate<core::str::Lines<'t>>,
}

/// An invalid line. The line itself is not shown, because it can contain the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DotenvError {
    /// Counted from 1.
    line: usize,
    reason: &'static str,
}

impl fmt::Display for DotenvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl<'t> DotenvAssignments<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { lines: text.lines().enumerate() }
    }
}

impl<'t> Iterator for DotenvAssignments<'t> {
    type Item = Result<(&'t str, String), DotenvError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.lines.find_map(|(index, line)| {
            let (name, rest) = split_assignment(line.trim())?;
            let value = parse_value(rest).map_err(|reason| DotenvError { line: index + 1, reason });
            Some(value.map(|value| (name, value)))
        })
    }
}

/// Whether the first line that is not blank or a comment is `NAME=value`.
pub(crate) fn is_dotenv(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| split_assignment(line).is_some())
}

/// Whether the first assignment of a text sets a variable that a credential file has.
pub(crate) fn is_credential_dotenv(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.and_then(split_assignment).is_some_and(|(name, _)| {
        name.to_ascii_uppercase().starts_with("AIO_IMS_") || FIELDS.iter().any(|field| field.rank(name).is_some())
    })
}

/// Splits `NAME=value` with an optional `export`. Variable names of Adobe's CLI contain the name of a credential, so
/// they can have characters that a shell does not accept.
fn split_assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, rest) = line.split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.$".contains(&byte));
    is_name.then_some((name, rest))
}

/// Removes quotes and a trailing comment from a value. A `#` only starts a comment after white space, because it can be
/// part of a secret.
fn parse_value(rest: &str) -> Result<String, &'static str> {
    let text = rest.trim_start();
    let Some(quote @ ('"' | '\'')) = text.chars().next() else {
        // Searches `rest`, which still has the white space between `=` and `#`.
        let end =
            rest.char_indices().zip(rest.chars().skip(1)).find(|((_, at), next)| at.is_whitespace() && *next == '#');
        return Ok(rest[..end.map_or(rest.len(), |((index, _), _)| index)].trim().to_owned());
    };
    let mut value = String::new();
    let mut characters = text[1..].chars();
    loop {
        match characters.next() {
            None => return Err("the value has no closing quote"),
            Some(end) if end == quote => break,
            // Only quotes and backslashes are escaped. Any other backslash is part of the value.
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
        Err("unexpected text after the quoted value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_comments_are_removed() {
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
            let read: Vec<_> = DotenvAssignments::new(line).collect();
            assert_eq!(read, [Ok(("A", expected.to_owned()))], "{line}");
        }
    }

    #[test]
    fn error_has_the_line() {
        for (text, line, reason) in [
            ("# first\n\nA=\"x\nB=y", 3, "the value has no closing quote"),
            ("A='x", 1, "the value has no closing quote"),
            ("A=\"x\\\"", 1, "the value has no closing quote"),
            ("A=x\nB='y' z", 2, "unexpected text after the quoted value"),
            ("A='y'#z", 1, "unexpected text after the quoted value"),
        ] {
            let error = DotenvAssignments::new(text).collect::<Result<Vec<_>, _>>().expect_err(text);
            assert_eq!(error, DotenvError { line, reason });
        }
    }
}
