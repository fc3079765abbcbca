use super::*;
use crate::observed::export::ObservedExport;

const COLUMNS: &str = "TOTAL_CALLS,SUCCESSFUL_CALLS,4xx_ERRORS,5xx_ERRORS,TIMEOUTS,CAPPED_CALLS";

fn parse(csv: &str) -> Vec<ObservedEndpoint<ObservedCalls>> {
    match ObservedExport::parse(csv.as_bytes()) {
        Ok(ObservedExport::Calls(endpoints)) => endpoints,
        other => panic!("{other:?}"),
    }
}

fn minute(text: &str) -> Minute {
    text.parse().expect("a minute")
}

fn calls(rows: &[(&str, &str, u64)]) -> Vec<ObservedEndpoint<ObservedCalls>> {
    let row = |(endpoint, span, total): &(&str, &str, u64)| format!("\n{endpoint},{span},{total},0,0,0,0,0");
    parse(&format!("ENDPOINT,SPAN,{COLUMNS}{}", rows.iter().map(row).collect::<String>()))
}

#[test]
fn traffic_spreads_each_minute() {
    let endpoints = calls(&[
        ("u", "2026/11/29 08:15", 120),
        ("u", "2026/11/29 08:17", 90),
        ("u", "2026/11/29 08:18", 60),
        ("v", "2026/11/29 08:18", 6),
    ]);
    let period = ObservedPeriod::select(&endpoints, None, None).expect("a period");
    assert_eq!((period.minutes(), period.first), (4, minute("2026/11/29 08:15")));
    let even = period.traffic(&[&endpoints[0]], 1);
    assert_eq!((even.calls().len(), even.total()), (240, 270));
    assert_eq!((&even.calls()[..60], &even.calls()[60..120]), (&[2; 60][..], &[0; 60][..]));
    assert_eq!(&even.calls()[120..124], [1, 2, 1, 2]);
    // The bursts of 08:17 and 08:18, the busiest neighbors, meet.
    let bursts = period.traffic(&[&endpoints[0]], 3);
    assert_eq!((bursts.calls().len(), bursts.total()), (240, 270));
    assert_eq!((&bursts.calls()[..40], &bursts.calls()[40..60]), (&[0; 40][..], &[6; 20][..]));
    assert_eq!((&bursts.calls()[120..160], &bursts.calls()[200..]), (&[0; 40][..], &[0; 40][..]));
    assert_eq!((bursts.calls()[160..180].iter().sum::<u32>(), &bursts.calls()[180..200]), (90, &[3; 20][..]));
    let both = period.traffic(&[&endpoints[0], &endpoints[1]], 1);
    assert_eq!((both.total(), both.calls()[180..].iter().sum::<u32>()), (276, 66));
    // A burst does not lose calls, also where 60 s are not a multiple of it.
    for burst in 1..=10 {
        assert_eq!(period.traffic(&[&endpoints[0]], burst).total(), 270, "{burst}");
    }
}

#[test]
fn bursts_start_with_the_busiest_pair() {
    let endpoints =
        calls(&[("u", "2026/11/29 08:15", 1), ("u", "2026/11/29 08:16", 60), ("u", "2026/11/29 08:17", 60)]);
    let period = ObservedPeriod::select(&endpoints, None, None).expect("a period");
    let traffic = period.traffic(&[&endpoints[0]], 10);
    assert_eq!((&traffic.calls()[114..126], traffic.calls()[126]), (&[10; 12][..], 0));
}

#[test]
fn period_of_a_long_export_is_a_day() {
    let endpoints = calls(&[
        ("u", "2026/11/28 07:00", 50),
        ("u", "2026/11/29 09:00", 40),
        ("v", "2026/11/29 09:00", 40),
        ("u", "2026/11/30 07:00", 60),
    ]);
    let select = |from: Option<&str>, to: Option<&str>| {
        let period = ObservedPeriod::select(&endpoints, from.map(minute), to.map(minute));
        period.map(|period| format!("{} to {}", period.first, period.last))
    };
    assert_eq!(select(None, None).expect("a day"), "2026-11-29 00:00 to 2026-11-29 23:59");
    assert_eq!(select(Some("2026/11/28 06:00"), None).expect("a day"), "2026-11-28 06:00 to 2026-11-29 05:59");
    assert_eq!(select(Some("2026/11/30 06:00"), None).expect("a day"), "2026-11-30 06:00 to 2026-11-30 07:00");
    assert_eq!(select(None, Some("2026/11/29 09:00")).expect("a day"), "2026-11-28 09:01 to 2026-11-29 09:00");
    assert_eq!(select(None, Some("2026/11/28 09:00")).expect("a day"), "2026-11-28 07:00 to 2026-11-28 09:00");
    let both = select(Some("2026/11/29 08:00"), Some("2026/11/29 09:00")).expect("an hour");
    assert_eq!(both, "2026-11-29 08:00 to 2026-11-29 09:00");
    let empty = "the period from 2026-11-29 10:00 to 2026-11-29 11:00 has no rows; the export has rows from 2026-11-28 07:00 to \
                 2026-11-30 07:00";
    assert_eq!(select(Some("2026/11/29 10:00"), Some("2026/11/29 11:00")).expect_err("empty").to_string(), empty);
    assert!(select(Some("2026/11/29 11:00"), Some("2026/11/29 08:00")).is_err());
    let long = "the period from 2026-11-29 00:00 to 2026-11-30 00:00 is longer than a day; simulate one day at a time";
    assert_eq!(select(Some("2026/11/29 00:00"), Some("2026/11/30 00:00")).expect_err("long").to_string(), long);
    let endpoints = parse(&format!("ENDPOINT,{COLUMNS}\nu,9,0,0,0,0,0\n"));
    assert_eq!(ObservedPeriod::select(&endpoints, None, None), Err(ObservedPeriodError::NoMinutes));
}
