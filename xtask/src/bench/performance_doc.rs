//! Updates the tables in `docs/performance.md`, between `<!-- figures: GROUP -->` and the next `<!-- end -->`.

use super::budget::Budget;
use super::report::BenchReport;
use crate::workspace::root;

const DOC_PATH: &str = "docs/performance.md";
const BEGIN_MARKER: &str = "<!-- figures: ";
const END_MARKER: &str = "<!-- end -->";

/// Writes the tables of all measured groups.
pub(super) fn update_tables() -> Result<String, String> {
    let path = root().join(DOC_PATH);
    let page = std::fs::read_to_string(&path).map_err(|error| format!("{DOC_PATH}: {error}"))?;
    let updated = replace_tables(&page, |group| Ok(BenchReport::load(group)?.map(|it| (it, Budget::read(group)))))?;
    std::fs::write(&path, updated).map_err(|error| format!("{DOC_PATH}: {error}"))?;
    Ok(format!("wrote {DOC_PATH} and its charts"))
}

type MeasuredGroup = Option<(BenchReport, Result<Vec<Budget>, String>)>;

fn replace_tables(page: &str, measured: impl Fn(&str) -> Result<MeasuredGroup, String>) -> Result<String, String> {
    let mut parts = page.split(BEGIN_MARKER);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (group, rest) = part.split_once(" -->").ok_or(format!("{DOC_PATH}: `{BEGIN_MARKER}` has no end"))?;
        let (old, after) =
            rest.split_once(END_MARKER).ok_or(format!("{DOC_PATH}: the figures of {group} have no `{END_MARKER}`"))?;
        let table = match measured(group)? {
            Some((figures, budgets)) => format!("\n\n{}{}\n", render_table(&figures, &budgets?), chart_link(group)),
            None => old.to_owned(),
        };
        text.extend([BEGIN_MARKER, group, " -->", &table, END_MARKER, after]);
    }
    Ok(text)
}

/// The link to the group's chart, if it has one.
fn chart_link(group: &str) -> String {
    let file = format!("performance/{group}.svg");
    if root().join("docs").join(&file).exists() { format!("\n![{group}]({file})\n") } else { String::new() }
}

fn render_table(figures: &BenchReport, budgets: &[Budget]) -> String {
    let budget = |row: &str| {
        let budgets: Vec<_> = budgets.iter().filter(|it| it.row == row).map(ToString::to_string).collect();
        budgets.join(", ")
    };
    let mut text = figures.markdown_table(budget);
    text.extend(figures.notes.iter().map(|note| format!("\n{note}\n")));
    let day = figures.date.split('T').next().unwrap_or_default();
    text + &format!("\n{}, {day}\n", figures.machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_figures_replace_old_ones() {
        let page =
            "# P\n\n<!-- figures: a -->\nold\n<!-- end -->\n\nmore\n\n<!-- figures: b -->\nunmeasured\n<!-- end -->\n";
        let rows = r#"{"group": "g", "machine": "m", "date": "2026-11-26T03:11:44Z", "rows": [
            {"name": "call", "value": [1500, 1510, 1490, 1500, 1500], "unit": "ms", "ratio": [1, 1, 1, 1, 1.4]},
            {"name": "calls", "value": [2, 2, 2, 2, 2], "unit": ""}], "notes": ["A note."]}"#;
        let budget = r#"[{"group": "a", "row": "call", "metric": "ratio", "max": 1.5, "reason": "r"},
            {"group": "a", "row": "calls", "metric": "value", "max": 3, "reason": "counted"}]"#;
        let measured = |group: &str| {
            let budgets = serde_json::from_str(budget).map_err(|error| error.to_string());
            Ok((group == "a").then(|| (serde_json::from_str(rows).expect("figures"), budgets)))
        };
        let once = replace_tables(page, measured).expect("replaced");
        let table = "| figure | | ratio | budget |\n|---|---|---|---|\n| call | 1,500 ms | not stable | ratio ≤ 1.50 |\n\
             | calls | 2 |  | ≤ 3 |\n\nA note.\n\nm, 2026-11-26\n";
        let expected = format!(
            "# P\n\n<!-- figures: a -->\n\n{table}\n<!-- end -->\n\nmore\n\n<!-- figures: b -->\nunmeasured\n<!-- end -->\n"
        );
        assert_eq!(once, expected);
        assert_eq!(replace_tables(&once, measured).expect("replaced"), once);
    }
}
