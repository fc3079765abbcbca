//! What comes from files and from the service, made harmless. Names, URLs and messages there are anybody's.

/// One line in which everything can be seen and nothing acts: control characters, what turns the direction of writing, and
/// what has no width are written as Rust writes them, such as `\u{1b}`.
///
/// ```
/// assert_eq!(ajo_limits::visible("a\u{1b}[2Jb"), r"a\u{1b}[2Jb");
/// ```
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // The runner of GitHub Actions still obeys `##[command]`, in the middle of a line too.
            '[' if shown.ends_with("##") => shown.push_str(r"\u{5b}"),
            hidden if is_hidden(hidden) => shown.extend(hidden.escape_default()),
            plain => shown.push(plain),
        }
    }
    shown
}

/// The same for a line of a file under which something is marked: each character becomes one, so that columns stay right.
/// Tabs are left to whoever marks.
pub(super) fn same_width(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for character in line.chars() {
        shown.push(match character {
            '\t' => '\t',
            '[' if shown.ends_with("##") => char::REPLACEMENT_CHARACTER,
            // Unicode has a picture for each of these.
            control @ '\0'..='\u{1f}' => {
                char::from_u32(0x2400 + u32::from(control)).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            hidden if is_hidden(hidden) => char::REPLACEMENT_CHARACTER,
            plain => plain,
        });
    }
    shown
}

/// JSON that means the same, written without what a terminal or a log would act on. It is for the output of a serializer, where
/// such characters stand in texts only.
pub(super) fn quiet_json(json: &str) -> String {
    let mut quiet = String::with_capacity(json.len());
    let push_escaped = |quiet: &mut String, character: char| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            quiet.extend([format!("\\u{unit:04x}")]);
        }
    };
    for character in json.chars() {
        match character {
            '\n' => quiet.push('\n'),
            '[' if quiet.ends_with("##") => push_escaped(&mut quiet, '['),
            hidden if is_hidden(hidden) => push_escaped(&mut quiet, hidden),
            plain => quiet.push(plain),
        }
    }
    quiet
}

/// Whether a character acts, or cannot be seen.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown_instead() {
        assert_eq!(visible("a\u{1b}[31m\u{9b}1m\u{202e}b\r\nc\0"), r"a\u{1b}[31m\u{9b}1m\u{202e}b\r\nc\u{0}");
    }

    #[test]
    fn what_people_write_stays() {
        assert_eq!(visible("Zoë Ünal, 東京 🦀 `a|b` [1]"), "Zoë Ünal, 東京 🦀 `a|b` [1]");
    }

    #[test]
    fn an_old_command_of_the_runner_is_none() {
        assert_eq!(visible("x ##[stop-commands]y"), r"x ##\u{5b}stop-commands]y");
    }

    #[test]
    fn a_marked_line_keeps_its_columns() {
        let line = "\ta\u{1b}\u{9b}\u{202e}##[x]";
        assert_eq!(same_width(line), "\ta\u{241b}\u{fffd}\u{fffd}##\u{fffd}x]");
        assert_eq!(same_width(line).chars().count(), line.chars().count());
    }

    #[test]
    fn quiet_json_means_the_same() {
        let value = serde_json::json!({"\u{7f}": ["\u{9b}\u{202e}\u{e0041}\u{1b}\n##[a]", "東"]});
        let quiet = quiet_json(&serde_json::to_string_pretty(&value).expect("JSON"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&quiet).expect("JSON"), value);
        assert!(!quiet.chars().any(|character| character != '\n' && is_hidden(character)), "{quiet}");
    }
}
