//! The layout of JSON.

/// Formats valid JSON with two spaces and one item a line, and ends it with a line break. Every number, string, and key stays as it is
/// written.
pub fn format_json(text: &str, line_break: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    let mut rest = text.trim_ascii();
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' { string_length(rest) } else { first.len_utf8() };
        let (token, after) = rest.split_at(length);
        rest = after.trim_ascii_start();
        match first {
            '{' | '[' if rest.starts_with(['}', ']']) => {
                out.push_str(token);
                out.push_str(&rest[..1]);
                rest = rest[1..].trim_ascii_start();
            }
            '{' | '[' | ',' => {
                depth += usize::from(first != ',');
                out.push_str(token);
                break_line(&mut out, line_break, depth);
            }
            '}' | ']' => {
                depth -= 1;
                break_line(&mut out, line_break, depth);
                out.push_str(token);
            }
            ':' => out.push_str(": "),
            _ => out.push_str(token),
        }
    }
    out + line_break
}

fn break_line(out: &mut String, line_break: &str, depth: usize) {
    out.push_str(line_break);
    out.push_str(&"  ".repeat(depth));
}

/// The length in bytes of the string at the start of `text`, with its quotes.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !is_escaped => return at + 1,
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented() {
        for (text, expected) in [
            ("{}", "{}\n"),
            (" { } ", "{}\n"),
            (r#"{"a":[ ],"b":[1,"x, {y}"]}"#, "{\n  \"a\": [],\n  \"b\": [\n    1,\n    \"x, {y}\"\n  ]\n}\n"),
            (r#"{"a\"\\":"\\","n":1.50e+2}"#, "{\n  \"a\\\"\\\\\": \"\\\\\",\n  \"n\": 1.50e+2\n}\n"),
            ("7", "7\n"),
            (
                r#"{"b": 12345678901234567890123, "b" : null}"#,
                "{\n  \"b\": 12345678901234567890123,\n  \"b\": null\n}\n",
            ),
            (r#"{"a":{"b":null}}"#, "{\n  \"a\": {\n    \"b\": null\n  }\n}\n"),
        ] {
            assert_eq!(format_json(text, "\n"), expected);
            assert_eq!(format_json(expected, "\n"), expected);
        }
    }
}
