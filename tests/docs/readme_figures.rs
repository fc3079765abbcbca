//! The measured figures in the READMEs are those of `docs/performance.md`, which `cargo xtask bench` writes.

use std::collections::BTreeSet;

use super::doc_tables::read_file;

const PERFORMANCE: &str = "docs/performance.md";
const CLIENT: &str = "crates/wasm/npm/README.md";
const EMULATOR: &str = "crates/emulator-wasm/npm/README.md";

/// A figure: the README, the first cell of its row, the number of the cell, and the row of the performance page.
const FIGURES: &[(&str, &str, usize, &str)] = &[
    (CLIENT, "ajo-limits", 1, "npm package, token requests of 100 callers, ajo-limits"),
    (CLIENT, "ajo-limits", 2, "npm package, installed, ajo-limits"),
    (
        CLIENT,
        "openapi-fetch, with a hand-written token cache",
        1,
        "npm package, token requests of 100 callers, openapi-fetch, own token cache",
    ),
    (
        CLIENT,
        "openapi-fetch, with a hand-written token cache",
        2,
        "npm package, installed, openapi-fetch, own token cache",
    ),
    (
        CLIENT,
        "@adobe/aio-lib-core-auth, and `fetch`",
        1,
        "npm package, token requests of 100 callers, @adobe/aio-lib-core-auth, fetch",
    ),
    (CLIENT, "@adobe/aio-lib-core-auth, and `fetch`", 2, "npm package, installed, @adobe/aio-lib-core-auth, fetch"),
    (CLIENT, "tarball", 1, "npm package, size, tarball"),
    (CLIENT, "installed", 1, "npm package, installed, ajo-limits"),
    (CLIENT, "`core.wasm`, gzipped", 1, "npm package, size, core.wasm"),
    (
        CLIENT,
        "code for Cloudflare Workers without `core.wasm`, gzipped",
        1,
        "npm package, size, JS wrapper (workerd.js, bundled)",
    ),
    (
        CLIENT,
        "code for Node.js and browsers with its module as deflated text, gzipped",
        1,
        "npm package, size, inline ESM (index.js, bundled)",
    ),
    (EMULATOR, "tarball", 1, "npm emulator package, size, tarball"),
    (EMULATOR, "installed", 1, "npm emulator package, size, installed"),
    (EMULATOR, "`module.wasm`, gzipped", 1, "npm emulator package, size, module.wasm"),
];

/// A figure in a sentence: the README, the text before it, and the row of the performance page.
const SENTENCES: &[(&str, &str, &str)] =
    &[(CLIENT, "`ajo-limits/errors` has only these classes, ", "npm package, size, ajo-limits/errors")];

/// Numbers with these units are measured, unless they are in `OTHER_NUMBERS`.
const UNITS: [&str; 8] = ["KB", "MB", "MiB", "GB", "ms", "µs", "minutes", "calls/s"];

/// Numbers that nobody measures: the README, the text, and the reason.
const OTHER_NUMBERS: &[(&str, &str, &str)] = &[
    ("README.md", "1-3 minutes", "depends on the machine; CONTRIBUTING has the targets"),
    ("README.md", "8 minutes", "depends on the machine; CONTRIBUTING has the targets"),
    ("README.md", "500 calls/s", "a limit in the demo"),
    ("README.md", "1000 ms", "a limit in the demo"),
    (CLIENT, "50 ms", "a setting"),
    (CLIENT, "4 KB", "a limit of Chrome"),
    (CLIENT, "64 MiB", "a limit of the client"),
    (CLIENT, "1 MiB", "a limit of the client"),
];

fn readmes() -> Vec<String> {
    let crates = super::doc_tables::workspace_root().join("crates").read_dir().expect("the crates");
    let names = crates.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let of_crates = names.map(|name| format!("crates/{name}/README.md"));
    let of_crates = of_crates.filter(|path| super::doc_tables::workspace_root().join(path).exists());
    of_crates.chain(["README.md", CLIENT, EMULATOR].map(str::to_owned)).collect()
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_matches(['|', ' ']).split('|').map(str::trim).collect()
}

/// The number at the start of a text, and a half of its last digit.
fn number(text: &str) -> (f64, f64) {
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || ".,".contains(*c)).collect();
    let digits = digits.trim_end_matches(['.', ',']).replace(',', "");
    let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let number = digits.parse().unwrap_or_else(|_| panic!("no number: {text}"));
    (number, 0.5 * 0.1_f64.powi(decimals.try_into().expect("few digits")))
}

fn check(readme: &str, text: &str, performance_row: &str) {
    let page = read_file(PERFORMANCE);
    let row = page.lines().find(|line| line.starts_with(&format!("| {performance_row} |")));
    let row = row.unwrap_or_else(|| panic!("{PERFORMANCE} has no row {performance_row}; run `cargo xtask bench`"));
    let measured = cells(row)[1];
    let ((shown, tolerance), (measured_number, rounding)) = (number(text), number(measured));
    assert!(
        (shown - measured_number).abs() <= tolerance + rounding,
        "{readme} has {text} for {performance_row}, but {PERFORMANCE} has {measured}: update {readme}"
    );
}

#[test]
fn figures_in_tables_match() {
    for (readme, label, cell, performance_row) in FIGURES {
        let page = read_file(readme);
        let row = page.lines().find(|line| line.starts_with(&format!("| {label} |")));
        let row = row.unwrap_or_else(|| panic!("{readme} has no row {label}"));
        check(readme, cells(row)[*cell], performance_row);
    }
}

#[test]
fn figures_in_sentences_match() {
    for (readme, before, performance_row) in SENTENCES {
        let page = read_file(readme);
        let (_, after) = page.split_once(before).unwrap_or_else(|| panic!("{readme} does not contain: {before}"));
        check(readme, after, performance_row);
    }
}

/// The numbers with a unit of a line, such as `277 KB`.
fn numbers_with_units(line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_number = |word: &str| {
        let word = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || ".,-–".contains(c))
    };
    let pairs = words.windows(2).filter(|pair| {
        let unit = pair[1].trim_matches(|c: char| !c.is_alphanumeric() && c != '/' && c != 'µ');
        is_number(pair[0]) && UNITS.contains(&unit)
    });
    pairs.map(|pair| pair.join(" ")).collect()
}

#[test]
fn all_figures_are_checked() {
    let mut unused: BTreeSet<_> = OTHER_NUMBERS.iter().collect();
    for readme in readmes() {
        let page = read_file(&readme);
        let mut is_size_table = false;
        for line in page.lines() {
            is_size_table = line.starts_with("| size |") || is_size_table && line.starts_with('|');
            let in_table =
                FIGURES.iter().any(|(other, label, ..)| *other == readme && line.starts_with(&format!("| {label} |")));
            let in_sentence = SENTENCES.iter().any(|(other, before, _)| *other == readme && line.contains(before));
            if in_table || in_sentence {
                continue;
            }
            let is_row = is_size_table && !line.starts_with("| size |") && !line.starts_with("|---");
            assert!(!is_row, "{readme}: no figure of {PERFORMANCE} is known for: {line}");
            for found in numbers_with_units(line) {
                let entry = OTHER_NUMBERS.iter().find(|(other, text, _)| *other == readme && found.contains(text));
                let entry = entry.unwrap_or_else(|| panic!("{readme}: nothing checks {found}: {line}"));
                unused.remove(entry);
            }
        }
    }
    assert!(unused.is_empty(), "the READMEs do not contain {unused:?}");
}

#[test]
fn numbers_are_found_and_rounded() {
    assert_eq!(
        numbers_with_units("a 277 KB b (1.5 ms), 8 x, at most 1,000 calls/s"),
        ["277 KB", "(1.5 ms),", "1,000 calls/s"]
    );
    assert_eq!(number("63.0 KB"), (63.0, 0.05));
    assert_eq!(number("24,200 B"), (24_200.0, 0.5));
}
