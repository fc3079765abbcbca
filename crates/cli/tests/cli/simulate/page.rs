//! `docs/simulate.md`.

use serde_json::Value;

use super::{report, run};
use crate::docs::read_page;

fn first_cells(page: &str, head: &str) -> Vec<String> {
    let rows =
        page.lines().skip_while(|line| !line.starts_with(head)).skip(2).take_while(|line| line.starts_with("| "));
    rows.filter_map(|row| row.split('`').nth(1)).map(str::to_owned).collect()
}

fn names(value: &Value) -> Vec<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn page_lists_all_json_fields() {
    let page = read_page("docs/simulate.md");
    let report = report("simulate --traffic 1x1");
    let fields: Vec<_> = names(&report);
    assert_eq!(first_cells(&page, "| field |"), fields);
    let counts = first_cells(&page, "| count |");
    assert_eq!(counts, names(&report["totals"]));
    assert_eq!(names(&report["rows"][0]), [vec!["second".to_owned(), "waiting".to_owned()], counts].concat());
}

#[test]
fn page_lists_all_windows() {
    let page = read_page("docs/simulate.md");
    let windows = first_cells(&page, "| `--window` |");
    let expected: Vec<String> = ajo_simulator::WindowKind::ALL.iter().map(|it| it.as_str().replace('_', "-")).collect();
    assert_eq!(windows, expected);
    for window in windows {
        assert_eq!(run(&format!("simulate --traffic 1x1 --window {window}")).exit_code, Some(0), "{window}");
    }
}
