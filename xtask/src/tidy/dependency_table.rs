//! The tables of ARCHITECTURE.md that justify each dependency.

use super::file::File;

/// Whose dependencies a table lists; its heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rust,
    Npm,
    Python,
}

/// One dependency, as its row says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) reason: String,
    pub(super) licence: String,
}

const PAGE: &str = "ARCHITECTURE.md";

pub(super) fn read(files: &[File]) -> Result<Vec<Row>, String> {
    let page = files.iter().find(|file| file.path == PAGE).ok_or_else(|| format!("there is no {PAGE}"))?;
    let rows = rows(&page.text);
    if rows.is_empty() { Err(format!("{PAGE} has no table of dependencies")) } else { Ok(rows) }
}

fn rows(page: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut kind = None;
    let mut lines = page.lines().skip_while(|line| *line != "## Dependencies").skip(1);
    for line in lines.by_ref().take_while(|line| !line.starts_with("## ")) {
        match line {
            "### Rust" => kind = Some(Kind::Rust),
            "### npm" => kind = Some(Kind::Npm),
            "### Python" => kind = Some(Kind::Python),
            _ => {}
        }
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let (Some(kind), [names, reason, licence]) = (kind, cells.as_slice()) else { continue };
        if !line.starts_with("| ") || *licence == "licence" {
            continue;
        }
        // What stands in brackets after the names is said of all of them, and what follows a semicolon is a remark.
        let names = names.split(" (").next().unwrap_or_default();
        let licence = licence.split("; ").next().unwrap_or_default();
        rows.extend(names.split(", ").map(|name| Row {
            kind,
            name: name.to_owned(),
            reason: (*reason).to_owned(),
            licence: licence.to_owned(),
        }));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_justifies_each_of_its_names() {
        let page = "| a | b | c |\n## Dependencies\n\n### Rust\n\n| crate | for | licence |\n|---|---|---|\n\
                    | one, two (pinned, both) | a thing | MIT or Apache-2.0; C inside |\n\n### npm\n\n\
                    | package | for | licence |\n|---|---|---|\n| @a/b | tests | MIT |\n## More\n| x | y | z |\n";
        let row = |kind, name: &str, reason: &str, licence: &str| Row {
            kind,
            name: name.to_owned(),
            reason: reason.to_owned(),
            licence: licence.to_owned(),
        };
        assert_eq!(
            rows(page),
            [
                row(Kind::Rust, "one", "a thing", "MIT or Apache-2.0"),
                row(Kind::Rust, "two", "a thing", "MIT or Apache-2.0"),
                row(Kind::Npm, "@a/b", "tests", "MIT"),
            ]
        );
    }
}
