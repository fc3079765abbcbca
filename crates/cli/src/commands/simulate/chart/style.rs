//! Colors and dimensions of a chart.

use plotters::coord::Shift;
use plotters::prelude::*;

pub(super) const MARGIN: i32 = 24;
pub(super) const FONT: &str = "sans-serif";
pub(super) const TEXT: RGBColor = RGBColor(38, 38, 38);
pub(super) const MUTED: RGBColor = RGBColor(110, 110, 110);
pub(super) const GRID: RGBColor = RGBColor(226, 226, 226);
// The palette is distinguishable with color blindness and in print.
pub(super) const OFFERED: RGBColor = RGBColor(38, 38, 38);
pub(super) const ALLOWED: RGBColor = RGBColor(134, 188, 222);
pub(super) const RETRIES: RGBColor = RGBColor(245, 190, 90);
pub(super) const REJECTED: RGBColor = RGBColor(201, 66, 20);
pub(super) const LIMIT: RGBColor = RGBColor(0, 96, 70);
pub(super) const WAITING: RGBColor = RGBColor(178, 158, 208);

pub(super) type ChartArea<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The result of drawing part of a chart.
pub(super) type DrawResult = Result<(), Box<dyn std::error::Error>>;
