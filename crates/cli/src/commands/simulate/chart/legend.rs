//! The legend of a chart.

use ajo_engine::text::group_thousands;
use ajo_simulator::SimulationReport;
use plotters::prelude::*;

use super::style::{
    ChartArea, DrawResult, FIRST_REQUESTS, FONT, LIMIT, LinePattern, LineStyle, MARGIN, OFFERED, REJECTED, RETRIES,
    TEXT, TIMED_OUT, WAITING,
};
use super::values::{is_limit_visible, title_limits};

/// Draws the legend from left to right.
pub(super) fn draw(head: &ChartArea<'_>, report: &SimulationReport) -> DrawResult {
    let totals = report.totals;
    let dropped = match totals.dropped {
        0 => "waiting in the queue".to_owned(),
        expired => format!("waiting in the queue ({} dropped after 6 h)", group_thousands(expired)),
    };
    let every_second = title_limits(report).all(|limit| limit.period_ms == 1000);
    let limit = if every_second { "limit" } else { "limit, on average" };
    let marks = [
        (true, LegendSymbol::Line(OFFERED), "offered by journeys".to_owned()),
        (true, LegendSymbol::Area(FIRST_REQUESTS), "sent".to_owned()),
        (totals.retried > 0, LegendSymbol::Area(RETRIES), "retried".to_owned()),
        (totals.rejected > 0, LegendSymbol::Line(REJECTED), "rejected".to_owned()),
        (totals.timed_out > 0, LegendSymbol::Line(TIMED_OUT), "timed out".to_owned()),
        (is_limit_visible(report), LegendSymbol::Line(LIMIT), limit.to_owned()),
        (report.queue.longest > 0, LegendSymbol::Area(WAITING), dropped),
    ];
    let mut left = MARGIN;
    for (_, mark, text) in marks.into_iter().filter(|(shown, ..)| *shown) {
        mark.draw(head, left)?;
        head.draw_text(&text, &(FONT, 14).into_font().color(&TEXT), (left + 32, 70))?;
        // A character of this size is about 6.5 pixels wide.
        left += 32 + 13 * i32::try_from(text.len()).unwrap_or(0) / 2 + 22;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum LegendSymbol {
    Area(RGBColor),
    Line(LineStyle),
}

/// The width of a symbol in pixels.
const WIDTH: i32 = 24;

impl LegendSymbol {
    fn draw(self, head: &ChartArea<'_>, left: i32) -> DrawResult {
        match self {
            Self::Area(color) => head.draw(&Rectangle::new([(left, 71), (left + WIDTH, 83)], color.filled()))?,
            Self::Line(style) => {
                let (dash, gap) = match style.pattern {
                    LinePattern::Solid => (WIDTH, 0),
                    LinePattern::Dashed(dash, gap) => (dash.cast_signed(), gap.cast_signed()),
                };
                let mut from = 0;
                while from < WIDTH {
                    let ends = [from, (from + dash).min(WIDTH)].map(|at| (left + at, 77));
                    head.draw(&PathElement::new(ends.to_vec(), style.stroke()))?;
                    from += dash + gap;
                }
            }
        }
        Ok(())
    }
}
