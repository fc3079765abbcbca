use proptest::prelude::*;

use super::*;
use crate::file::comments::find_comments;

fn format(text: &str) -> Result<String, Vec<FileDiagnostic>> {
    format_file(&SourceFile { name: "f.yaml".to_owned(), content: text.to_owned() })
}

fn format_valid(text: &str) -> String {
    format(text).unwrap_or_else(|found| panic!("{found:?}\n{text}"))
}

#[test]
fn style_is_that_of_export() {
    let text = "# first
version:   1
sandbox: 'prod'   # ours
capping:
- url: https://a.example/*
  methods: [ GET,PUT ]


  services:
     action: {maxHttpConnections: 50,   rating: {maxCallsCount: 500, periodInMs: 1000}}
# ajo: allow X - why
- url: \"say 'x'\"
  methods: [
    GET,
    PUT
  ]
";
    let expected = "# first
version: 1
sandbox: \"prod\" # ours
capping:
  - url: https://a.example/*
    methods: [GET, PUT]

    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } }
  # ajo: allow X - why
  - url: \"say 'x'\"
    methods: [
      GET,
      PUT
    ]
";
    assert_eq!(format_valid(text), expected);
    assert_eq!(format_valid(expected), expected);
}

#[test]
fn line_breaks_and_mark_stay() {
    for (text, expected) in [
        ("version:  1\r\nsandbox:  prod\r\n", "version: 1\r\nsandbox: prod\r\n"),
        ("version:  1\nsandbox:  prod\r\n", "version: 1\nsandbox: prod\n"),
        ("\u{feff}version:  1\nsandbox: prod", "\u{feff}version: 1\nsandbox: prod\n"),
        ("\u{feff}{\"version\":1}", "\u{feff}{\n  \"version\": 1\n}\n"),
        ("{\"version\":\r\n1}", "{\r\n  \"version\": 1\r\n}\r\n"),
    ] {
        assert_eq!(format_valid(text), expected, "{text:?}");
    }
}

#[test]
fn invalid_file_is_refused() {
    for (text, code) in [
        ("version: 1\nversion: 1\n", "AJO_LIMITS_DUPLICATE_KEY"),
        ("{\"a\": 1, \"a\": 2}", "AJO_LIMITS_DUPLICATE_KEY"),
        ("a: [\n", "AJO_LIMITS_YAML"),
        ("a: 1\n---\nb: 2\n", "AJO_LIMITS_YAML"),
        ("", "AJO_LIMITS_EMPTY"),
        ("- a\n", "AJO_LIMITS_TYPE"),
        ("url: u\nmethods: [GET]\n", "AJO_LIMITS_FILE_KIND"),
        // The formatter would remove the empty line, which is part of the value.
        ("a:   |+\n  text\n\n", "AJO_LIMITS_FORMAT"),
    ] {
        let found = format(text).expect_err(text);
        assert!(found.iter().any(|it| it.code == code), "{text}: {found:?}");
    }
    assert_eq!(format_valid("version: 1\ndeniedHosts:   []\n"), "version: 1\ndeniedHosts: []\n", "a policy");
}

/// Decides the content and layout of a file.
struct Choices<'b>(std::slice::Iter<'b, u8>);

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % count
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

const SCALARS: [&str; 18] = [
    "https://a.example/*?q=1&r=2#x",
    "5",
    "1.50",
    "0x1F",
    "true",
    "null",
    "~",
    "",
    "two words",
    "Bücher 🦀",
    "'it''s'",
    "'say \"x\"'",
    "\"q\\\"uo\\u00e9te \\\\\"",
    "\"\"",
    "\"two\\nlines ${HOME}\"",
    "!!str 5",
    "'#no comment'",
    "2026-11-26T09:00:00Z",
];
const FLOW_SCALARS: [&str; 5] = ["GET", "5", "'x, y'", "\"a: b\"", "null"];

/// Writes a random file.
struct FileWriter<'b> {
    choices: Choices<'b>,
    text: String,
    keys: usize,
    anchors: usize,
}

impl FileWriter<'_> {
    fn indent(&mut self, width: usize) {
        self.text += &" ".repeat(width);
    }

    fn comments(&mut self, width: usize) {
        for _ in 0..self.choices.below(6).saturating_sub(3) {
            let blank = self.choices.pick(&["", "", "\n", "\n\n"]);
            self.text += blank;
            self.indent(width);
            let comment = self.choices.pick(&["# one", "#two  ", "# ajo: allow X - a: b", "## 🦀", "#"]);
            self.text += comment;
            self.text.push('\n');
        }
    }

    /// Whether the last line is a lone `-`. The formatter refuses comments between it and its value.
    fn is_after_dash(&self) -> bool {
        let line = self.text.trim_end().rsplit('\n').next().unwrap_or_default();
        let line = line.split('#').next().unwrap_or_default().trim();
        !line.is_empty() && line.bytes().all(|byte| b"- ".contains(&byte))
    }

    fn end_line(&mut self) {
        let end = self.choices.pick(&["\n", "\n", " # here\n", "   #there\n", "\n\n\n", "  \n"]);
        self.text += end;
    }

    fn key(&mut self) {
        self.keys += 1;
        let key = match self.choices.below(5) {
            0 => format!("\"k {}\"", self.keys),
            1 => format!("'k: {}'", self.keys),
            2 => format!("\"ü{}\"", self.keys),
            _ => format!("key{}", self.keys),
        };
        self.text += &key;
        let colon = self.choices.pick(&[":", ":", " :"]);
        self.text += colon;
    }

    fn flow(&mut self, depth: usize) {
        match if depth == 0 { 2 } else { self.choices.below(5) } {
            0 => {
                let spaces = self.choices.pick(&["", " ", "  "]);
                self.text += "[";
                for at in 0..self.choices.below(4) {
                    self.text += if at == 0 { "" } else { "," };
                    self.text += spaces;
                    self.flow(depth - 1);
                }
                self.text += spaces;
                self.text += "]";
            }
            1 => {
                self.text += "{";
                for at in 0..self.choices.below(4) {
                    self.text += if at == 0 { "" } else { "," };
                    self.text += " ";
                    self.key();
                    self.text += "  ";
                    self.flow(depth - 1);
                }
                self.text += "}";
            }
            _ => {
                let scalar = self.choices.pick(&FLOW_SCALARS);
                self.text += scalar;
            }
        }
    }

    fn block_scalar(&mut self, width: usize) {
        let header = self.choices.pick(&["|", ">", "|-", ">-", "| # c"]);
        self.text += header;
        self.text.push('\n');
        for at in 0..=self.choices.below(4) {
            let line = self
                .choices
                .pick(&["text", "# no comment", "  more", "a: b", "é 🦀 'x'", "long ".repeat(30).trim_end()])
                .to_owned();
            self.indent(width);
            // The first line decides the indentation.
            self.text += if at == 0 { line.trim_start() } else { &line };
            self.text.push('\n');
        }
        let blank = self.choices.pick(&["", "", "\n"]);
        self.text += blank;
    }

    /// A value after `key:` or `-`.
    fn value(&mut self, width: usize, depth: usize) {
        match self.choices.below(if depth == 0 { 6 } else { 9 }) {
            0 => {
                self.text += "  ";
                self.flow(3);
                self.end_line();
            }
            1 => {
                self.text.push(' ');
                self.block_scalar(width + 2);
            }
            2 => {
                self.anchors += 1;
                self.text.push_str(" &a");
                self.text.push_str(&self.anchors.to_string());
                self.text.push_str(" 5");
                self.end_line();
            }
            3 if self.anchors > 0 => {
                let anchor = 1 + self.choices.below(self.anchors);
                self.text.push_str(" *a");
                self.text.push_str(&anchor.to_string());
                self.end_line();
            }
            3..=5 => {
                let scalar = self.choices.pick(&SCALARS);
                self.text += if scalar.is_empty() { "" } else { " " };
                self.text += scalar;
                self.end_line();
            }
            6 => {
                self.end_line();
                let width = width + 1 + self.choices.below(4);
                self.mapping(width, depth - 1);
            }
            _ => {
                self.end_line();
                let width = width + 1 + self.choices.below(3);
                for _ in 0..=self.choices.below(3) {
                    if !self.is_after_dash() {
                        self.comments(width);
                    }
                    self.indent(width);
                    self.text.push('-');
                    if self.choices.below(2) == 0 {
                        self.text.push(' ');
                        self.key();
                        self.value(width + 2, depth - 1);
                        if self.choices.below(2) == 0 {
                            self.mapping(width + 2, depth - 1);
                        }
                    } else {
                        self.value(width, depth - 1);
                    }
                }
            }
        }
    }

    fn mapping(&mut self, width: usize, depth: usize) {
        for _ in 0..=self.choices.below(3) {
            if !self.is_after_dash() {
                self.comments(width);
            }
            self.indent(width);
            self.key();
            self.value(width, depth);
        }
    }
}

fn random_file(bytes: &[u8]) -> String {
    let mut writer = FileWriter { choices: Choices(bytes.iter()), text: String::new(), keys: 0, anchors: 0 };
    let (crlf, mark) = (writer.choices.below(4) == 0, writer.choices.below(4) == 0);
    writer.comments(0);
    writer.text += "version: 1\nsandbox:   prod\n";
    writer.mapping(0, 3);
    writer.comments(0);
    let text = if crlf { writer.text.replace('\n', "\r\n") } else { writer.text };
    if mark { format!("\u{feff}{text}") } else { text }
}

fn comments(text: &str) -> Vec<String> {
    find_comments(text).iter().map(|comment| comment.text.trim_end().to_owned()).collect()
}

fn values(text: &str) -> String {
    parse_yaml(&"f".into(), text).expect(text).to_json().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn random_file_keeps_its_content(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = random_file(&bytes);
        let formatted = match format(&text) {
            Ok(formatted) => formatted,
            Err(found) => return Err(TestCaseError::fail(format!("{found:?}\n{text}"))),
        };
        prop_assert_eq!(values(&text), values(&formatted));
        prop_assert_eq!(comments(&text), comments(&formatted));
        prop_assert_eq!(format_valid(&formatted), formatted);
    }
}
