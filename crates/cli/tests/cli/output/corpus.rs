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
    const ANNOTATIONS: [&str; 3] = ["::error ", "::warning ", "::notice "];
    for line in text.split('\n') {
        let start = line.trim_start();
        let own = github && ANNOTATIONS.iter().any(|annotation| line.starts_with(annotation));
        assert!(own || !start.starts_with("::"), "{context}: {line}");
        for command in ["##[", "##vso[", "##teamcity["] {
            assert!(!line.contains(command), "{context}: {line}");
        }
        let raw = line.chars().find(|character| is_raw(*character));
        assert_eq!(raw, None, "{context}: {line:?}");
    }
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
    let harmless = strings.iter().filter(|text| std::panic::catch_unwind(|| assert_harmless(text, "", true)).is_ok());
    // Only the position with a tag of HTML or Markdown is harmless for a terminal.
    assert!(harmless.count() <= 12);
}
