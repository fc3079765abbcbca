use super::export::ObservedExport;
use super::values::{ObservedCalls, ObservedLatency, ObservedQueue};
use crate::observed::minute::Minute;

const URL: &str = "https://a.example/send?a=1,2;b";

/// The columns and rows of the three queries.
const EXPORTS: [&[&[&str]]; 3] = [
    &[
        &[
            "ENDPOINT",
            "SPAN",
            "TOTAL_CALLS",
            "SUCCESSFUL_CALLS",
            "4xx_ERRORS",
            "5xx_ERRORS",
            "TIMEOUTS",
            "CAPPED_CALLS",
            "THROUGHPUT_RPS",
        ],
        &[URL, "2026/11/29 08:16", "60", "10", "1", "2", "3", "44", "1.00"],
        &["https://b.example/", "2026/11/29 08:16", "7", "7", "0", "0", "0", "0", "0.12"],
        &[URL, "2026/11/29 08:15", "0", "0", "0", "0", "0", "0", "0"],
    ],
    &[
        &[
            "ENDPOINT",
            "SPAN",
            "SUCCESSFUL_CALLS",
            "P50_LATENCY_MS",
            "P95_LATENCY_MS",
            "P99_LATENCY_MS",
            "P999_LATENCY_MS",
        ],
        &[URL, "2026/11/29 08:15", "10", "80.5", "300", "900", "1200"],
        &[URL, "2026/11/29 08:16", "30", "100.5", "340", "900", "1200.25"],
        &[URL, "2026/11/29 08:17", "0", "", "NULL", "", ""],
    ],
    &[
        &["ENDPOINT", "SPAN", "THROTTLED_CALLS", "P50_QUEUE_TIME_MS", "P95_QUEUE_TIME_MS"],
        &[URL, "2026/11/29 08:15", "100", "40", "2500.5"],
        &[URL, "2026/11/29 08:16", "300", "44", "500.5"],
        &[URL, "2026/11/29 08:17", "0", "0", "0"],
    ],
];

fn csv(rows: &[&[&str]], delimiter: &str, quoted: bool, line_end: &str) -> String {
    let value = |value: &&str| {
        if quoted || value.contains([',', ';']) { format!("\"{value}\"") } else { (*value).to_owned() }
    };
    let lines = rows.iter().map(|row| row.iter().map(value).collect::<Vec<_>>().join(delimiter) + line_end);
    lines.collect()
}

fn parse(csv: &str) -> ObservedExport {
    ObservedExport::parse(csv.as_bytes()).expect("an export")
}

fn problem(csv: &str) -> String {
    ObservedExport::parse(csv.as_bytes()).expect_err("a wrong export").to_string()
}

fn minute(text: &str) -> Minute {
    text.parse().expect("a minute")
}

#[test]
fn spellings_of_an_export_parse_alike() {
    for rows in EXPORTS {
        let plain = parse(&csv(rows, ",", false, "\n"));
        for delimiter in [",", ";"] {
            for quoted in [false, true] {
                for line_end in ["\n", "\r\n", "\n\n"] {
                    for start in ["", "\u{feff}", "\n"] {
                        let text = format!("{start}{}", csv(rows, delimiter, quoted, line_end));
                        assert_eq!(parse(&text), plain, "{text}");
                        assert_eq!(parse(text.trim_end()), plain, "{text}");
                    }
                }
            }
        }
    }
}

#[test]
fn three_queries_are_read() {
    let ObservedExport::Calls(endpoints) = parse(&csv(EXPORTS[0], ";", true, "\r\n")) else { panic!() };
    let counted = ObservedCalls { total: 60, successful: 10, errors_4xx: 1, errors_5xx: 2, timeouts: 3, capped: 44 };
    let (first, second) = (minute("2026/11/29 08:15"), minute("2026/11/29 08:16"));
    assert_eq!(endpoints[0].minutes, [(first, ObservedCalls::default()), (second, counted)]);
    assert_eq!((endpoints[0].endpoint.as_str(), endpoints[0].whole_period), (URL, None));
    assert_eq!((endpoints.len(), endpoints[1].minutes[0].1.total), (2, 7));

    let ObservedExport::Latency(endpoints) = parse(&csv(EXPORTS[1], ",", false, "\n")) else { panic!() };
    let first = ObservedLatency { successful: 10, percentiles: Some([80.5, 300.0, 900.0, 1200.0]) };
    assert_eq!((endpoints[0].minutes[0].1, endpoints[0].minutes[2].1), (first, ObservedLatency::default()));
    let latency = endpoints[0].distribution().expect("a latency");
    assert_eq!(latency.to_string(), "p50=95.5,p95=330,p99=900,p999=1200.188");

    let export = parse(&csv(EXPORTS[2], ",", true, "\n"));
    assert_eq!(export.endpoints(), [URL]);
    let ObservedExport::Queue(endpoints) = export else { panic!() };
    let first = ObservedQueue { throttled: 100, percentiles: Some([40.0, 2500.5]) };
    assert_eq!((endpoints[0].minutes[0].1, endpoints[0].minutes[2].1), (first, ObservedQueue::default()));
    assert_eq!(endpoints[0].p95_queue_ms(), Some(1000.5));
}

#[test]
fn columns_are_found_by_name() {
    let text = "extra,p95_queue_time_ms,Endpoint,THROTTLED_CALLS,P50_QUEUE_TIME_MS,SUCCESSFUL_CALLS\n,9,u,2,1,x\n";
    let ObservedExport::Queue(endpoints) = parse(text) else { panic!() };
    let whole = ObservedQueue { throttled: 2, percentiles: Some([1.0, 9.0]) };
    assert_eq!((endpoints[0].whole_period, endpoints[0].minutes.len()), (Some(whole), 0));
    let text =
        "ENDPOINT;SUCCESSFUL_CALLS;P50_LATENCY_MS;P95_LATENCY_MS;P99_LATENCY_MS;P999_LATENCY_MS\nu;1;1,5;2;3;0x\n";
    assert_eq!(problem(text), "line 2, column P999_LATENCY_MS: `0x` is not a number from 0 to 600000");
    let ObservedExport::Latency(endpoints) = parse(&text.replace("0x", "3,25")) else { panic!() };
    let latency = endpoints[0].distribution().expect("a latency");
    assert_eq!(latency.to_string(), "p50=1.5,p95=2,p99=3,p999=3.25");
}

#[test]
fn wrong_columns_are_named() {
    let unknown = "line 2: unknown columns `second,\\u{1b}calls`; expected one of these: calls: ENDPOINT, SPAN (per minute), \
                   TOTAL_CALLS, SUCCESSFUL_CALLS, 4xx_ERRORS, 5xx_ERRORS, TIMEOUTS, CAPPED_CALLS, THROUGHPUT_RPS (not used); \
                   latency: ENDPOINT, SPAN (per minute), SUCCESSFUL_CALLS, P50_LATENCY_MS, P95_LATENCY_MS, P99_LATENCY_MS, \
                   P999_LATENCY_MS; queue: ENDPOINT, SPAN (per minute), THROTTLED_CALLS, P50_QUEUE_TIME_MS, P95_QUEUE_TIME_MS";
    assert_eq!(problem("\nsecond,\u{1b}calls\n1,2\n"), unknown);
    let cases = [
        ("", "line 1: the file is empty; the first line must name the columns"),
        ("\u{feff}\r\n \n", "line 1: the file is empty; the first line must name the columns"),
        (
            "ENDPOINT,THROTTLED_CALLS,P50_QUEUE_TIME_MS\n",
            "line 1, column P95_QUEUE_TIME_MS: the column is missing; expected queue: ENDPOINT, SPAN (per minute), \
             THROTTLED_CALLS, P50_QUEUE_TIME_MS, P95_QUEUE_TIME_MS",
        ),
        (
            "SPAN,THROTTLED_CALLS,P50_QUEUE_TIME_MS,P95_QUEUE_TIME_MS\n",
            "line 1, column ENDPOINT: the column is missing; expected queue: ENDPOINT, SPAN (per minute), \
             THROTTLED_CALLS, P50_QUEUE_TIME_MS, P95_QUEUE_TIME_MS",
        ),
        (
            "ENDPOINT,TOTAL_CALLS,P95_LATENCY_MS\n",
            "line 1: the columns are of several queries (calls, latency); save each query in its own file",
        ),
        ("ENDPOINT,TOTAL_CALLS;SPAN\n", "line 1: both `,` and `;` separate the columns; use one of them"),
        ("ENDPOINT,endpoint,TOTAL_CALLS\n", "line 1, column ENDPOINT: the column occurs twice"),
        (
            "ENDPOINT,\"TOTAL_CALLS\n",
            "line 1: a value in quotes does not end on its line; values contain no line breaks",
        ),
        (
            "ENDPOINT,THROTTLED_CALLS,P50_QUEUE_TIME_MS,P95_QUEUE_TIME_MS\n",
            "line 1: the file has no rows after the names of the columns",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(problem(text), expected, "{text:?}");
    }
}

#[test]
fn wrong_rows_are_named() {
    let header = EXPORTS[0][0].join(",");
    let row = "u,2026/11/29 08:15,1,1,0,0,0,0,x";
    let cases = [
        ("u,2026/11/29 08:15,1,1,0,0,0,-1,x", "line 3, column CAPPED_CALLS: `-1` is not a non-negative integer"),
        ("u,2026/11/29 08:15,,1,0,0,0,1,x", "line 3, column TOTAL_CALLS: `` is not a non-negative integer"),
        ("u,2026/11/29 08:15,1.0,1,0,0,0,1,x", "line 3, column TOTAL_CALLS: `1.0` is not a non-negative integer"),
        ("u,2026/11/29 08:15,1,1,\u{1b},0,0,1,x", "line 3, column 4xx_ERRORS: `\\u{1b}` is not a non-negative integer"),
        (
            "u,2026/11/29 08:15,99999999999999999999,1,0,0,0,1,x",
            "line 3, column TOTAL_CALLS: `99999999999999999999` is not a non-negative integer",
        ),
        (
            "u,2026/11/29 08:15,6000001,1,0,0,0,1,x",
            "line 3, column TOTAL_CALLS: at most 6000000 calls per minute can be simulated",
        ),
        ("u,2026/11/29 08:15,5,6,0,0,0,0,x", "line 3, column SUCCESSFUL_CALLS: `6` is more than TOTAL_CALLS, 5"),
        ("u,2026/11/29 08:15,5,5,0,0,0,6,x", "line 3, column CAPPED_CALLS: `6` is more than TOTAL_CALLS, 5"),
        (
            "u,2026-11-29T08:15,1,1,0,0,0,1,x",
            "line 3, column SPAN: `2026-11-29T08:15`: expected yyyy/MM/dd HH:mm, such as 2026/11/29 08:15",
        ),
        (",2026/11/29 08:15,1,1,0,0,0,1,x", "line 3, column ENDPOINT: the value is empty; remove the row"),
        (
            "u,2026/11/29 08:14,1,1,0,0,0,1,x",
            "line 3, column ENDPOINT: second row of `u` at 2026-11-29 08:14; the first is in line 2; group by endpoint and \
             minute only",
        ),
        ("u;2026/11/29 08:15;1;1;0;0;0;1;x", "line 3: the values are separated by `;`, but the columns by `,`"),
        ("u,1", "line 3: expected 9 values, separated by `,` like the columns, found 2"),
        ("(1 row)", "line 3: expected 9 values, separated by `,` like the columns, found 1"),
        (
            "\"u\n\",2026/11/29 08:15,1,1,0,0,0,1,x",
            "line 3: a value in quotes does not end on its line; values contain no line breaks",
        ),
        ("\"u\"x,2026/11/29 08:15,1,1,0,0,0,1,x", "line 3: there is text after a value in quotes"),
        (
            "u\"x\",2026/11/29 08:15,1,1,0,0,0,1,x",
            "line 3: there is a quote inside a value that does not start with one",
        ),
    ];
    for (wrong, expected) in cases {
        let text = format!("{header}\nu,2026/11/29 08:14,1,1,0,0,0,0,x\n{wrong}\n{row}\n");
        assert_eq!(problem(&text), expected, "{wrong:?}");
    }
    let header = EXPORTS[1][0].join(",");
    let text = format!("{header}\nu,2026/11/29 08:14,1,80,79.5,100,100\n");
    assert_eq!(problem(&text), "line 2, column P95_LATENCY_MS: `79.5` is less than P50_LATENCY_MS");
    for value in ["", "-1", "inf", "NaN", "600001", "1,5"] {
        let text = format!("{header}\nu,2026/11/29 08:14,1,\"{value}\",1,2,3\n");
        let expected = format!("line 2, column P50_LATENCY_MS: `{value}` is not a number from 0 to 600000");
        assert_eq!(problem(&text), expected);
    }
}

#[test]
fn file_that_is_not_utf8_names_the_line() {
    let error = ObservedExport::parse(b"ENDPOINT,TOTAL_CALLS\nu,1\n\xff,1\n").expect_err("not UTF-8");
    assert_eq!(error.to_string(), "line 3: the file is not UTF-8; save it as CSV in UTF-8");
    let utf16: Vec<u8> = "ENDPOINT".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error = ObservedExport::parse(&[&[0xff, 0xfe], &utf16[..]].concat()).expect_err("not UTF-8");
    assert_eq!(error.to_string(), "line 1: the file is not UTF-8; save it as CSV in UTF-8");
}

#[test]
fn first_duplicate_of_the_file_is_named() {
    let row = |endpoint: &str| format!("{endpoint},1,0,0,0,0,0\n");
    let header = EXPORTS[0][0].join(",").replace(",SPAN", "").replace(",THROUGHPUT_RPS", "");
    let text = format!("{header}\n{}{}{}{}{}", row("u"), row("v"), row("v"), row("u"), row("v"));
    assert_eq!(
        problem(&text),
        "line 4, column ENDPOINT: second row of `v`; the first is in line 3; group by endpoint and minute only"
    );
}

#[test]
fn million_rows_parse_in_3_seconds() {
    use std::fmt::Write as _;

    let mut text = csv(&[EXPORTS[0][0]], ";", true, "\r\n");
    for endpoint in 0..100 {
        for minute in 0..10_000 {
            let (day, hour, minute) = (minute / 1440 + 1, minute / 60 % 24, minute % 60);
            let span = format!("2026/11/{day:02} {hour:02}:{minute:02}");
            let url = format!("https://api.example.org/v1/journeys/{endpoint}/send");
            write!(text, "\"{url}\";\"{span}\";\"600\";\"590\";\"1\";\"2\";\"3\";\"4\";\"10.0\"\r\n").expect("written");
        }
    }
    let began = std::time::Instant::now();
    let ObservedExport::Calls(endpoints) = parse(&text) else { panic!() };
    let elapsed = began.elapsed();
    assert_eq!(endpoints.iter().map(|endpoint| endpoint.minutes.len()).sum::<usize>(), 1_000_000);
    assert!(elapsed.as_secs() < 3, "{elapsed:?}");
}
