//! Tables that fit the terminal: cells are cut and columns left out, so that no row is wrapped.

use std::borrow::Cow;

use ajo_engine::untrusted_text::excerpt;
use unicode_width::UnicodeWidthStr as _;

use super::cell_cut::{Cut, cut};
use super::terminal_width;
use crate::safe_text::{SafeText, safe};

/// Maximum length of a table cell in characters. JSON has all of it.
const MAX_CELL_CHARS: usize = 2_000;

/// Space between columns.
const GAP: usize = 2;

/// A column, and what happens to it in a narrow terminal.
#[derive(Clone)]
pub(crate) struct Column {
    head: Cow<'static, str>,
    cut: Cut,
    align_right: bool,
    /// The width to which cells can be cut.
    min_width: usize,
    /// The column with the lowest number is left out first; of the same number, the last.
    importance: u8,
}

impl Column {
    /// Text that can be cut at its end.
    pub(crate) const fn text(head: &'static str) -> Self {
        Self { head: Cow::Borrowed(head), cut: Cut::End, align_right: false, min_width: 8, importance: 1 }
    }

    /// A URL.
    pub(crate) const fn url(head: &'static str) -> Self {
        let mut column = Self::text(head);
        (column.cut, column.min_width) = (Cut::Url, 14);
        column
    }

    /// Text that users copy: it is shown in full, and never left out.
    pub(crate) const fn whole(head: &'static str) -> Self {
        let mut column = Self::text(head);
        (column.cut, column.importance) = (Cut::None, u8::MAX);
        column
    }

    /// A number: it is shown in full or left out.
    pub(crate) const fn number(head: &'static str) -> Self {
        let mut column = Self::text(head);
        (column.cut, column.align_right) = (Cut::None, true);
        column
    }

    fn named(self, head: String) -> Self {
        Self { head: Cow::Owned(head), ..self }
    }

    pub(crate) const fn min_width(mut self, min_width: usize) -> Self {
        self.min_width = min_width;
        self
    }

    pub(crate) const fn importance(mut self, importance: u8) -> Self {
        self.importance = importance;
        self
    }
}

/// A cell. In a terminal that is too narrow for the table, it has the short text.
#[derive(Clone)]
pub(crate) struct Cell {
    text: String,
    short: String,
}

impl Cell {
    pub(crate) fn with_short(text: &SafeText, short: &SafeText) -> Self {
        Self { text: excerpt(text.as_str(), MAX_CELL_CHARS), short: excerpt(short.as_str(), MAX_CELL_CHARS) }
    }
}

impl From<SafeText> for Cell {
    fn from(text: SafeText) -> Self {
        Self::with_short(&text, &text)
    }
}

/// A table without borders. Its width is unlimited if standard output is not a terminal.
pub(crate) fn format_table(columns: &[Column], rows: Vec<Vec<impl Into<Cell>>>) -> SafeText {
    let rows = rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect();
    Table { columns: columns.to_vec(), rows }.fit(match terminal_width() {
        0 => usize::MAX,
        width => width,
    })
}

/// The same for lines of cells, the first of which has the names of the columns. `kind` gives a column by its index.
pub(crate) fn format_cells(mut lines: Vec<Vec<String>>, kind: impl Fn(usize) -> Column) -> Vec<SafeText> {
    let head = lines.remove(0).into_iter().enumerate();
    let columns: Vec<Column> = head.map(|(index, name)| kind(index).named(name)).collect();
    let rows = lines.iter().map(|line| line.iter().map(SafeText::escape).collect()).collect();
    format_table(&columns, rows).lines().collect()
}

struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    fn fit(mut self, max_width: usize) -> SafeText {
        let mut widths = self.widths();
        if total(&widths) > max_width {
            for cell in self.rows.iter_mut().flatten() {
                cell.text = std::mem::take(&mut cell.short);
            }
            widths = self.widths();
        }
        let heads: Vec<_> = self.columns.iter().map(|column| column.head.clone()).collect();
        while !self.shrink(&mut widths, max_width) {
            let last = (0..self.columns.len()).rev().min_by_key(|index| self.columns[*index].importance);
            let Some(index) = last.filter(|index| self.columns[*index].importance < u8::MAX) else { break };
            self.columns.remove(index);
            for row in &mut self.rows {
                row.remove(index);
            }
            widths = self.widths();
        }
        let mut lines = vec![self.line(self.columns.iter().map(|column| column.head.clone().into_owned()), &widths)];
        for row in &self.rows {
            let cells = row.iter().zip(&self.columns).zip(&widths);
            lines.push(self.line(cells.map(|((cell, column), width)| cut(&cell.text, column.cut, *width)), &widths));
        }
        let is_left_out = |head: &Cow<'static, str>| self.columns.iter().all(|column| column.head != *head);
        let left_out: Vec<_> = heads.into_iter().filter(is_left_out).collect();
        if !left_out.is_empty() {
            lines.push(safe!("Too narrow for {}; --output json has everything.", left_out.join(", ")));
        }
        SafeText::join_lines(lines)
    }

    /// The widths of the columns with everything.
    fn widths(&self) -> Vec<usize> {
        let width = |(index, column): (usize, &Column)| {
            let cells = self.rows.iter().map(|row| row[index].text.width());
            cells.chain([column.head.width()]).max().unwrap_or(0)
        };
        self.columns.iter().enumerate().map(width).collect()
    }

    /// Shrinks the widest columns until the table fits. Says whether it does.
    fn shrink(&self, widths: &mut [usize], max_width: usize) -> bool {
        while total(widths) > max_width {
            let can_shrink = |index: &usize| {
                let column = &self.columns[*index];
                column.cut != Cut::None && widths[*index] > column.min_width.max(column.head.width())
            };
            let Some(widest) = (0..widths.len()).filter(can_shrink).max_by_key(|index| widths[*index]) else {
                return false;
            };
            widths[widest] -= 1;
        }
        true
    }

    fn line(&self, cells: impl Iterator<Item = String>, widths: &[usize]) -> SafeText {
        let padded = cells.zip(&self.columns).zip(widths).map(|((cell, column), width)| {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            if column.align_right { padding + &cell } else { cell + &padding }
        });
        // Each cell is escaped, but together they could form a command.
        safe!("{}", padded.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end())
    }
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn columns() -> Vec<Column> {
        vec![
            Column::whole("UID"),
            Column::text("STATE").importance(3),
            Column::number("COUNT"),
            Column::text("LIMIT").importance(2),
            Column::url("URL").importance(4),
        ]
    }

    const UID: &str = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";

    fn table(url: &str, max_width: usize) -> String {
        let limit = Cell::with_short(&"action 500 calls/1000 ms, 50 connections".into(), &"500/s".into());
        let row = |url: &str| {
            let cells = [UID, "deployed", "1,000"].map(|text| Cell::from(SafeText::escape(text)));
            cells.into_iter().chain([limit.clone(), SafeText::escape(url).into()]).collect()
        };
        let rows = vec![row(url), row("https://a.example")];
        Table { columns: columns(), rows }.fit(max_width).into_string()
    }

    #[test]
    fn wide_table_is_complete() {
        let url = format!("https://a.example/{}", "x".repeat(1000));
        assert!(table(&url, usize::MAX).contains(&format!("1,000  action 500 calls/1000 ms, 50 connections  {url}\n")));
    }

    #[test]
    fn no_line_is_too_wide() {
        let wide = format!("https://東京.example/{}", "東".repeat(300));
        for url in ["https://b.example/x", &wide, &"x".repeat(900), "\u{1b}[2J::error::\n##[x]"] {
            for max_width in (36..250).step_by(41) {
                for line in table(url, max_width).lines().filter(|line| !line.starts_with("Too narrow")) {
                    assert!(line.width() <= max_width, "{max_width}: {line}");
                    assert!(!line.contains('\u{1b}') && !line.starts_with("::"), "{line}");
                    assert!(line.starts_with("UID") || line.starts_with(UID), "{line}");
                }
            }
        }
    }

    #[test]
    fn narrow_table_is_cut() {
        let url = "https://api.example.org/data/2.5/weather";
        assert_eq!(
            table(url, 80),
            format!(
                "{:36}  STATE     COUNT  LIMIT  URL\n{UID}  deployed  1,000  500/s  api.example.org/…r\n{UID}  deployed  1,000  500/s  https://a.example\n",
                "UID"
            )
            .trim_end()
        );
        assert_eq!(
            table(url, 40),
            format!("UID\n{UID}\n{UID}\nToo narrow for STATE, COUNT, LIMIT, URL; --output json has everything.")
        );
    }

    #[test]
    fn long_cell_is_cut() {
        let rows = [SafeText::escape(&"x y".repeat(2 << 20)), SafeText::escape(&"東".repeat(2 << 20))];
        let began = Instant::now();
        let rows = rows.map(|cell| vec!["u-1".into(), cell]).to_vec();
        let text = format_table(&[Column::whole("UID"), Column::text("URL")], rows).into_string();
        assert!(text.chars().count() < 10_000 && text.contains('…'), "{}", text.len());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }

    #[test]
    fn long_table_is_fast() {
        let row = || vec![SafeText::from("u-1"), SafeText::escape(&"x".repeat(1500))];
        let table = Table {
            columns: vec![Column::whole("UID"), Column::url("URL")],
            rows: std::iter::repeat_with(|| row().into_iter().map(Cell::from).collect()).take(100).collect(),
        };
        let began = Instant::now();
        assert_eq!(table.fit(80).as_str().lines().count(), 101);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
