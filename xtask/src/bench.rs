//! `cargo xtask bench`: reproducible figures and their budgets. A timed group and its alternatives are measured in five separate runs;
//! `docs/performance.md` shows a figure only if the runs agree.

mod bench_program;
mod budget;
mod charts;
mod counts;
mod group;
mod npm_package;
mod number_format;
mod performance_doc;
mod report;
mod timed;

use clap::ValueEnum as _;

pub(crate) use group::BenchGroup;

use crate::output::log;

/// Measures one group, or all groups and then draws charts and tables.
pub(crate) fn run(group: Option<BenchGroup>) -> Result<String, String> {
    match group {
        None => run_all(),
        Some(BenchGroup::Charts) => charts::draw_charts().and_then(|()| performance_doc::update_tables()),
        Some(group) => measure(group),
    }
}

/// Measures all groups, even after a budget is broken.
fn run_all() -> Result<String, String> {
    let (mut report, mut broken) = (String::new(), Vec::new());
    for group in BenchGroup::value_variants().iter().copied().filter(|group| *group != BenchGroup::Charts) {
        if let Err(reason) = group.check_requirements() {
            log(&format!("==> skipped: {reason}"));
            report.extend(["skipped: ", &reason, "\n"]);
            continue;
        }
        match measure(group) {
            Ok(text) => report += &text,
            Err(error) => broken.push(error),
        }
    }
    log(&run(Some(BenchGroup::Charts))?);
    let broken = broken.join("\n");
    if broken.is_empty() { Ok(report + "all measured figures are within their budgets") } else { Err(broken) }
}

/// Measures a group, stores its figures under target/bench/, and checks its budgets.
fn measure(group: BenchGroup) -> Result<String, String> {
    group.check_requirements()?;
    let start = std::time::Instant::now();
    let figures = match group {
        BenchGroup::Counts => counts::measure()?,
        timed => timed::measure(timed)?,
    };
    log(&figures.terminal_table());
    figures.save()?;
    log(&format!("bench {group} took {:.0} s", start.elapsed().as_secs_f64()));
    let (all_met, text) = budget::check_budgets(&figures, &budget::Budget::read(&group.to_string())?);
    if all_met { Ok(text) } else { Err(text) }
}
