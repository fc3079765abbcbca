//! The commands that a Markdown page shows.

/// A command, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DocCommand {
    /// Of the page, from 1.
    pub(crate) line: usize,
    /// Without comments and redirections. What stands behind `|`, `&&` or `;` is a command of its own.
    pub(crate) words: Vec<String>,
    /// It stands in a block of shell, where it can be copied; else in a sentence, perhaps without its arguments.
    pub(crate) whole: bool,
}

/// Languages of a block in which every line is a command, or what one has printed.
const SHELLS: &[&str] = &["sh", "bash", "console", "shell", "zsh"];

/// Those whose first word is one of these; variables that are set before it are left out.
pub(crate) fn commands(page: &str, programs: &[&str]) -> Vec<DocCommand> {
    let mut found = Vec::new();
    let mut block: Option<&str> = None;
    // A command goes on in the next line after `\`.
    let mut open: Option<(usize, String)> = None;
    // What stands in backticks may go on in the next line, and not in the next paragraph.
    let mut code: Option<(usize, String)> = None;
    for (line, text) in page.lines().enumerate().map(|(at, text)| (at + 1, text)) {
        if let Some(language) = text.trim_start().strip_prefix("```") {
            let language = language.trim_start().split([' ', ',', '{']).next().unwrap_or_default();
            block = if block.is_none() { Some(language) } else { None };
            code = None;
            open = None;
        } else if let Some(language) = block {
            let text = text.trim_start();
            let (first, before) = open.take().unwrap_or((line, String::new()));
            let starts = || programs.iter().any(|it| text.strip_prefix(it).is_some_and(|rest| rest.starts_with(' ')));
            if first == line
                && !(SHELLS.contains(&language) || language.is_empty() && (text.starts_with("$ ") || starts()))
            {
                continue;
            }
            let text = before + text.trim_start_matches("$ ");
            if let Some(text) = text.strip_suffix('\\') {
                open = Some((first, text.to_owned()));
            } else {
                found.extend(said(first, &text, true));
            }
        } else if text.is_empty() {
            code = None;
        } else {
            for (at, part) in text.split('`').enumerate() {
                if at > 0 {
                    code = match code.take() {
                        Some((line, code)) => {
                            found.extend(said(line, &code, false));
                            None
                        }
                        None => Some((line, String::new())),
                    };
                }
                if let Some((_, code)) = &mut code {
                    code.push_str(part);
                }
            }
            if let Some((_, code)) = &mut code {
                code.push(' ');
            }
        }
    }
    // A name alone, as in "the command `ajo`", is no command.
    found.retain(|said| said.words.len() > 1 && programs.contains(&said.words[0].as_str()));
    found
}

fn said(line: usize, text: &str, whole: bool) -> impl Iterator<Item = DocCommand> {
    split(text).into_iter().map(move |words| DocCommand { line, words, whole })
}

/// The commands of a line, each by its words, without what is quoted being taken apart.
fn split(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            _ if quote == Some(letter) => quote = None,
            _ if quote.is_some() => word.get_or_insert_default().push(letter),
            '"' | '\'' => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            '#' if word.is_none() => break,
            // `2>&1` and `&>file` redirect.
            '&' if word.as_ref().is_some_and(|word| word.ends_with(['>', '<'])) || letters.peek() == Some(&'>') => {
                word.get_or_insert_default().push(letter);
            }
            ';' | '|' | '&' => {
                commands.last_mut().expect("it begins with one").extend(word.take());
                commands.push(Vec::new());
            }
            _ if letter.is_whitespace() => commands.last_mut().expect("it begins with one").extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    commands.last_mut().expect("it begins with one").extend(word);
    commands.into_iter().map(program).filter(|words| !words.is_empty()).collect()
}

/// Words without redirections, and without the variables that are set before the first of them.
fn program(words: Vec<String>) -> Vec<String> {
    let name = |name: &str| name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let set = |word: &String| word.split_once('=').is_some_and(|(variable, _)| name(variable));
    let mut kept = Vec::new();
    let mut words = words.into_iter().skip_while(set);
    while let Some(word) = words.next() {
        let redirects = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '&').starts_with(['<', '>']);
        if !redirects || word.starts_with('<') && word.ends_with('>') && word.len() > 2 {
            kept.push(word);
        } else if word.ends_with(['<', '>']) {
            words.next();
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_in_blocks_and_in_sentences() {
        let page = "Run `ajo plan` or the command `ajo`, or `UPDATE=1 cargo xtask x`.\n```sh\n\
                    ajo apply \"a.yaml\" --yes < in | grep x   # does it\nls\n```\n```yaml\najo no\n```\n`ajo drift\na.yaml`, `ls`\n";
        let said = |line, words: &str, whole| {
            let words = words.split(' ').map(str::to_owned).collect();
            DocCommand { line, words, whole }
        };
        assert_eq!(
            commands(page, &["ajo", "cargo"]),
            [
                said(1, "ajo plan", false),
                said(1, "cargo xtask x", false),
                said(3, "ajo apply a.yaml --yes", true),
                said(9, "ajo drift a.yaml", false),
            ]
        );
    }

    #[test]
    fn a_block_of_any_shell_is_read_and_one_without_a_language_where_a_line_looks_like_a_command() {
        for (page, words) in [
            ("```shell\najo a\n```", "ajo a"),
            ("```bash title=x\najo a\n```", "ajo a"),
            ("```\n$ ajo a\nsaid\n```", "ajo a"),
            ("```\najo a\n```", "ajo a"),
            ("```\nls && ajo a\n```", ""),
            ("```\n$ ls && ajo a\n```", "ajo a"),
            ("```\najoa b\n```", ""),
            ("```text\najo a\n```", ""),
            ("```sh\najo a \\\n  --b \\\n  c\n```", "ajo a --b c"),
            ("```sh\nls \\\n```\n`ajo a`", "ajo a"),
        ] {
            let found: Vec<String> = commands(page, &["ajo"]).iter().map(|said| said.words.join(" ")).collect();
            assert_eq!(found.join(", "), words, "{page}");
        }
    }

    #[test]
    fn a_line_has_as_many_commands_as_a_shell_would_run() {
        for (line, words) in [
            ("a b && c d || e; f | g & h", "a b, c d, e, f, g, h"),
            ("a 'b | c; d' \"e && f\"", "a b | c; d e && f"),
            ("a > b 2>&1 | c", "a, c"),
            ("a 2> b c &> d e", "a c e"),
            ("a <FILE> < b", "a <FILE>"),
            ("X_1=1 a b#c # d", "a b#c"),
            ("a; …", "a, …"),
            ("", ""),
        ] {
            let found: Vec<String> = split(line).iter().map(|words| words.join(" ")).collect();
            assert_eq!(found.join(", "), words, "{line}");
        }
    }
}
