//! Wrong results of an earlier simulator.

use super::{CAPPING, folder, report, report_in, run};

#[test]
fn default_cap_slides() {
    let report = report("simulate --traffic 0x30,9000x60");
    assert_eq!(
        (&report["limits"][0]["name"], &report["limits"][0]["window"]),
        (&"default_cap".into(), &"sliding".into())
    );
    assert_eq!(report["totals"]["rejected"], 240_000);
}

#[test]
fn connections_bound_the_rate() {
    let folder = folder(&[("capping.yaml", &CAPPING.replace("20,", "2000,").replace(": 2000 ", ": 1000 "))]);
    for line in [
        "simulate --traffic 2000x5 --latency 500 --connections 50",
        "simulate capping.yaml --traffic 2000x5 --latency 500",
    ] {
        for mode in ["exact", "cohort"] {
            let report = report_in(folder.path(), &format!("{line} --mode {mode}"), "");
            let number = |value: &serde_json::Value| value.as_u64().expect("a number");
            let rows = report["rows"].as_array().expect("rows");
            // 50 connections carry 2 requests a second each.
            assert!(rows.iter().all(|row| number(&row["succeeded"]) <= 100), "{line} {mode}");
            let [succeeded, timed_out] = ["succeeded", "timedOut"].map(|name| number(&report["totals"][name]));
            assert!(succeeded > 2900 && succeeded + timed_out == 10_000, "{line} {mode}: {succeeded} {timed_out}");
            assert_eq!(report["connections"]["count"], 50);
        }
    }
}

#[test]
fn final_statuses_are_not_retried() {
    for (status, retried) in [(401, 0), (403, 0), (404, 0), (400, 30), (500, 30)] {
        let report = report(&format!("simulate --traffic 10x1 --failures 1 --failure-status {status}"));
        assert_eq!(
            (&report["totals"]["retried"], &report["totals"]["failed"]),
            (&retried.into(), &10.into()),
            "{status}"
        );
    }
}

/// The heading names the unit, and the rows add up to the total and to the numbers below the table.
#[test]
fn table_counts_are_consistent() {
    let text = run("simulate --traffic 0x30,9000x60 --failures 0.5 --connections 900").stdout;
    assert!(text.contains("each row is 5 s"), "{text}");
    let table: Vec<Vec<&str>> = text
        .lines()
        .skip_while(|line| !line.contains("offered"))
        .take_while(|line| !line.is_empty())
        .map(|line| line.replace("timed out", "timed_out").leak().split_whitespace().collect())
        .collect();
    let number = |cell: &str| cell.replace(',', "").parse::<u64>().expect("a number");
    let (heading, rows) = table.split_first().expect("a table");
    let (total, rows) = rows.split_last().expect("a total");
    assert_eq!((heading[0], rows[1][0], total[0]), ("min:s", "0:05", "total"), "{text}");
    for (column, name) in heading.iter().enumerate().skip(1) {
        let sum: u64 = rows.iter().map(|row| number(row[column])).sum();
        assert_eq!(sum, number(total[column]), "{name}: {text}");
    }
    let count = |name: &str| heading.iter().position(|cell| *cell == name).map_or("0", |column| total[column]);
    let calls = format!(
        "calls        {} offered: {} succeeded, {} failed, {} rejected, 0 dropped, {} timed out\n",
        count("offered"),
        count("succeeded"),
        count("failed"),
        count("rejected"),
        count("timed_out")
    );
    assert!(text.contains(&calls), "{text}");
    let limit = format!("limit        default cap, 300,000 calls in 1 min: {} requests rejected", count("rejected"));
    assert!(text.contains(&limit), "{text}");
}
