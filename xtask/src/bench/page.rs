//! The tables of `docs/performance.md`. The part between `<!-- figures: GROUP -->` and the next `<!-- end -->` is replaced if the
//! group has been measured.

use super::budget::Budget;
use super::report::Report;
use crate::workspace::root;

const PAGE: &str = "docs/performance.md";
const BEGIN: &str = "<!-- figures: ";
const END: &str = "<!-- end -->";

/// Writes the tables of all groups that have been measured.
pub(super) fn fill() -> Result<String, String> {
    let path = root().join(PAGE);
    let page = std::fs::read_to_string(&path).map_err(|error| format!("{PAGE}: {error}"))?;
    let filled = filled(&page, |group| Ok(Report::load(group)?.map(|it| (it, Budget::read(group)))))?;
    std::fs::write(&path, filled).map_err(|error| format!("{PAGE}: {error}"))?;
    Ok(format!("wrote {PAGE} and its charts"))
}

type Measured = Option<(Report, Result<Vec<Budget>, String>)>;

fn filled(page: &str, measured: impl Fn(&str) -> Result<Measured, String>) -> Result<String, String> {
    let mut parts = page.split(BEGIN);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (group, rest) = part.split_once(" -->").ok_or(format!("{PAGE}: `{BEGIN}` has no end"))?;
        let (old, after) = rest.split_once(END).ok_or(format!("{PAGE}: the figures of {group} have no `{END}`"))?;
        let table = match measured(group)? {
            Some((figures, budgets)) => format!("\n\n{}{}\n", table(&figures, &budgets?), chart(group)),
            None => old.to_owned(),
        };
        text.extend([BEGIN, group, " -->", &table, END, after]);
    }
    Ok(text)
}

/// The chart, if the group has one.
fn chart(group: &str) -> String {
    let file = format!("performance/{group}.svg");
    if root().join("docs").join(&file).exists() { format!("\n![{group}]({file})\n") } else { String::new() }
}

fn table(figures: &Report, budgets: &[Budget]) -> String {
    let promised = |row: &str| {
        let budgets: Vec<_> = budgets.iter().filter(|it| it.row == row).map(ToString::to_string).collect();
        budgets.join(", ")
    };
    let mut text = figures.rows_with(promised);
    text.extend(figures.notes.iter().map(|note| format!("\n{note}\n")));
    let day = figures.date.split('T').next().unwrap_or_default();
    text + &format!("\n{}, {day}\n", figures.machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_figures_replace_older_ones() {
        let page = "# P\n\n<!-- figures: a -->\nold\n<!-- end -->\n\nmore\n\n<!-- figures: b -->\nkept\n<!-- end -->\n";
        let rows = r#"{"group": "g", "machine": "m", "date": "2026-11-26T03:11:44Z", "rows": [
            {"name": "call", "value": [1500, 1510, 1490, 1500, 1500], "unit": "ms", "ratio": [1, 1, 1, 1, 1.4]},
            {"name": "calls", "value": [2, 2, 2, 2, 2], "unit": ""}], "notes": ["A note."]}"#;
        let budget = r#"[{"group": "a", "row": "call", "of": "ratio", "most": 1.5, "why": "chosen"},
            {"group": "a", "row": "calls", "of": "value", "most": 3, "why": "counted"}]"#;
        let measured = |group: &str| {
            let budgets = serde_json::from_str(budget).map_err(|error| error.to_string());
            Ok((group == "a").then(|| (serde_json::from_str(rows).expect("figures"), budgets)))
        };
        let once = filled(page, measured).expect("filled");
        let table = "| figure | | ratio | budget |\n|---|---|---|---|\n| call | 1,500 ms | not stable | ratio ≤ 1.50 |\n\
             | calls | 2 |  | ≤ 3 |\n\nA note.\n\nm, 2026-11-26\n";
        let expected = format!(
            "# P\n\n<!-- figures: a -->\n\n{table}\n<!-- end -->\n\nmore\n\n<!-- figures: b -->\nkept\n<!-- end -->\n"
        );
        assert_eq!(once, expected);
        assert_eq!(filled(&once, measured).expect("filled"), once);
    }
}
