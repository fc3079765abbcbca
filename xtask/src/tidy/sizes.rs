//! No file outgrows its reason.

use super::file::File;

/// Lines of a file, those of a `#[cfg(test)]` module at its end not counted.
const MOST_LINES: usize = 400;

const CODE: &[&str] = &["rs", "ts", "mts", "cts", "js", "mjs", "cjs", "py", "sh", "css", "html"];

/// What `cargo xtask generate` and `npm run generate` write.
const GENERATED: &[&str] = &["crates/core/src/generated/", "crates/wasm/npm/src/generated/"];

/// Longer, and why that is better than two files.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("crates/auth/src/provider.rs", "one protocol whose steps are read together: who asks, who waits, who takes over"),
    (
        "crates/auth/tests/auth/provider.rs",
        "one fake token host, and every way in which a token is fetched, shared and refused",
    ),
    ("crates/emulator/src/control.rs", "the table of control requests beside the one function that answers each"),
    ("crates/emulator/tests/control.rs", "each control request, and what it refuses"),
    (
        "crates/wasm/npm/runtimes/fixture/faults.mjs",
        "one list of what can go wrong, in one order; each module more is named by each host",
    ),
];

pub(super) fn check(files: &[File]) -> Vec<String> {
    judge(files, EXCEPTIONS)
}

fn judge(files: &[File], exceptions: &[(&str, &str)]) -> Vec<String> {
    let generated = |file: &File| GENERATED.iter().any(|folder| file.path.starts_with(folder));
    let long = |file: &&File| file.is_a(CODE) && !generated(file) && lines(file) > MOST_LINES;
    let long: Vec<&File> = files.iter().filter(long).collect();
    let excepted = |file: &File| exceptions.iter().any(|(path, _)| *path == file.path);
    let mut problems: Vec<String> = (long.iter().filter(|file| !excepted(file)))
        .map(|file| {
            let lines = lines(file);
            format!("{}: {lines} lines; more than {MOST_LINES} need a reason in xtask/src/tidy/sizes.rs", file.path)
        })
        .collect();
    for (path, _) in exceptions.iter().filter(|(path, _)| long.iter().all(|file| file.path != *path)) {
        problems.push(format!("{path}: is no longer so long that it has to stand in xtask/src/tidy/sizes.rs"));
    }
    problems
}

fn lines(file: &File) -> usize {
    let all = file.text.lines().count();
    if !file.is_a(&["rs"]) {
        return all;
    }
    // rustfmt indents what is in the module, so the first brace at the start of a line ends it.
    let mut inside = false;
    let mut counted = 0;
    let mut rest = file.text.lines().peekable();
    while let Some(line) = rest.next() {
        inside |=
            line == "#[cfg(test)]" && rest.peek().is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'));
        counted += usize::from(!inside);
        inside &= line != "}";
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, lines: usize) -> File {
        File::new(path, &"x\n".repeat(lines))
    }

    #[test]
    fn a_long_file_needs_a_reason_and_a_reason_a_long_file() {
        let files = [file("a.rs", 400), file("b.rs", 401), file("c.py", 500), file("d.yaml", 500)];
        let exceptions = [("c.py", "it is one thing"), ("a.rs", "it was long")];
        let problems = judge(&files, &exceptions);
        assert_eq!(
            problems,
            [
                "b.rs: 401 lines; more than 400 need a reason in xtask/src/tidy/sizes.rs",
                "a.rs: is no longer so long that it has to stand in xtask/src/tidy/sizes.rs",
            ]
        );
    }

    #[test]
    fn tests_and_generated_code_are_not_counted() {
        let tests = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", "x\n".repeat(390), "    x\n".repeat(100));
        let files = [File::new("a.rs", &tests), file("crates/core/src/generated/b.rs", 5000)];
        assert_eq!(judge(&files, &[]), [""; 0]);
        // The name of a folder alone makes nothing generated.
        assert_eq!(judge(&[file("crates/limits/src/generated/b.rs", 401)], &[]).len(), 1);
        // Another item after them is code again.
        let files = [File::new("a.rs", &format!("{tests}{}", "x\n".repeat(11)))];
        assert_eq!(judge(&files, &[]).len(), 1);
    }
}
