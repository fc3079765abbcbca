//! The commands that a page in Markdown shows. `crates/cli` reads pages with it too, so it needs nothing else.

/// A command, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Of the page, from 1.
    pub(crate) line: usize,
    /// Without comments, redirections and what stands behind a pipe.
    pub(crate) words: Vec<String>,
    /// It stands in a block of shell, where it can be copied; else in a sentence, perhaps without its arguments.
    pub(crate) whole: bool,
}

/// Those whose first word is one of these; variables that are set before it are left out.
pub(crate) fn commands(page: &str, programs: &[&str]) -> Vec<Said> {
    let mut found = Vec::new();
    let mut block: Option<&str> = None;
    // What stands in backticks may go on in the next line, and not in the next paragraph.
    let mut code: Option<(usize, String)> = None;
    for (line, text) in page.lines().enumerate().map(|(at, text)| (at + 1, text)) {
        if let Some(language) = text.trim_start().strip_prefix("```") {
            block = if block.is_none() { Some(language) } else { None };
            code = None;
        } else if let Some(language) = block {
            if ["sh", "bash", "console"].contains(&language) {
                found.push(Said { line, words: words(text.trim_start_matches("$ ")), whole: true });
            }
        } else if text.is_empty() {
            code = None;
        } else {
            for (at, part) in text.split('`').enumerate() {
                if at > 0 {
                    code = match code.take() {
                        Some((line, code)) => {
                            found.push(Said { line, words: words(&code), whole: false });
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

fn words(command: &str) -> Vec<String> {
    let ends = |word: &&str| !word.starts_with(['#', '<', '>', '|', '&', ';']);
    let set = |word: &&str| word.split_once('=').is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase()));
    let words = command.split_whitespace().take_while(ends).skip_while(set);
    words.map(|word| word.trim_matches(['"', '\'']).to_owned()).collect()
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
            Said { line, words, whole }
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
}
