//! The picture of a plan in the documentation. `UPDATE=1` writes it.

use anstyle::RgbColor;
use anstyle_svg::{Term, WIN10_CONSOLE};

use super::repository_path;
use crate::limits::fixture::LimitsFixture;

const PICTURE: &str = "docs/pictures/plan.svg";

/// The limits that are live, in the state, and planned.
const LIVE: &str = "version: 1
sandbox: prod
capping:
  - url: https://api.example.org/v1/send
    methods: [POST]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } }
";
const CREATED: &str = "throttling:
  name: partner-api
  urlPattern: https://partner.example.com/*
  methods: [POST, PUT]
  maxThroughput: 400
";

/// As wide as the longest line, so that the picture has no empty margin.
const MIN_WIDTH: usize = 0;
const TEXT_COLOR: RgbColor = RgbColor(230, 237, 243);
const BACKGROUND_COLOR: RgbColor = RgbColor(13, 17, 23);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn picture_shows_the_plan_of_today() {
    let fixture = LimitsFixture::start_at("2026-11-26T09:00:00Z").await;
    fixture.write("limits/prod.yaml", LIVE);
    fixture.run_expecting(&["apply", "limits/prod.yaml", "--yes"], 0).await;
    fixture.write("limits/prod.yaml", &(LIVE.replace("500", "300") + CREATED));
    let plan = fixture.run_expecting(&["plan", "limits/prod.yaml", "--color", "always"], 0).await;

    let picture = render(&format!("\u{1b}[1m$ ajo plan limits/prod.yaml\u{1b}[0m\n{}", plan.stdout.trim_end()));
    let path = repository_path(PICTURE);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &picture).expect("written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == picture, "{PICTURE} is stale; run `cargo xtask docs pictures`");
}

/// An SVG of terminal output. Its background is dark, so it is legible on light and dark pages.
fn render(output: &str) -> String {
    let terminal = Term::new().palette(WIN10_CONSOLE).min_width_px(MIN_WIDTH);
    let svg = terminal.fg_color(TEXT_COLOR.into()).bg_color(BACKGROUND_COLOR.into()).render_svg(output);
    // Without a view box, a browser cuts the picture off instead of making it smaller.
    let size = |name: &str| {
        let value = svg.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split("px").next());
        value.expect("a size in pixels").to_owned()
    };
    let view_box = format!("<svg viewBox=\"0 0 {} {}\" ", size("width"), size("height"));
    svg.replacen("<svg ", &view_box, 1)
}
