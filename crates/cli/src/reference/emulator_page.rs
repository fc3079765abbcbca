//! `docs/reference/emulator-behaviors.md`.

use super::markdown_text::{code_span, escape_text};
use super::page::MarkdownPage;
use ajo_emulator::QuirkSettings;

use super::GENERATOR;
use super::fidelity_rows::{find_row, read_rows};

/// Sections with the rows of one kind: the heading, the kind, and an introduction.
const SECTIONS: [(&str, &str, &str); 4] = [
    ("Operations", "route", "The operations of both APIs, the token endpoint, and the other routes."),
    ("Details", "behavior", "How the emulator behaves where it matters to a program."),
    (
        "Simulations",
        "assumption",
        "The assumptions of simulations. The result of a simulation lists the ones that it used. Options of \
         [`ajo simulate`](commands.md#ajo-simulate) choose between them.",
    ),
    ("Facts", "fact", "Facts about the service that the emulator has no behavior for."),
];

pub(super) fn render() -> String {
    let introduction =
        "Each behavior of the emulator, with its label and its source. [The emulator](../emulator.md) is the guide.";
    let source = "`crates/emulator/fidelity.toml` and `crates/emulator/src/state/quirks.rs`";
    let mut page = MarkdownPage::new("Emulator behaviors", GENERATOR, source, introduction);
    page.table(
        &["label", "meaning"],
        &[
            ("documented", "the source says so"),
            ("observed", "samples or recordings show it"),
            ("inferred", "we conclude it from the source"),
            ("unknown", "it is not published, so the behavior is our choice"),
        ]
        .map(|(label, meaning)| vec![label.to_owned(), meaning.to_owned()]),
    );
    page.markdown(
        "Paths such as `configuration/throttling.md` are pages of Adobe's product documentation, relative to `help/using/` of the \
         repository `AdobeDocs/journey-optimizer.en`. The codes of errors are on [their own page](error-codes.md).",
    );
    let rows = read_rows();
    page.heading(2, "Quirks");
    page.markdown(
        "Adobe's documents contradict each other on these points, or say nothing. A quirk has a variant for each reading. Select \
         one with `--quirk NAME=VARIANT`, the control API, or the web UI.",
    );
    let quirk_row = |quirk: ajo_emulator::Quirk| {
        let row = find_row(&rows, "quirk", quirk.name);
        let variants: Vec<String> = quirk.variants.iter().map(|variant| code_span(variant)).collect();
        vec![code_span(quirk.name), variants.join(", "), escape_text(quirk.description), row.provenance.clone()]
    };
    let header = ["quirk", "variants; the first is the default", "description", "label"];
    page.table(&header, &QuirkSettings::ALL.map(quirk_row));
    for (heading, kind, text) in SECTIONS {
        page.heading(2, heading);
        page.markdown(text);
        let cells = rows.iter().filter(|row| row.name(kind).is_some()).map(super::fidelity_rows::FidelityRow::cells);
        page.table(&["behavior", "label", "source"], &cells.collect::<Vec<_>>());
    }
    page.finish()
}
