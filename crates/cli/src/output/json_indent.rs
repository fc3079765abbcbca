//! Indents JSON for people.

/// The JSON with each value on its own line, indented by two spaces per level. The values stay as received: the digits of numbers, the
/// order of keys, and keys that are repeated.
pub(super) fn indent_json(json: &str) -> String {
    let mut indented = String::with_capacity(json.len() * 2);
    let mut level = 0;
    let (mut is_string, mut is_escaped) = (false, false);
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        if is_string {
            indented.push(character);
            is_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        match character {
            '{' | '[' => {
                indented.push(character);
                while characters.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    indented.push(end);
                } else {
                    level += 1;
                    start_line(&mut indented, level);
                }
            }
            '}' | ']' => {
                level = level.saturating_sub(1);
                start_line(&mut indented, level);
                indented.push(character);
            }
            ',' => {
                indented.push(character);
                start_line(&mut indented, level);
            }
            ':' => indented.push_str(": "),
            _ if character.is_ascii_whitespace() => {}
            _ => {
                indented.push(character);
                is_string = character == '"';
            }
        }
    }
    indented
}

fn start_line(text: &mut String, level: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", level));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_as_received() {
        let json = r#"{"b": 1.0, "a":12345678901234567890123, "b":[ ], "c" : [{}, "x,{[\"\\", null]}"#;
        let expected = r#"{
  "b": 1.0,
  "a": 12345678901234567890123,
  "b": [],
  "c": [
    {},
    "x,{[\"\\",
    null
  ]
}"#;
        assert_eq!(indent_json(json), expected);
        for json in ["7", "\"a b\"", "[]", "null"] {
            assert_eq!(indent_json(json), json);
        }
    }
}
