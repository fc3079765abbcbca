//! The tables of `docs/performance.md`, from the figures. What stands between `<!-- figures: GROUP -->` and the next
//! `<!-- end -->` is replaced; where a group has not been measured, it stays as it is.

use super::budget::Budget;
use super::number::shown;
use super::report::Report;
use crate::root;

const PAGE: &str = "docs/performance.md";
const BEGIN: &str = "<!-- figures: ";
const END: &str = "<!-- end -->";

/// Fills them in.
pub(super) fn fill() -> Result<String, String> {
    let path = root().join(PAGE);
    let page = std::fs::read_to_string(&path).map_err(|error| format!("{PAGE}: {error}"))?;
    let filled = filled(&page, |group| Ok(Report::load(group)?.map(|it| (it, Budget::of(group)))))?;
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

/// The chart, where there is one: not every group has a ratio.
fn chart(group: &str) -> String {
    let file = format!("performance/{group}.svg");
    if root().join("docs").join(&file).exists() { format!("\n![{group}]({file})\n") } else { String::new() }
}

fn table(figures: &Report, budgets: &[Budget]) -> String {
    let mut text = String::from("| figure | | ratio | budget |\n|---|---|---|---|\n");
    text.extend(figures.rows.iter().map(|row| {
        let promised: Vec<_> = budgets.iter().filter(|it| it.row == row.name).map(ToString::to_string).collect();
        let ratio = row.ratio.map(shown).unwrap_or_default();
        let figure = format!("{} {}", shown(row.value), row.unit);
        format!("| {} | {} | {ratio} | {} |\n", row.name, figure.trim_end(), promised.join(", "))
    }));
    let day = figures.date.split('T').next().unwrap_or_default();
    text.extend(figures.remarks.iter().map(|remark| format!("\n{remark}\n")));
    text + &format!("\n{}, {day}\n", figures.machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_replace_those_of_before_and_what_was_not_measured_stays() {
        let page = "# P\n\n<!-- figures: a -->\nold\n<!-- end -->\n\nmore\n\n<!-- figures: b -->\nkept\n<!-- end -->\n";
        let rows = r#"{"group": "g", "machine": "m", "date": "2026-11-26T03:11:44Z", "rows": [
            {"name": "call", "value": 1500, "unit": "ms", "ratio": 1.25}, {"name": "calls", "value": 2}],
            "remarks": ["What else there is."]}"#;
        let budget = r#"[{"group": "a", "row": "call", "of": "ratio", "most": 1.5, "why": "chosen"},
            {"group": "a", "row": "calls", "of": "value", "most": 3, "why": "counted"}]"#;
        let measured = |group: &str| {
            let budgets = serde_json::from_str(budget).map_err(|error| error.to_string());
            Ok((group == "a").then(|| (serde_json::from_str(rows).expect("figures"), budgets)))
        };
        let once = filled(page, measured).expect("filled");
        let table = "| figure | | ratio | budget |\n|---|---|---|---|\n| call | 1,500 ms | 1.25 | ratio ≤ 1.50 |\n\
             | calls | 2 |  | ≤ 3 |\n\nWhat else there is.\n\nm, 2026-11-26\n";
        let expected = format!(
            "# P\n\n<!-- figures: a -->\n\n{table}\n<!-- end -->\n\nmore\n\n<!-- figures: b -->\nkept\n<!-- end -->\n"
        );
        assert_eq!(once, expected);
        assert_eq!(filled(&once, measured).expect("filled"), once);
    }
}
