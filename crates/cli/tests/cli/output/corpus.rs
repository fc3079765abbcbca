//! Strings that would act on a terminal, on a reader's eyes, or on a CI system.

/// All combinations of a position and an attack.
pub(crate) fn hostile_strings() -> Vec<String> {
    const ATTACKS: [&str; 40] = [
        "\u{1b}[2J",
        "\u{1b}[31mred",
        "\u{1b}]0;title\u{7}",
        "\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
        "\u{1b}P$q\u{1b}\\",
        "\u{9b}31m",
        "\u{9d}0;title\u{9c}",
        "\0",
        "\u{8}\u{8}\u{8}",
        "\t",
        "\u{b}\u{c}",
        "\u{7f}",
        "\u{85}",
        "\r",
        "\r\n",
        "\u{2028}",
        "\u{2029}",
        "\u{202e}gpj.exe",
        "\u{2066}isolated\u{2069}",
        "\u{200e}\u{200f}\u{61c}",
        "\u{200b}",
        "\u{200c}\u{200d}",
        "\u{2060}\u{feff}",
        "\u{ad}",
        "\u{34f}\u{115f}\u{3164}",
        "\u{e0041}\u{e007f}",
        "\u{ffff}\u{fffe}",
        "::error::forged",
        "::stop-commands::p",
        "::add-mask::prod",
        "::set-output name=a::b",
        "::group::g",
        "##[error]forged",
        "##[command]rm",
        "##vso[task.setvariable variable=a]b",
        "##teamcity[message text='x']",
        "section_start:1560896352:s\r\u{1b}[0K",
        "<script>alert(1)</script>",
        "error: forged\nhint: forged",
        "```\n| a | b |",
    ];
    let positions: [fn(&str) -> String; 6] = [
        str::to_owned,
        |attack| format!("x\n{attack}"),
        |attack| format!("x\r{attack}y"),
        |attack| format!("  \u{3000}{attack}"),
        |attack| format!("x {attack}\n{attack}"),
        |attack| format!("x\u{2028}{attack}\u{85}{attack}"),
    ];
    ATTACKS.iter().flat_map(|attack| positions.iter().map(|position| position(attack))).collect()
}

/// Fails if a text that a command printed acts on anything. `github` allows annotations.
pub(crate) fn assert_harmless(text: &str, context: &str, github: bool) {
    if let Some(line) = text.split('\n').find(|line| is_harmful(line, github)) {
        panic!("{context}: {line:?}");
    }
}

fn is_harmful(line: &str, github: bool) -> bool {
    const ANNOTATIONS: [&str; 3] = ["::error ", "::warning ", "::notice "];
    const COMMANDS: [&str; 3] = ["##[", "##vso[", "##teamcity["];
    /// The second lines of two attacks.
    const FORGED: [&str; 2] = ["hint: forged", "| a | b |"];
    let start = line.trim_start();
    let is_own = github && ANNOTATIONS.iter().any(|annotation| line.starts_with(annotation));
    (start.starts_with("::") && !is_own)
        || COMMANDS.iter().any(|command| line.contains(command))
        || FORGED.iter().any(|forged| start.starts_with(forged))
        || line.chars().any(is_raw)
}

/// Written without the function under test.
fn is_raw(character: char) -> bool {
    matches!(u32::from(character),
        0..=0x1f | 0x7f..=0x9f | 0xad | 0x34f | 0x61c | 0x115f | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
        | 0x3164 | 0xfeff | 0xfffe | 0xffff | 0xe0000..=0xe007f)
}

#[test]
fn corpus_has_over_200_strings() {
    let strings = hostile_strings();
    assert!(strings.len() >= 200, "{}", strings.len());
    // Only a tag does nothing in a terminal. `untrusted_text` checks it in Markdown.
    let harmless: Vec<_> = strings.iter().filter(|text| !text.split('\n').any(|line| is_harmful(line, true))).collect();
    let tag = "<script>alert(1)</script>";
    let expected = [tag.to_owned(), format!("x\n{tag}"), format!("  \u{3000}{tag}"), format!("x {tag}\n{tag}")];
    assert_eq!(harmless, expected.iter().collect::<Vec<_>>());
}
