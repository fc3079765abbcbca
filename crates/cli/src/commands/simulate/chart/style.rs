//! Colors and dimensions of a chart.

use plotters::coord::Shift;
use plotters::prelude::*;

pub(super) const MARGIN: i32 = 24;
pub(super) const FONT: &str = "sans-serif";
pub(super) const TEXT: RGBColor = RGBColor(38, 38, 38);
pub(super) const MUTED: RGBColor = RGBColor(110, 110, 110);
pub(super) const GRID: RGBColor = RGBColor(226, 226, 226);
// Areas differ in brightness and lines in their pattern, so that the chart is readable in grayscale and with color blindness.
pub(super) const FIRST_REQUESTS: RGBColor = RGBColor(176, 213, 236);
pub(super) const RETRIES: RGBColor = RGBColor(222, 136, 38);
pub(super) const WAITING: RGBColor = RGBColor(178, 158, 208);
pub(super) const OFFERED: LineStyle = LineStyle { color: RGBColor(38, 38, 38), pattern: LinePattern::Solid };
pub(super) const REJECTED: LineStyle = LineStyle { color: RGBColor(201, 66, 20), pattern: LinePattern::Dashed(6, 3) };
pub(super) const TIMED_OUT: LineStyle = LineStyle { color: RGBColor(120, 30, 110), pattern: LinePattern::Dashed(2, 3) };
pub(super) const LIMIT: LineStyle = LineStyle { color: RGBColor(0, 96, 70), pattern: LinePattern::Dashed(14, 6) };

/// The color and pattern of a line.
#[derive(Clone, Copy)]
pub(super) struct LineStyle {
    pub(super) color: RGBColor,
    pub(super) pattern: LinePattern,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum LinePattern {
    Solid,
    /// The lengths of dashes and gaps in pixels.
    Dashed(u32, u32),
}

impl LineStyle {
    pub(super) fn stroke(self) -> ShapeStyle {
        self.color.stroke_width(2)
    }
}

pub(super) type ChartArea<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The result of drawing part of a chart.
pub(super) type DrawResult = Result<(), Box<dyn std::error::Error>>;
